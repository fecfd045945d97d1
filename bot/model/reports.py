"""What stands in the work report of a month or a quarter (篇三): frozen values, every number of it one of these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.model.documents import Period


@dataclass(frozen=True, slots=True)
class Organisation:
    """篇三 一: who works, and the red-and-black board."""

    workers: int
    """Persons with a duty to report."""
    places: int
    """Places at which they have it."""
    red: int
    black: int


@dataclass(frozen=True, slots=True)
class Prevention:
    """篇三 二: publicity, screening, requests, daily reports, cases, epidemic-free days."""

    publicity: int
    screened: int
    requests: int
    expected: int
    received: int
    on_time: int
    cases: tuple[tuple[str, int], ...]
    """By kind, as it is called, how many were found in the period; kinds without any are left out."""
    open_cases: int
    """Of all breaking cases those without an end at the period's last day."""
    compounds: int
    clean: int
    """Compounds with at least one epidemic-free day."""
    threshold: int
    """So many days make a place epidemic-free."""
    reached: int
    """Compounds with so many days."""
    own_days: int | None
    """The epidemic-free days of the place itself; None where the pack does not judge it."""


@dataclass(frozen=True, slots=True)
class Supervision:
    """篇三 三: the three kinds of inspection, and what became of what they found."""

    experience: int
    listed: int
    returned: int
    looked_at: int
    """Open and hidden inspections of the creation (明查、暗访)."""
    found: int
    closed: int
    looked_again: int
    reopened: int
    unfinished: int
    """On the list at the end of the period, and not closed."""
    overdue: int
    """Of those, the ones that should have been mended by then."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a place is with its application."""

    place: str
    level: str
    stage: str
    since: date | None
    points: Decimal | None
    """What its newest submitted assessment came to."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An award that was reviewed, or decided on, in the period."""

    place: str
    outcome: str
    on: date
    words: str = ""


@dataclass(frozen=True, slots=True)
class Unverified:
    """A place with days on which nobody reported, within the period."""

    place: str
    days: int
    """Days of the period on which it was expected."""
    missing: int


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month of a quarter in figures."""

    month: str
    expected: int
    received: int
    cases: int
    found: int
    closed: int


@dataclass(frozen=True, slots=True)
class WorkReport:
    """“无疫社区”工作汇报 (篇三) of a month or a quarter; every number in it is one of these."""

    place: str
    period: Period
    until: date
    """The last day that it speaks of: the period's, or today."""
    compiled_at: datetime
    organisation: Organisation
    prevention: Prevention
    supervision: Supervision
    progress: tuple[Progress, ...] = ()
    reviewed: tuple[Reviewed, ...] = ()
    praised: tuple[tuple[str, str], ...] = ()
    """Place and reason."""
    criticised: tuple[tuple[str, str], ...] = ()
    unverified: tuple[Unverified, ...] = ()
    months: tuple[MonthLine, ...] = ()
    """Of a quarter, its months so far."""
