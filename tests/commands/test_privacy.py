"""``purge``, ``end-of-event`` and ``rotate-key`` from the command line, on the sample."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import wuyi

NEW = "a new key for the tests, of more than 32 signs"


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder with the sample, and somebody who has reported a fever today."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUYI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WUYI_NOW", "2026-11-24T14:58+08:00")
    assert call("init", "--sample").exit_code == 0
    said = "有异常\n星悦城一期\n发热\n3-2-501\n38.5\n提交\n"
    assert "编号 F1124-01" in call("chat", "--as", "13800000001", said=said).output


def call(*arguments: str, said: str | None = None) -> Result:
    """``wuyi`` with these arguments, and these lines typed."""
    return CliRunner().invoke(wuyi, arguments, input=said)


def test_purge_says_what_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dry run deletes nothing; after the messages' term they go, and the details of an open case stay."""
    assert "messages                 0" in call("purge", "--dry-run").output
    monkeypatch.setenv("WUYI_NOW", "2027-11-24T14:58+08:00")
    dry = call("purge", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "messages                 7" in dry.output
    done = call("purge")
    assert done.exit_code == 0, done.output
    assert "messages                 7" in done.output
    assert "kept_with_open_cases     1" in done.output
    assert "messages                 0" in call("purge", "--dry-run").output


def test_the_end_of_the_event_wants_the_name(tmp_path: Path) -> None:
    """A wrong name deletes nothing; the right one writes a certificate; nobody is left to talk as."""
    paper = tmp_path / "paper.json"
    wrong = call("end-of-event", "--certificate", str(paper), said="是\n")
    assert wrong.exit_code == 1
    assert not paper.exists()
    name = wrong.output.partition("“")[2].partition("”")[0]
    done = call("end-of-event", "--certificate", str(paper), said=f"{name}\n")
    assert done.exit_code == 0, done.output
    told = json.loads(paper.read_text(encoding="utf-8"))
    assert told["deleted"]["case_detail"] == 1
    assert told["audit_digest"]
    assert call("chat", "--as", "13800000001", said="日报\n").exit_code == 1
    assert "星悦城一期" in call("streaks").output
    again = call("end-of-event", "--certificate", str(paper), "--yes")
    assert again.exit_code == 1
    assert "never written over" in again.output


def test_a_new_key_in_the_folder(tmp_path: Path) -> None:
    """The key file changes, and everybody is found and read as before."""
    key = tmp_path / "data" / "secret.key"
    before = key.read_text()
    done = call("rotate-key")
    assert done.exit_code == 0, done.output
    assert key.read_text() != before
    assert "F1124-01" in call("chat", "--as", "13800000001", said="病例\n").output


def test_a_key_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The new one is given beside it; too short a one is refused; afterwards only the new one opens anything."""
    old = Path("data/secret.key").read_text().strip()
    monkeypatch.setenv("WUYI_SECRET_KEY", old)
    assert call("rotate-key").exit_code == 1
    monkeypatch.setenv("WUYI_NEW_SECRET_KEY", NEW)
    done = call("rotate-key")
    assert done.exit_code == 0, done.output
    assert call("chat", "--as", "13800000001", said="病例\n").exit_code == 1
    monkeypatch.setenv("WUYI_SECRET_KEY", NEW)
    assert "F1124-01" in call("chat", "--as", "13800000001", said="病例\n").output
