"""A turn costs the same in a street and in a city: no question of it reads a whole table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, event

from bot.store.database import Database
from tests.talking import Talk


async def test_no_question_of_a_turn_reads_a_whole_table(town: Database) -> None:
    """The prompt and the tap, which everybody has every day, find their rows by indexes."""
    plans: dict[str, str] = {}

    def explain(connection: Connection, _: object, statement: str, values: Any, *__: object) -> None:  # noqa: ANN401 - as the driver has them
        if statement.startswith(("SELECT", "UPDATE", "WITH")):
            rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.update((str(row[3]), statement) for row in rows)

    talk = Talk(town)
    event.listen(town.engine, "before_cursor_execute", explain)
    await talk.open("zhang")
    await talk.tap("zhang", "✅ 全部正常")
    assert any(plan.startswith("SEARCH") for plan in plans)
    scans = {plan: plans[plan] for plan in plans if plan.startswith("SCAN") and plan not in HARMLESS}
    assert scans == {}


HARMLESS = {"SCAN audit", "SCAN tree", "SCAN up"}
"""The newest row of the log, from its end; the few places that are asked for, and those above them."""
