"""The lease: one process ticks; one that slept through its time writes nothing; one that died is replaced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select

from bot.store.database import Database
from bot.store.tables import named
from scheduler.lease import LIFE, Fenced, Lease, LostLeaseError
from scheduler.tick import Job, Tick
from tests.town import NOW, ZONE

SETTING = named("setting")
SECOND = timedelta(seconds=1)


def test_one_holds_it(database: Database) -> None:
    """Others wait until it is over; the fence grows with every change of holder."""
    first, second = Lease(database, "first"), Lease(database, "second")
    assert first.hold(NOW)
    assert not second.hold(NOW + LIFE - SECOND)
    assert first.hold(NOW + LIFE)
    assert not second.hold(NOW + 2 * LIFE)
    assert second.hold(NOW + 2 * LIFE + SECOND)
    assert not first.hold(NOW + 2 * LIFE + SECOND)
    with database.read() as connection:
        row = connection.execute(select(named("lease"))).one()
    assert (row.name, row.holder, row.fence) == ("tick", "second", 2)


def test_who_slept_writes_nothing(database: Database) -> None:
    """It had the lease when it began, and has it no more when it writes."""
    first, second = Lease(database, "first"), Lease(database, "second")
    write = _writer(Fenced(database, first))
    with pytest.raises(LostLeaseError):
        write("before anybody held it")
    assert first.hold(NOW)
    write("mine")
    assert second.hold(NOW + LIFE + SECOND)
    with pytest.raises(LostLeaseError):
        write("too late")
    with database.read() as connection:
        assert list(connection.execute(select(SETTING.c.key)).scalars()) == ["mine"]


def test_a_lease_of_a_clock_that_ran_ahead(database: Database) -> None:
    """Nobody waits for a moment that no lease can last until."""
    ahead, right = Lease(database, "ahead"), Lease(database, "right")
    assert ahead.hold(NOW + timedelta(days=1))
    assert right.hold(NOW)


def _writer(database: Fenced) -> Callable[[str], object]:
    return lambda key: database.write(lambda c: c.execute(insert(SETTING), {"key": key, "value": ""}))


async def test_only_the_holder_ticks(database: Database) -> None:
    """Of two clocks over one database one calls its jobs; when it is gone the other does."""
    called: list[str] = []
    now = [NOW]

    def clock() -> datetime:
        return now[0]

    def tick(name: str) -> Tick:
        return Tick([Job("job", lambda _: called.append(name))], clock, ZONE, Lease(database, name))

    one, two = tick("one"), tick("two")
    for _ in range(3):
        await one.tick()
        await two.tick()
    assert called == ["one"] * 3
    now[0] += LIFE + SECOND
    await two.tick()
    await one.tick()
    assert called == ["one"] * 3 + ["two"]


async def test_a_database_that_is_away(caplog: pytest.LogCaptureFixture) -> None:
    """The clock goes on, and says so once a tick."""

    class Away:
        def hold(self, now: datetime) -> bool:
            raise OSError(now)

    called: list[str] = []
    tick = Tick([Job("job", lambda _: called.append("job"))], lambda: NOW, ZONE, Away())  # type: ignore[arg-type]
    await tick.tick()
    assert called == []
    assert "lease" in caplog.text
