"""What is claimed: in which order, what no longer, and at which cost."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, insert, select

from bot.model import Limits, Retry
from bot.store.database import Database
from bot.store.tables import named
from scheduler.claims import Claimed, Due
from tests.scheduler.offices import OTHER, OUTBOX, Office, Scripted
from tests.scheduler.test_pace import TELEGRAM
from tests.store.servers import database, migrated_file, postgres
from tests.town import KEYRING, NOW

__all__ = ["database", "migrated_file", "postgres"]
REMINDER, PERSON = named("reminder"), named("person")


class Duty:
    """What is still owed, as the post asks it."""

    def __init__(self) -> None:
        """All of it."""
        self.over: set[int] = set()
        self.asked: list[Due] = []

    def still(self, connection: Connection, now: datetime, rows: Sequence[Due]) -> Collection[int]:
        """Those that are no longer owed."""
        assert connection.in_transaction()
        assert now.tzinfo is not None
        self.asked += rows
        return self.over


@pytest.fixture
def duty() -> Duty:
    """Everything is owed."""
    return Duty()


@pytest.fixture
def office(database: Database, duty: Duty) -> Office:
    """An outbox whose channel has no pace, on each backend in turn."""
    return Office(database, Scripted(), still=duty.still)


@pytest.fixture
def paced(database: Database, duty: Duty) -> Office:
    """One whose channel has Telegram's."""
    return Office(database, Scripted(limits=Limits(pace=TELEGRAM)), still=duty.still)


def reminded(office: Office, number: int, slot: str = "daily-report") -> None:
    """The line that says which moment a reminder serves."""

    def job(connection: Connection) -> None:
        if connection.execute(select(PERSON.c.id)).first() is None:
            sealed = {"name": KEYRING.seal("虚构"), "phone": KEYRING.seal("+8613800000000"), "phone_hash": b"1"}
            connection.execute(insert(PERSON), {"id": 1, "locale": "zh", "created_at": NOW, **sealed})
        connection.execute(insert(REMINDER), {"person": 1, "slot": slot, "outbox": number, "at": NOW})

    office.database.write(job)


def served(office: Office) -> list[int]:
    """The reminders whose moment counts as served."""
    with office.database.read() as connection:
        return list(connection.execute(select(REMINDER.c.outbox).order_by(REMINDER.c.outbox)).scalars())


async def test_what_goes_first(office: Office) -> None:
    """Alerts, answers, notices, reminders, digests; of a kind the older first, in a chat and between chats."""
    for kind in ("digest", "reminder", "notice", "reply", "alert"):
        office.put(f"{kind} 1", kind=kind)
        office.put(f"{kind} 2", kind=kind)
    order = [f"{kind} {n}" for kind in ("alert", "reply", "notice", "reminder", "digest") for n in (1, 2)]
    assert await office.after(0) == order


async def test_an_alert_overtakes_what_waits_behind_another(office: Office) -> None:
    """Even in its own chat, where others are claimed already; a reply does not overtake an older reply."""
    office.channel.gates["1"] = asyncio.Event()
    for said in ("1", "2"):
        office.put(said)
    office.put("news", kind="notice")
    await office.post.claim()
    office.put("alert", kind="alert")
    office.put("3")
    await office.post.claim()
    office.channel.gates["1"].set()
    await office.after(0)
    assert office.channel.tried == ["1", "alert", "2", "3", "news"]


async def test_an_alert_waits_for_no_retry_but_an_alerts(office: Office) -> None:
    """A reminder that is to be tried again holds up answers, for the order's sake, and no alert."""
    office.channel.fates["reminder"] = [Retry(20, "429")]
    office.put("reminder", kind="reminder")
    assert await office.after(0) == ["reminder"]
    office.put("reply")
    office.channel.fates["alert"] = [Retry(10, "429")]
    office.put("alert", kind="alert")
    assert await office.after(0) == ["alert"]
    office.put("taken back", kind="alert")
    assert await office.after(9) == []
    assert await office.after(1) == ["alert", "taken back"]
    assert await office.after(10) == ["reply", "reminder"]


async def test_a_reminder_that_is_no_longer_owed(office: Office, duty: Duty) -> None:
    """It is cancelled as it is about to leave, its moment is free again, and what else waits goes."""
    number, other = office.put("reminder", kind="reminder", dedupe="x"), office.put("owed", OTHER, kind="reminder")
    for each in (number, other):
        reminded(office, each, str(each))
    duty.over = {number}
    office.put("reply")
    assert sorted(await office.after(0)) == ["owed", "reply"]
    assert [(each.id, each.kind) for each in duty.asked] == [(number, "reminder"), (other, "reminder")]
    row = office.row(number)
    assert (row.state, row.why, row.attempts) == ("cancelled", "no longer owed", 0)
    assert served(office) == [other]
    assert await office.after(100_000) == []


