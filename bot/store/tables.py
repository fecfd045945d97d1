"""The tables. Facts are appended, never overwritten; what changes is bound to a moment or projected from facts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    Index,
    LargeBinary,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""A constraint without a name could not be altered by a later migration on SQLite."""


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as naive UTC: SQLite drops time zones, so none is ever written."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse a naive moment rather than guess its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a moment without a time zone: {value!r}"
            raise ValueError(message)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the moment its zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


def moment(*, nullable: bool = False, index: bool = False) -> Any:  # noqa: ANN401 - what SQLModel's Field returns
    """A column of aware moments."""
    return Field(default=None, sa_column=Column(Moment, nullable=nullable, index=index))


def sealed(*, nullable: bool = False) -> Any:  # noqa: ANN401 - what SQLModel's Field returns
    """A column of bytes that ``crypto.Keyring`` sealed: names, phones, notes, messages."""
    return Field(default=None, sa_column=Column(LargeBinary, nullable=nullable))


class Place(SQLModel, table=True):
    """A node of the tree of places (DOMAIN 1)."""

    code: str = Field(primary_key=True)
    name: str
    level: str = Field(index=True)
    parent: str | None = Field(default=None, foreign_key="place.code", index=True)
    aliases: str = ""
    """Separated by ``;``."""
    start: date | None = None
    closed: date | None = None


class Person(SQLModel, table=True):
    """Somebody of the roster; found by the keyed hash of the phone."""

    id: int | None = Field(default=None, primary_key=True)
    phone_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    phone: bytes = sealed()
    name: bytes = sealed()
    locale: str = "zh"
    created_at: datetime = moment()


class Assignment(SQLModel, table=True):
    """Who does what where, from when to when; a stand-in is one with ``stands_in_for`` and an end."""

    id: int | None = Field(default=None, primary_key=True)
    person: int = Field(foreign_key="person.id", index=True)
    role: str
    place: str = Field(foreign_key="place.code", index=True)
    since: date | None = None
    until: date | None = None
    stands_in_for: int | None = Field(default=None, foreign_key="person.id")
    leave: int | None = Field(default=None, foreign_key="leave.id")
    recorded_at: datetime = moment()


class Leave(SQLModel, table=True):
    """A leave as it was announced."""

    id: int | None = Field(default=None, primary_key=True)
    person: int = Field(foreign_key="person.id", index=True)
    since: date
    until: date
    stand_in: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class LeaveEnd(SQLModel, table=True):
    """The person came back early: the leave ends the day before ``on``."""

    __tablename__ = "leave_end"
    id: int | None = Field(default=None, primary_key=True)
    leave: int = Field(foreign_key="leave.id", index=True)
    on: date
    recorded_at: datetime = moment()


