"""What those who lead, review and oversee ask in the chat, as values; and the one table of who may ask what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from bot.model.house import ChannelState, Health, Settings
from bot.model.places import Misnamed, Outside, Role
from bot.model.staff import Invitees, Staff

NAMES = 5
"""So many names fit a line that people read; the count beside them is of all."""


class Ask(StrEnum):
    """What can be asked, by the name of its command."""

    SUMMARY = "summary"
    MISSING = "missing"
    NUDGE = "nudge"
    STREAKS = "streaks"
    SCORES = "scores"
    PEOPLE = "people"
    INVITE = "invite"
    CHANNELS = "channels"
    HEALTH = "health"
    SETTINGS = "settings"


_OVERSEE = frozenset({Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER, Role.OFFICE, Role.ADMIN})
_STAFF = frozenset({Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER, Role.ADMIN})
"""Who answers for people: an office sees figures only."""
MAY: Mapping[Ask, frozenset[Role]] = {
    **dict.fromkeys((Ask.SUMMARY, Ask.MISSING, Ask.NUDGE), _OVERSEE),
    Ask.STREAKS: frozenset(Role),
    Ask.SCORES: _OVERSEE | {Role.UNIT_CONTACT},
    **dict.fromkeys((Ask.PEOPLE, Ask.INVITE), _STAFF),
    **dict.fromkeys((Ask.CHANNELS, Ask.HEALTH), frozenset({Role.ADMIN})),
    Ask.SETTINGS: frozenset(Role),
}
"""By command, the roles that may ask it of the places at which they hold them, and of all below."""


class Sum(NamedTuple):
    """Daily reports of some days: owed, received, and received on time; always with both numbers."""

    expected: int = 0
    received: int = 0
    on_time: int = 0


@dataclass(frozen=True, slots=True)
class Some:
    """How many, and the names of the first of them."""

    count: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """What a reviewer should look at: ``thin``, ``lagging`` or ``burst``, with what it rests on."""

    kind: str
    count: int = 0
    """Reports that came; places below of which few came; days that were reported at once."""
    of: int = 0
    """Reports that were owed."""
    names: tuple[str, ...] = ()
    at: datetime | None = None
    """Aware, in the programme's zone."""


NO_REPORTS, NONE = Sum(), Some()


@dataclass(frozen=True, slots=True)
class Summary:
    """Some days of a place with all below it, in counts; nothing of a person is in it."""

    period: str
    """``today``, ``yesterday``, ``week``, ``last_week``, ``month``, …"""
    since: date
    until: date
    reports: Sum = NO_REPORTS
    places: int = 0
    """Compounds, villages and units that count days."""
    broke: Some = NONE
    """Those that stood clean before ``since`` and do not now."""
    restarted: Some = NONE
    """Those that were broken then and count again."""
    reached: tuple[tuple[str, int], ...] = ()
    """Milestones that were published in these days: place and days, the highest first."""
    milestones: int = 0
    """How many there were."""
    broken: Some = NONE
    """Those that do not count at the end of ``until``."""
    found: int = 0
    """Cases that were found in these days."""
    cases: Mapping[str, int] = field(default_factory=dict)
    """Cases that are open now, by kind."""
    ahead: tuple[tuple[str, date], ...] = ()
    """Who reaches the threshold next if nothing happens: place and day."""
    threshold: int = 0
    hints: tuple[Hint, ...] = ()
    """What a reviewer should look at: never a verdict."""
    between: Some = NONE
    """Those that stood clean before ``since`` and do at the end of ``until``, and were broken meanwhile."""


class Gap(NamedTuple):
    """A place that owes today's report."""

    code: str
    name: str
    workers: tuple[str, ...] = ()
    """Masked names of those who owe it, where the one who asks may know them."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Who has not reported today, by community."""

    reports: Sum = NO_REPORTS
    groups: tuple[tuple[str, tuple[Gap, ...]], ...] = ()
    """Name of the community and its places, as many as fit a message."""
    more: int = 0
    """Places behind those that are shown."""
    named: bool = False
    """Whether the workers are told."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Nudge:
    """Who would be reminded now."""

    places: int = 0
    """Places that owe today's report."""
    ready: int = 0
    """People who can be reminded now."""
    held: Mapping[str, int] = field(default_factory=dict)
    """By reason, the people who are not; ``nobody`` counts places for which nobody is there to be asked."""


class Counting(NamedTuple):
    """How a place counts: its days, 0 while it is broken."""

    code: str
    name: str
    days: int
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Longest:
    """The places that count days: all where they are few, else the longest and the shortest."""

    places: int = 0
    broken: int = 0
    high: tuple[Counting, ...] = ()
    """The longest first."""
    low: tuple[Counting, ...] = ()
    """Of many, the shortest, those that are broken first."""
    more: int = 0
    """Places behind those that are shown, where all are listed."""
    page: int = 0
    """Which page of all; 0: the longest and the shortest."""


class Scored(NamedTuple):
    """What the newest assessment of a place came to; ``on`` None: none was submitted."""

    code: str
    name: str
    points: str = ""
    needed: str = ""
    on: date | None = None
    qualifies: bool = False


class Share(NamedTuple):
    """The 80 % rule of a township (篇二 三)."""

    code: str
    name: str
    counted: int
    """Communities and villages."""
    qualified: int
    more: int
    """So many more must qualify."""
    lacking: tuple[str, ...] = ()
    """Names of those that were assessed and do not qualify."""
    missing: tuple[str, ...] = ()
    """Names of those without an assessment."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The newest assessments of a place and of those right below it, and the rule of its townships."""

    share: int = 80
    lines: tuple[Scored, ...] = ()
    more: int = 0
    """Places behind those that are shown."""
    townships: tuple[Share, ...] = ()
    page: int = 1


@dataclass(frozen=True, slots=True)
class Office:
    """The answer to one command: of which place, or whom to ask instead."""

    ask: Ask
    place: str = ""
    """Its code; empty where nothing may be told."""
    name: str = ""
    others: tuple[tuple[str, str], ...] = ()
    """The asker's other places for this: code and name."""
    unknown: str = ""
    """What was named and is no place of theirs."""
    misnamed: Misnamed | None = None
    """The same, where it is a place of others', or a slip for one of theirs."""
    outside: Outside | None = None
    """Why nothing can be told of the days that were named."""
    on: date | None = None
    """The day that is told of, where it is not today."""
    days: str = ""
    """The span that was named with it, as a button repeats it."""
    whom: tuple[tuple[str, str], ...] = ()
    """Whom to ask where this person may not: role and place, nearest first."""
    at: datetime | None = None
    """When it was read, aware."""
    summary: Summary | None = None
    missing: Missing | None = None
    nudge: Nudge | None = None
    streaks: Longest | None = None
    scores: Scores | None = None
    staff: Staff | None = None
    invitees: Invitees | None = None
    channels: tuple[ChannelState, ...] | None = None
    health: Health | None = None
    settings: Settings | None = None
