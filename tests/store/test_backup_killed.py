"""A backup is one moment, whoever writes meanwhile; a kill in its midst, or in a restore's, leaves all as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.store.backup import saving, writing
from bot.store.database import Database
from bot.store.tables import named
from tests.store.backups import everything, restore, rows, save, settle
from tests.town import KEYRING, NOW

ROOT = Path(__file__).parents[2]
MORE = 40


@pytest.fixture
def there(database: Database) -> Database:
    """A town in tables that were migrated, on each database in turn."""
    settle(database)
    return database


@contextmanager
def child(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of its own, killed at the end."""
    command = [sys.executable, "-m", "tests.store.backup_child", *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload] # two pipes
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


def url_of(database: Database) -> str:
    """As another process may have it."""
    return database.engine.url.render_as_string(hide_password=False)


def test_one_moment_while_others_write(there: Database, tmp_path: Path) -> None:
    """Writers go on as if nobody read; of what they write after the moment nothing is in it, of before everything."""
    seen: list[int] = []
    with child("writes", url_of(there)) as process:

        def acknowledged(count: int) -> int:
            assert process.stdout is not None
            seen.extend(int(process.stdout.readline()) for _ in range(count))
            return seen[-1]

        first = acknowledged(MORE)

        def clock() -> object:
            # The moment is fixed; now as many again are written, committed and acknowledged, before a row is read.
            acknowledged(MORE)
            return NOW

        made = saving.save(
            tmp_path / "town.zip",
            lambda file: writing.write(there, KEYRING, tmp_path, clock, file),  # type: ignore[arg-type] # a clock
        )
    restored = Database(f"sqlite:///{tmp_path / 'restored.db'}")
    restore(restored, tmp_path / "town.zip", tmp_path / "restored")
    found = rows(restored)
    restored.close()
    attempts = sorted(int(row[2]) for row in found["attempt"])
    works = sorted(int(row[3]) for row in found["work_count"])
    assert attempts == works == list(range(len(attempts)))
    assert first < len(attempts) < seen[-1]
    assert made.tables["attempt"].rows == len(attempts)


def test_a_kill_leaves_no_half_backup(tmp_path: Path) -> None:
    """What was there stays; the draft that is left is removed by a later backup, once nobody can be at it."""
    file = tmp_path / "town.zip"
    file.write_bytes(b"yesterday's")
    with child("saves", "", str(file)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
    assert file.read_bytes() == b"yesterday's"
    (draft,) = (path for path in tmp_path.iterdir() if path != file)
    assert draft.name.startswith(".town.zip.")
    saving.save(file, lambda to: to.write(b"today's"), force=True)
    assert draft.exists(), "another process may still be writing it"
    long_ago = draft.stat().st_mtime - 2 * saving.LEFT
    os.utime(draft, (long_ago, long_ago))
    saving.save(file, lambda to: to.write(b"today's"), force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["town.zip"]


def test_a_kill_in_the_midst_of_a_restore(there: Database, tmp_path: Path) -> None:
    """With every row of the backup in its place and nothing committed: all is as before, and a second one works."""
    save(there, tmp_path / "town.zip", tmp_path)
    whole = rows(there)
    there.write(lambda connection: connection.execute(update(named("place")).values(name="改了")))
    with there.read() as connection:
        before = everything(connection)
    there.engine.dispose()
    with child("restores", url_of(there), str(tmp_path / "town.zip")) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
    with there.read() as connection:
        assert everything(connection) == before
        assert connection.execute(select(named("place").c.name).distinct()).all() == [("改了",)]
    restore(there, tmp_path / "town.zip", tmp_path, safety=int)
    assert rows(there) == whole
