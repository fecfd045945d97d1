"""``wuyi backup`` and ``wuyi restore`` from the command line, on the sample; what goes wrong is one line."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError

from bot.__main__ import wuyi
from bot.store import audit, house
from bot.store.backup import saving, writing
from bot.store.backup.manifest import BackupError
from bot.store.database import Database
from bot.store.tables import named
from tests.store.test_upgrade import at_first
from tests.town import NOW

ROOT = Path(__file__).parents[2]
SECRET = Path("data/secret.key")


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder with the sample, and somebody who has reported a fever today."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUYI_NOW", "2026-11-24T14:58+08:00")
    assert call("init", "--sample").exit_code == 0
    said = "有异常\n星悦城一期\n发热\n3-2-501\n38.5\n提交\n"
    assert "编号 F1124-01" in call("chat", "--as", "13800000001", said=said).output


def call(*arguments: str, said: str | None = None) -> Result:
    """``wuyi`` with these arguments, and these lines typed."""
    return CliRunner().invoke(wuyi, arguments, input=said)


def refused(*arguments: str) -> str:
    """The one line with which a call fails; nothing on stdout."""
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("Error: ").strip()


def elsewhere(monkeypatch: pytest.MonkeyPatch, *, key: bool = True) -> None:
    """Another machine, with a copy of the key or without."""
    secret = SECRET.read_text()
    monkeypatch.setenv("WUYI_DATA_DIR", "new")
    Path("new").mkdir()
    if key:
        Path("new/secret.key").write_text(secret)


def test_there_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """On another machine people go on where they were; the file is for its owner only, and has no key in it."""
    done = call("backup", "town.zip")
    assert done.exit_code == 0, done.output
    first, second = done.stdout.splitlines()
    assert first.startswith("town.zip: ")
    assert " rows and 0 pictures as of 2026-11-24 14:58:00" in first
    assert second.endswith("is not in it, and nothing opens without: keep data/secret.key in another place")
    assert stat.S_IMODE(Path("town.zip").stat().st_mode) == 0o600
    with ZipFile("town.zip") as archive:
        held = b"".join(archive.read(name) for name in archive.namelist())
    assert SECRET.read_bytes().strip() not in held
    elsewhere(monkeypatch)
    back = call("restore", "town.zip")
    assert back.exit_code == 0, back.output
    assert back.stdout.startswith("restored town.zip: ")
    assert "browsers are signed out" in back.stdout
    assert "F1124-01" in call("chat", "--as", "13800000001", said="病例\n").output


def test_the_last_backup_is_known() -> None:
    """To whoever asks for the bot's health, by the line in the audit log; one that failed leaves none."""
    refused("backup", "none/town.zip")
    assert backups() == []
    assert call("backup", "town.zip").exit_code == 0
    assert backups() == [NOW]


def backups() -> list[object]:
    """When backups were made."""
    with closing(Database("sqlite:///data/wuyi.db")) as database, database.read() as connection:
        query = select(audit.AUDIT.c.at).where(audit.AUDIT.c.action == house.BACKUP)
        assert audit.verify(connection) is None
        return list(connection.execute(query).scalars())


def test_nothing_is_written_over() -> None:
    """Unless it is asked for."""
    Path("town.zip").write_text("something else")
    assert (
        refused("backup", "town.zip") == "town.zip is there already; name another file, or write over it with --force"
    )
    assert Path("town.zip").read_text() == "something else"
    assert call("backup", "town.zip", "--force").exit_code == 0
    assert call("backup", "town.zip", "--verify").exit_code == 0


