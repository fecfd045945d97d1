"""A document that somebody asked for → a letter that carries it, and a line in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.model import DocumentAsked, Paper, Standing
from bot.store import audit, desks
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


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {DocumentAsked: _asked}
"""By fact: what writes it, and says how things stand then."""
