"""Cases and what is learned of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.model.access import Action, Field


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
    """What happened in a case on a day (DOMAIN 3), or what was put right in its log.

    ``withdrawn``: the case was entered by mistake. ``reopened``: the ends recorded before were entered by mistake.
    ``merged``: the same person as ``other``, whose log takes this one's facts in; ``split`` takes the merging back.
    """

    FOUND = "found"
    DIAGNOSED = "diagnosed"
    LEFT = "left"
    RELEASED = "released"
    RULED_OUT = "ruled_out"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    MERGED = "merged"
    SPLIT = "split"


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
    other: str = ""
    """The case that it is ``merged`` into, empty otherwise."""


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of the person of a case beyond its place and kind: health data, sealed wherever it is kept."""

    on: date | None = None
    """The day it was found; None: the day that the report is about."""
    door: str | None = None
    """Building, unit and door as people write it there (``3栋2单元501``)."""
    temperature: float | None = None
    """In °C."""
    symptoms: tuple[str, ...] = ()
    """Keys of the words (``cough``), or what was typed."""
    contact: str | None = None
    """Whose contact it is: a case's number, or words."""
    area: str | None = None
    """The area from which a returnee came."""
    name: str | None = None
    phone: str | None = None
    note: str | None = None
    photo: str | None = None
    """A media name."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``count`` persons of one kind, found at the place; among them new ones with their details."""

    kind: str
    count: int
    people: tuple[Details, ...] = ()
    """Of those who are new, the details, where known."""
    known: tuple[str, ...] = ()
    """The cases that some of the ``count`` are already: nothing is made of those."""


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case as one who may know of it sees it in a list: nothing of the person but the building."""

    code: str
    place: str
    name: str
    """The place's name."""
    kind: str
    """What it is now: as diagnosed last, else as found."""
    on: date
    """The day it was found."""
    at: datetime
    """When it was entered (aware, in the programme's zone)."""
    building: str | None = None
    own: bool = False
    """Whether this person reported it."""
    ended_on: date | None = None
    """The day the person left, was released or ruled out; None while it is open."""


@dataclass(frozen=True, slots=True)
class CaseCard:
    """One case with its log, and what this person may see of the details and may do with it."""

    case: KnownCase
    log: tuple[CaseFact, ...] = ()
    shown: tuple[tuple[Field, str], ...] = ()
    """What may be shown, masked where the table says so."""
    sealed: tuple[Field, ...] = ()
    """What is known and can be opened, one by one, with a reason."""
    may: frozenset[Action] = frozenset()
    seen: tuple[tuple[str, datetime], ...] = ()
    """Who acknowledged the alert (role and masked name), and when."""
    merged_into: str = ""
    joined: tuple[str, ...] = ()
    """Codes of the cases that were merged into this one."""
