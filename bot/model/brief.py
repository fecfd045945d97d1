"""What a conversation is told when it opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.model.care import Isolation, Returned, Todo, Visited
from bot.model.cases import CaseCard, Finding, Kind, KnownCase
from bot.model.creation import Circular, Course, CourseLine
from bot.model.deadlines import DeadlineLine
from bot.model.facts import Status
from bot.model.figures import FormField, Streak
from bot.model.history import PlaceHistory
from bot.model.ledger import BoardEntry, Check, Counter, Problem, Spot
from bot.model.locales import Locale
from bot.model.office import Office
from bot.model.own import Self
from bot.model.places import Called, Misnamed, Near, Role
from bot.model.rights import Barred
from bot.model.standards import Assessable, Sheet


@dataclass(frozen=True, slots=True)
class Owed:
    """A place that the person owes a report for, and what is already known of that place's day."""

    code: str
    name: str
    status: Status | None = None
    """What stands reported for the day, by whomever; None while it is owed."""
    mine: bool = False
    """True when the standing report is this person's own."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may stand in: an id, and a masked name with a place; never a phone."""

    person: int
    name: str


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave as it stands; both days included."""

    since: date
    until: date
    stand_in: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceStreak:
    """A place's name beside its streak."""

    name: str
    streak: Streak


@dataclass(frozen=True, slots=True)
class PastDay:
    """What the person's own places looked like on one day."""

    day: date
    reported: int
    """Places whose report stands."""
    owed: int
    abnormal: int
    on_time: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand once a fact is recorded: what a receipt gives back."""

    at: datetime
    """When it was recorded, aware, in the programme's time zone."""
    late: bool = False
    filed: tuple[str, ...] = ()
    """Codes of the places whose word now stands as filed."""
    streaks: tuple[PlaceStreak, ...] = ()
    run: int = 0
    """The person's own run of days on time."""
    cases: tuple[str, ...] = ()
    """Codes of the cases that the fact opened."""
    kept: tuple[str, ...] = ()
    """Names of places left as they were: somebody else had reported them, or they are the sender's no more."""
    stand_in: str | None = None
    missed: tuple[date, ...] = ()
    shown: Mapping[str, object] = field(default_factory=dict)
    """What else the words of one receipt need."""


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a flow may know. It is stored with the conversation, so that a replay sees what the first run saw."""

    now: datetime
    """The moment the conversation opened, aware, in the programme's time zone."""
    day: date
    """The day that is spoken of: today, or an earlier one that is made good."""
    cutoff: datetime
    """The moment after which ``day``'s report is late, aware."""
    locale: Locale = Locale.ZH
    person: int | None = None
    name: str = ""
    """The person's own name, masked."""
    owed: tuple[Owed, ...] = ()
    missed: tuple[date, ...] = ()
    """Earlier days, newest first, at most three back, that still lack a report."""
    leave: Leave | None = None
    """The leave that covers today."""
    coming: Leave | None = None
    """The next leave ahead, where none covers today."""
    colleagues: tuple[Colleague, ...] = ()
    streaks: tuple[PlaceStreak, ...] = ()
    history: tuple[PastDay, ...] = ()
    me: Self | None = None
    accepted: bool = True
    kinds: tuple[str, ...] = tuple(Kind)
    """The kinds that the daily form asks for, from the rule pack."""
    note_limit: int = 500
    photo_limit: int = 9
    subject: str = ""
    """What the command that opened the conversation named: a case's number, a place's code."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What the pack calls its kinds in this locale, where the words of the bot do not know them."""
    ask: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By kind, the details that are asked at once."""
    fields: tuple[FormField, ...] = ()
    fever_from: float = 37.3
    breaking: tuple[str, ...] = ()
    """The kinds that stop a count."""
    restores: bool = False
    """Whether a case that was ruled out never was, as the pack has it, or lets counting begin anew."""
    near: tuple[Near, ...] = ()
    """Places to choose from, the latest used first; others are found by searching."""
    called: tuple[Called, ...] = ()
    """What may be named in plain words."""
    cases: tuple[KnownCase, ...] = ()
    """Cases that this person may know of: open ones, and those of the last days; newest first."""
    case: CaseCard | None = None
    """The case that the conversation is about, if this person may see it."""
    isolations: tuple[Isolation, ...] = ()
    """Those that run at the places for which this person works, the next to end first."""
    isolation_days: int = 14
    returnees: tuple[Returned, ...] = ()
    """Who came back to those places within the last ``returnee_days``, newest first."""
    returnee_days: int = 14
    visited: tuple[Visited, ...] = ()
    """The last word on each place and group of those in need."""
    wards: tuple[Near, ...] = ()
    """Some of the places for which this person works or answers, where they owe no report of their own."""
    todo: tuple[Todo, ...] = ()
    past: tuple[PlaceHistory, ...] = ()
    """The history of the place that the conversation is about, one pack after another."""

    assessable: tuple[Assessable, ...] = ()
    """The places that this person assesses, with the standards for each."""
    sheet: Sheet | None = None
    """The assessment that the conversation is about."""
    checks: tuple[Check, ...] = ()
    """Recurring duties of the person's places in this period."""
    watched: tuple[Check, ...] = ()
    """Those of the places below, for who answers for them."""
    courses: tuple[CourseLine, ...] = ()
    """Places that take part in the creation, as far as this person answers for them."""
    course: Course | None = None
    """The place that the conversation is about, within the workflow."""
    circular: Circular | None = None
    problems: tuple[Problem, ...] = ()
    """Problems that this person may know of, those that wait for them first."""
    problem: Problem | None = None
    look_again_days: int = 7
    rectify_days: int = 3
    spots: tuple[Spot, ...] = ()
    """Places at which this person may put a problem on the list, the latest used first."""
    entries: tuple[BoardEntry, ...] = ()
    """The red-and-black board of the last days, newest first."""
    posts: bool = False
    """Whether this person may post on it."""
    work: tuple[tuple[Counter, int], ...] = ()
    """The work log of this month at the person's places."""
    worked: tuple[tuple[str, Counter, int], ...] = ()
    """What this person told of today: place, counter and figure."""

    reasons: Mapping[str, object] = field(default_factory=dict)
    """Why the figure of the place that was named is what it is: the values of ``figures/explain``."""
    deadlines: tuple[DeadlineLine, ...] = ()
    """What is due in the weeks to come, with what this person still owes of it."""
    desks: tuple[Near, ...] = ()
    """Places of which this person may have documents."""
    boards: tuple[Near, ...] = ()
    """What a picture of the board is of: the place that was named, else those in this person's charge."""
    calendars: tuple[Near, ...] = ()
    """The same of a calendar: the place that was named, else each compound there."""
    overviews: tuple[Near, ...] = ()
    """Places that this person oversees."""
    misnamed: Misnamed | None = None
    """What the command named, where that is no place of this person's."""
    office: Office | None = None
    """The answer to what somebody asks who answers for many places."""
    roles: frozenset[Role] = frozenset()
    """What the person is today, by themself."""
    may: frozenset[str] = frozenset()
    """The commands that come with their roles, and with those of whom they stand in for."""
    barred: Barred | None = None
    """What was refused, and whom to ask."""

    @property
    def own_places(self) -> tuple[Near, ...]:
        """The places to offer to somebody who registers something: their own, else those near or below them."""
        return tuple(Near(place.code, place.name) for place in self.owed) or self.near or self.wards

    @property
    def today(self) -> date:
        """The day on which the conversation opened."""
        return self.now.date()

    @property
    def late(self) -> bool:
        """Whether a report filed when this conversation opened is marked late."""
        return self.now > self.cutoff
