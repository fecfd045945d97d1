"""The post on a clock of its own, over a channel whose every fate is written beforehand: each message at most once."""

from __future__ import annotations

import asyncio
import itertools
import logging
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, update
from sqlalchemy.exc import OperationalError

from bot.desk import cards, letters
from bot.model import Address, Fate, Retry, Sent, Uncertain, Undeliverable
from bot.store.crypto import Keyring
from bot.store.database import Database
from scheduler import claims
from scheduler import post as module
from scheduler.outbox import CLAIM, PATIENCE, SCHEDULE
from scheduler.post import Post
from tests.scheduler.offices import OTHER, OUTBOX, Office, Scripted, running
from tests.store.servers import Postgres, database, migrated_file, postgres
from tests.town import KEYRING, NOW

__all__ = ["database", "migrated_file", "postgres"]


@pytest.fixture
def office(database: Database) -> Office:
    """An outbox of one's own, on each backend in turn."""
    return Office(database, Scripted())


async def test_what_was_sent_keeps_its_ref(office: Office) -> None:
    """The platform's id and the moment are kept, and it is not sent again."""
    number = office.put("hello")
    assert await office.after(0) == ["hello"]
    row = office.row(number)
    assert (row.state, row.ref, row.sent_at, row.attempts) == ("sent", "ref", NOW, 1)
    assert await office.after(100_000) == []


async def test_the_schedule(office: Office) -> None:
    """Tried again 5 s, 30 s, 2 min, 10 min, 1 h and 6 h later, not a second sooner; then dead, with the reason."""
    assert list(SCHEDULE) == [5, 30, 120, 600, 3600, 21600]
    number = office.put("hello")
    office.channel.fates["hello"] = [Retry(why="refused")] * 9
    assert await office.after(0) == ["hello"]
    for wait in SCHEDULE:
        assert office.state(number) == "pending"
        assert await office.after(wait - 1) == []
        assert await office.after(1) == ["hello"]
    row = office.row(number)
    assert (row.state, row.why, row.attempts) == ("dead", "refused", 7)
    assert await office.after(100_000) == []


async def test_a_retry_that_works_ends_the_schedule(office: Office) -> None:
    """Sent at the third try, and the reasons of the first two are gone."""
    number = office.put("hello")
    office.channel.fates["hello"] = [Retry(why="refused"), Retry(why="503")]
    assert [await office.after(wait) for wait in (0, 5, 30, 120)] == [["hello"], ["hello"], ["hello"], []]
    assert (office.state(number), office.row(number).why) == ("sent", "")


async def test_the_platform_says_when(office: Office) -> None:
    """“Retry after 17 seconds” is obeyed instead of the schedule."""
    office.put("hello")
    office.channel.fates["hello"] = [Retry(17, "429")]
    assert [await office.after(wait) for wait in (0, 16, 1)] == [["hello"], [], ["hello"]]


@pytest.mark.parametrize(
    ("fate", "state", "why"),
    [
        (Uncertain("timed out"), "uncertain", "timed out"),
        (Undeliverable("blocked"), "dead", "blocked"),
        (RuntimeError("a name, a phone"), "uncertain", "RuntimeError"),
    ],
    ids=["uncertain", "undeliverable", "raises"],
)
async def test_what_is_never_sent_again(
    office: Office, caplog: pytest.LogCaptureFixture, fate: Fate | Exception, state: str, why: str
) -> None:
    """Of an unknown fate, undeliverable, or through a channel that raised: once, and the log has no word of it."""
    number = office.put("secret words")
    office.channel.fates["secret words"] = [fate]
    assert await office.after(0) == ["secret words"]
    assert await office.after(100_000) == []
    assert await office.restart() == []
    assert (office.state(number), office.row(number).why) == (state, why)
    assert "phone" not in caplog.text
    assert "secret" not in caplog.text


async def test_a_chat_is_answered_in_order(office: Office) -> None:
    """Even while the first message is on its way, and one that comes meanwhile goes last."""
    office.channel.gates["0"] = asyncio.Event()
    for said in ("0", "1", "2"):
        office.put(said)
    await office.post.claim()
    office.put("3")
    await office.post.claim()
    office.channel.gates["0"].set()
    await office.after(0)
    assert office.channel.tried == ["0", "1", "2", "3"]


async def test_a_slow_chat_stops_no_other(office: Office) -> None:
    """While one chat's message hangs, other chats are answered, again and again."""
    office.channel.gates["slow"] = asyncio.Event()
    slow, behind = office.put("slow", OTHER), office.put("behind", OTHER)
    task = asyncio.create_task(office.post.run())
    for said in ("a", "b"):
        office.put(said)
        office.post.wake()
        await office.channel.seen[said].wait()
    assert (office.state(slow), office.state(behind)) == ("sending", "claimed")
    office.channel.gates["slow"].set()
    await office.channel.seen["behind"].wait()
    task.cancel()
    assert office.channel.tried == ["slow", "a", "b", "behind"]


