"""The ledger on PostgreSQL, where two processes may write at once: the same words, each number once, one step."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.model import How, ProblemFound, ProblemStep, ProblemStepped
from bot.store import ledger
from bot.store.acts import Act
from bot.store.asking import House
from bot.store.cases import RefusedError
from bot.store.database import Database
from bot.store.tables import named
from tests.desk.test_postgres import CROWD, desks, pattern, postgres, town, url
from tests.test_transcripts import FOLDER, replay
from tests.town import KEYRING, NOW, RULES, TODAY, ZONE

__all__ = ["pattern", "postgres", "town", "url"]
HOUSE = House(KEYRING, RULES, ZONE)


@pytest.mark.parametrize("name", ["zh/ledger", "zh/ledger-others", "en/problems", "zh/picture"])
async def test_it_says_the_same(town: Database, name: str) -> None:
    """A conversation goes on PostgreSQL as its transcript has it, which was made on SQLite."""
    said = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert await replay(town, [line for line in said.splitlines() if not line.startswith(">")]) == said


async def test_numbers_and_steps_at_once(url: str) -> None:
    """A crowd puts problems on the list at the same moment; two people close the first of them: one of them does."""
    with desks(url) as (one, two):
        pair = (one.database, two.database)
        fact = ProblemFound("24", How.LISTED, "纸箱", TODAY, TODAY + timedelta(days=3))
        entering = [
            asyncio.to_thread(pair[n % 2].write, lambda c: ledger.enter(c, HOUSE, Act(3, None, NOW), fact))
            for n in range(CROWD)
        ]
        codes = await asyncio.gather(*entering)
        assert sorted(codes) == [f"W1124-{n:02d}" for n in range(1, CROWD + 1)]
        await asyncio.gather(*(_close(pair[n], who) for n, who in enumerate((3, 7))))
        table = named("problem_event")
        query = select(table.c.step).where(table.c.problem == "W1124-01").order_by(table.c.id)
        with pair[0].read() as connection:
            steps = connection.execute(query).scalars().all()
    assert steps == ["assigned", "rectified", "closed"]


async def _close(database: Database, who: int) -> None:
    """Mended by the worker if nobody said so yet, then closed by this person."""
    for person, step in ((1, ProblemStep.RECTIFIED), (who, ProblemStep.CLOSED)):
        fact = ProblemStepped("W1124-01", step, TODAY, "好了")
        try:
            await asyncio.to_thread(
                database.write, lambda c, f=fact, p=person: ledger.step(c, HOUSE, Act(p, None, NOW), f)
            )
        except RefusedError as why:
            assert why.reason == "state"  # noqa: PT017 - only this one may happen, and only to one of them
