"""The board of a large town, worked out from its villages and communities, is the board of all its places."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.board import day
from bot.model import PackRules
from bot.store import figures, glimpse, settling, sums
from bot.store.database import Database
from bot.store.prepared import Prepared
from bot.store.schema import migrate
from bot.store.tables import named
from bot.store.today import today
from tests.store.test_sums import FIRST, Roster
from tests.town import NOW, RULES, TODAY


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An empty one."""
    made = Database(f"sqlite:///{tmp_path / 'town.db'}")
    migrate(made)
    return made


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dozen compounds are many."""
    monkeypatch.setattr(glimpse, "MANY", 2)
    monkeypatch.setattr(settling, "_FEWER", Prepared(select(named("place").c.code).limit(1)))


def build(connection: Connection, dice: random.Random) -> None:
    """A town drawn by lot, with reports and cases."""
    roster = Roster(connection, dice)
    for _ in range(20):
        roster.report()
    for number in range(6):
        place, on = dice.choice([code for code in roster.codes if code[0] == "S"]), FIRST + timedelta(dice.randrange(9))
        code, facts = f"K{number}", [("found", "confirmed", on)]
        if dice.random() < 0.7:
            facts.append(("left", "", on + timedelta(dice.randrange(3))))
        connection.execute(insert(named("case_")), {"code": code, "place": place, "opened_at": NOW})
        same = {"case": code, "place": place, "source": "chat", "recorded_at": NOW}
        rows = [{**same, "event": event, "kind": kind, "on": when} for event, kind, when in facts]
        connection.execute(insert(named("case_event")), rows)
    figures.refresh(connection, RULES)


@pytest.mark.parametrize("ticks", [0, 9])
@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_board_of_all_places(database: Database, seed: int, ticks: int) -> None:
    """Line by line, what lies beneath each place, and the counts above them."""
    dice = random.Random(seed)
    database.write(lambda connection: build(connection, dice))
    for _ in range(ticks):
        database.write(lambda connection: settling.settle(connection, TODAY))
    with database.read() as connection:
        known = glimpse.glimpse(connection, RULES, TODAY)
        assert known is not None
        assert known.hanging
        all_ = today(connection, RULES, TODAY)
        whole = day.Shown(TODAY, 0, 0, 0, day._tables(all_), all_)
        short = day.shown(connection, RULES, TODAY)
        assert short.tables == whole.tables
        assert (short.expected, short.received, short.on_time) == (
            all_.coverage.expected, all_.coverage.received, all_.coverage.on_time,
        )  # fmt: skip
        for code in all_.rows:
            head = glimpse.head_of(connection, code)
            near = glimpse.glimpse(connection, RULES, TODAY, head)
            assert near is not None
            beside = day.Shown(TODAY, 0, 0, 0, (), near)
            assert beside.line(code) == whole.line(code)
            assert beside.under(code) == whole.under(code)


def test_what_is_read_as_a_whole(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small town; one with a compound that hangs from nothing; one whose figures are not those of this day alone."""
    database.write(lambda connection: build(connection, random.Random(1)))

    def one(on: date = TODAY, rules: PackRules = RULES) -> bool:
        with database.read() as connection:
            return glimpse.glimpse(connection, rules, on) is not None

    assert one()
    assert not one(FIRST), "cases changed since"
    assert not one(rules=replace(RULES, unverified="hold"))
    assert not one(rules=replace(RULES, name="another")), "which has no projection"
    place = named("place")
    database.write(lambda c: c.execute(update(place).where(place.c.code == "S000").values(parent=None)))
    assert not one()
    monkeypatch.setattr(glimpse, "MANY", 400)
    assert not one()
    with database.read() as connection:
        assert glimpse.head_of(connection, "S000") is None
        assert sums.heads(connection).parents["C"] is None
