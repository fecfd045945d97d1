"""What is collected of persons, for what, on which legal basis, and for how long (PIPL 13, 17, 28): the one list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """The ground on which something is collected: keys of the words (``me/register``)."""

    DUTY = "duty"
    """A duty that the law lays down: PIPL 13 I 3 and 4, the law on infectious diseases."""
    CONSENT = "consent"
    """The person's own consent to a notice, which can be withdrawn: PIPL 13 I 1, 15, 29."""


class Term(StrEnum):
    """When it goes: keys of the words (``me/register``)."""

    EVENT = "event"
    """With the end of the event."""
    RETENTION = "retention"
    """``retention_days`` of the pack after the case it belongs to was over."""
    DONE = "done_term"
    """``retention_days`` of the pack after the application, assessment or problem that it belongs to was over."""
    MESSAGES = "messages_term"
    """``message_days`` of the pack after it was said."""


@dataclass(frozen=True, slots=True)
class Collection:
    """One kind of personal data."""

    key: str
    """Of the words that say what it is and what it is for (``me/register``)."""
    columns: tuple[str, ...]
    """Where it is kept: table and column."""
    basis: Basis
    term: Term
    own: bool
    """Whether it is (also) about the member of staff who uses the bot; else about residents only."""


WORKFLOW = (
    "assessment_mark.reason",
    "application.body",
    "creation_event.words",
    "problem.words",
    "problem_event.words",
    "red_black.words",
    "evidence.media",
)
ROSTER = ("person.name", "person.phone", "assignment.place", "deadline_met.met")
REGISTER: tuple[Collection, ...] = (
    Collection("roster", ROSTER, Basis.DUTY, Term.EVENT, own=True),
    Collection("chats", ("account.address", "consent.notice", "wish.fewer"), Basis.CONSENT, Term.EVENT, own=True),
    Collection(
        "reports",
        ("report.status", "filing.note", "leave.since"),
        Basis.DUTY,
        Term.RETENTION,
        own=True,
    ),
    Collection("photos", ("photo.media", "media.name"), Basis.DUTY, Term.RETENTION, own=True),
    Collection(
        "messages",
        ("inbox.body", "outbox.body", "conversation.brief", "conversation.answers", "reminder.slot", "snooze.until"),
        Basis.CONSENT,
        Term.MESSAGES,
        own=True,
    ),
    Collection("openings", ("opening.field", "opening.reason", "seen.at"), Basis.DUTY, Term.RETENTION, own=True),
    Collection("cases", ("case_detail.body",), Basis.DUTY, Term.RETENTION, own=False),
    Collection("workflow", WORKFLOW, Basis.DUTY, Term.DONE, own=True),
    Collection("isolations", ("isolation.body", "returnee.body"), Basis.DUTY, Term.RETENTION, own=False),
)
"""Every sealed column is in it (a test sees to that), and the columns beside them that tell of a person."""

NOTICES: Mapping[str, Basis] = {"2026-11": Basis.CONSENT, "sample": Basis.CONSENT}
"""By the version of the notice that somebody accepted: the basis on which their own data are kept since."""
