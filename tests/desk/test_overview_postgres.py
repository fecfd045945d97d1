"""What offices ask, on PostgreSQL: the same words, from a town without a crowd."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import text

from bot.store.database import Database
from tests.store.servers import Postgres, postgres
from tests.test_transcripts import FOLDER, replay
from tests.town import build

__all__ = ["postgres"]
SAME = (
    *("zh/summary", "zh/missing", "zh/nudge", "zh/streaks", "zh/scores", "zh/people", "zh/invite"),
    *("zh/settings", "zh/channels"),
)


@pytest.fixture(scope="module")
def pattern(postgres: Postgres) -> str:
    """A database with the town, to be copied."""
    with closing(Database(postgres.url())) as database:
        build(database)
        for table in ("person", "filing"):  # the town gave numbers of its own, which the sequence has not counted
            highest = text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608 - two names of ours
            database.write(lambda connection, highest=highest: connection.execute(highest))  # type: ignore[misc]
        name = database.engine.url.database
    assert name is not None
    return name


@pytest.fixture
def town(postgres: Postgres, pattern: str) -> Iterator[Database]:
    """A copy of it."""
    with closing(Database(postgres.url(pattern))) as database:
        yield database
        postgres.drop(database)


@pytest.mark.parametrize("name", SAME)
async def test_it_says_the_same(town: Database, name: str) -> None:
    """A conversation goes on PostgreSQL as its transcript has it, which was made on SQLite."""
    said = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert await replay(town, [line for line in said.splitlines() if not line.startswith(">")]) == said
