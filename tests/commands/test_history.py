"""``wuyi history``: both values of each day, for a terminal and for a program; and several packs at once."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, insert

from bot.__main__ import wuyi
from bot.scoring.packs import load
from bot.store import figures, published
from bot.store.asking import House
from bot.store.database import Database
from bot.store.schema import migrate
from bot.store.tables import named
from tests.board.test_past import NIGHT
from tests.town import KEYRING, NOW, RULES, ZONE, _fill


def happen(connection: Connection) -> None:
    """The town; its days are published; a case of the 19th becomes known on the 21st; the days after are published."""
    _fill(connection)
    house = House(KEYRING, RULES, ZONE, (load("village"),))
    while published.publish_due(connection, house, NIGHT):
        pass
    connection.execute(insert(named("case_")), {"code": "S1119-01", "place": "23", "opened_at": NIGHT})
    row = {"case": "S1119-01", "place": "23", "event": "found", "kind": "suspected", "on": date(2026, 11, 19)}
    connection.execute(insert(named("case_event")), row | {"other": "", "recorded_at": NIGHT, "source": "chat"})
    figures.project(connection, RULES, ["S1119-01"])
    while published.publish_due(connection, house, NOW):
        pass


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with that town in it."""
    folder = tmp_path_factory.mktemp("data")
    database = Database(f"sqlite:///{folder / 'wuyi.db'}")
    migrate(database)
    database.write(happen)
    database.close()
    return folder


@pytest.fixture(autouse=True)
def _there(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On 24 November 2026, with two packs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUYI_DATA_DIR", str(data))
    monkeypatch.setenv("WUYI_NOW", NOW.isoformat())
    monkeypatch.setenv("WUYI_PACK", "default, village")


def call(*arguments: str) -> Result:
    """``wuyi`` with these arguments."""
    return CliRunner().invoke(wuyi, arguments)


def test_every_day_has_both_values_in_json() -> None:
    """One object a pack, one a day, with the fact that changed it."""
    done = call("history", "23", "--from", "2026-11-18", "--to", "2026-11-19", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    leading, beside = json.loads(done.stdout)
    assert (leading["place"], leading["name"], leading["pack"]) == ("23", "星悦城一期", "default")
    assert beside["pack"] == "village"
    day, before = leading["days"]
    assert day == {
        "day": "2026-11-19",
        "published": {"streak": 32, "state": "clean", "since": "2026-10-19"},
        "restated": {"streak": 0, "state": "broken", "since": None},
        "differs": True,
        "cause": {
            "case": "S1119-01",
            "event": "found",
            "on": "2026-11-19",
            "recorded_at": "2026-11-21T08:30:00+08:00",
        },
    }
    assert (before["differs"], before["cause"]) == (False, None)


@pytest.mark.parametrize(("lang", "words"), [("zh", "公布 32–33 天，现为 0 天"), ("en", "published 32–33, now 0")])
def test_the_days_that_differ_are_told(lang: str, words: str) -> None:
    """By name as by code, in both languages, the other pack beside."""
    done = call("history", "星悦城一期", "--lang", lang)
    assert done.exit_code == 0, done.stderr
    assert words in done.stdout
    assert "village" in done.stdout


def test_what_cannot_be_answered_is_refused() -> None:
    """No such place, days in the wrong order, no such pack."""
    assert "there is no place “nowhere”" in call("history", "nowhere").stderr
    assert call("history", "23", "--from", "2026-11-20", "--to", "2026-11-19").exit_code == 2
    assert call("streaks", "--pack", "none").exit_code == 1


def test_streaks_under_each_of_several_packs() -> None:
    """The first leads; another is asked for by its name."""
    for arguments in ((), ("--pack", "village"), ("--pack", "default")):
        done = call("streaks", "--place", "22", "--json", *arguments)
        assert done.exit_code == 0, done.stderr
        assert json.loads(done.stdout)[0]["streak"] == 12
