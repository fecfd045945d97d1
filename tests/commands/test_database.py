"""``wuyi init`` and ``wuyi migrate``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import wuyi
from bot.settings import Settings
from bot.store.database import Database
from bot.store.schema import check


@pytest.mark.parametrize("command", ["init", "migrate"])
def test_a_new_database_is_made_and_a_second_call_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Exit status 0 both times, and the tables are those of the program."""
    monkeypatch.setenv("WUYI_DATA_DIR", str(tmp_path / "new" / "data"))
    monkeypatch.setenv("WUYI_DATABASE_URL", "")
    for _ in range(2):
        result = CliRunner().invoke(wuyi, [command])
        assert (result.exit_code, result.stderr) == (0, "")
        assert "is up to date" in result.stdout
    with closing(Database(Settings().url)) as database:
        check(database)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WUYI_PORT", "x", "Error: WUYI_PORT: should be a valid integer"),
        ("WUYI_DATA_DIR", "/proc/none", "Error: the data folder /proc/none cannot be made"),
        ("WUYI_DATABASE_URL", "sqlite:////proc/wuyi.db", "Error: the database's folder /proc cannot be written"),
        ("WUYI_DATABASE_URL", "oracle", "Error: WUYI_DATABASE_URL is not an address that can be used"),
    ],
)
def test_what_stands_in_the_way_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    """On stderr, with exit status 1 and no traceback."""
    monkeypatch.setenv(name, value)
    result = CliRunner().invoke(wuyi, ["init"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(said)
    assert result.stderr.count("\n") == 1
