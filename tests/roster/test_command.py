"""``wuyi import`` as an operator meets it."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import wuyi
from bot.roster.bring import is_sample
from bot.roster.sample import load
from bot.scoring import packs
from bot.settings import Settings
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.schema import check
from tests.roster.conftest import NOW, TOWN, Table


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that is not there yet, and a clock that stands."""
    folder = tmp_path / "data"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUYI_DATA_DIR", str(folder))
    monkeypatch.setenv("WUYI_DATABASE_URL", "")
    monkeypatch.setenv("WUYI_NOW", NOW.isoformat())
    return folder


def files(folder: Path, tables: dict[str, Table]) -> str:
    """A folder of CSV."""
    folder.mkdir()
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return str(folder)


def run(*arguments: str) -> Result:
    """Call the command."""
    return CliRunner().invoke(wuyi, ["import", *arguments])


def test_a_first_import_makes_the_database(data: Path, tmp_path: Path) -> None:
    """Exit status 0, a line a table in both languages; the second time nothing changes."""
    roster = files(tmp_path / "roster", TOWN)
    first, second = run(roster), run(roster)
    assert (first.exit_code, first.stderr) == (0, "")
    assert "地点：新增 3，更改 0，不变 0 / places: 3 new, 0 changed, 0 unchanged" in first.stdout
    assert second.stdout.endswith("没有变化 / nothing changed\n")
    with closing(Database(f"sqlite:///{data / 'wuyi.db'}")) as database:
        check(database)


def test_bad_rows_are_named_on_stderr(data: Path, tmp_path: Path) -> None:
    """Exit status 1, file, row, column and reason on stderr, nothing on stdout."""
    result = run(files(tmp_path / "roster", {**TOWN, "places": (*TOWN["places"], ("9", "甲", "小区", "X"))}))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "places.csv · 第 5 行 row 5 · “parent”: 没有编码为“X”的地点 / unknown parent" in result.stderr
    assert (data / "wuyi.db").exists()


def test_a_dry_run_makes_no_database(data: Path, tmp_path: Path) -> None:
    """It counts, and leaves no file of a database behind."""
    result = run(files(tmp_path / "roster", TOWN), "--dry-run")
    assert result.exit_code == 0
    assert "dry run: nothing was written" in result.stdout
    assert not (data / "wuyi.db").exists()


@pytest.mark.parametrize("arguments", [(), ("--dry-run",), ("nowhere.xlsx",), ("--template", "t.xlsx", "--dry-run")])
@pytest.mark.usefixtures("data")
def test_wrong_usage_is_two(arguments: tuple[str, ...]) -> None:
    """No path, a path that is not there, options that exclude each other."""
    assert run(*arguments).exit_code == 2


@pytest.mark.usefixtures("data")
def test_the_template_is_written(tmp_path: Path) -> None:
    """And can be imported as it is; a folder that is not there is a sentence."""
    file = tmp_path / "名册.xlsx"
    assert run("--template", str(file)).exit_code == 0
    assert run(str(file)).exit_code == 0
    result = run("--template", str(tmp_path / "none" / "t.xlsx"))
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)


def test_the_sample_is_replaced_only_when_asked(data: Path, tmp_path: Path) -> None:
    """Exit status 1 with the way out; then 0."""
    roster = files(tmp_path / "roster", TOWN)
    run(files(tmp_path / "nothing", {"places": (TOWN["places"][0],)}))
    settings = Settings()
    with closing(Database(settings.url)) as database:
        load(database, Keyring(settings.secret()), packs.load("default"), NOW)
    refused = run(roster)
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert "this database holds the sample roster; use --replace-sample to start clean" in refused.stderr
    assert run(roster, "--replace-sample").exit_code == 0
    with closing(Database(f"sqlite:///{data / 'wuyi.db'}")) as database, database.read() as connection:
        assert not is_sample(connection)


@pytest.mark.usefixtures("data")
def test_a_large_file_names_its_stages(tmp_path: Path) -> None:
    """On stderr, where nobody sees a bar."""
    rows = (*TOWN["places"], *((f"P{number}", "很长的名字" * 15, "小区", "C") for number in range(5_000)))
    result = run(files(tmp_path / "roster", {"places": rows}))
    assert result.exit_code == 0
    assert [line.split(" / ")[1] for line in result.stderr.splitlines()] == [
        "reading roster",
        "checking 5003 rows",
        "writing to the database",
    ]