async def test_what_waits_behind_a_retry_comes_after_it(office: Office) -> None:
    """One that did not go holds up those behind it, claimed with it or written later; those count no try."""
    office.channel.fates["1"] = [Retry(10, "429")]
    numbers = [office.put(said) for said in ("1", "2")]
    assert await office.after(0) == ["1"]
    numbers.append(office.put("3"))
    office.put("elsewhere", OTHER)
    assert await office.after(9) == ["elsewhere"]
    assert await office.after(1) == ["1", "2", "3"]
    assert [office.row(number).attempts for number in numbers] == [2, 1, 1]


async def test_nobody_waits_an_hour_for_one_message(office: Office) -> None:
    """Behind a message that is to be tried again much later, the chat goes on; near its time it goes first."""
    office.channel.fates["1"] = [Retry(600, "503")]
    for said in ("1", "2"):
        office.put(said)
    assert await office.after(0) == ["1", "2"]
    await office.after(600 - PATIENCE.total_seconds())
    office.put("3")
    assert await office.after(PATIENCE.total_seconds() - 1) == []
    assert await office.after(1) == ["1", "3"]


async def test_more_than_fits_a_claim(office: Office) -> None:
    """A crowd is answered in several claims, everybody once."""
    letter = [letters.Letter(cards.Card(str(n)), Address("test", str(n))) for n in range(CLAIM + 3)]

    def job(connection: Connection) -> None:
        for each in letter:
            letters.write(connection, KEYRING, office.token, office.now, each)

    office.database.write(job)
    async with running(office.post):
        pass
    assert sorted(office.channel.tried, key=int) == [str(n) for n in range(CLAIM + 3)]


async def test_death_between_commit_and_send(office: Office) -> None:
    """What was committed and not yet claimed is sent once by the next process."""
    number = office.put("hello")
    assert await office.restart() == ["hello"]
    assert await office.restart() == []
    assert office.state(number) == "sent"


@pytest.mark.parametrize(("edits", "tried", "state"), [(None, [], "uncertain"), ("77", ["hello"], "sent")])
async def test_death_between_claim_and_settle(office: Office, edits: str | None, tried: list[str], state: str) -> None:
    """Nobody knows whether a new message went: it is not sent again. Replacing one twice does no harm: it is."""
    number = office.put("hello", edits=edits)
    claimed = update(OUTBOX).where(OUTBOX.c.id == number).values(state="sending", attempts=1)
    office.database.write(lambda c: c.execute(claimed))
    assert await office.restart() == tried
    assert await office.restart() == []
    assert office.state(number) == state
    assert (office.row(number).why == "") is (state == "sent")


async def test_death_while_others_wait_behind_one(office: Office) -> None:
    """Of a chat's claimed messages only the first may have gone; the next process sends the others, in order, once."""
    office.channel.gates["1"] = asyncio.Event()
    numbers = [office.put(said) for said in ("1", "2", "3")]
    await office.post.claim()
    await office.channel.seen["1"].wait()
    assert [office.state(number) for number in numbers] == ["sending", "claimed", "claimed"]
    assert await office.restart() == ["2", "3"]
    assert await office.restart() == []
    assert [office.state(number) for number in numbers] == ["uncertain", "sent", "sent"]
    assert [office.row(number).attempts for number in numbers] == [1, 1, 1]


async def test_a_second_process_puts_back_what_the_first_still_holds(office: Office) -> None:
    """What waits behind a message then goes through whichever process begins it, and never through both."""
    office.channel.gates["1"] = asyncio.Event()
    office.put("1")
    behind = office.put("2")
    await office.post.claim()
    await office.channel.seen["1"].wait()
    async with running(office.start()):
        pass
    office.channel.gates["1"].set()
    await office.after(0)
    assert (office.channel.tried, office.state(behind)) == (["1", "2"], "sent")


async def test_goodbye_during_a_claim(office: Office) -> None:
    """What a claim got while the program is stopped is put back untried."""
    numbers = [office.put("1"), office.put("2"), office.put("elsewhere", OTHER)]
    await asyncio.gather(office.post.claim(), office.post.finish())
    assert office.channel.tried == []
    assert [(office.state(number), office.row(number).attempts) for number in numbers] == [("pending", 0)] * 3
    assert sorted(await office.restart()) == ["1", "2", "elsewhere"]