async def test_nobody_can_say_what_is_owed(office: Office, duty: Duty, caplog: pytest.LogCaptureFixture) -> None:
    """Then the reminder goes, and all else too; the log has the kind of the mistake."""
    reminded(office, office.put("reminder", kind="reminder"))

    def fail(connection: Connection, *_: object) -> Collection[int]:
        connection.execute(insert(REMINDER), {"person": 0})
        return ()

    office.post._claims._still = fail
    office.put("reply", OTHER)
    assert sorted(await office.after(0)) == ["reminder", "reply"]
    assert "what is still owed could not be asked: IntegrityError" in caplog.text
    assert duty.asked == []


async def test_a_reminder_is_claimed_when_it_leaves(office: Office, duty: Duty) -> None:
    """Behind a message that hangs it is not: the report that comes meanwhile cancels it."""
    office.channel.gates["1"] = asyncio.Event()
    office.put("1")
    number = office.put("reminder", kind="reminder")
    await office.post.claim()
    await office.post.claim()
    assert office.state(number) == "pending"
    duty.over = {number}
    office.channel.gates["1"].set()
    assert await office.after(0) == []
    assert office.state(number) == "cancelled"


async def test_what_was_held_up_goes_at_once(office: Office) -> None:
    """The post is woken when the message before it has arrived."""
    office.channel.gates["1"] = asyncio.Event()
    office.put("1")
    office.put("reminder", kind="reminder")
    await office.post.claim()
    office.post._wake.clear()
    office.channel.gates["1"].set()
    await asyncio.gather(*office.post._tasks)
    assert office.post._wake.is_set()
    assert await office.after(0) == ["reminder"]


async def test_a_chat_that_is_free_before_the_claim_is_done(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was held up for a message that arrived during the claim is asked for again at once."""
    claimed = Claimed(held={("test", "one")})
    monkeypatch.setattr(office.post._claims, "take", lambda *_: claimed)
    assert await office.post.claim() == 1
    assert (office.post._held, office.post._wake.is_set()) == (set(), True)


async def test_what_is_cancelled_uses_up_no_pace(paced: Office, duty: Duty) -> None:
    """Of a hundred forty are over: the thirty that go are of the others, in the same second."""
    paced.crowd(100, "reminder")
    with paced.database.read() as connection:
        duty.over = set(connection.execute(select(OUTBOX.c.id).order_by(OUTBOX.c.id).limit(40)).scalars())
    assert await paced.after(0) == [f"reminder {n}" for n in range(40, 70)]
    with paced.database.read() as connection:
        states = connection.execute(select(OUTBOX.c.state, func.count().label("many")).group_by(OUTBOX.c.state)).all()
    assert {row.state: row.many for row in states} == {"cancelled": 40, "sent": 30, "pending": 30}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_claim_costs_what_it_takes(paced: Office) -> None:
    """Beside ten thousand that wait, thirty are claimed in the time of thirty; nothing is read over, or sorted."""
    plans: list[str] = []

    def explain(connection: Connection, _: object, statement: str, values: Any, *__: object) -> None:  # noqa: ANN401 - as the driver has them
        if statement.startswith(("SELECT", "UPDATE")) and "outbox" in statement:
            rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(str(row[3]) for row in rows)

    paced.crowd(10_000, "reminder")
    await paced.after(0)
    start = perf_counter()
    assert len(await paced.after(1.001)) == 30
    took = perf_counter() - start
    event.listen(paced.database.engine, "before_cursor_execute", explain)
    assert len(await paced.after(1.001)) == 30
    assert await paced.post.claim() == 0
    found = {plan for plan in plans if plan.startswith(("SEARCH", "SCAN", "USE")) and "subquery" not in plan}
    assert found - {"SCAN CONSTANT ROW"} == {
        "SEARCH outbox USING INDEX ix_outbox_turn (channel=?)",
        "SEARCH outbox USING INDEX ix_outbox_open (due_at>? AND due_at<?)",
        "SEARCH outbox USING INDEX ix_outbox_open (due_at>?)",
        "SEARCH outbox USING INTEGER PRIMARY KEY (rowid=?)",
    }
    assert took < 1
