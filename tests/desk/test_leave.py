"""Leave among colleagues: overlapping, called off, handed over, and who is told; and the codes that let people in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, func, insert, select, text

from bot.model import Address, LeaveEnded, LeaveTaken
from bot.store import absence, briefs, duties, people
from bot.store.acts import Act
from bot.store.database import Database
from bot.store.tables import named
from tests.store.servers import Postgres, postgres
from tests.talking import Talk
from tests.town import CHANNEL, KEYRING, LONG_AGO, NOW, PEOPLE, TODAY, build

__all__ = ["postgres"]
ZHANG, LI, WANG = (PEOPLE[who][0] for who in ("zhang", "li", "wang"))
CODE = "7KQM2XRT"


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town's people."""
    return Talk(town)


def ahead(days: int) -> date:
    """So many days after today."""
    return TODAY + timedelta(days=days)


def act(person: int) -> Act:
    """Something that the person does now."""
    return Act(person, None, NOW)


def take(talk: Talk, person: int, since: int, until: int, stand_in: int | None = None) -> tuple[str, ...]:
    """Take leave from so many days ahead to so many; the places that are handed over."""
    fact = LeaveTaken(ahead(since), ahead(until), stand_in)
    return talk.database.write(lambda c: absence.take_leave(c, act(person), fact, {ZHANG, LI, WANG}))


def end(talk: Talk, person: int, on: int) -> tuple[int, ...]:
    """End the leave so many days ahead; those who are to be told."""
    return talk.database.write(lambda c: absence.end_leave(c, act(person), LeaveEnded(ahead(on))))


def owed(talk: Talk, person: int, day: date = TODAY) -> set[str]:
    """What the person owes on a day."""
    with talk.database.read() as connection:
        return set(duties.duties(connection, person).on(day))


def offered(talk: Talk, person: int = ZHANG) -> list[int]:
    """Who is offered as a stand-in."""
    with talk.database.read() as connection:
        return [each.person for each in briefs.colleagues(connection, KEYRING, person, ["23", "24"], TODAY)]


@pytest.mark.parametrize(("role", "handed"), [("admin", False), ("office", False), ("grid_worker", True)])
def test_rights_over_others_are_not_handed_over(talk: Talk, role: str, handed: bool) -> None:  # noqa: FBT001 - a column of the table
    """Whoever stands in reports; they do not administer, at whatever place the role is held."""
    row = {"person": WANG, "role": role, "place": "61", "recorded_at": NOW}
    talk.database.write(lambda c: c.execute(insert(named("assignment")), row))
    assert ("61" in take(talk, WANG, 0, 1, LI)) is handed


async def test_coming_back_ends_all_leaves_that_overlap(talk: Talk) -> None:
    """Three announcements cover today, two with one stand-in: each stand-in is told once, and owes nothing more."""
    take(talk, ZHANG, 0, 2, LI)
    take(talk, ZHANG, -1, 5, WANG)
    take(talk, ZHANG, 0, 9, LI)
    take(talk, ZHANG, 20, 21, LI)
    assert owed(talk, LI) == {"22", "23", "24", "25"}
    await talk.write("zhang", "销假")
    letters = await talk.tap("zhang", "销假，今天开始自己报")
    assert sorted(letter.address.id for letter in letters) == ["li", "wang", "zhang"]
    assert (owed(talk, LI), owed(talk, WANG)) == ({"24", "25"}, set())
    assert owed(talk, ZHANG) == owed(talk, ZHANG, ahead(4)) == {"22", "23", "24"}
    assert owed(talk, LI, ahead(20)) == {"22", "23", "24", "25"}
    assert end(talk, ZHANG, 0) == ()


async def test_a_leave_ahead_is_called_off(talk: Talk) -> None:
    """The next one is shown first, by whom it is covered too; called off, its stand-in owes nothing."""
    take(talk, ZHANG, 9, 10)
    take(talk, ZHANG, 3, 4, LI)
    (shown,) = await talk.write("zhang", "请假")
    assert shown.text == "您已请假：11月27日 至 11月28日，李* 代报。"
    told, answer = await talk.tap("zhang", "取消这次请假")
    assert (told.address.id, told.text) == ("li", "张* 已销假，11月27日 起不用您代报了。")
    assert answer.text == "✅ 已取消 11月27日 至 11月28日 的请假，那几天由您自己报。"
    assert owed(talk, ZHANG, ahead(3)) == {"22", "23", "24"}
    assert owed(talk, LI, ahead(3)) == {"24", "25"}
    (shown,) = await talk.write("zhang", "请假")
    assert shown.text == "您已请假：12月3日 至 12月4日。"


def test_who_is_away_stands_in_for_nobody(talk: Talk) -> None:
    """Not while a leave lasts or lies ahead; again when it has ended, or was called off."""
    assert offered(talk) == [LI, WANG]
    take(talk, LI, -5, -1)
    assert offered(talk) == [LI, WANG]
    take(talk, LI, 0, 3)
    assert offered(talk) == [WANG]
    end(talk, LI, 0)
    assert offered(talk) == [LI, WANG]
    take(talk, LI, -2, 3)
    take(talk, LI, 7, 8)
    assert offered(talk) == [WANG]
    end(talk, LI, 0)
    assert offered(talk) == [WANG]
    end(talk, LI, 7)
    assert offered(talk) == [LI, WANG]


