"""A document or a picture that somebody asked for → a letter that carries it, and a line in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from bot import words
from bot.model import DocumentAsked, Locale, Paper, PictureAsked, Standing
from bot.store import audit, desks, pictured
from bot.store.cases import RefusedError

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept


def _asked(visit: Visit, _: Kept, fact: DocumentAsked) -> Standing:
    """Let it be made when the letter is sent: not within the transaction, for it takes its time."""
    try:
        place = desks.check(visit.connection, visit.act(), fact.place, fact.kind)
    except RefusedError as why:
        return Standing(visit.now, shown={"refused": why.reason, **why.values})
    audit.record(visit.connection, visit.now, visit.owner, "exported", fact.place, f"{fact.kind} {fact.period}".strip())
    paper = desks.called_paper(place, Paper(fact.kind, fact.place, fact.period, fact.ending))
    return Standing(visit.now, shown={"paper": paper, "place": place})


def _pictured(visit: Visit, _: Kept, fact: PictureAsked) -> Standing:
    """Let it be drawn when the letter is sent, in the language of whoever asked."""
    try:
        names = pictured.check(visit.connection, visit.act(), fact.kind, fact.places)
    except RefusedError as why:
        return Standing(visit.now, shown={"refused": why.reason})
    today = visit.now.date()
    audit.record(visit.connection, visit.now, visit.owner, "exported", ",".join(fact.places), f"{fact.kind} {today}")
    paper = picture(fact.kind, fact.places, names, today, visit.locale)
    return Standing(visit.now, shown={"paper": paper, "places": names, "day": today})


def picture(kind: str, places: Sequence[str], names: Sequence[str], day: date, locale: Locale) -> Paper:
    """The picture of these places on a day, under the name of its file."""
    first, *also = places
    called = words.label("picture/kind", Locale.ZH, "own") if also else names[0]
    return desks.called_paper(called, Paper(kind, first, day.isoformat(), also=tuple(also), locale=locale))


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {DocumentAsked: _asked, PictureAsked: _pictured}
"""By fact: what writes it, and says how things stand then."""
