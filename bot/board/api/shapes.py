"""What is answered: one model an item. What the caller's role may not see is absent, not empty."""

from __future__ import annotations

from datetime import date, datetime
from typing import Generic, TypeVar

from pydantic import BaseModel

from bot.model import DayState, Level, ProblemState, Stage, Status
from bot.model.deadlines import Settled

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None


class Refusal(BaseModel):
    """Why there is no answer, in one sentence."""

    error: str
    field: str | None = None


class Place(BaseModel):
    """A place."""

    place: str
    name: str
    level: Level
    parent: str | None
    start: date | None
    closed: date | None
    updated: datetime | None


class Reason(BaseModel):
    """Why a streak stands where it stands."""

    rule: str
    case: str | None = None
    kind: str
    ended_on: date | None


class Streak(BaseModel):
    """The epidemic-free days of a place."""

    place: str
    name: str
    level: Level
    as_of: date
    streak: int
    state: DayState
    since: date | None
    reason: Reason | None
    reported_days: int
    unverified_days: int


class Figure(BaseModel):
    """A streak in short."""

    streak: int
    state: DayState
    since: date | None


class Cause(BaseModel):
    """The fact that changed a figure."""

    case: str | None = None
    event: str
    on: date
    recorded_at: datetime


class HistoryDay(BaseModel):
    """A day of a place as it was published, and as it is known now."""

    place: str
    name: str
    pack: str
    day: date
    published: Figure
    restated: Figure
    differs: bool
    cause: Cause | None


class Coverage(BaseModel):
    """How many reports a place with all below it owed, how many came, and how many on time."""

    place: str
    name: str
    level: Level
    day: date
    expected: int
    received: int
    on_time: int


class Report(BaseModel):
    """What stands of a place's day; nothing of who said it."""

    place: str
    name: str
    level: Level
    day: date
    status: Status | None
    late: bool | None
    recorded_at: datetime | None


class CaseFact(BaseModel):
    """One line of a case's log."""

    event: str
    kind: str | None
    on: date
    recorded_at: datetime


class CaseDetails(BaseModel):
    """Of the person, what the table of access grants to the caller's role without a reason."""

    building: str | None = None
    door: str | None = None
    temperature: str | None = None
    symptoms: str | None = None
    contact: str | None = None
    area: str | None = None
    name: str | None = None
    phone: str | None = None
    note: str | None = None
    photo: str | None = None
    reporter: str | None = None


class Case(BaseModel):
    """A case by its facts."""

    case: str
    place: str
    name: str
    kind: str
    state: str
    found_on: date
    diagnosed_on: date | None
    left_on: date | None
    closed_on: date | None
    merged_into: str | None = None
    updated: datetime
    facts: list[CaseFact]
    details: CaseDetails | None = None


class Award(BaseModel):
    """Where a place stands in the creation workflow."""

    place: str
    name: str
    level: Level
    stage: Stage
    since: date | None
    held_since: date | None
    steps: list[AwardStep]


class AwardStep(BaseModel):
    """One step."""

    step: str
    on: date
    period: str | None
    score: float | None
    case: str | None = None
    recorded_at: datetime


class Problem(BaseModel):
    """A problem of the ledger, without its words and without anybody's name."""

    problem: str
    place: str
    name: str
    how: str
    found_on: date
    state: ProblemState
    since: date
    due: date | None
    overdue: bool
    rectified_on: date | None
    closed_on: date | None
    look_again_on: date | None
    looked_again_on: date | None
    rounds: int


class Labels(BaseModel):
    """What something is called."""

    zh: str
    en: str


class Owed(BaseModel):
    """Who still owes a deadline: which places, and how many people; nobody by name."""

    places: list[str]
    people: int | None


class Deadline(BaseModel):
    """A deadline of a period, the places of which it was said that it is done, and those that owe it."""

    deadline: str
    period: str
    due: datetime
    settled: Settled
    audience: list[str]
    labels: Labels
    told: list[str]
    owed: Owed | None = None


class Assessment(BaseModel):
    """A submitted assessment: what it came to."""

    assessment: int
    place: str
    name: str
    level: Level
    standard: str
    version: str
    begun_on: date
    submitted_on: date
    points: float
    needed: float
    qualifies: bool
