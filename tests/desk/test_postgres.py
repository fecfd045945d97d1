"""The desk on PostgreSQL, where two processes may write at once: the same words, nothing twice, nothing lost."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Connection, func, insert, select, text

from bot.desk import Desk, Taken
from bot.model import Address, Inbound, InboundKind
from bot.store import audit, people
from bot.store.database import Database
from bot.store.mentions import mentions
from bot.store.tables import named
from tests.desk.test_desk import count
from tests.store.servers import Postgres, postgres
from tests.talking import Talk
from tests.test_transcripts import FOLDER, replay
from tests.town import CHANNEL, KEYRING, LONG_AGO, NOW, RULES, TODAY, ZONE, build

__all__ = ["postgres"]
CROWD = 24
"""People who all talk at the same moment."""
SAME = (
    *("zh/exceptions", "zh/correct", "zh/supplement", "zh/leave", "zh/enrol-tries"),
    *("en/withdraw", "en/enrol", "zh/board"),
)
"""Transcripts that between them write every table a conversation writes, and ask for what is asked in two ways."""


@pytest.fixture(scope="module")
def pattern(postgres: Postgres) -> str:
    """A database with the town, and a crowd with a compound each, to be copied."""
    with closing(Database(postgres.url())) as database:
        build(database)
        database.write(_crowd)
        name = database.engine.url.database
    assert name is not None
    return name


def _crowd(connection: Connection) -> None:
    numbers = range(100, 100 + CROWD)
    rows: dict[str, list[dict[str, object]]] = {
        "person": [
            {
                "id": n, "name": KEYRING.seal(f"群众{n}"), "phone": KEYRING.seal(str(n)), "locale": "zh",
                "phone_hash": KEYRING.lookup(str(n), "phone"), "created_at": LONG_AGO,
            }
            for n in numbers
        ],
        "place": [
            {"code": f"P{n}", "name": f"小区{n}", "level": "compound", "parent": "XM", "aliases": ""} for n in numbers
        ],
        "assignment": [
            {"person": n, "role": "grid_worker", "place": f"P{n}", "recorded_at": LONG_AGO} for n in numbers
        ],
        "account": [{"channel": CHANNEL, "address": str(n), "person": n, "bound_at": LONG_AGO} for n in numbers],
    }  # fmt: skip
    for table, values in rows.items():
        connection.execute(insert(named(table)), values)
    for table in ("person", "filing"):  # the town gave numbers of its own, which the sequence has not counted
        highest = text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608 - two names of ours
        connection.execute(highest)


@pytest.fixture
def url(postgres: Postgres, pattern: str) -> Iterator[str]:
    """A copy of it."""
    made = postgres.url(pattern)
    yield made
    with closing(Database(made)) as database:
        postgres.drop(database)


@pytest.fixture
def town(url: str) -> Iterator[Database]:
    """The town, opened once."""
    with closing(Database(url)) as database:
        yield database


@contextmanager
def desks(url: str) -> Iterator[tuple[Desk, Desk]]:
    """Two processes' worth of desks: each has a database object, and so a writing thread, of its own."""
    with closing(Database(url)) as one, closing(Database(url)) as two:
        made = [Desk(each, KEYRING, RULES, ZONE, lambda: NOW, secrets.token_urlsafe) for each in (one, two)]
        yield made[0], made[1]


_dedupe = itertools.count(1)


def written(who: str, said: str, channel: str = CHANNEL) -> Inbound:
    """A line that somebody writes."""
    return Inbound(Address(channel, who), f"pg{next(_dedupe)}", InboundKind.TEXT, said, sender=who)


@pytest.mark.parametrize("name", SAME)
async def test_it_says_the_same(town: Database, name: str) -> None:
    """A conversation goes on PostgreSQL as its transcript has it, which was made on SQLite."""
    said = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert await replay(town, [line for line in said.splitlines() if not line.startswith(">")]) == said


async def test_the_same_message_from_two_processes(url: str) -> None:
    """Delivered three times at once, through both: one report, and the same answer to each delivery."""
    with desks(url) as (one, two):
        report = written("zhang", "都正常")
        taken = await asyncio.gather(one.take(report), two.take(report), two.take(report))
        assert sorted(each.fresh for each in taken) == [False, False, True]
        assert len({each.outbound for each in taken}) == 1
        assert count(one.database, "filing", day=TODAY, person=1) == 1
        assert count(one.database, "outbox") == 1


