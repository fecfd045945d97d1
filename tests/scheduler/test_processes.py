"""Real processes on one PostgreSQL: one is killed while it sends, one is stopped and wakes; nothing goes twice."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import Connection, select

from bot.desk import cards, letters
from bot.model import Address
from bot.store.database import Database
from bot.store.tables import named
from tests.scheduler.offices import OUTBOX
from tests.store.servers import Postgres, postgres
from tests.town import KEYRING, NOW, tokens

__all__ = ["postgres"]
LEASE = named("lease")
CHATS, EACH = 60, 10
LIFE = 2.0
"""A lease of the tests, in seconds; a real one lasts 45."""
MINUTE = 60 * LIFE / 45
"""What a minute is to a real one."""


@pytest.fixture
def outbox(postgres: Postgres) -> Iterator[Database]:
    """An empty outbox on PostgreSQL."""
    with closing(Database(postgres.migrated_url())) as made:
        yield made
    postgres.drop(made)


def fill(database: Database, again: int = 0) -> None:
    """Several messages to each of many chats; ``again``: other ones than those of the time before."""
    token = tokens()

    def job(connection: Connection) -> None:
        for number in range(EACH):
            for chat in range(CHATS):
                letter = letters.Letter(cards.Card(f"{chat}-{number}-{again}"), Address("test", str(chat)))
                letters.write(connection, KEYRING, lambda: f"{token()}r{again}", NOW, letter)

    database.write(job)


async def until(true: Callable[[], bool], seconds: float) -> None:
    """Wait for it, and no longer than so many seconds."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(0.02)


async def test_killed_and_stopped(outbox: Database, tmp_path: Path) -> None:
    """What was on its way is of unknown fate and never repeated; all else arrives once, in what a minute stands for."""
    arrived = tmp_path / "arrived"
    arrived.touch()

    def lines() -> list[list[str]]:
        return [line.split() for line in arrived.read_text().splitlines()]

    def states() -> Counter[str]:
        with outbox.read() as connection:
            return Counter(connection.execute(select(OUTBOX.c.state)).scalars())

    def leases() -> int:
        with outbox.read() as connection:
            return len(connection.execute(select(LEASE)).all())

    def start(name: str) -> subprocess.Popen[bytes]:
        url = f"{outbox.url}{'&' if '?' in outbox.url else '?'}options=-c%20idle_in_transaction_session_timeout%3D1000"
        command = [sys.executable, "-m", "tests.scheduler.post_child", url, name, str(arrived), str(LIFE)]
        return subprocess.Popen(command)

    processes = {name: start(name) for name in ("killed", "stopped")}
    try:
        await until(lambda: leases() == len(processes), 60)
        filled = 0

        def both() -> bool:
            """Whether both have sent; on a machine that is busy one may be done before the other has looked."""
            nonlocal filled
            if not states().keys() - {"sent"}:
                fill(outbox, filled)
                filled += 1
            return {name for name, _ in lines()} == set(processes)

        await until(both, 120)
        number = CHATS * EACH * filled
        processes["killed"].send_signal(signal.SIGKILL)
        processes["stopped"].send_signal(signal.SIGSTOP)
        began = monotonic()
        held = states()
        assert held["sending"] + held["claimed"] > 0
        processes["lives"] = start("lives")
        await until(lambda: not states().keys() - {"sent", "uncertain"}, 60)
        took = monotonic() - began
        unknown = states()["uncertain"]
        processes["stopped"].send_signal(signal.SIGCONT)
        with suppress(TimeoutError):  # it may have had nothing in hand, and all that is uncertain is the killed one's
            await until(lambda: states()["uncertain"] < unknown or not unknown, 3)
        await asyncio.sleep(LIFE)  # long enough for the one that woke to do all the harm that it could
    finally:
        for process in processes.values():
            process.kill()
            process.wait()
    texts = [text for _, text in lines()]
    assert max(Counter(texts).values()) == 1
    with outbox.read() as connection:
        uncertain = connection.execute(select(OUTBOX.c.id).where(OUTBOX.c.state == "uncertain")).scalars().all()
    assert states() == {"sent": number - len(uncertain)} | ({"uncertain": len(uncertain)} if uncertain else {})
    # What the killed one had delivered without saying so is among them; nothing else is missing.
    assert number - len(texts) <= len(uncertain) <= unknown <= held["sending"] + 1
    assert took < MINUTE + 10  # and what the machine needs to start a process and to send the rest
