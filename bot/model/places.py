"""Where things are and who does what there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """What a place is, from the widest to the narrowest (DOMAIN 1)."""

    COUNTY = "county"
    TOWNSHIP = "township"
    COMMUNITY = "community"
    VILLAGE = "village"
    UNIT = "unit"
    COMPOUND = "compound"
    BUILDING = "building"


DUTY_LEVELS = frozenset({Level.COMPOUND, Level.BUILDING, Level.VILLAGE, Level.UNIT})
"""An assignment to one of these makes its holder owe one report a day (DOMAIN 1)."""


class Role(StrEnum):
    """What a person does at a place (PRODUCT, who uses it)."""

    BUILDING_LEADER = "building_leader"
    GRID_WORKER = "grid_worker"
    COMMUNITY_LEAD = "community_lead"
    UNIT_CONTACT = "unit_contact"
    TOWNSHIP_REVIEWER = "township_reviewer"
    OFFICE = "office"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the tree county → township → (community | village | unit) → compound → building."""

    code: str
    name: str
    level: Level
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    start: date | None = None
    """The day counting starts; None: the programme's start in the rule pack."""
    closed: date | None = None
    """The first day on which the place no longer counts (merged, renamed)."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Somebody does ``role`` at ``place`` from ``since`` to ``until``, both included; open when None."""

    person: int
    role: Role
    place: str
    since: date | None = None
    until: date | None = None
    stands_in_for: int | None = None
    """The person on leave whose duty this covers; None for an ordinary assignment."""


@dataclass(frozen=True, slots=True)
class Near:
    """A place that can be chosen: one's own, one in which something happened lately, or one that was searched."""

    code: str
    name: str
    """With the place above it where two share a name."""


@dataclass(frozen=True, slots=True)
class Misnamed:
    """A name in a command that is none of the person's places as it stands."""

    said: str
    near: tuple[Near, ...] = ()
    """Theirs that may be meant: a slip of the pen, pinyin."""
    foreign: str = ""
    """The name of the place that was meant, where it is not theirs: that it exists is public, what is in it is not."""
    whom: tuple[tuple[str, str], ...] = ()
    """Whom to ask about it: role and place."""


class Outside(NamedTuple):
    """Days of which nothing can be told: to come, before counting began, too many at once, or none at all."""

    why: str
    """``ahead``, ``before``, ``span`` or ``none``."""
    said: str = ""
    since: date | None = None
    until: date | None = None
    began: date | None = None
    """The day on which the first place there began to count."""


@dataclass(frozen=True, slots=True)
class Called:
    """A place under all its names, to be found in a sentence."""

    code: str
    name: str
    others: tuple[str, ...] = ()
    mine: bool = True
    """False: it was named, and is none of this person's, or is closed; it is known so that it can be told."""
