"""Assessments made for a test, straight in the store and by its own rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from bot.model import AssessmentMarked, AssessmentSubmitted, Mark, Sheet
from bot.store import assessments
from bot.store.acts import Act
from bot.store.asking import House
from tests.town import KEYRING, NOW, PEOPLE, RULES, ZONE

HOUSE = House(KEYRING, RULES, ZONE)
Lost = Mapping[str, tuple[str, str]]
"""By item: the points that are missing, and why."""


def begin(
    connection: Connection,
    who: str,
    place: str,
    standard: str,
    lost: Lost | None = None,
    *,
    only: tuple[str, ...] = (),
    at: datetime = NOW,
    house: House = HOUSE,
) -> AssessmentMarked:
    """Judge every item that people judge, or ``only`` these."""
    known = assessments.present(standard)
    assert known is not None
    marks = []
    for leaf in known.leaves:
        if leaf.auto is None and (not only or leaf.id in only):
            missing, why = (lost or {}).get(leaf.id, ("0", ""))
            marks.append(Mark(leaf.id, leaf.worth - Decimal(missing), why))
    fact = AssessmentMarked(place, standard, known.version, tuple(marks))
    assessments.mark(connection, house, Act(PEOPLE[who][0], None, at), fact)
    return fact


def submit(  # noqa: PLR0917 - as above
    connection: Connection,
    who: str,
    place: str,
    standard: str,
    lost: Lost | None = None,
    at: datetime = NOW,
    house: House = HOUSE,
) -> Sheet:
    """Judge everything and submit it."""
    fact = begin(connection, who, place, standard, lost, at=at, house=house)
    act = Act(PEOPLE[who][0], None, at)
    return assessments.submit(connection, house, act, AssessmentSubmitted(place, standard, fact.version))