async def test_goodbye_lets_what_is_on_its_way_arrive(office: Office) -> None:
    """The one that is being sent ends; those behind it are put back for the next process."""
    office.channel.gates["1"] = asyncio.Event()
    numbers = [office.put(said) for said in ("1", "2", "3")]
    await office.post.claim()
    await office.channel.seen["1"].wait()
    goodbye = asyncio.create_task(office.post.finish())
    await asyncio.sleep(0)
    office.channel.gates["1"].set()
    await goodbye
    assert [office.state(number) for number in numbers] == ["sent", "pending", "pending"]
    assert await office.restart() == ["2", "3"]


async def test_goodbye_while_a_fate_is_written(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one behind, which begins in the commit of that fate, is put back too."""
    write_down = office.post._settle

    def settle(*said: Any) -> bool:  # noqa: ANN401 - handed on as it is
        office.post._finishing = True  # the program is stopped at this very moment
        return write_down(*said)

    monkeypatch.setattr(office.post, "_settle", settle)
    numbers = [office.put(said) for said in ("1", "2", "3")]
    assert await office.after(0) == ["1"]
    assert [(office.state(n), office.row(n).attempts) for n in numbers] == [("sent", 1), ("pending", 0), ("pending", 0)]


async def test_goodbye_does_not_wait_for_ever(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the one that hangs nobody knows the fate; those behind it are put back."""
    monkeypatch.setattr(module, "GOODBYE", 0)
    office.channel.gates["1"] = asyncio.Event()
    numbers = [office.put(said) for said in ("1", "2")]
    await office.post.claim()
    await office.channel.seen["1"].wait()
    await office.post.finish()
    assert [(office.state(n), office.row(n).attempts) for n in numbers] == [("sending", 1), ("pending", 0)]
    await office.die()


@pytest.mark.parametrize("many", [1, 3])
async def test_what_a_turn_costs(office: Office, many: int) -> None:
    """One write for the claim and one for each fate, however many wait behind another, and no look for more."""
    writes: list[Connection] = []
    for number in range(many):
        office.put(str(number))
    note = writes.append
    event.listen(office.database.engine, "begin", note)
    await office.after(0)
    event.remove(office.database.engine, "begin", note)
    assert len(office.channel.tried) == many
    assert len(writes) == 1 + many


@pytest.mark.parametrize("state", ["pending", "sending", "claimed"])
@pytest.mark.parametrize(
    ("body", "why"),
    [
        (Keyring(b"another secret").seal("{}"), "WrongKeyError"),
        (KEYRING.seal('{"what": "secret words"}'), "ValidationError"),
        (b"", "ValueError"),
    ],
    ids=["another key", "no letter", "empty"],
)
async def test_one_that_cannot_be_read(
    office: Office, caplog: pytest.LogCaptureFixture, body: bytes, why: str, state: str
) -> None:
    """It is dead, with the reason, and nobody else waits for it: not after a start either."""
    number = office.put("1")
    office.spoil(number, body, state)
    office.put("2")
    office.put("elsewhere", OTHER)
    assert sorted(await office.restart()) == ["2", "elsewhere"]
    assert (office.state(number), office.row(number).why) == ("dead", f"cannot be read: {why}")
    assert "secret" not in caplog.text


async def test_a_whole_claim_that_cannot_be_read(office: Office) -> None:
    """The post goes on to the next one."""
    numbers = [office.put(str(number), chat=str(number)) for number in range(3)]
    for number in numbers:
        office.spoil(number, b"")
    assert await office.post.claim() == 3
    assert (office.post._lanes, office.post._wait) == ({}, claims.AGAIN)
    office.put("next")
    assert await office.after(0) == ["next"]


@pytest.mark.parametrize("after", [1e15, float("inf"), float("nan")])
async def test_nobody_is_put_off_for_more_than_a_day(office: Office, after: float) -> None:
    """However long a platform asks to wait, the message is tried a day later, and its chat goes on meanwhile."""
    office.channel.fates["1"] = [Retry(after, "429")]
    office.put("1")
    office.put("2")
    assert await office.after(0) == ["1", "2"]
    assert await office.after(86_399) == []
    assert await office.after(1) == ["1"]


async def test_a_fate_that_cannot_be_written(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """It counts as unknown, and the chat goes on."""
    beyond = "secret \ud800"  # half a sign: no database takes it
    office.channel.fates["1"] = [Sent(beyond)]
    number = office.put("1")
    office.put("2")
    assert await office.after(0) == ["1", "2"]
    row = office.row(number)
    assert (row.state, row.why) == ("uncertain", "its fate could not be written: UnicodeEncodeError")
    assert "secret" not in caplog.text


async def test_no_fate_can_be_written(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those behind are put back and sent later; the one is of unknown fate after the next start."""

    def fail(*_: object) -> bool:
        raise ArithmeticError

    numbers = [office.put(said) for said in ("1", "2")]
    with monkeypatch.context() as broken:
        broken.setattr(office.post, "_settle", fail)
        await office.post.claim()
        await asyncio.gather(*office.post._tasks)
    assert office.post._lanes == {}
    assert await office.after(0) == ["2"]
    assert await office.restart() == []
    assert [office.state(number) for number in numbers] == ["uncertain", "sent"]


async def test_a_claim_that_finds_only_what_waits_behind_a_retry(office: Office) -> None:
    """It gets nothing, and the post rests until that retry is due."""
    office.channel.fates["1"] = [Retry(2, "429")]
    office.put("1")
    assert await office.after(0) == ["1"]
    office.put("2")
    assert (await office.post.claim(), office.post._wait) == (0, 2)
    assert await office.after(2) == ["1", "2"]


async def test_a_channel_that_is_not_there(office: Office) -> None:
    """Messages of a channel that is not set up wait until it is; they make nobody else wait, and no busy loop."""
    number = office.put("later", channel="other")
    office.put("now")
    assert await office.restart() == ["now"]
    assert office.post._wait == claims.IDLE
    assert office.state(number) == "pending"
    other = Scripted("other")
    office.post = Post(office.database, KEYRING, {"other": other}, lambda: office.now)
    await office.after(100_000)
    assert (other.tried, office.state(number)) == (["later"], "sent")


async def test_it_rests_until_the_next_try(office: Office) -> None:
    """No longer than until the retry that is due first."""
    office.channel.fates["hello"] = [Retry(2), Retry(0)]
    office.put("hello")
    async with running(office.post):
        assert office.post._wait == 2
        office.now += timedelta(seconds=2)
        office.post.wake()
    assert office.channel.tried == ["hello"] * 3


async def test_a_database_that_is_away_for_a_while(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether it fails when claiming or when the fate is written down: each message goes once, and nothing stops."""
    monkeypatch.setattr(module, "IDLE", 0)
    away = itertools.cycle([True, True, False])
    sql = "the server is gone"

    def begin(_: Connection) -> None:
        if next(away):
            raise OperationalError(sql, (), Exception(sql))

    numbers = [office.put(said) for said in ("1", "2")]
    event.listen(office.database.engine, "begin", begin)
    with caplog.at_level(logging.WARNING):
        async with running(office.post):
            pass
    event.remove(office.database.engine, "begin", begin)
    assert office.channel.tried == ["1", "2"]
    assert [office.state(number) for number in numbers] == ["sent", "sent"]
    assert "the database is away" in caplog.text


async def test_two_posts_send_nothing_twice(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes on one PostgreSQL, claiming at the same time: each message goes through exactly one of them."""
    monkeypatch.setattr(claims, "CLAIM", 7)  # a few at a time, so that they have reason to meet
    url = postgres.migrated_url()
    channels = [Scripted(), Scripted()]
    with closing(Database(url)) as one, closing(Database(url)) as two:
        offices = [
            Office(each, channel, name=name)
            for name, each, channel in zip(("one", "two"), (one, two), channels, strict=True)
        ]
        for number in range(120):
            offices[0].put(str(number), chat=str(number))
        await asyncio.gather(*(each.post.settle() for each in offices))
        with one.read() as connection:
            states = connection.execute(select(OUTBOX.c.state).distinct()).scalars().all()
    postgres.drop(one)
    tried = [said for channel in channels for said in channel.tried]
    assert sorted(tried, key=int) == [str(number) for number in range(120)]
    assert states == ["sent"]


async def test_a_claim_reads_the_open_rows_only(migrated_file: Path) -> None:
    """A year of sent messages costs a claim nothing: SQLite finds the open ones by their own index."""
    plans: list[str] = []

    def explain(connection: Connection, _: object, statement: str, values: Any, *__: object) -> None:  # noqa: ANN401 - as the driver has them
        if "outbox" in statement:
            rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(str(row[3]) for row in rows)

    with closing(Database(f"sqlite:///{migrated_file}")) as database:
        event.listen(database.engine, "before_cursor_execute", explain)
        assert await Office(database, Scripted()).post.claim() == 0
    assert {plan for plan in plans if "outbox" in plan or "TEMP B-TREE" in plan} == {
        "SEARCH outbox USING INDEX ix_outbox_turn (channel=?)",
        "SEARCH outbox USING INDEX ix_outbox_open (due_at>? AND due_at<?)",
        "SEARCH outbox USING INDEX ix_outbox_open (due_at>?)",
    }