@pytest.mark.parametrize("path", ["none/town.zip", "/proc/town.zip"])
def test_a_place_that_takes_nothing(path: str) -> None:
    """No such folder, and a file system that nobody can write."""
    assert refused("backup", path).endswith("No such file or directory; nothing was written")


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """A real process that may write no more: one line, exit status 1, and nothing left of it."""
    command = f'ulimit -f 100; exec "{sys.executable}" -m bot backup town.zip'
    run = subprocess.run(  # noqa: S602 - the shell sets the limit
        command,
        shell=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "Error: town.zip: File too large; nothing was written\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_whoever_interrupts_leaves_nothing(monkeypatch: pytest.MonkeyPatch, how: signal.Signals) -> None:
    """Ctrl-C, or a machine that shuts down."""
    monkeypatch.setattr(writing, "write", lambda *_: os.kill(os.getpid(), how))
    assert refused("backup", "town.zip") == "nothing was written"
    assert [path.name for path in Path().iterdir()] == ["data"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_file_system_without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stick from the shop: the backup gets its name all the same, and writes over nothing."""

    def link(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", link)
    assert call("backup", "town.zip").exit_code == 0
    with pytest.raises(BackupError, match="is there already"):
        saving.save(Path("late"), lambda _: Path("late").write_text("another program's"))
    assert Path("late").read_text() == "another program's"


def test_verify_says_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole and of this key; without one the key is not looked at, and none is made."""
    assert call("backup", "town.zip").exit_code == 0
    assert "it is whole, and its key (" in call("backup", "--verify", "town.zip").stdout
    elsewhere(monkeypatch, key=False)
    said = call("backup", "--verify", "town.zip")
    assert said.exit_code == 0
    assert said.stdout.endswith("is at hand was not looked at: there is none here\n")
    assert list(Path("new").iterdir()) == []


def test_what_is_cut_short_or_no_backup_at_all() -> None:
    """Is said to be so, in one line, whichever way it is asked."""
    assert call("backup", "town.zip").exit_code == 0
    whole = Path("town.zip").read_bytes()
    for data in (whole[: len(whole) // 2], whole[:-1], b"", b"no zip at all", whole[:1000] + bytes(200) + whole[1200:]):
        Path("bad.zip").write_bytes(data)
        for arguments in (("backup", "--verify", "bad.zip"), ("restore", "--replace", "bad.zip")):
            assert refused(*arguments).startswith("bad.zip cannot be used: it"), data[:20]
    assert refused("backup", "--verify", "none.zip").startswith("none.zip: No such file")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("tables/place.jsonl", b"2026", b"2025", "its tables/place.jsonl is not what it was"),
        ("media.tar", bytes(8), b"something", "its media.tar is not what it was"),
        ("manifest.json", b"2026-11-24T14:58", b"2026-11-25T14:58", "its manifest was changed after it was made"),
        ("manifest.json", b'"format":1', b'"format":2', "it was made by a newer wuyi (0.1.0); upgrade the program"),
        ("manifest.json", b'"format":1,', b'"format":2,"more":{},', "it was made by a newer wuyi"),
        ("manifest.json", b'"program"', b'"programme"', "its manifest does not read"),
        ("manifest.json", b"", b" " * (1 << 25), "its manifest.json is too large to be one"),
        ("manifest.hmac", b"", b"0", "its manifest was changed after it was made"),
        ("tables/more.jsonl", b"", b"[]", "its parts are not those that it names"),
    ],
)
def test_what_was_changed_on_purpose(name: str, old: bytes, new: bytes, said: str) -> None:
    """A zip that is in order, with something in it that is not what was made."""
    assert call("backup", "town.zip").exit_code == 0
    with ZipFile("town.zip") as made:
        parts = {each: made.read(each) for each in made.namelist()}
    kept = parts.get(name, b"")
    parts[name] = kept.replace(old, new) if old else kept + new
    assert parts[name] != kept
    with ZipFile("bad.zip", "w", ZIP_DEFLATED) as changed:
        for each, data in parts.items():
            changed.writestr(each, data)
    assert refused("restore", "--replace", "bad.zip").startswith(f"bad.zip cannot be used: {said}")


def test_without_the_key_nothing_is_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is made, for it would be the wrong one; another one is told apart, and neither is named in full."""
    assert call("backup", "town.zip").exit_code == 0
    elsewhere(monkeypatch, key=False)
    said = refused("restore", "town.zip")
    assert said.startswith(
        "there is no secret key here; put the old machine's secret.key into new, or set WUYI_SECRET_KEY"
    )
    assert list(Path("new").iterdir()) == []
    monkeypatch.setenv("WUYI_SECRET_KEY", "another key of the tests, long enough")
    assert refused("restore", "town.zip").startswith("town.zip cannot be used: it is sealed with another secret key")
    assert list(Path("new").iterdir()) == []


def test_what_is_there_is_kept_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is not empty is replaced when it is asked for, and comes back from the copy."""
    assert call("backup", "town.zip").exit_code == 0
    assert call("chat", "--as", "13800000001", said="更正\n").exit_code == 0
    before = messages()
    assert refused("restore", "town.zip").startswith("the database is not empty; --replace")
    done = call("restore", "--replace", "town.zip")
    assert done.exit_code == 0, done.output
    copy = Path("data/before-restore-20261124-145800.zip")
    assert f"what was there before is in {copy}" in done.stdout
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert messages() < before
    monkeypatch.setenv("WUYI_NOW", "2026-11-24T15:00+08:00")
    assert call("restore", "--replace", str(copy)).exit_code == 0
    assert messages() == before


def messages() -> int:
    """How many arrived."""
    with closing(Database("sqlite:///data/wuyi.db")) as database, database.read() as connection:
        return len(connection.execute(select(named("inbox").c.id)).all())


def test_a_bot_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is to be stopped before a restore, and before a backup with which one moves."""
    lease = {"name": "post:p", "holder": "p", "fence": 1, "until": NOW + timedelta(seconds=40)}
    with closing(Database("sqlite:///data/wuyi.db")) as database:
        database.write(lambda connection: connection.execute(insert(named("lease")), lease))
    assert call("backup", "town.zip").exit_code == 0
    assert refused("restore", "--replace", "town.zip").startswith("the bot is running on this database; stop it")
    elsewhere(monkeypatch)
    assert refused("restore", "--moved", "town.zip").startswith("the bot was running when this backup was made")
    assert call("restore", "town.zip").exit_code == 0


def test_a_key_that_is_being_changed() -> None:
    """Half of everything would be sealed with the other one."""
    SECRET.write_text(f"{'n' * 40}\nbefore:{SECRET.read_text()}")
    assert refused("backup", "town.zip").startswith("the secret key is being changed; finish that first")


def test_a_database_that_is_damaged() -> None:
    """Is moved away by hand, as the line says; then there is none, and the backup is put there."""
    assert call("backup", "town.zip").exit_code == 0
    for each in Path("data").glob("wuyi.db*"):
        each.unlink()
    Path("data/wuyi.db").write_bytes(b"no database at all, but as long as a page of one may be" * 99)
    for arguments in (("restore", "town.zip"), ("restore", "--replace", "town.zip")):
        assert refused(*arguments).startswith("data/wuyi.db is not a database, or is damaged; move it away")
    Path("data/wuyi.db").rename("damaged.db")
    assert call("restore", "town.zip").exit_code == 0
    assert refused("restore", "none.zip") == "none.zip: No such file or directory; nothing was changed"


def test_a_backup_that_could_not_be_noted_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is there and whole, and the operator knows that the bot does not know of it."""

    def fail(*_: object) -> None:
        raise OperationalError(None, None, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(audit, "record", fail)
    assert refused("backup", "town.zip") == (
        "town.zip is written, and whole; but the database could not note it down (OperationalError)"
    )
    assert call("backup", "--verify", "town.zip").exit_code == 0


def test_before_an_upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    """The new program backs up what the old one left, before it migrates it."""
    elsewhere(monkeypatch)
    with closing(Database("sqlite:///new/wuyi.db")) as database:
        at_first(database)
    assert "older than this program" in refused("streaks")
    done = call("backup", "old.zip")
    assert done.exit_code == 0, done.output
    assert "(sqlite, 0001)" in done.stdout
    assert call("migrate").exit_code == 0
    assert call("restore", "--replace", "old.zip").exit_code == 0
    assert "星悦城一期" in call("streaks").stdout


def test_nothing_to_back_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no database, or none that was ever used."""
    monkeypatch.setenv("WUYI_DATA_DIR", "new")
    assert refused("backup", "town.zip").startswith("there is no database yet at new/wuyi.db")
    assert call("migrate").exit_code == 0
    assert refused("backup", "town.zip") == "there is no secret key yet in new: there is nothing to back up"