class Account(SQLModel, table=True):
    """A person's address on a channel, from ``bound_at`` to ``unbound_at``."""

    __table_args__ = (
        Index(
            "ix_account_live",
            "channel",
            "address",
            unique=True,
            sqlite_where=text("unbound_at IS NULL"),
            postgresql_where=text("unbound_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    address: str
    person: int = Field(foreign_key="person.id", index=True)
    bound_at: datetime = moment()
    unbound_at: datetime | None = moment(nullable=True)
    unreachable_at: datetime | None = moment(nullable=True)
    """Since when the platform refuses what is sent there (blocked); a word from there ends it."""


class GroupChat(SQLModel, table=True):
    """A group that was told which place it is about."""

    __tablename__ = "group_chat"
    __table_args__ = (UniqueConstraint("channel", "address"),)
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    address: str
    place: str = Field(foreign_key="place.code")
    bound_by: int | None = Field(default=None, foreign_key="person.id")
    bound_at: datetime = moment()


class Invitation(SQLModel, table=True):
    """A one-time code, stored hashed, bound to a person and, if given, to a channel."""

    id: int | None = Field(default=None, primary_key=True)
    code_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    person: int = Field(foreign_key="person.id", index=True)
    channel: str | None = None
    made_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)


class Attempt(SQLModel, table=True):
    """A wrong code; a few of them in an hour and the chat has to wait."""

    __table_args__ = (Index("ix_attempt_chat", "channel", "address", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    address: str
    at: datetime = moment()


class Consent(SQLModel, table=True):
    """A notice accepted, or an acceptance withdrawn (PIPL 14, 15)."""

    id: int | None = Field(default=None, primary_key=True)
    person: int = Field(foreign_key="person.id", index=True)
    event: str
    notice: str
    channel: str
    at: datetime = moment()


class Login(SQLModel, table=True):
    """A single-use link into the pages, stored hashed."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    person: int = Field(foreign_key="person.id", index=True)
    made_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)


class WebSession(SQLModel, table=True):
    """A browser that a login link let in; its cookie is stored hashed."""

    __tablename__ = "web_session"
    id: int | None = Field(default=None, primary_key=True)
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    person: int = Field(foreign_key="person.id", index=True)
    made_at: datetime = moment()
    expires_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)


class Filing(SQLModel, table=True):
    """One act of reporting: who, for which day, when. What it says of each place is in ``report``."""

    id: int | None = Field(default=None, primary_key=True)
    person: int | None = Field(default=None, foreign_key="person.id")
    day: date
    recorded_at: datetime = moment()
    late: bool = False
    note: bytes | None = sealed(nullable=True)
    source: str = "chat"
    """``chat`` or ``import``."""
    inbox: int | None = Field(default=None, foreign_key="inbox.id", index=True)
    __table_args__ = (Index("ix_filing_person_day", "person", "day"),)


class Report(SQLModel, table=True):
    """What a filing says of one place. The newest line of a place's day stands (by ``recorded_at``, then ``id``)."""

    __table_args__ = (
        Index("ix_report_place_day", "place", "day", "recorded_at"),
        Index("ix_report_day", "day", "place"),
    )
    id: int | None = Field(default=None, primary_key=True)
    filing: int = Field(foreign_key="filing.id", index=True)
    place: str = Field(foreign_key="place.code")
    day: date
    status: str
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()
    late: bool = False


class Photo(SQLModel, table=True):
    """A picture that came with a filing."""

    id: int | None = Field(default=None, primary_key=True)
    filing: int = Field(foreign_key="filing.id", index=True)
    media: str


class Media(SQLModel, table=True):
    """A picture that was kept: re-encoded, sealed, under a name that tells nothing."""

    name: str = Field(primary_key=True)
    size: int
    """Bytes, before sealing."""
    width: int
    height: int
    made_at: datetime = moment()


class Case(SQLModel, table=True):
    """A case and its place. What happened is in ``case_event``."""

    __tablename__ = "case_"
    __table_args__ = (
        Index("ix_case__open", "place", sqlite_where=text("ended = 0"), postgresql_where=text("NOT ended")),
    )
    code: str = Field(primary_key=True)
    place: str = Field(foreign_key="place.code", index=True)
    filing: int | None = Field(default=None, foreign_key="filing.id", index=True)
    """The report in which it was found, if it came so."""
    person: int | None = Field(default=None, foreign_key="person.id")
    """Who reported it; None where it was imported."""
    opened_at: datetime = moment()
    ended: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """A projection of its log: the person left, was released or ruled out, and it was not reopened since."""


class CaseEvent(SQLModel, table=True):
    """One line of a case's log (DOMAIN 3)."""

    __tablename__ = "case_event"
    __table_args__ = (
        UniqueConstraint("case", "event", "kind", "on", "recorded_at"),
        Index("ix_case_event_recorded", "recorded_at"),
        Index("ix_case_event_on", "event", "on", "place", "case"),
        Index(
            "ix_case_event_merged",
            "other",
            sqlite_where=text("other != ''"),
            postgresql_where=text("other != ''"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    case: str = Field(foreign_key="case_.code", index=True)
    place: str = Field(foreign_key="place.code")
    event: str
    kind: str = ""
    """Empty where the event has none (a NULL would escape the uniqueness)."""
    other: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The case that it is merged into; empty otherwise."""
    on: date
    recorded_at: datetime = moment()
    person: int | None = Field(default=None, foreign_key="person.id")
    source: str = "chat"


class CaseDetail(SQLModel, table=True):
    """What became known of the person of a case: sealed, appended, the newest word of each item holds."""

    __tablename__ = "case_detail"
    id: int | None = Field(default=None, primary_key=True)
    case: str = Field(foreign_key="case_.code", index=True)
    person: int | None = Field(default=None, foreign_key="person.id")
    """Who told it."""
    body: bytes = sealed()
    """``Details`` as JSON."""
    basis: str = ""
    """The legal basis and purpose under which it was collected (PIPL 13, 28)."""
    recorded_at: datetime = moment()


class Seen(SQLModel, table=True):
    """Somebody acknowledged the alert on a case."""

    __table_args__ = (UniqueConstraint("case", "person"),)
    id: int | None = Field(default=None, primary_key=True)
    case: str = Field(foreign_key="case_.code")
    person: int = Field(foreign_key="person.id")
    at: datetime = moment()


class Opening(SQLModel, table=True):
    """Somebody opened one masked item of a case, and why."""

    id: int | None = Field(default=None, primary_key=True)
    case: str = Field(foreign_key="case_.code", index=True)
    person: int = Field(foreign_key="person.id")
    field: str
    reason: str
    """A key of the words, or ``other``."""
    at: datetime = moment()


class HomeIsolation(SQLModel, table=True):
    """A home isolation as it was ordered; what happened is in ``isolation_event``."""

    __tablename__ = "isolation"
    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(foreign_key="place.code", index=True)
    case: str | None = Field(default=None, foreign_key="case_.code")
    since: date
    days: int
    body: bytes = sealed()
    """``Details`` as JSON."""
    basis: str = ""
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class IsolationEvent(SQLModel, table=True):
    """What happened in a home isolation: ``broken`` (it begins anew that day), ``ended`` (by hand)."""

    __tablename__ = "isolation_event"
    id: int | None = Field(default=None, primary_key=True)
    isolation: int = Field(foreign_key="isolation.id", index=True)
    event: str
    on: date
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class Returnee(SQLModel, table=True):
    """Persons who came back from a risk area, as a worker registered them."""

    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(foreign_key="place.code", index=True)
    arrived: date
    count: int
    body: bytes = sealed()
    """``Details`` as JSON."""
    basis: str = ""
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class CareVisit(SQLModel, table=True):
    """Visits to persons in need on one day: counts, never a name. The newest line of a place, day and group holds."""

    __tablename__ = "care_visit"
    __table_args__ = (Index("ix_care_visit_place_day", "place", "day"),)
    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(foreign_key="place.code")
    day: date
    care: str
    people: int
    visits: int
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class FieldValue(SQLModel, table=True):
    """A number that the pack's form asked for; the newest filing of a place's day holds."""

    __tablename__ = "field_value"
    __table_args__ = (Index("ix_field_value_place_day", "place", "day"),)
    id: int | None = Field(default=None, primary_key=True)
    filing: int = Field(foreign_key="filing.id", index=True)
    place: str = Field(foreign_key="place.code")
    day: date
    field: str
    value: int


class Published(SQLModel, table=True):
    """The figure of a place's day as it was known at that day's cutoff: written once, never changed."""

    pack: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    place: str = Field(primary_key=True, foreign_key="place.code")
    days: int
    state: str
    since: date | None = None
    rank: str = ""
    """The deciding case as ``spans.rank`` writes it; empty without one."""
    reported_days: int
    unverified_days: int
    published_at: datetime = moment()


class Milestone(SQLModel, table=True):
    """A place reached so many days in one count, or lost them again: a fact, announced once."""

    __table_args__ = (UniqueConstraint("pack", "place", "days", "since", "event"),)
    id: int | None = Field(default=None, primary_key=True)
    pack: str
    place: str = Field(foreign_key="place.code")
    days: int
    since: date
    """The day on which that count began."""
    event: str
    """``reached`` or ``lost``."""
    on: date
    recorded_at: datetime = moment()


class CaseSpan(SQLModel, table=True):
    """A projection of ``case_event``: the days on which a case counts against its place, under one pack.

    On day ``D`` with ``valid_from <= D`` and (``valid_until`` is null or ``D < valid_until``) the case has taken
    effect and, if ``ends`` is not null, ended on ``ends``.
    """

    __tablename__ = "case_span"
    __table_args__ = (
        Index("ix_case_span_place", "pack", "valid_until", "place", "valid_from", "rank"),
        Index("ix_case_span_here", "place", "pack"),
        Index("ix_case_span_ends", "pack", "ends", "valid_until", "valid_from", "place"),
    )
    id: int | None = Field(default=None, primary_key=True)
    pack: str
    case: str = Field(foreign_key="case_.code", index=True)
    place: str = Field(foreign_key="place.code")
    kind: str
    rule: str
    valid_from: date
    valid_until: date | None = None
    ends: date | None = None
    rank: str = Field(sa_column=Column(String().with_variant(String(collation="C"), "postgresql"), nullable=False))
    """All of the above in one text, the deciding case of a place last: ``max(rank)`` of a place is its reason."""


class PlaceRank(SQLModel, table=True):
    """A projection of ``case_span``: by pack and place the deciding case, that of all places below it included."""

    __tablename__ = "place_rank"
    pack: str = Field(primary_key=True)
    place: str = Field(primary_key=True, foreign_key="place.code")
    rank: str = Field(sa_column=Column(String().with_variant(String(collation="C"), "postgresql"), nullable=False))
    """As in ``case_span``, for every day from ``since`` on; empty where no case counts from then on."""
    since: date
    """The last day on which anything changed here or below: days before it are for ``case_span``."""


class DaySum(SQLModel, table=True):
    """A projection of reports and duties (``bot.store.sums``): one day of a village, community or wider place.

    It counts the place itself and what hangs from it without another such place between.
    """

    __tablename__ = "day_sum"
    __table_args__ = (
        Index("ix_day_sum_stale", "day", sqlite_where=text("fresh = 0"), postgresql_where=text("NOT fresh")),
    )
    place: str = Field(primary_key=True, foreign_key="place.code")
    day: date = Field(primary_key=True)
    fresh: bool = False
    """Whether nothing that it rests on has changed since it was made."""
    expected: int = 0
    received: int = 0
    on_time: int = 0
    owes: bool = False
    """A report of the place itself is expected."""
    reported: bool = False
    """And one of the place itself stands."""
    some: bool = False
    """Something right beneath it expects a report."""
    lacking: bool = False
    """And something right beneath it lacks one."""


class KeptStandard(SQLModel, table=True):
    """A standard in a version that an assessment was made with, whole: its file may be edited or gone tomorrow."""

    __tablename__ = "kept_standard"
    id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    body: str
    """``Standard`` as JSON."""
    kept_at: datetime = moment()


class PlaceAssessment(SQLModel, table=True):
    """An assessment of a place that was begun; its marks and its end are facts of their own."""

    __tablename__ = "assessment"
    __table_args__ = (Index("ix_assessment_place_standard", "place", "standard"),)
    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(foreign_key="place.code")
    standard: str
    version: str
    on: date
    """The day on which it was begun."""
    person: int | None = Field(default=None, foreign_key="person.id")
    begun_at: datetime = moment()


class AssessmentMark(SQLModel, table=True):
    """What somebody gave one item; the newest mark of an item holds."""

    __tablename__ = "assessment_mark"
    id: int | None = Field(default=None, primary_key=True)
    assessment: int = Field(foreign_key="assessment.id", index=True)
    item: str
    halves: int
    """Points, times two."""
    reason: bytes | None = sealed(nullable=True)
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class AssessmentEnd(SQLModel, table=True):
    """An assessment was submitted, with what the facts answered then and what it came to."""

    __tablename__ = "assessment_end"
    id: int | None = Field(default=None, primary_key=True)
    assessment: int = Field(foreign_key="assessment.id", unique=True)
    on: date
    halves: int
    """Points, times two; of a list the things met, times two."""
    needed: int
    """Points, times two."""
    qualifies: bool
    answers: str
    """By item what the facts answered, as JSON."""
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class DutyTick(SQLModel, table=True):
    """A recurring duty was done at a place on a day."""

    __tablename__ = "duty_tick"
    __table_args__ = (Index("ix_duty_tick_place_day", "place", "day"),)
    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(foreign_key="place.code")
    item: str
    day: date
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class Application(SQLModel, table=True):
    """An application as it was handed in (篇二, 申报表)."""

    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(foreign_key="place.code", index=True)
    assessment: int | None = Field(default=None, foreign_key="assessment.id")
    """The assessment that it rests on."""
    on: date
    body: bytes = sealed()
    """``ApplicationMade`` as JSON: leader, title, phone, text, opinion."""
    basis: str = ""
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class CreationEvent(SQLModel, table=True):
    """One step of the creation workflow at a place (DOMAIN 5)."""

    __tablename__ = "creation_event"
    __table_args__ = (Index("ix_creation_event_on", "on"),)
    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(foreign_key="place.code", index=True)
    application: int | None = Field(default=None, foreign_key="application.id")
    step: str
    on: date
    period: str = ""
    """The quarter that a review is about."""
    halves: int | None = None
    """Points of an inspection, times two."""
    case: str = ""
    """The case by which the rule took the award."""
    words: bytes | None = sealed(nullable=True)
    person: int | None = Field(default=None, foreign_key="person.id")
    """None: the rule by itself."""
    recorded_at: datetime = moment()


class FoundProblem(SQLModel, table=True):
    """A problem as it was found; what became of it is in ``problem_event`` (DOMAIN 6)."""

    __tablename__ = "problem"
    code: str = Field(primary_key=True)
    place: str = Field(foreign_key="place.code", index=True)
    how: str
    found_on: date
    words: bytes = sealed()
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class ProblemEvent(SQLModel, table=True):
    """One line of a problem's log."""

    __tablename__ = "problem_event"
    id: int | None = Field(default=None, primary_key=True)
    problem: str = Field(foreign_key="problem.code", index=True)
    step: str
    on: date
    due: date | None = None
    responsible: int | None = Field(default=None, foreign_key="person.id")
    words: bytes | None = sealed(nullable=True)
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class Evidence(SQLModel, table=True):
    """A picture that shows something: a mark, a tick, a problem, what was done about it, an inspection."""

    id: int | None = Field(default=None, primary_key=True)
    media: str = Field(index=True)
    mark: int | None = Field(default=None, foreign_key="assessment_mark.id", index=True)
    tick: int | None = Field(default=None, foreign_key="duty_tick.id", index=True)
    problem: str | None = Field(default=None, foreign_key="problem.code", index=True)
    problem_event: int | None = Field(default=None, foreign_key="problem_event.id", index=True)
    creation_event: int | None = Field(default=None, foreign_key="creation_event.id", index=True)


class MediaLook(SQLModel, table=True):
    """What a picture looks like: 64 bits, and the same in four parts; two pictures that are alike share a part."""

    __tablename__ = "media_look"
    media: str = Field(primary_key=True)
    look: str
    """Sixteen hexadecimal digits."""
    a: str = Field(index=True)
    b: str = Field(index=True)
    c: str = Field(index=True)
    d: str = Field(index=True)


class RedBlack(SQLModel, table=True):
    """An entry of the red-and-black board."""

    __tablename__ = "red_black"
    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(foreign_key="place.code")
    day: date = Field(index=True)
    colour: str
    words: bytes = sealed()
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()
    taken_back_at: datetime | None = moment(nullable=True)
    taken_back_by: int | None = Field(default=None, foreign_key="person.id")


class WorkCount(SQLModel, table=True):
    """Work of a day that somebody told; all lines of a day and counter add up."""

    __tablename__ = "work_count"
    __table_args__ = (Index("ix_work_count_place_day", "place", "day"),)
    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(foreign_key="place.code")
    day: date
    counter: str
    value: int
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class Conversation(SQLModel, table=True):
    """A conversation: its brief, the raw answers by question, and the question last asked. Nothing else."""

    __table_args__ = (
        Index(
            "ix_conversation_open",
            "owner",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_conversation_owner", "owner", "state"),
    )
    id: int | None = Field(default=None, primary_key=True)
    owner: str
    """``p:ID`` of a person, or ``channel:address`` of a chat that nobody has enrolled."""
    flow: str
    brief: bytes = sealed()
    answers: bytes = sealed()
    asked: str | None = None
    state: str = "open"
    """``open``, ``draft`` (left, kept, offered again) or ``done``."""
    opened_at: datetime = moment()
    touched_at: datetime = moment()


class Inbox(SQLModel, table=True):
    """Every message that arrived, once; the raw one is kept sealed."""

    __table_args__ = (
        UniqueConstraint("channel", "dedupe"),
        Index("ix_inbox_chat", "channel", "address", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    dedupe: str
    address: str
    person: int | None = Field(default=None, foreign_key="person.id")
    kind: str
    body: bytes = sealed()
    """The ``Inbound`` as JSON."""
    received_at: datetime = moment()
    state: str = Field(default="done", sa_column=Column(String, nullable=False, index=True))
    """``done``, or ``quarantined`` with the reason in ``why``."""
    why: str = ""


class Outbox(SQLModel, table=True):
    """Every message that leaves, from the commit that made it to its fate."""

    __table_args__ = (
        Index(
            "ix_outbox_open",
            "due_at",
            sqlite_where=text("state IN ('pending', 'claimed', 'sending')"),
            postgresql_where=text("state IN ('pending', 'claimed', 'sending')"),
        ),
        Index(
            "ix_outbox_turn",
            "channel",
            "priority",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_outbox_chat", "channel", "address", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True)
    """Opaque: a button carries ``token.index``, which is resolved here against chat, person, question and age."""
    channel: str
    address: str
    group: bool = False
    person: int | None = Field(default=None, foreign_key="person.id", index=True)
    inbox: int | None = Field(default=None, foreign_key="inbox.id", index=True)
    conversation: int | None = Field(default=None, foreign_key="conversation.id", index=True)
    asked: str | None = None
    kind: str = "reply"
    """``reply``, ``notice``, ``alert``, ``reminder``, ``digest``."""
    priority: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """What goes first, 0 before all others (``letters.PRIORITY``)."""
    owner: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The process that claimed it, by the name of its lease; empty while nobody has."""
    dedupe: str | None = Field(default=None, unique=True)
    body: bytes = sealed()
    """The ``Outbound`` as JSON."""
    state: str = "pending"
    """``pending``, ``claimed`` (behind another of its chat), ``sending``, ``sent``, ``uncertain``, ``dead``,
    ``cancelled``."""
    attempts: int = 0
    created_at: datetime = moment()
    due_at: datetime = moment()
    sent_at: datetime | None = moment(nullable=True)
    ref: str | None = None
    """The platform's id of the message, once sent."""
    why: str = ""


class Reminder(SQLModel, table=True):
    """A moment at which somebody was to be reminded of something was served; once, by whichever process."""

    __table_args__ = (UniqueConstraint("person", "slot"),)
    id: int | None = Field(default=None, primary_key=True)
    person: int = Field(foreign_key="person.id")
    slot: str = Field(index=True)
    """What of and when (``plan.Slot.key``): ``daily-report/2026-11-24@15:00``."""
    outbox: int = Field(foreign_key="outbox.id", index=True)
    """The message that serves it; where that is cancelled before it goes, this line goes too."""
    at: datetime = moment(index=True)


class Snooze(SQLModel, table=True):
    """Somebody asked to be left alone until a moment, and to be reminded then."""

    id: int | None = Field(default=None, primary_key=True)
    person: int = Field(foreign_key="person.id", index=True)
    until: datetime = moment()
    recorded_at: datetime = moment()


class Wish(SQLModel, table=True):
    """How often somebody wants to be reminded; the newest line of a person holds."""

    id: int | None = Field(default=None, primary_key=True)
    person: int = Field(foreign_key="person.id", index=True)
    fewer: bool
    recorded_at: datetime = moment()


class DeadlineMet(SQLModel, table=True):
    """Somebody said that a place has done what a deadline asks of it, or took that back; the newest line holds."""

    __tablename__ = "deadline_met"
    __table_args__ = (Index("ix_deadline_met_of", "deadline", "period", "place"),)
    id: int | None = Field(default=None, primary_key=True)
    deadline: str
    period: str
    place: str = Field(foreign_key="place.code")
    met: bool
    person: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime = moment()


class Workday(SQLModel, table=True):
    """A day that is off, or worked, unlike what the calendar's library says: written by an admin."""

    day: date = Field(primary_key=True)
    working: bool
    name: str = ""
    recorded_at: datetime = moment()


class Lease(SQLModel, table=True):
    """Something that one process at a time does, or a process that is alive; over when ``until`` has passed."""

    name: str = Field(primary_key=True)
    holder: str
    fence: int
    """Grows with every change of holder: a process that slept through its time is told by it."""
    until: datetime = moment()


class Audit(SQLModel, table=True):
    """Who did what to what, when; append-only, each row's hash covers the row before. No personal data in it."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = moment()
    actor: str
    """``p:ID``, or ``cli``, or ``app``."""
    action: str
    subject: str
    detail: str = ""
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ApiToken(SQLModel, table=True):
    """A word that lets another program read through the API, stored hashed: as which role, and at which place."""

    __tablename__ = "api_token"
    id: int | None = Field(default=None, primary_key=True)
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    role: str
    place: str = Field(foreign_key="place.code")
    name: str = ""
    """What the operator calls it: the program that has it."""
    made_at: datetime = moment()
    expires_at: datetime = moment()
    used_on: date | None = None
    """The last day on which it was used; not each request."""
    revoked_at: datetime | None = moment(nullable=True)


class Webhook(SQLModel, table=True):
    """An address of another program that is told of facts: as which role, and of which place and all below it."""

    id: int | None = Field(default=None, primary_key=True)
    url: str
    role: str
    place: str = Field(foreign_key="place.code")
    made_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)


class Setting(SQLModel, table=True):
    """What the database must remember of itself: whether its roster is the sample, which key sealed it."""

    key: str = Field(primary_key=True)
    value: str


def named(name: str) -> Table:
    """A table by its name, for statements of SQLAlchemy's core.

    Raises:
        KeyError: there is none.
    """
    return SQLModel.metadata.tables[name]
