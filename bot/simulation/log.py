"""What the judge is told: what people did, what the platform was handed and delivered, what the database had of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo


class Told(StrEnum):
    """What the bot was told of a message that it handed over."""

    SENT = "sent"
    RETRY = "retry"
    UNCERTAIN = "uncertain"
    UNDELIVERABLE = "undeliverable"
    KILLED = "killed"
    """Nothing: its process died meanwhile."""
    REFUSED = "refused"
    """That it did not go; but its process died at that moment, and may have taken this along."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the town; only who has ``places`` owes a report. ``role`` is the roster's."""

    person: int
    role: str
    places: tuple[str, ...]
    addresses: tuple[tuple[str, str], ...]
    """Channel and address of each chat."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a person sent: ``tap``, ``text`` or ``open``; once, however often it was delivered."""

    person: int
    at: datetime
    kind: str
    signs: int
    """How many were typed."""
    channel: str
    dedupe: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message that the bot handed to the platform: what it was told, and when it truly arrived (None: never)."""

    outbox: int
    channel: str
    address: str
    at: datetime
    told: Told
    arrived: datetime | None
    edits: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A row of the outbox."""

    outbox: int
    kind: str
    person: int | None
    created_at: datetime
    inbox: int | None = None
    state: str = "sent"
    """How it stood in the evening of its day."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of the inbox."""

    inbox: int
    channel: str
    dedupe: str
    state: str


@dataclass(frozen=True, slots=True)
class Served:
    """A row of table ``reminder``: which moment of what the message serves."""

    person: int
    slot: str
    outbox: int


@dataclass(frozen=True, slots=True)
class Line:
    """What was reported of a place's day; ``withdrawn`` takes it back."""

    place: str
    day: date
    at: datetime
    status: str


@dataclass(frozen=True, slots=True)
class Away:
    """A leave, first and last day, and who reports meanwhile."""

    person: int
    since: date
    until: date
    stand_in: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Snoozed:
    """Somebody asked at ``at`` to be left alone until ``until``."""

    person: int
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Wished:
    """Somebody asked for fewer reminders, or for all of them again."""

    person: int
    at: datetime
    fewer: bool


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody said that a dated deadline is met for a place, or took it back."""

    deadline: str
    period: str
    place: str
    met: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is reminded of a dated deadline, for which place, and from when on it is owed."""

    deadline: str
    person: int
    place: str


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when something was so."""

    since: datetime
    until: datetime


@dataclass(slots=True)
class Log:
    """Everything, in the order in which it happened."""

    zone: ZoneInfo
    first: date
    days: int
    cutoff: time
    first_cycle: date
    people: dict[int, Somebody] = field(default_factory=dict)
    audience: list[Audience] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    acknowledged: set[tuple[str, str]] = field(default_factory=set)
    """Channel and dedupe of each message of which the platform was told that it is stored."""
    attempts: list[Attempt] = field(default_factory=list)
    letters: dict[int, Letter] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    leaves: list[Away] = field(default_factory=list)
    snoozes: list[Snoozed] = field(default_factory=list)
    wishes: list[Wished] = field(default_factory=list)
    met: list[Met] = field(default_factory=list)
    up: list[Span] = field(default_factory=list)
    """When the bot ran."""
    blocked: dict[tuple[str, str], list[Span]] = field(default_factory=dict)
    """By channel and address: when its owner had blocked the bot."""
    kills: int = 0

    def died(self, now: datetime, since: datetime) -> None:
        """The process that ran ``since`` was killed. What it had just been told, but for success, it may take along."""
        self.kills += 1
        self.up.append(Span(since, now))
        for number in range(len(self.attempts) - 1, -1, -1):
            attempt = self.attempts[number]
            if attempt.at != now:
                break
            if attempt.told is not Told.SENT:
                told = Told.REFUSED if attempt.told is Told.RETRY else Told.KILLED
                self.attempts[number] = replace(attempt, told=told)
