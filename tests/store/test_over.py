"""Which cases are over, by their logs: kept with each new fact, made anew with the projection, and by the upgrade."""

from __future__ import annotations

import importlib
import random
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select, text, update

from bot.store import figures, over
from bot.store.database import Database
from bot.store.tables import named
from tests.town import NOW, RULES, TODAY, _fill

CASES, EVENTS = named("case_"), named("case_event")
WHAT = ("found", "diagnosed", "left", "released", "ruled_out", "reopened", "withdrawn")
UPGRADE = importlib.import_module("bot.store.migrations.versions.0007_sums_of_days_and_ended_cases")


@pytest.fixture
def town(database: Database) -> Database:
    """The town, on SQLite and on PostgreSQL."""
    database.write(_fill)
    return database


def expected(log: list[tuple[str, int]]) -> bool:
    """Whether something ended it that was not followed, at the same moment or later, by its reopening."""
    ends = [at for what, at in log if what in over.ENDS]
    return any(all(again < at for what, again in log if what == "reopened") for at in ends)


def enter(connection: Connection, code: str, log: list[tuple[str, int]]) -> None:
    """A case with these facts, each so many minutes from now."""
    connection.execute(insert(CASES), {"code": code, "place": "22", "opened_at": NOW})
    same = {"case": code, "place": "22", "on": TODAY, "source": "chat"}
    rows = [
        {**same, "event": what, "kind": "fever" if what == "found" else "", "recorded_at": NOW + timedelta(minutes=at)}
        for what, at in log
    ]
    connection.execute(insert(EVENTS), rows)


def _note(connection: Connection) -> None:
    over.note(connection)


def _upgrade(connection: Connection) -> None:
    connection.execute(text(UPGRADE.ENDED))


@pytest.mark.parametrize("seed", range(3))
def test_by_their_logs(town: Database, seed: int) -> None:
    """Fact by fact, all at once, and by the upgrade of a database that did not keep it: the same."""
    dice = random.Random(seed)
    logs = {}
    for number in range(25):
        times = dice.sample(range(1, 9), dice.randrange(6))
        logs[f"K{number}"] = [("found", 0), *((dice.choice(WHAT[1:]), at // 2) for at in times)]

    def known(connection: Connection) -> dict[str, bool]:
        return {row.code: row.ended for row in connection.execute(select(CASES)) if row.code in logs}

    def job(connection: Connection) -> list[dict[str, bool]]:
        for code, log in logs.items():
            enter(connection, code, list(dict.fromkeys(log)))
            figures.project(connection, RULES, [code])
        found = [known(connection)]
        for ended, make in ((True, _note), (False, _note), (False, _upgrade)):
            connection.execute(update(CASES).values(ended=ended))
            make(connection)
            found.append(known(connection))
        return found

    assert all(each == {code: expected(log) for code, log in logs.items()} for each in town.write(job))


def test_nothing_to_mark(town: Database) -> None:
    """Of no case nothing is asked."""
    town.write(lambda connection: over.note(connection, []))
