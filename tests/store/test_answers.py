"""What a message came to, and what was said since somebody's last word; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, update

from bot.desk import letters
from bot.desk.cards import Card
from bot.model import Address
from bot.store import answers
from bot.store.database import Database
from bot.store.tables import named
from tests.town import KEYRING, NOW

LI = Address("wechat", "li")
SECOND = timedelta(seconds=1)


def heard(connection: Connection, dedupe: str, seconds: int, address: Address = LI) -> int:
    """A message that came so many seconds after ``NOW``; its number."""
    values = {
        "channel": address.channel, "address": address.id, "dedupe": dedupe, "kind": "text", "body": b"",
        "received_at": NOW + seconds * SECOND, "state": "done", "why": "",
    }  # fmt: skip
    inbox = named("inbox")
    return int(connection.execute(insert(inbox).values(values).returning(inbox.c.id)).scalar_one())


def said(  # noqa: PLR0917 - the columns that matter
    connection: Connection, text: str, state: str, ref: str | None, seconds: int, inbox: int | None = None
) -> int:
    """A letter that met its fate so many seconds after ``NOW``; its number."""
    letter = letters.Letter(Card(text), LI, inbox=inbox)
    number = letters.write(connection, KEYRING, lambda: f"mark-{text}", NOW, letter)
    fate = {"state": state, "ref": ref, "due_at": NOW + seconds * SECOND}
    connection.execute(update(named("outbox")).where(named("outbox").c.id == number).values(fate))
    return number


@pytest.fixture
def talk(database: Database) -> Database:
    """Two messages and what was said to them."""

    def job(connection: Connection) -> None:
        first = heard(connection, "m-1", 0)
        heard(connection, "m-1", 3, Address("wecom", "li"))
        heard(connection, "m-0", 9, Address("wechat", "wang"))
        said(connection, "一", "sent", "passive", 1, first)
        said(connection, "二", "sent", "custom:1", 1, first)
        said(connection, "三", "pending", None, 1, first)
        heard(connection, "e-2", 10)
        said(connection, "四", "sent", "custom:2", 11)
        said(connection, "五", "uncertain", None, 11)
        said(connection, "六", "dead", None, 12)

    database.write(job)
    return database


def test_what_a_message_came_to(talk: Database) -> None:
    """Its letters in their order, each with what became of it; nothing of a message that never came."""
    with talk.read() as connection:
        told = answers.written(connection, KEYRING, "wechat", "m-1")
        assert answers.written(connection, KEYRING, "wechat", "m-9") == ()
        assert answers.written(connection, KEYRING, "wecom", "m-1") == ()
    assert [(each.outbound.text, each.waiting, each.ref) for each in told] == [
        ("一", False, "passive"), ("二", False, "custom:1"), ("三", True, None),
    ]  # fmt: skip


def test_what_is_written_down(talk: Database) -> None:
    """A letter that waits is not; neither is one of several."""
    with talk.read() as connection:
        found = {each.outbound.text: each.outbound.id for each in answers.written(connection, KEYRING, "wechat", "m-1")}
        assert answers.settled(connection, [found["一"], found["二"]])
        assert not answers.settled(connection, list(found.values()))


def test_the_last_word_by_its_kind(talk: Database) -> None:
    """Of this chat, and by how its name begins."""
    with talk.read() as connection:
        moments = [answers.heard(connection, "wechat", "li", mark) for mark in ("m-", "e-", "x-")]
    assert moments == [NOW, NOW + 10 * SECOND, None]


def test_what_was_said_since_then(talk: Database) -> None:
    """Sent, or perhaps; the newest first, and no more than were asked for."""
    with talk.read() as connection:
        since = [answers.said(connection, "wechat", "li", NOW + seconds * SECOND, 9) for seconds in (0, 10, 12)]
        assert answers.said(connection, "wechat", "li", NOW, 1) == (None,)
    assert since == [(None, "custom:2", "custom:1", "passive"), (None, "custom:2"), ()]
