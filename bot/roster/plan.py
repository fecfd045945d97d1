"""What an import would do: rows to add, rows to change, and how many stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from bot.model import Place
from bot.roster.sheets import COLUMNS


@dataclass(slots=True)
class Count:
    """How many rows of one table are new, changed, and as they were."""

    new: int = 0
    changed: int = 0
    same: int = 0


class Task(NamedTuple):
    """An assignment to add; the person by phone, for there may be no id yet."""

    phone: str
    role: str
    place: str
    since: date | None
    until: date | None


class Span(NamedTuple):
    """New days for an assignment that is there."""

    id: int
    since: date | None
    until: date | None


class Happening(NamedTuple):
    """A line of a case's log."""

    event: str
    kind: str
    on: date
    recorded_at: datetime


class ReportLine(NamedTuple):
    """What somebody said of one place and day, and when."""

    place: str
    day: date
    status: str
    phone: str | None
    sent_at: datetime


@dataclass(slots=True)
class Plan:
    """Everything to be written, in one transaction; facts (``events``, ``reports``) are only ever added."""

    new_places: list[Place] = field(default_factory=list)
    changed_places: list[Place] = field(default_factory=list)
    new_people: dict[str, str] = field(default_factory=dict)
    """Names by phone."""
    changed_people: dict[int, str] = field(default_factory=dict)
    """Names by id."""
    ids: dict[str, int] = field(default_factory=dict)
    """The people spoken of who are there already, by phone."""
    new_tasks: list[Task] = field(default_factory=list)
    changed_tasks: list[Span] = field(default_factory=list)
    new_cases: dict[str, str] = field(default_factory=dict)
    """Places by case."""
    case_places: dict[str, str] = field(default_factory=dict)
    """Places by case, of all the cases in ``events``."""
    events: dict[str, list[Happening]] = field(default_factory=dict)
    reports: list[ReportLine] = field(default_factory=list)
    counts: Mapping[str, Count] = field(default_factory=lambda: {table: Count() for table in COLUMNS})

    @property
    def empty(self) -> bool:
        """Whether the database already says all this."""
        return not any(count.new or count.changed for count in self.counts.values())
