"""Conversations as they are kept: brief, raw answers, the question last asked."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, insert, or_, select, update

from bot.model import Brief
from bot.store import codec
from bot.store.crypto import Keyring
from bot.store.prepared import Prepared
from bot.store.tables import named

CONVERSATION = named("conversation")
Answers = dict[str, str]
log = logging.getLogger(__name__)


_COLUMNS = (
    CONVERSATION.c.id,
    CONVERSATION.c.flow,
    CONVERSATION.c.brief,
    CONVERSATION.c.answers,
    CONVERSATION.c.asked,
    CONVERSATION.c.state,
    CONVERSATION.c.touched_at,
)
_LIVE = Prepared(
    select(*_COLUMNS)
    .where(
        CONVERSATION.c.owner == bindparam("owner"), or_(CONVERSATION.c.state == "open", CONVERSATION.c.state == "draft")
    )
    .order_by(CONVERSATION.c.id.desc())
)
_ONE = Prepared(
    select(*_COLUMNS).where(CONVERSATION.c.owner == bindparam("owner"), CONVERSATION.c.id == bindparam("number"))
)
_NEW = Prepared(insert(CONVERSATION).returning(CONVERSATION.c.id))
_CHANGE = update(CONVERSATION).where(CONVERSATION.c.id == bindparam("number"))
_STATE = Prepared(_CHANGE.values(state=bindparam("to")))
_SAVE = Prepared(
    _CHANGE.values(
        brief=bindparam("as_brief"),
        answers=bindparam("as_answers"),
        asked=bindparam("as_asked"),
        state=bindparam("to"),
        touched_at=bindparam("at"),
    )
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation as it was left. One that was begun in this turn has no id before it is saved."""

    id: int | None
    flow: str
    brief: Brief
    answers: Mapping[str, str]
    asked: str | None
    touched_at: datetime
    state: str = "open"


def live(connection: Connection, keyring: Keyring, owner: str) -> list[Kept]:
    """The owner's open conversation, if there is one, and the drafts, newest first."""
    found = []
    for row in _LIVE.all(connection, {"owner": owner}):
        try:
            found.append(_kept(keyring, row))
        except ValidationError:  # written by a program whose briefs were others: it is over, and nobody is locked out
            log.warning("conversation %s does not read any more", row.id)
            _STATE.run(connection, {"number": row.id, "to": "done"})
    return found


def by_id(connection: Connection, keyring: Keyring, owner: str, number: int) -> Kept | None:
    """One of the owner's conversations, whatever its state."""
    row = _ONE.first(connection, {"owner": owner, "number": number})
    return None if row is None else _kept(keyring, row)


def save(connection: Connection, keyring: Keyring, owner: str, kept: Kept) -> int:
    """Keep where the conversation stands; a new one begins. Returns its id. An owner has one open conversation."""
    brief = keyring.seal(codec.dump(kept.brief))
    answers = keyring.seal(codec.dump(dict(kept.answers), Answers))
    if kept.id is None:
        values = {
            "owner": owner, "flow": kept.flow, "brief": brief, "answers": answers, "asked": kept.asked,
            "state": kept.state, "opened_at": kept.touched_at, "touched_at": kept.touched_at,
        }  # fmt: skip
        return int(_NEW.scalar(connection, values))
    change = {
        "number": kept.id, "as_brief": brief, "as_answers": answers, "as_asked": kept.asked, "to": kept.state,
        "at": kept.touched_at,
    }  # fmt: skip
    _SAVE.run(connection, change)
    return kept.id


def set_state(connection: Connection, kept: Kept, state: str) -> None:
    """``open``, ``draft`` or ``done``; of a conversation that was never saved there is nothing to say."""
    if kept.id is not None:
        _STATE.run(connection, {"number": kept.id, "to": state})


def _kept(keyring: Keyring, row: Any) -> Kept:  # noqa: ANN401 - a row of these columns
    brief = codec.load(Brief, keyring.open_bytes(row.brief))
    answers = codec.load(Answers, keyring.open_bytes(row.answers))
    return Kept(row.id, row.flow, brief, answers, row.asked, row.touched_at, row.state)
