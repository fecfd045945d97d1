"""Conversations as they are kept: brief, raw answers, the question last asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from bot.model import Brief
from bot.store import codec
from bot.store.crypto import Keyring
from bot.store.tables import named

CONVERSATION = named("conversation")
Answers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation as it was left."""

    id: int
    flow: str
    brief: Brief
    answers: Mapping[str, str]
    asked: str | None
    touched_at: datetime


def current(connection: Connection, keyring: Keyring, owner: str) -> Kept | None:
    """The owner's open conversation, if there is one."""
    found = _select(connection, keyring, (CONVERSATION.c.owner == owner) & (CONVERSATION.c.state == "open"))
    return found[0] if found else None


def drafts(connection: Connection, keyring: Keyring, owner: str, since: datetime) -> list[Kept]:
    """What the owner left unfinished since then, newest first."""
    mine = (CONVERSATION.c.owner == owner) & (CONVERSATION.c.state == "draft")
    return _select(connection, keyring, mine & (CONVERSATION.c.touched_at >= since))


def by_id(connection: Connection, keyring: Keyring, owner: str, number: int) -> Kept | None:
    """One of the owner's conversations, whatever its state."""
    found = _select(connection, keyring, (CONVERSATION.c.owner == owner) & (CONVERSATION.c.id == number))
    return found[0] if found else None


def is_draft(connection: Connection, number: int) -> bool:
    """Whether a conversation waits as a draft."""
    query = select(CONVERSATION.c.state).where(CONVERSATION.c.id == number)
    return connection.execute(query).scalar() == "draft"


def start(connection: Connection, keyring: Keyring, owner: str, flow: str, brief: Brief, now: datetime) -> int:  # noqa: PLR0913, PLR0917 - the columns of a conversation
    """Open a conversation; the owner must have no open one."""
    values = {
        "owner": owner, "flow": flow, "state": "open", "opened_at": now, "touched_at": now, "asked": None,
        "brief": keyring.seal(codec.dump(brief)), "answers": keyring.seal(b"{}"),
    }  # fmt: skip
    return int(connection.execute(insert(CONVERSATION).returning(CONVERSATION.c.id), values).scalar_one())


def save(connection: Connection, keyring: Keyring, kept: Kept, *, state: str = "open") -> None:
    """Keep where the conversation stands."""
    values = {
        "brief": keyring.seal(codec.dump(kept.brief)),
        "answers": keyring.seal(codec.dump(dict(kept.answers), Answers)),
        "asked": kept.asked, "state": state, "touched_at": kept.touched_at,
    }  # fmt: skip
    connection.execute(update(CONVERSATION).where(CONVERSATION.c.id == kept.id).values(values))


def set_state(connection: Connection, number: int, state: str) -> None:
    """``open``, ``draft`` or ``done``."""
    connection.execute(update(CONVERSATION).where(CONVERSATION.c.id == number).values(state=state))


def _select(connection: Connection, keyring: Keyring, condition: object) -> list[Kept]:
    query = select(CONVERSATION).where(condition).order_by(CONVERSATION.c.id.desc())  # type: ignore[arg-type]
    return [
        Kept(
            row.id,
            row.flow,
            codec.load(Brief, keyring.open_bytes(row.brief)),
            codec.load(Answers, keyring.open_bytes(row.answers)),
            row.asked,
            row.touched_at,
        )
        for row in connection.execute(query)
    ]
