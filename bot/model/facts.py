"""What a conversation comes to: facts, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.model.cases import Finding


class Status(StrEnum):
    """What a report says of one place on one day; ``withdrawn`` takes the sender's earlier word back."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Line:
    """What a report says of one place."""

    place: str
    status: Status
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportFiled:
    """A worker reported ``day`` for the places in ``lines``; a later one supersedes an earlier one, place by place."""

    day: date
    lines: tuple[Line, ...]
    note: str | None = None
    photos: tuple[str, ...] = ()
    adds: bool = False
    """True: the note and photos join what was filed before, and the lines stay as they were."""


@dataclass(frozen=True, slots=True)
class ReportWithdrawn:
    """The sender took the report of ``day`` back for these places; they are owed again."""

    day: date
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeaveTaken:
    """The sender is away from ``since`` to ``until``, both included; ``stand_in`` reports instead, if anybody."""

    since: date
    until: date
    stand_in: int | None = None


@dataclass(frozen=True, slots=True)
class LeaveEnded:
    """The sender is back from ``on`` on."""

    on: date


@dataclass(frozen=True, slots=True)
class NoticeAccepted:
    """The sender read the notice on purpose and legal basis, in this version, and accepted (PIPL 13, 17, 29)."""

    notice: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """The sender took the acceptance back; the channel is unbound and nothing more is sent."""


@dataclass(frozen=True, slots=True)
class LocaleChosen:
    """The sender wants to be spoken to in this language."""

    locale: Locale


Fact = ReportFiled | ReportWithdrawn | LeaveTaken | LeaveEnded | NoticeAccepted | ConsentWithdrawn | LocaleChosen


class Locale(StrEnum):
    """The languages that the bot speaks."""

    ZH = "zh"
    EN = "en"
