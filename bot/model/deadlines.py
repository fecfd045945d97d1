"""Deadlines, what somebody still owes, and the reminders that follow (DOMAIN 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.model.care import Todo

MINUTES = len("2026-11-24T15:00")
"""So many signs of an ISO 8601 moment tell it to the minute."""
SNOOZE = "snooze"
"""How the name of a moment begins at which a snooze is over."""
NUDGE = "nudge"
"""How the name of a moment begins at which somebody was reminded of the day's report because a colleague asked."""


class Every(StrEnum):
    """How often a deadline comes."""

    FIRST_CYCLE = "first_cycle"
    """Once, in the month in which the first cycle begins (篇六 四(二))."""
    MONTH = "month"
    """Every month after the first cycle."""
    QUARTER = "quarter"
    """In the last month of every quarter."""
    DAY = "day"
    """Every day, at the pack's cutoff."""


class Settled(StrEnum):
    """What settles a deadline."""

    REPORTED = "reported"
    """The day's report stands for every place of one's own."""
    TOLD = "told"
    """Whoever owes it says that it is done."""
    APPLIED = "applied"
    """The application that was begun is handed in; a township may also say that it is done."""
    REVIEWED = "reviewed"
    """Every award that is held has been reviewed in the quarter."""


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A deadline as the pack has it: when it falls, whom it binds, and when they are reminded."""

    id: str
    every: Every
    settled: Settled
    day: int = 0
    """Of the month; in a shorter month its last day. 0: every day."""
    time: str = "18:00"
    """Local time; of a daily one the pack's cutoff."""
    audience: tuple[str, ...] = ()
    """The roles that owe it; empty: everyone with a duty."""
    days_before: tuple[int, ...] = ()
    """So many days before at ``at``; 0 is the day itself."""
    minutes_before: tuple[int, ...] = ()
    at: str = "09:00"
    working_day: bool = False
    """Whether one more goes out on the last working day before, where the due day is none."""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    """By locale: what it is called."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline of one period, with the moments (aware) at which those who still owe it are reminded."""

    rule: DeadlineRule
    period: str
    """``2022`` (the first cycle's year), ``2026-11``, ``2026Q4`` or ``2026-11-24``."""
    due: datetime
    reminders: tuple[datetime, ...]

    @property
    def day(self) -> date:
        """The day on which it is due."""
        return self.due.date()


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """A deadline as one person sees it in a list."""

    id: str
    period: str
    label: str
    due: datetime
    settled: Settled
    places: tuple[tuple[str, str], ...] = ()
    """Of those that this person answers for, the ones that still owe it: code and name."""


@dataclass(frozen=True, slots=True)
class Debt:
    """One thing that somebody owes, and the moments at which they are to be reminded of it.

    All moments are aware and in the programme's zone.
    """

    kind: str
    """A deadline's id, or a kind of ``Todo``."""
    period: str
    """The deadline's period, or the case, problem or isolation."""
    due: datetime
    moments: tuple[datetime, ...]
    """In order."""
    until: datetime
    """From then on nobody is reminded of it any more."""
    places: tuple[tuple[str, str], ...] = ()
    """Code and name of what remains."""
    up: bool = False
    """Whether somebody else is late with it, and this is the one who is told."""
    label: str = ""
    """What the pack calls it, in the reader's language."""
    todo: Todo | None = None

    def key(self, moment: datetime) -> str:
        """The name of one moment, under which it is served once: ``daily-report/2026-11-24@2026-11-24T15:00``."""
        return f"{self.kind}/{self.period}{'^' * self.up}@{moment.isoformat()[:MINUTES]}"


@dataclass(frozen=True, slots=True)
class Owing:
    """Everything that one person owes, and what they said of being reminded."""

    person: int
    items: tuple[Debt, ...]
    since: datetime
    """When they could first be reached: earlier moments are not made good."""
    fewer: bool = False
    """They asked for the last reminder of each thing only."""
    snoozed: datetime | None = None
    """They asked to be left alone until then, and to be reminded then."""


@dataclass(frozen=True, slots=True)
class Served:
    """What somebody was reminded of already."""

    keys: frozenset[str] = frozenset()
    today: int = 0
    """Messages that nobody asked for, on this day."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message to one person: everything that they owe now, and the moments that it serves."""

    person: int
    items: tuple[Debt, ...]
    keys: tuple[str, ...]
    folded: int = 0
    """Moments that passed without a message, because the bot was down or the person was to be left alone."""
    asked: bool = False
    """Whether the person asked for it (a snooze that is over)."""
