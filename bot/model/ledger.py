"""Problems until they are looked at again, the red-and-black board, work log and recurring duties (DOMAIN 6, 篇三)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class How(StrEnum):
    """How a problem was found: the three kinds of inspection of 篇三 三."""

    EXPERIENCE = "experience"
    """体验式: as a resident or customer."""
    LISTED = "listed"
    """挂账式: by inspection, put on the list."""
    RETURN = "return"
    """回头式: by coming back unannounced."""


class ProblemStep(StrEnum):
    """What happens to a problem; ``withdrawn``: it was entered by mistake."""

    ASSIGNED = "assigned"
    RECTIFIED = "rectified"
    CLOSED = "closed"
    LOOKED_AGAIN = "looked_again"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"


class ProblemState(StrEnum):
    """How a problem stands; ``done``: it was looked at again and is no more."""

    OPEN = "open"
    RECTIFIED = "rectified"
    CLOSED = "closed"
    DONE = "done"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ProblemFact:
    """One line of a problem's log."""

    step: ProblemStep
    on: date
    at: datetime
    """When it was recorded, aware."""
    name: str = ""
    """Who, as a masked name."""
    due: date | None = None
    """Of ``assigned`` and ``reopened``: until when it is to be mended; of ``closed``: when to look again."""
    responsible: int | None = None
    words: str = ""
    photos: tuple[str, ...] = ()
    person: int | None = None
    """Who, for the rule that nobody closes what they rectified themselves; never shown."""
    to: str = ""
    """Of ``assigned``: who is to mend it, as a masked name; empty: whoever works there."""
    number: int = 0
    """Of facts recorded in the same moment the later one has the greater number."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem with its log, as one person may see it."""

    code: str
    place: str
    name: str
    """The place's name."""
    how: How
    words: str
    found_on: date
    at: datetime
    finder: str = ""
    """Who found it, masked."""
    own: bool = False
    """Whether this person found it."""
    mine: bool = False
    """Whether this person is to mend it."""
    photos: tuple[str, ...] = ()
    log: tuple[ProblemFact, ...] = ()
    responsible: str = ""
    """Who is to mend it, masked."""
    may: frozenset[ProblemStep] = frozenset()
    """What this person's roles let them record; whether it fits is for ``scoring.ledger``."""
    waits: bool = False
    """Whether the next step is this person's, and its day has come."""
    used: tuple[tuple[date, str], ...] = ()
    """Day and place of earlier uses of pictures that look like its own: a hint for who decides, never a verdict."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place at which this person may put a problem on the list."""

    code: str
    name: str
    """With the place above it where that is needed to know it."""
    decides: bool = False
    """Whether they say there how it was found, who mends it and until when."""
    workers: tuple[tuple[int, str], ...] = ()
    """Who works there: id, and role with masked name."""


class Colour(StrEnum):
    """A side of the red-and-black board (篇三 一: 红黑榜)."""

    RED = "red"
    BLACK = "black"


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """A commendation or a criticism of one day."""

    number: int
    day: date
    colour: Colour
    place: str
    """The place's name."""
    words: str
    own: bool = False
    """Whether this person posted it."""


class Counter(StrEnum):
    """What the work log counts (篇三): the first three are told, the rest the bot counts by itself."""

    PUBLICITY = "publicity"
    """宣传条数."""
    SCREENED = "screened"
    """摸排人次."""
    REQUESTS = "requests"
    """解决诉求."""
    INSPECTIONS = "inspections"
    """检查次数."""
    FOUND = "found"
    """发现问题."""
    RECTIFIED = "rectified"
    """整改."""
    LOOKED_AGAIN = "looked_again"
    """回头看."""


TOLD = (Counter.PUBLICITY, Counter.SCREENED, Counter.REQUESTS)
"""What a person may add by hand."""


@dataclass(frozen=True, slots=True)
class RecurringDuty:
    """Something small that is done again and again (篇七 二(二)6: 垃圾每日清理, 每周消毒至少 2 次)."""

    id: str
    every: str
    """``day`` or ``week`` (Monday to Sunday)."""
    times: int = 1
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    """By locale."""
    levels: tuple[str, ...] = ()
    """The levels of places that owe it; empty: all with a duty."""


@dataclass(frozen=True, slots=True)
class Check:
    """A recurring duty at one place in the period that is spoken of."""

    place: str
    name: str
    item: str
    label: str
    every: str
    times: int
    done: int
    """How often it was done in this period, by whomever."""
    today: bool = False
    """Whether it was ticked today."""
