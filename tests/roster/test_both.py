"""What differs between SQLite and PostgreSQL: foreign keys in order, ids that come back, the wiping of a sample."""

from __future__ import annotations

from pathlib import Path

from bot.roster.sample import load
from bot.store import audit
from bot.store.database import Database
from tests.roster.conftest import NOW, PLACES, TOWN, Office


def test_a_town_arrives_once_on_each_database(database: Database, tmp_path: Path) -> None:
    """Parents before children, twice without a change, then changed."""
    office = Office(tmp_path, database)
    office.bring({**TOWN, "places": (PLACES[0], *reversed(PLACES[1:]))})
    before = office.contents()
    office.bring(TOWN)
    assert office.contents() == before
    brought = office.bring(
        {"places": (PLACES[0], ("23", "一期", "小区", "C")), "people": (("phone", "name"), ("13800000001", "张叁"))}
    )
    assert [count.changed for count in brought.counts.values()] == [1, 1, 0, 0, 0]


def test_the_sample_comes_and_goes_on_each_database(database: Database, tmp_path: Path) -> None:
    """Everything that refers to anything is deleted in an order that the database allows."""
    office = Office(tmp_path, database)
    load(database, office.keyring, office.rules, NOW)
    office.bring(TOWN, replace_sample=True)
    assert office.rows()["place"] == 3
    with database.read() as connection:
        assert audit.verify(connection) is None
