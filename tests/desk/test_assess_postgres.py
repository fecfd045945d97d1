"""Assessments on PostgreSQL, where two processes may write at once: the same words, and one assessment."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection, func, select

from bot.model import AssessmentMarked, AssessmentSubmitted, Mark
from bot.scoring.criteria import load
from bot.store import assessments
from bot.store.acts import Act
from bot.store.cases import RefusedError
from bot.store.database import Database
from bot.store.tables import named
from tests.assessed import HOUSE
from tests.desk.test_postgres import desks, pattern, postgres, town, url
from tests.test_transcripts import FOLDER, replay
from tests.town import NOW

__all__ = ["pattern", "postgres", "town", "url"]
FORM = load("assessment-form")
LEAVES = [leaf for leaf in FORM.leaves if leaf.auto is None]
ROUNDS = 8


@pytest.mark.parametrize("name", ["zh/assess", "zh/sheet", "en/sheet"])
async def test_it_says_the_same(town: Database, name: str) -> None:
    """A conversation goes on PostgreSQL as its transcript has it, which was made on SQLite."""
    said = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert await replay(town, [line for line in said.splitlines() if not line.startswith(">")]) == said


async def test_two_leads_begin_at_once(url: str) -> None:
    """Each judges everything, place after place, in the same moment: one assessment each, and one submission."""
    with desks(url) as (one, two):
        pair = (one.database, two.database)
        for place in ("JA", "XM"):
            judging = [_judge(pair[n % 2], place, 8 if n % 2 else 3) for n in range(ROUNDS)]
            found = await asyncio.gather(*judging)
            # Who leads one community may not judge the other; whoever leads both does.
            assert found.count("entitled") == (0 if place == "JA" else ROUNDS // 2)
            ends = await asyncio.gather(*(_submit(pair[n % 2], place) for n in range(ROUNDS)))
            assert sorted(ends) == ["", *["nothing"] * (ROUNDS - 1)]
        with pair[0].read() as connection:
            counts = [
                connection.execute(select(func.count()).select_from(named(name))).scalar_one()
                for name in ("kept_standard", "assessment", "assessment_end")
            ]
    assert counts == [1, 2, 2]


async def _judge(database: Database, place: str, person: int) -> str:
    fact = AssessmentMarked(place, FORM.id, FORM.version, tuple(Mark(leaf.id, leaf.worth) for leaf in LEAVES))

    def job(connection: Connection) -> str:
        try:
            assessments.mark(connection, HOUSE, Act(person, None, NOW), fact)
        except RefusedError as why:
            return why.reason
        return ""

    return await asyncio.to_thread(database.write, job)


async def _submit(database: Database, place: str) -> str:
    def job(connection: Connection) -> str:
        try:
            assessments.submit(connection, HOUSE, Act(8, None, NOW), AssessmentSubmitted(place, FORM.id, FORM.version))
        except RefusedError as why:
            return why.reason
        return ""

    return await asyncio.to_thread(database.write, job)
