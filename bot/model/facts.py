"""What a conversation comes to: facts, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.model.access import Field
from bot.model.care import Care
from bot.model.cases import Details, Event, Finding
from bot.model.creation import Step
from bot.model.ledger import Colour, Counter, How, ProblemStep
from bot.model.locales import Locale
from bot.model.standards import Mark


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
    fields: tuple[tuple[str, str, int], ...] = ()
    """Place, field and number of what the pack's form asks for beside the cases (inspections, say)."""


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


@dataclass(frozen=True, slots=True)
class CaseFound:
    """Somebody noticed a case outside the daily report."""

    place: str
    finding: Finding
    on: date


@dataclass(frozen=True, slots=True)
class CaseFollowed:
    """Something happened in a case on a day, or its log was put right."""

    case: str
    event: Event
    on: date
    kind: str | None = None
    other: str = ""
    """The case that it is merged into."""


@dataclass(frozen=True, slots=True)
class DetailsAdded:
    """More became known of the person of a case; what is not None takes the place of what was known."""

    case: str
    details: Details


@dataclass(frozen=True, slots=True)
class CaseAcknowledged:
    """The sender has seen the alert on this case."""

    case: str


@dataclass(frozen=True, slots=True)
class ItemOpened:
    """The sender opened one masked item of a case, for a reason (a key of the words)."""

    case: str
    field: Field
    reason: str


@dataclass(frozen=True, slots=True)
class IsolationBegun:
    """Somebody at the place stays at home for ``days`` days, the first of them ``on``."""

    place: str
    on: date
    days: int
    details: Details
    case: str = ""


@dataclass(frozen=True, slots=True)
class IsolationBroken:
    """The person left without leave on ``on``: counting begins again that day (篇五)."""

    isolation: int
    on: date


@dataclass(frozen=True, slots=True)
class IsolationEnded:
    """The isolation was ended by hand; ``on`` is the first free day."""

    isolation: int
    on: date


@dataclass(frozen=True, slots=True)
class ReturneeRegistered:
    """``count`` persons came back from a risk area on ``arrived`` (篇五: within 14 days they are registered)."""

    place: str
    arrived: date
    count: int
    details: Details


@dataclass(frozen=True, slots=True)
class CareGiven:
    """On a day so many persons in need were visited: group, persons known, visits made; never a name."""

    place: str
    day: date
    visits: tuple[tuple[Care, int, int], ...]


@dataclass(frozen=True, slots=True)
class NameCorrected:
    """The sender's own name was wrong in the roster (PIPL 46)."""

    name: str


@dataclass(frozen=True, slots=True)
class AssessmentMarked:
    """The sender judged items of an assessment; a later mark of an item supersedes the earlier one."""

    place: str
    standard: str
    version: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class AssessmentSubmitted:
    """The sender is done with an assessment: it stands as it is, with what the facts answered at this moment."""

    place: str
    standard: str
    version: str


@dataclass(frozen=True, slots=True)
class DutiesTicked:
    """Recurring duties were done on ``day``: place and item of each."""

    day: date
    done: tuple[tuple[str, str], ...]
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplicationMade:
    """The sender applies for a place (篇二, 申报表)."""

    place: str
    leader: str
    """单位负责人."""
    title: str
    """职务."""
    phone: str
    text: str
    """工作经验及主要做法, 600 characters at most."""
    opinion: str = ""
    """申报单位意见."""


@dataclass(frozen=True, slots=True)
class CreationStepped:
    """A step of the creation workflow, by whoever is entitled to it."""

    place: str
    step: Step
    on: date
    score: Decimal | None = None
    words: str = ""
    photos: tuple[str, ...] = ()
    period: str = ""
    """The quarter that a review is about (``2027Q1``)."""


@dataclass(frozen=True, slots=True)
class ProblemFound:
    """A problem was found at a place; ``responsible`` is to mend it until ``due``."""

    place: str
    how: How
    words: str
    on: date
    due: date
    responsible: int | None = None
    """None: whoever works there."""
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProblemStepped:
    """Something happened to a problem."""

    problem: str
    step: ProblemStep
    on: date
    words: str = ""
    photos: tuple[str, ...] = ()
    due: date | None = None
    responsible: int | None = None


@dataclass(frozen=True, slots=True)
class PictureSeen:
    """The sender looked at a picture of a problem; they are numbered from 1 in the order in which they came."""

    problem: str
    number: int


@dataclass(frozen=True, slots=True)
class EntryPosted:
    """A commendation or a criticism goes on the red-and-black board of a day."""

    place: str
    day: date
    colour: Colour
    words: str


@dataclass(frozen=True, slots=True)
class EntryTakenBack:
    """An entry of the red-and-black board was a mistake."""

    entry: int


@dataclass(frozen=True, slots=True)
class WorkCounted:
    """Work of a day that the bot cannot count by itself: the day's figures, in place of what the sender told before."""

    place: str
    day: date
    counts: tuple[tuple[Counter, int], ...]


@dataclass(frozen=True, slots=True)
class DocumentAsked:
    """The sender wants a document as a file: kind, place, and its period as written (``2026-11-24``, ``2026-11``)."""

    kind: str
    place: str
    period: str = ""
    ending: str = ""


@dataclass(frozen=True, slots=True)
class PictureAsked:
    """The sender wants a picture of the board of these places, as of now (``bot.model.messages.PICTURES``)."""

    kind: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeadlineSaid:
    """The sender says that a place has done what a deadline asks of it, or takes that back."""

    deadline: str
    period: str
    place: str
    met: bool = True


@dataclass(frozen=True, slots=True)
class Snoozed:
    """The sender wants to be left alone for so many minutes, and to be reminded then."""

    minutes: int


@dataclass(frozen=True, slots=True)
class RemindersWished:
    """The sender wants fewer reminders (the last of each thing only), or all of them again."""

    fewer: bool


@dataclass(frozen=True, slots=True)
class Nudged:
    """The sender wants all to be reminded now who owe today's report at a place or below it."""

    place: str


@dataclass(frozen=True, slots=True)
class PersonInvited:
    """The sender wants a one-time code for somebody who works in their places."""

    person: int


Fact = (
    ReportFiled
    | ReportWithdrawn
    | LeaveTaken
    | LeaveEnded
    | NoticeAccepted
    | ConsentWithdrawn
    | LocaleChosen
    | CaseFound
    | CaseFollowed
    | DetailsAdded
    | CaseAcknowledged
    | ItemOpened
    | IsolationBegun
    | IsolationBroken
    | IsolationEnded
    | ReturneeRegistered
    | CareGiven
    | NameCorrected
    | AssessmentMarked
    | AssessmentSubmitted
    | DutiesTicked
    | ApplicationMade
    | CreationStepped
    | ProblemFound
    | ProblemStepped
    | PictureSeen
    | EntryPosted
    | EntryTakenBack
    | WorkCounted
    | DocumentAsked
    | PictureAsked
    | DeadlineSaid
    | Snoozed
    | RemindersWished
    | Nudged
    | PersonInvited
)
