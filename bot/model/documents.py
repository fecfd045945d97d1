"""What stands in each document: frozen values, from which the file follows and nothing else (PRODUCT 10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from bot.model.figures import DayState
from bot.model.messages import PICTURES, Paper
from bot.model.places import Level

ENDINGS: Mapping[str, tuple[str, ...]] = {
    "daily-table": ("xlsx",),
    "assessment": ("docx", "xlsx"),
    "application": ("docx",),
    "monthly": ("docx",),
    "quarterly": ("docx",),
    "ledger": ("xlsx",),
    "board-picture": ("png",),
    "calendar-picture": ("png",),
    "overview-picture": ("png",),
}
"""Every kind of document (INTERFACES, ``export``), and as what it is written; the first where nobody says."""
_PERIOD = re.compile(r"(20\d\d)(?:-(\d\d)(?:-(\d\d))?|Q([1-4]))", re.ASCII)
_QUARTERS = "一二三四"


class Period(NamedTuple):
    """The days that a document is about, both included."""

    since: date
    until: date
    said: str
    """``2026-11-24``, ``2026-11`` or ``2026Q4``."""

    @property
    def title(self) -> str:
        """As a heading has it: ``2026年11月24日``, ``2026年11月``, ``2026年第四季度``."""
        year = f"{self.since.year}年"
        if "Q" in self.said:
            return f"{year}第{_QUARTERS[int(self.said[-1]) - 1]}季度"
        return f"{year}{self.since.month}月" + (f"{self.since.day}日" if self.since == self.until else "")


def period(said: str) -> Period:
    """A day, a month or a quarter, as it is written in a command.

    Raises:
        ValueError: it is none of the three.
    """
    match = _PERIOD.fullmatch(said)
    if match is None:
        message = f"{said!r} is no day (2026-11-24), month (2026-11) or quarter (2026Q4)"
        raise ValueError(message)
    year, month, day, quarter = match.groups()
    if day:
        on = date(int(year), int(month), int(day))
        return Period(on, on, said)
    first = date(int(year), int(month) if month else int(quarter) * 3 - 2, 1)
    last = first + timedelta(days=31 if month else 92)  # the first is in the next month, or quarter, or just past it
    return Period(first, last.replace(day=1) - timedelta(days=1), said)


SPANS: Mapping[str, tuple[int, int]] = {
    "daily-table": (1, 1),
    "monthly": (28, 31),
    "quarterly": (90, 92),
    **dict.fromkeys(PICTURES, (1, 1)),
}
"""So many days, at least and at most, has what these are about; the others take any period."""


def check(wanted: Paper, today: date) -> Period:
    """The days that a document is about; where none are said: today, this month, this quarter.

    An assessment or an application is the newest until the last of them.

    Raises:
        ValueError: no such kind, not as such a file, or not of such a period; the message says which there are.
    """
    if wanted.kind not in ENDINGS:
        message = f"no document {wanted.kind!r}; there are {', '.join(ENDINGS)}"
        raise ValueError(message)
    if wanted.ending not in {"", *ENDINGS[wanted.kind]}:
        message = f"{wanted.kind} is written as {' or '.join(ENDINGS[wanted.kind])}, not as {wanted.ending}"
        raise ValueError(message)
    found = period(wanted.period or _usual(wanted.kind, today))
    shortest, longest = SPANS.get(wanted.kind, (1, 92))
    if not shortest <= (found.until - found.since).days + 1 <= longest:
        message = f"{wanted.kind} is not made of {wanted.period}"
        raise ValueError(message)
    if found.since > today:
        message = f"{wanted.period} is still to come"
        raise ValueError(message)
    return found


def _usual(kind: str, today: date) -> str:
    if kind == "monthly":
        return f"{today:%Y-%m}"
    if kind in {"quarterly", "ledger"}:
        return f"{today.year}Q{(today.month + 2) // 3}"
    return today.isoformat()


@dataclass(frozen=True, slots=True)
class DailyRow:
    """One compound of the daily table."""

    community: str
    number: str
    compound: str
    days: int
    """Consecutive epidemic-free days."""
    state: DayState
    remark: str = ""
    """The case that decides, days without a report, a figure that was put right."""


@dataclass(frozen=True, slots=True)
class DailyTable:
    """创建无疫情社区、小区日报表 (篇四) of one place on one day."""

    place: str
    day: date
    rows: tuple[DailyRow, ...]
    expected: int
    """Reports due, received, and received on time (DOMAIN 2)."""
    received: int
    on_time: int
    notes: tuple[str, ...]
    compiled_at: datetime
    provisional: bool = False
    """Whether the day's cutoff is still to come."""

    @property
    def clean(self) -> int:
        """Compounds with at least one epidemic-free day."""
        return sum(row.days > 0 for row in self.rows)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One item of an assessment; ``head``: it is judged through the items below it."""

    number: str
    item: str
    points: Decimal | None
    """None: met or not met."""
    given: Decimal | None
    """None: nobody has judged it."""
    reason: str = ""
    head: bool = False


@dataclass(frozen=True, slots=True)
class SheetPart:
    """组织管理, 防控措施, 防控效果; without a title where a form has no parts."""

    title: str
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True)
class AssessmentSheet:
    """测评表 (篇二 附件3), of any standard in points or of things to be met."""

    title: str
    place: str
    source: str
    """The document that the standard is from, and its version."""
    parts: tuple[SheetPart, ...]
    points: bool
    """Whether it is measured in points."""
    total: Decimal
    """Points, or the number of things met."""
    out_of: Decimal
    needed: Decimal
    qualifies: bool
    assessors: tuple[str, ...]
    """Masked."""
    on: date


@dataclass(frozen=True, slots=True)
class ApplicationForm:
    """申报表 (篇二). The leader's name and phone are on it in full: it is signed and sent."""

    township: str
    place: str
    level: Level
    leader: str
    post: str
    phone: str
    text: str
    """工作经验及主要做法."""
    opinion: str
    on: date


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One problem of the ledger."""

    code: str
    place: str
    how: str
    words: str
    found_on: date
    responsible: str
    """Masked; empty: whoever works there."""
    due: date | None
    rectified_on: date | None
    closed_on: date | None
    looked_again_on: date | None
    state: str
    overdue: bool = False
    rounds: int = 1


@dataclass(frozen=True, slots=True)
class LedgerTable:
    """问题台账 of a place and all below it (篇三 三, DOMAIN 6)."""

    place: str
    period: Period
    rows: tuple[LedgerRow, ...]
    compiled_at: datetime