async def test_a_crowd_through_two_processes(url: str) -> None:
    """Everybody reports a fever at the same moment: each has one report and a case number of their own."""
    with desks(url) as pair:
        taken = await asyncio.gather(*(_fever(pair, str(n)) for n in range(100, 100 + CROWD)))
        assert [each for turns in taken for each in turns if each.quarantined or not each.fresh] == []
        case, filing = named("case_"), named("filing")
        with pair[0].database.read() as connection:
            codes = connection.execute(select(case.c.code).where(case.c.code.like("F1124-%"))).scalars().all()
            filed = connection.execute(select(filing.c.person).where(filing.c.day == TODAY)).scalars().all()
            assert audit.verify(connection) is None
    assert sorted(codes) == sorted(f"F1124-{n:02d}" for n in range(1, CROWD + 1))
    assert sorted(number for number in filed if number) == list(range(100, 100 + CROWD))


async def _fever(pair: tuple[Desk, Desk], who: str) -> list[Taken]:
    """One person's conversation, each line through the other process."""
    lines = ("有异常", "发热", "多人", "1", "提交")
    return [await pair[(n + int(who)) % 2].take(written(who, said)) for n, said in enumerate(lines)]


async def test_one_person_in_two_channels_at_once(url: str) -> None:
    """Notes written in both, through two processes, are all kept: turns of one person follow one another."""
    with desks(url) as (one, two):
        one.database.write(lambda c: people.bind(c, Address("other", "42"), 1, NOW))
        for said in ("都正常", "补充"):
            await one.take(written("zhang", said))
        notes = [f"第{n}条" for n in range(12)]
        here = [one.take(written("zhang", said)) for said in notes[::2]]
        there = [two.take(written("42", said, "other")) for said in notes[1::2]]
        taken = await asyncio.gather(*here, *there)
        assert not any(each.quarantined for each in taken)
        await one.take(written("zhang", "完成"))
        filing = named("filing")
        newest = select(filing.c.note).where(filing.c.person == 1).order_by(filing.c.id.desc()).limit(1)
        with one.database.read() as connection:
            note = KEYRING.open(connection.execute(newest).scalar_one())
    assert sorted(note.splitlines()) == sorted(notes)


async def test_two_conversations_opened_at_once(url: str) -> None:
    """A person who opens the report in two channels in the same moment has one conversation."""
    with desks(url) as (one, two):
        one.database.write(lambda c: people.bind(c, Address("other", "42"), 1, NOW))
        taken = await asyncio.gather(
            *(desk.take(written(who, "日报", channel)) for _ in range(5) for desk, who, channel in _both(one, two))
        )
        assert not any(each.quarantined for each in taken)
        conversation = named("conversation")
        query = select(func.count()).where(conversation.c.owner == "p:1", conversation.c.state == "open")
        with one.database.read() as connection:
            assert connection.execute(query).scalar_one() == 1


def _both(one: Desk, two: Desk) -> tuple[tuple[Desk, str, str], tuple[Desk, str, str]]:
    return (one, "zhang", CHANNEL), (two, "42", "other")


async def test_a_crowd_through_one_process(town: Database) -> None:
    """Thirty lines that wait together are taken in order, chat by chat, and answered once each."""
    talk = Talk(town)
    inbound = [talk.inbound(who, InboundKind.TEXT, "日报") for who in ("zhang", "li", "smith") for _ in range(10)]
    await asyncio.gather(*map(talk.desk.take, inbound))
    assert count(town, "inbox", state="done") == count(town, "outbox") == 30
    assert count(town, "conversation", state="open") == 3


async def test_what_a_channel_asks_that_only_answers(town: Database) -> None:
    """What answers a message and how far it is, whose phone a chat's is, and by what WeCom knows people."""
    talk = Talk(town)
    inbound = replace(talk.inbound("zhang", InboundKind.TEXT, "日报"), tap="by-what-it-is-answered")
    taken = await talk.desk.take(inbound)
    (letter,) = await talk.desk.answers(CHANNEL, inbound.dedupe)
    assert (letter.outbound.id, letter.state, letter.ref) == (*taken.outbound, "pending", None)
    assert (letter.outbound.tap, letter.outbound.address.id) == ("by-what-it-is-answered", "zhang")
    assert await talk.desk.answers(CHANNEL, "another") == ()
    assert await talk.desk.phone(CHANNEL, "zhang") == "+8613800000001"
    assert await talk.desk.phone("wecom", "zhang") == ""
    town.write(lambda c: people.bind(c, Address("wecom", "zhang-in-wecom"), 1, NOW))
    with town.read() as connection:
        found = mentions(connection, KEYRING, [1, 2, 5])
    assert found == {1: "zhang-in-wecom", 2: "+8613800000002"}, "who has accepted nothing is not handed on"
