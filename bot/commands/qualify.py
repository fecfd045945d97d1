"""``qualify``: what the newest assessment of a place comes to, what is missing, and the 80 % rule of a township.

``--json`` prints one object::

    {"place", "name", "level", "as_of", "qualifies", "reasons": [KEY, …],
     "assessment": {
        "standard", "title", "version", "state": "submitted"|"begun"|"none", "on": DAY|null,
        "points", "of", "needed", "short", "qualifies",
        "open": [ITEM, …],
        "lost": [{"item", "title", "points", "of", "lost", "reason", "facts": BOOL, "again": DAY|null}, …],
        "mend": {"items": [ITEM, …], "enough": BOOL}, "waits": [ITEM, …]},
     "township": null | {
        "share", "counted", "more",
        "qualified": [{"place", "name", "points"}, …], "lacking": […], "missing": […]}}

``assessment`` is the one that was submitted last by the standard that decides; where none was, the one that was begun,
or what the facts alone give (``state``): only one that was submitted makes ``qualifies`` true. ``reasons`` say why it
is not: ``unsubmitted``, ``short``, and of a township ``no_places``, ``too_few``. ``facts``: the records took the
points, and ``again`` is the day on which they come back if nothing else happens. ``more``: so many more must qualify.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import click
from sqlalchemy import Connection, select

from bot import words
from bot.clock import clock_of
from bot.commands.figures import LANG, place_of
from bot.commands.refuse import opened, read_settings, refused
from bot.commands.standards import number
from bot.model import Level, Locale, Reached, Scale, Sheet
from bot.scoring.packs import load
from bot.scoring.qualification import Mend, Row, Score, mend
from bot.scoring.township import Township
from bot.store.asking import House
from bot.store.assessments import deciding, reached_of, scored, sheet_of
from bot.store.crypto import Keyring
from bot.store.duties import PLACE
from bot.store.explained import kind_name
from bot.store.submitted import submitted
from bot.store.townships import township_of


@dataclass(frozen=True)
class Verdict:
    """Whether a place qualifies, with all that decides it."""

    place: Any
    """Its row."""
    as_of: date
    state: str
    """``submitted``, ``begun`` or ``none``."""
    on: date | None
    sheet: Sheet
    score: Score
    township: Township | None
    below: tuple[tuple[str, str, Reached | None], ...] = ()
    """Of a township the places that count: code, name and what they have reached."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it does not qualify: none, it does."""
        own = () if self.state == "submitted" and self.score.qualifies else ("short",)
        own = own if self.state == "submitted" else ("unsubmitted",)
        rule = self.township.reasons if self.township else ()
        return (*own, *(reason for reason in rule if not reason.startswith("own_")))


@click.command()
@click.argument("place")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@LANG
def qualify(place: str, *, as_json: bool, lang: str) -> None:
    """Whether PLACE (a code, or an exact name) qualifies: its score, what was lost and why, what is cheapest to mend.

    Of a township also whether 80 % of its communities and villages qualify, and which do not.
    """
    locale, settings = Locale(lang), read_settings()
    try:
        house = House(Keyring(settings.secret()), load(settings.packs[0]), settings.zone)
        today = clock_of(settings)().date()
    except ValueError as why:
        raise click.ClickException(str(why)) from why
    with opened(settings) as database, database.read() as connection:
        found = _verdict(connection, house, place_of(connection, place), today)
    if as_json:
        click.echo(json.dumps(_json(found, house, locale), ensure_ascii=False, indent=1))
    else:
        click.echo(words.text("qualify/qualify", locale, _shown(found, house, locale)))


