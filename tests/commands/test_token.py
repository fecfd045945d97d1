"""``wuyi token``: made and shown once, listed without the word, ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.commands.database import init
from bot.commands.token import token


@pytest.fixture(autouse=True)
def _sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUYI_NOW", "2026-11-24T14:58+08:00")
    assert CliRunner().invoke(init, ["--sample"]).exit_code == 0


def listed() -> list[dict[str, object]]:
    """What the list says."""
    ran = CliRunner().invoke(token, ["list", "--json"])
    assert ran.exit_code == 0, ran.output
    found: list[dict[str, object]] = json.loads(ran.stdout)
    return found


def test_a_token_is_shown_once() -> None:
    """On stdout the word alone; the list has everything but the word."""
    ran = CliRunner().invoke(token, ["--role", "office", "--place", "C01", "--days", "7", "--name", "平台"])
    assert ran.exit_code == 0, ran.output
    (word,) = ran.stdout.splitlines()
    assert word.startswith("wuyi_")
    assert listed() == [
        {
            "id": 1, "role": "office", "place": "C01", "state": "good", "until": "2026-12-01", "used": None,
            "name": "平台",
        }
    ]  # fmt: skip
    assert word not in CliRunner().invoke(token, ["list"]).stdout
    assert word.encode() not in Path("data/wuyi.db").read_bytes()


def test_a_token_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its term and by hand; ended twice is refused."""
    for days in ("1", "9"):
        assert CliRunner().invoke(token, ["new", "--role", "admin", "--place", "C01", "--days", days]).exit_code == 0
    assert CliRunner().invoke(token, ["revoke", "2"]).stdout == "token 2 is revoked\n"
    again = CliRunner().invoke(token, ["revoke", "2"])
    assert (again.exit_code, "no token 2 that is still good" in again.stderr) == (1, True)
    monkeypatch.setenv("WUYI_NOW", "2026-11-26T14:58+08:00")
    assert [each["state"] for each in listed()] == ["revoked", "expired"]


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["--role", "office", "--place", "nowhere"], 1, "there is no place with the code nowhere"),
        (["--role", "king", "--place", "C01"], 2, "'king' is not one of"),
        (["--role", "office"], 2, "Missing option '--place'"),
        (["--role", "office", "--place", "C01", "--days", "0"], 2, "0 is not in the range"),
        (["revoke", "99999999999"], 2, "is not in the range"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], status: int, told: str) -> None:
    """With the reason, and nothing is kept."""
    ran = CliRunner().invoke(token, arguments)
    assert (ran.exit_code, told in ran.stderr) == (status, True), ran.stderr
    assert listed() == []


def test_the_help_shows_what_a_token_needs() -> None:
    """The options of a new token, for they need no word before them; and the other commands."""
    told = CliRunner().invoke(token, ["--help"]).stdout
    assert all(word in told for word in ("--role", "--place CODE", "--days", "--name TEXT", "list", "revoke"))
