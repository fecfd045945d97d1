"""Cases and what is learned of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a case is (PRODUCT 2; 篇四 notes 1 to 4, 篇五 二)."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"
    ASYMPTOMATIC = "asymptomatic"
    FEVER = "fever"
    CLOSE_CONTACT = "close_contact"
    SECONDARY_CONTACT = "secondary_contact"
    KEY_PERSON = "key_person"


class Event(StrEnum):
    """What happened in a case on a day (DOMAIN 3); ``withdrawn`` says that the case was entered by mistake."""

    FOUND = "found"
    DIAGNOSED = "diagnosed"
    LEFT = "left"
    RELEASED = "released"
    RULED_OUT = "ruled_out"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One line of a case's log: what happened, on which day, and when we learned of it (aware, UTC)."""

    case: str
    place: str
    event: Event
    on: date
    recorded_at: datetime
    kind: str | None = None
    """Given for ``found`` and ``diagnosed``, None otherwise."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``count`` persons of one kind, newly found at the place today."""

    kind: str
    count: int
