"""What is computed from the facts: day states, streaks and the rules that they follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from bot.model.deadlines import DeadlineRule
from bot.model.ledger import RecurringDuty


class DayState(StrEnum):
    """The state of a place's day (DOMAIN 2)."""

    CLEAN = "clean"
    BROKEN = "broken"
    UNVERIFIED = "unverified"


class Reason(NamedTuple):
    """Why a streak stands where it stands: the rule (a key of the words), the case, its kind and the day it ended."""

    rule: str
    case: str
    kind: str
    took_effect_on: date
    ended_on: date | None


class Streak(NamedTuple):
    """The consecutive epidemic-free days of one place at the end of ``as_of``, with the reason (DOMAIN 3).

    A named tuple, as ``Reason`` is: a board has tens of thousands, and a frozen dataclass takes three times as long.
    """

    place: str
    as_of: date
    days: int
    state: DayState
    since: date | None
    reason: Reason | None
    reported_days: int
    unverified_days: int


@dataclass(frozen=True, slots=True)
class FormField:
    """A number that the pack's daily form asks for, place by place, beside the cases (DOMAIN 3)."""

    id: str
    minimum: int
    maximum: int
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    """By locale: what the field is called."""


@dataclass(frozen=True, slots=True)
class PackRules:
    """A rule pack, read and checked (DOMAIN 3).

    Kinds are plain strings: a pack for another disease brings its own.
    """

    name: str
    title: str
    version: str
    source: str
    start: date
    """The programme's start: counting begins here where a place names no day of its own."""
    breaking: frozenset[str]
    unverified: str = "count"
    """``count``, ``hold`` or ``break`` (DOMAIN 2)."""
    ruled_out: str = "restart"
    """``restart`` or ``restore`` (DOMAIN 3)."""
    threshold_days: int = 14
    milestones: tuple[int, ...] = (7, 14, 30, 60, 100, 180, 365)
    cutoff: str = "17:00"
    """The daily cutoff, local time."""
    form_kinds: tuple[str, ...] = field(default_factory=tuple)
    """What the daily form asks for, in the order shown."""
    note_limit: int = 500
    photo_limit: int = 9
    assess_threshold: int = 80
    retention_days: int = 180
    kinds: tuple[str, ...] = ()
    """Every kind that the pack knows, breaking or not."""
    rule_of: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The rule (a key of the words) that a kind falls under; a kind without one is explained by what it became."""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    """What the pack calls its kinds, by kind and locale, where the words of the bot do not know them."""
    levels: tuple[str, ...] = ()
    """The levels of places that the pack judges; empty: all."""
    fields: tuple[FormField, ...] = ()
    """Numbers that the daily form asks for beside the cases."""
    ask: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """By kind, the details that are asked at once, in order: ``door``, ``temperature``, ``contact``, ``area``."""
    alert: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """By kind, the roles that are alerted at once, each at the nearest place above."""
    letters: Mapping[str, str] = field(default_factory=dict, hash=False)
    """By kind, the letter with which a case's number begins (``F1124-03``)."""
    quiet: Mapping[str, int] = field(default_factory=dict, hash=False)
    """By kind, more than so many days since the last such case ended are needed to qualify, beside the streak."""
    fever_from: float = 37.3
    """°C from which a temperature is a fever."""
    undiagnosed_hours: int = 24
    """After so long a case of no breaking kind without a diagnosis is asked about again (DOMAIN 8)."""
    unmoved_hours: int = 12
    """After so long a breaking case whose person has not left is asked about again."""
    isolation_days: int = 14
    returnee_days: int = 14
    revoke_on_break: bool = True
    """Whether an award ends at once when the streak breaks, or only at the quarterly review."""
    basis: str = ""
    """The legal basis and purpose that is recorded with every collection of personal data (PIPL 13, 28)."""
    standards: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """By level, the standards that are assessed there; an application rests on the first."""
    duties: tuple[RecurringDuty, ...] = ()
    """Recurring duties that are ticked off (篇七)."""
    rectify_days: int = 3
    """So long a problem may take to be mended, unless somebody says otherwise."""
    look_again_days: int = 7
    """So long after a problem was closed it is looked at again (DOMAIN 6)."""
    first_cycle: date | None = None
    """The day on which the first cycle begins (篇六); None: 1 December of the year in which the programme starts."""
    seat_towns: tuple[str, ...] = ()
    """Codes of the townships that nominate a model community beside a model village in the first cycle (篇六)."""
    deadlines: tuple[DeadlineRule, ...] = ()
    """What is due, when, and when those who owe it are reminded (DOMAIN 8)."""
    quiet_from: str = "21:30"
    """From this time on, until ``quiet_until``, nobody is reminded of anything; it waits and merges."""
    quiet_until: str = "07:30"
    reminders_a_day: int = 3
    """More than so many reminders nobody gets on one day, unless they ask to be reminded later."""
    overdue_days: int = 3
    """So many days what is overdue is told one level up, once a day."""
    digest_minutes: int = 10
    """So long after the cutoff leads and offices get the day in one message."""
    mention_missing: bool = False
    """Whether a group robot calls the attention of those who still owe the day's report (by @, their names unsaid)."""
    message_days: int = 30
    """So long raw messages and conversations are kept; ``retention_days`` holds for all that concerns a person."""

    @property
    def cycle_from(self) -> date:
        """The day on which the first cycle begins."""
        return self.first_cycle or date(self.start.year, 12, 1)
