"""The calendar on the command line, and the days on which people work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.commands.calendar import calendar, workdays
from bot.commands.doctor import examine
from bot.store.database import Database
from bot.store.schema import migrate
from tests.town import NOW


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with nothing in it, on a fixed day."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUYI_NOW", "2026-11-24T14:58+08:00")
    return tmp_path


@pytest.fixture
def ready(home: Path) -> Path:
    """The same, with a database."""
    database = Database("sqlite:///data/wuyi.db")
    migrate(database)
    database.close()
    return home


def run(command: object, *arguments: str) -> Result:
    """The command as an operator calls it."""
    return CliRunner().invoke(command, arguments)  # type: ignore[arg-type]


def test_the_calendar_as_json(home: Path) -> None:
    """One object a deadline, times with their offset; without a database, too."""
    said = run(calendar, "--from", "2026-12-28", "--to", "2026-12-28", "--json")
    assert (said.exit_code, said.stderr) == (0, "")
    assert json.loads(said.stdout) == [
        {
            "deadline": "daily-report",
            "period": "2026-12-28",
            "due": "2026-12-28T17:00:00+08:00",
            "audience": ["duty"],
            "reminders": ["2026-12-28T15:00:00+08:00", "2026-12-28T16:30:00+08:00"],
        },
        {
            "deadline": "first-report",
            "period": "2026",
            "due": "2026-12-28T18:00:00+08:00",
            "audience": ["township_reviewer"],
            "reminders": [
                "2026-12-23T09:00:00+08:00",
                "2026-12-25T09:00:00+08:00",
                "2026-12-27T09:00:00+08:00",
                "2026-12-28T09:00:00+08:00",
                "2026-12-28T16:00:00+08:00",
            ],
        },
    ]
    assert not (home / "data" / "wuyi.db").exists()


def test_the_calendar_as_text(ready: Path) -> None:
    """In both languages; years that nobody knows yet are said to be guessed."""
    del ready
    said = run(calendar, "--from", "2026-12-20", "--to", "2026-12-20")
    assert "创建方案和工作计划 2026  [乡镇审核员]" in said.stdout
    assert said.stderr == ""
    said = run(calendar, "--from", "2027-03-31", "--to", "2027-03-31", "--lang", "en")
    assert "Quarterly review 2027Q1" in said.stdout
    assert "not known yet" in said.stderr
    assert "Nothing is due" in run(calendar, "--from", "2025-01-01", "--to", "2025-01-01", "--lang", "en").stdout


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (("--from", "2026-12-02", "--to", "2026-12-01"), 2, "lies after"),
        (("--from", "2026-12-02", "--to", "3026-12-01"), 2, "ten years"),
        (("--from", "2026-12-02"), 2, "--to"),
        (("--from", "2026-12-02", "--to", "2026-12-03", "--pack", "none"), 1, "no such pack"),
    ],
)
def test_wrong_usage(home: Path, arguments: tuple[str, ...], status: int, word: str) -> None:
    """One sentence, and the exit status that INTERFACES names."""
    del home
    said = run(calendar, *arguments)
    assert said.exit_code == status
    assert word in said.stderr


def test_days_put_right(ready: Path) -> None:
    """Set, listed, cleared; the calendar follows."""
    del ready
    said = run(workdays, "--year", "2027", "--off", "2027-01-01", "--work", "2027-01-24", "--name", "元旦", "--json")
    assert json.loads(said.stdout) == [
        {"day": "2027-01-01", "working": False, "set": True},
        {"day": "2027-01-24", "working": True, "set": True},
    ]
    assert said.stderr == "", "somebody wrote a line for that year"
    text = run(workdays, "--year", "2027").stdout
    assert "2027-01-01 周五 休息（手工）" in text
    moments = json.loads(run(calendar, "--from", "2027-01-25", "--to", "2027-01-25", "--json").stdout)[1]["reminders"]
    assert "2027-01-24T09:00:00+08:00" in moments
    run(workdays, "--clear", "2027-01-01", "--clear", "2027-01-24")
    assert "not known yet" in run(workdays, "--year", "2027", "--lang", "en").stderr
    assert "2026-02-14 Sat worked" in run(workdays, "--lang", "en").stdout


def test_the_doctor_says_what_is_guessed(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the weeks before on, until somebody writes the days."""
    del ready
    monkeypatch.setenv("WUYI_PORT", "0")
    december = NOW.replace(month=12, day=10)

    def found() -> list[str]:
        return [each.what for each in examine({}, lambda: december) if each.check == "workdays"]

    assert [what for what in found() if "not known" in what]
    run(workdays, "--off", "2027-01-01")
    assert found() == []
