"""Whose a message is: one process replaces another that is gone, and one that was stopped sends nothing of others'."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from bot.model import Fate, Sent, Uncertain
from bot.store.database import Database
from bot.store.tables import named
from scheduler.post import Post
from scheduler.presence import LIFE
from tests.scheduler.offices import CHAT, OTHER, OUTBOX, Office, Scripted
from tests.store.servers import database, migrated_file, postgres

__all__ = ["database", "migrated_file", "postgres"]
LEASE = named("lease")


@pytest.fixture
def office(database: Database) -> Office:
    """The process ``one``, on each backend in turn."""
    return Office(database, Scripted(), name="one")


@pytest.fixture
def other(office: Office) -> Office:
    """The process ``two`` on the same outbox and clock, with a channel of its own."""
    return Office(office.database, Scripted(), name="two")


def leases(office: Office) -> dict[str, tuple[int, float]]:
    """By holder: the fence, and the seconds that are left."""
    with office.database.read() as connection:
        rows = connection.execute(select(LEASE)).all()
    return {row.holder: (row.fence, (row.until - office.now).total_seconds()) for row in rows}


async def holding(office: Office) -> list[int]:
    """Two messages of one chat are in hand, the first of them on its way and hanging."""
    office.channel.gates["1"] = asyncio.Event()
    numbers = [office.put("1"), office.put("2")]
    await office.post.start()
    await office.post.claim()
    await office.channel.seen["1"].wait()
    assert [(office.state(number), office.row(number).owner) for number in numbers] == [
        ("sending", "one"),
        ("claimed", "one"),
    ]
    return numbers


async def test_a_process_alive_is_left_alone(office: Office, other: Office) -> None:
    """Another that starts beside it, or looks around, touches nothing of it."""
    numbers = await holding(office)
    await other.post.start()
    for _ in range(8):
        office.now = other.now = office.now + timedelta(seconds=15)
        assert await other.after(0) == []
        await office.post.claim()
    assert [office.state(number) for number in numbers] == ["sending", "claimed"]
    office.channel.gates["1"].set()
    # So long it hung that the one behind is put back, and claimed anew.
    assert await office.after(0) == ["2"]
    assert [office.state(number) for number in numbers] == ["sent", "sent"]


async def test_a_process_that_is_gone_is_replaced_within_a_minute(office: Office, other: Office) -> None:
    """What it had only claimed goes through the other; of what was on its way nobody knows, and it is not repeated."""
    await other.post.start()
    numbers = await holding(office)
    await office.die()
    went: dict[str, float] = {}
    for second in range(61):
        went |= dict.fromkeys(await other.after(1), second)
    assert went == {"2": pytest.approx(50, abs=10)}
    assert [office.state(number) for number in numbers] == ["uncertain", "sent"]
    assert set(leases(other)) == {"two"}


async def test_one_that_starts_alone_waits_for_nobody(office: Office) -> None:
    """After a stop, or when the last lease is over, the next process sees at once to all that was left."""
    numbers = await holding(office)
    office.database.write(lambda c: c.execute(update(OUTBOX).where(OUTBOX.c.id == numbers[1]).values(owner="")))
    await office.die()
    office.now += LIFE
    alone = Office(office.database, Scripted(), name="three")
    alone.now = office.now
    await alone.post.start()
    assert await alone.after(0) == ["2"]
    assert [office.state(number) for number in numbers] == ["uncertain", "sent"]


async def test_a_stop_hands_over_at_once(office: Office, other: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What hangs at a stop is not waited for by the others either."""
    monkeypatch.setattr("scheduler.post.GOODBYE", 0)
    await other.post.start()
    numbers = await holding(office)
    await office.post.finish()
    assert await other.after(0) == ["2"]
    assert await other.after(15) == []
    assert [office.state(number) for number in numbers] == ["uncertain", "sent"]
    await office.die()


async def test_an_edit_of_one_that_is_gone_is_made_again(office: Office, other: Office) -> None:
    """Replacing twice does no harm."""
    await other.post.start()
    office.channel.gates["1"] = asyncio.Event()
    number = office.put("1", edits="77")
    await office.post.start()
    await office.post.claim()
    await office.channel.seen["1"].wait()
    await office.die()
    await other.after(30)
    assert await other.after(16) == ["1"]
    assert (office.row(number).state, office.row(number).owner) == ("sent", "two")


@pytest.mark.parametrize(("fate", "state"), [(Sent("ref"), "sent"), (Uncertain("late"), "uncertain")])
async def test_one_that_was_given_up_and_wakes(
    office: Office, other: Office, caplog: pytest.LogCaptureFixture, fate: Fate, state: str
) -> None:
    """It sends nothing that it had only claimed; what it knows of the one on its way counts if that was sent."""
    numbers = await holding(office)
    office.channel.fates["1"] = [fate]
    await other.post.start()
    other.now += timedelta(seconds=46)
    assert await other.after(0) == ["2"]
    office.now = other.now
    office.channel.gates["1"].set()
    assert await office.after(0) == []
    assert [office.state(number) for number in numbers] == [state, "sent"]
    assert office.channel.tried == ["1"]
    assert (leases(office)["one"], "given up" in caplog.text) == ((2, 45), True) if state == "sent" else True


async def test_one_that_wakes_between_its_claim_and_its_sending(
    office: Office, other: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was about to send it does not send: by now it may be another's, or the middle of the night."""
    number = office.put("1")
    await office.post.start()
    create = asyncio.create_task

    def stopped(work: Any) -> Any:  # noqa: ANN401 - handed on as it is
        office.now += timedelta(seconds=46)
        return create(work)

    with monkeypatch.context() as patched:
        patched.setattr("scheduler.post.asyncio.create_task", stopped)
        await office.post.claim()
    await asyncio.gather(*office.post._tasks)
    assert (office.channel.tried, office.state(number)) == ([], "pending")
    assert await office.after(0) == ["1"]
    assert office.row(number).attempts == 1
    del other


async def test_an_idle_process_writes_four_times_a_minute(office: Office) -> None:
    """And only its own line."""
    said: list[str] = []

    def note(*seen: Any) -> None:  # noqa: ANN401 - as SQLAlchemy has them
        if not seen[2].startswith("SELECT"):
            said.append(seen[2])

    await office.post.start()
    event.listen(office.database.engine, "before_cursor_execute", note)
    await office.over(60)
    event.remove(office.database.engine, "before_cursor_execute", note)
    assert [each.split()[:2] for each in said if "BEGIN" not in each] == [["UPDATE", "lease"]] * 4
    assert leases(office) == {"one": (1, 45)}


async def test_a_clock_set_back_is_no_death(office: Office, other: Office) -> None:
    """The lease is renewed by the new clock."""
    await office.post.start()
    office.now -= timedelta(hours=1)
    await office.after(0)
    assert leases(office) == {"one": (1, 45)}
    del other


async def test_processes_share_the_pace(office: Office, other: Office) -> None:
    """Each knows how many there are."""
    assert isinstance(other.post, Post)
    await office.post.start()
    await other.post.start()
    office.put("x", CHAT)
    office.put("y", OTHER)
    office.now = other.now = office.now + timedelta(seconds=15)
    await office.after(0)
    assert (office.post._claims._among, other.post._claims._among) == (2, 2)