def _verdict(connection: Connection, house: House, code: str, today: date) -> Verdict:
    """The place with its assessment.

    Raises:
        click.ClickException: it is closed, or nothing is assessed at its level.
    """
    place = connection.execute(select(PLACE).where(PLACE.c.code == code)).one()
    if place.closed is not None and place.closed <= today:
        raise click.ClickException(refused("figures/refused", why="closed", said=place.name))
    name = deciding(house, place.level)
    sheet = None if name is None else submitted(connection, house, place, name)
    state, on = "submitted", sheet.before_on if sheet else None
    if sheet is None and name is not None:
        sheet = sheet_of(connection, house, place, name, today)
        state, on = ("begun" if sheet and sheet.begun_on else "none"), sheet.begun_on if sheet else None
    if sheet is None:
        told = refused("qualify/refused", name=place.name, level=place.level, pack=house.rules.name)
        raise click.ClickException(told)
    rule, below = None, []
    if place.level == Level.TOWNSHIP:
        rule, names = township_of(connection, house, code, today)
        counted = (*rule.qualified, *rule.lacking, *rule.missing)
        known = reached_of(connection, house, counted)
        below = [(each, names[each], known.get(each)) for each in counted]
    return Verdict(place, today, state, on, sheet, scored(sheet), rule, tuple(below))


def _json(found: Verdict, house: House, locale: Locale) -> dict[str, object]:
    score, way = found.score, mend(found.score)
    return {
        "place": found.place.code,
        "name": found.place.name,
        "level": found.place.level,
        "as_of": found.as_of.isoformat(),
        "qualifies": not found.reasons,
        "reasons": list(found.reasons),
        "assessment": {
            "standard": score.standard.id,
            "title": score.standard.said(locale),
            "version": score.standard.version,
            "state": found.state,
            "on": found.on.isoformat() if found.on else None,
            "points": number(score.points),
            "of": number(score.of),
            "needed": number(score.needed),
            "short": number(score.short),
            "qualifies": score.qualifies,
            "open": [row.item.id for row in score.open],
            "lost": [_lost(row, house, locale) for row in _charged(score)],
            "mend": {"items": [row.item.id for row in way.rows], "enough": way.enough},
            "waits": [row.item.id for row in way.waits],
        },
        "township": found.township and _below(found, found.township),
    }


def _below(found: Verdict, rule: Township) -> dict[str, object]:
    """The rule over the communities and villages, each by code, name and points."""
    lines = {
        code: {"place": code, "name": name, "points": number(reached.points) if reached else None}
        for code, name, reached in found.below
    }
    return {
        "share": rule.share,
        "counted": rule.counted,
        "more": rule.more,
        "qualified": [lines[code] for code in rule.qualified],
        "lacking": [lines[code] for code in rule.lacking],
        "missing": [lines[code] for code in rule.missing],
    }


def _charged(score: Score) -> Sequence[Row]:
    """What was judged and is not whole."""
    return [row for row in score.rows if row.lost and not row.open]


def _lost(row: Row, house: House, locale: Locale) -> dict[str, object]:
    again = row.answer.again if row.answer else None
    return {
        "item": row.item.id,
        "title": row.item.head(locale),
        "points": number(row.points),
        "of": number(row.item.worth),
        "lost": number(row.lost),
        "reason": _why(row, house, locale),
        "facts": row.answer is not None,
        "again": again.isoformat() if again else None,
    }


def _why(row: Row, house: House, locale: Locale) -> str:
    """As the facts say it, or whoever judged it."""
    if row.answer is None:
        return row.mark.reason if row.mark else ""
    called = kind_name(house.rules, row.answer.kind, locale) if row.answer.kind else ""
    return words.label("standards/reasons", locale, row.answer.reason, {**asdict(row.answer), "named": called})


def _shown(found: Verdict, house: House, locale: Locale) -> dict[str, object]:
    score = found.score
    way: Mend = mend(score)
    names = {code: name for code, name, _ in found.below}
    return {
        "found": found,
        "name": found.place.name,
        "title": score.standard.said(locale),
        "version": score.standard.version,
        "met": score.standard.scale is Scale.MET,
        "points": number(score.points),
        "of": number(score.of),
        "needed": number(score.needed),
        "short": number(score.short),
        "open": [(row.item.id, row.item.head(locale)) for row in score.open],
        "lost": [_lost(row, house, locale) for row in _charged(score)],
        "mend": [(row.item.id, row.item.head(locale), number(row.lost)) for row in way.rows],
        "enough": way.enough,
        "hope": any(row.answer and row.answer.again for row in way.waits),
        "rule": found.township and {
            "qualified": [names[code] for code in found.township.qualified],
            "lacking": [names[code] for code in found.township.lacking],
            "missing": [names[code] for code in found.township.missing],
        },
    }  # fmt: skip