async def test_a_stand_in_who_went_away_meanwhile(talk: Talk) -> None:
    """Chosen, and on leave before the request is sent: nobody stands in, and the receipt says so."""
    for said in ("请假", "明天", "一天", "李*"):
        await talk.write("zhang", said)
    take(talk, LI, 1, 1)
    (answer,) = await talk.write("zhang", "提交")
    assert "没有人代报" in answer.text
    assert owed(talk, LI, ahead(1)) == set()


async def test_a_stand_in_takes_leave(talk: Talk) -> None:
    """Those for whom they stand in on those days are told, once; the stand-in still owes their reports."""
    take(talk, ZHANG, 1, 3, LI)
    for said in ("请假", "明天", "共 3 天", "没有人代"):
        await talk.write("li", said)
    told, _ = await talk.write("li", "提交")
    assert told.address.id == "zhang"
    assert told.text.startswith("替您代报的 李* 11月25日 至 11月27日 也请假。")
    assert owed(talk, LI, ahead(2)) == {"22", "23", "24"}
    with talk.database.read() as connection:
        mine = duties.duties(connection, LI)
    assert absence.stood_in_for(mine, ahead(3), ahead(9)) == (ZHANG,)
    assert absence.stood_in_for(mine, ahead(4), ahead(9)) == ()


def test_only_reporting_is_handed_over(talk: Talk) -> None:
    """Who also leads a community, or administrates, hands over the compounds and nothing else."""
    rows = [
        {"person": ZHANG, "role": role, "place": place} for role, place in (("community_lead", "XM"), ("admin", "X"))
    ]
    talk.database.write(
        lambda c: c.execute(insert(named("assignment")), [row | {"recorded_at": LONG_AGO} for row in rows])
    )
    assert take(talk, ZHANG, 0, 1, LI) == ("23", "22", "24")
    table = named("assignment")
    with talk.database.read() as connection:
        copied = connection.execute(select(table.c.role).where(table.c.stands_in_for == ZHANG)).scalars()
        assert set(copied) == {"grid_worker"}
    assert take(talk, WANG, 0, 1, LI) == ()


def test_nobody_is_told_anything_at_a_terminal(talk: Talk) -> None:
    """A chat in a terminal is no place to be told something; whoever has no other is not offered either."""
    terminal = Address("console", "me")
    talk.database.write(lambda c: people.bind(c, terminal, ZHANG, NOW))
    talk.database.write(lambda c: people.bind(c, terminal, PEOPLE["new"][0], NOW))
    talk.database.write(lambda c: people.bind(c, Address("console", "it"), ZHANG, NOW))
    with talk.database.read() as connection:
        assert people.address_of(connection, ZHANG) == Address(CHANNEL, "zhang")
        assert people.address_of(connection, PEOPLE["new"][0]) is None
        found = briefs.colleagues(connection, KEYRING, LI, ["25", "24"], TODAY)
    assert [each.person for each in found] == [ZHANG, WANG]


async def test_who_withdraws_is_sent_nothing_more(talk: Talk) -> None:
    """What still waits for the person is cancelled; the confirmation goes out, and so does what others are sent."""
    for who in ("zhang", "li"):
        await talk.open(who)
    await talk.write("zhang", "撤回同意")
    outbox = named("outbox")
    talk.database.write(lambda c: c.execute(outbox.update().values(state="pending")))
    (last,) = await talk.tap("zhang", "撤回同意")
    with talk.database.read() as connection:
        rows = connection.execute(select(outbox.c.id, outbox.c.address, outbox.c.state)).all()
    assert "cancelled" not in {row.state for row in rows if row.address == "li" or row.id == last.id}
    assert {row.state for row in rows if row.address == "zhang" and row.id != last.id} == {"cancelled"}


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    """The town on PostgreSQL."""
    made = postgres.url()
    with closing(Database(made)) as database:
        build(database)
        yield made
        postgres.drop(database)


def test_a_code_lets_one_in_even_at_the_same_moment(url: str) -> None:
    """Two processes accept one code at once, in two chats: the second waits for the first, and is refused."""
    with closing(Database(url)) as one, closing(Database(url)) as two:
        one.write(lambda c: people.invite(c, KEYRING, 5, CODE, NOW, None))
        with one.engine.begin() as connection:
            assert _accept(connection, "here")
            second = two.submit(lambda c: _accept(c, "there"))
            _wait_until_it_waits(one)
        assert not second.result()
        account = named("account")
        with one.read() as connection:
            query = select(func.count()).where(account.c.person == 5)
            assert connection.execute(query).scalar_one() == 1


def _accept(connection: Connection, chat: str) -> bool:
    return people.accept(connection, KEYRING, act(5), Address(CHANNEL, chat), CODE, "1")


def _wait_until_it_waits(database: Database) -> None:
    """Until another transaction of the database waits for a lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with database.read() as connection:
            if connection.execute(query).scalar_one():
                return
    pytest.fail("the second transaction never came to wait for the first")
