"""What is backed up comes back, from either database into either, and nothing that was deleted before."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import insert, inspect, select, text, update

from bot.store import audit, ending, retention
from bot.store.backup import saving
from bot.store.backup.manifest import BackupError, UnfitError
from bot.store.backup.reading import opened
from bot.store.backup.writing import ALIVE
from bot.store.crypto import Keyring, WrongKeyError
from bot.store.database import Database
from bot.store.schema import check, upgrade
from bot.store.tables import named
from scheduler.presence import PREFIX
from tests.privacy.planted import plant
from tests.privacy.test_kept import sealed
from tests.store.backups import everything, restore, rows, save, settle, store
from tests.store.servers import BACKENDS, Postgres
from tests.store.test_upgrade import at_first
from tests.talking import Talk
from tests.town import KEYRING, NOW, RULES
from tests.web.town import PNG

OTHER = Keyring(b"another secret of the tests, as long as the first")


@pytest.fixture
def there(database: Database) -> Database:
    """A town in tables that were migrated, on each database in turn."""
    settle(database)
    return database


@pytest.fixture
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Another machine's database, without tables: SQLite, unless the test says which."""
    if getattr(request, "param", "sqlite") == "sqlite":
        with closing(Database(f"sqlite:///{tmp_path / 'other' / 'wuyi.db'}")) as made:
            yield made
        return
    server: Postgres = request.getfixturevalue("postgres")
    with closing(Database(server.url())) as made:
        yield made
    server.drop(made)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "town.zip"


@pytest.mark.parametrize("target", BACKENDS, indirect=True)
def test_every_row_comes_back(there: Database, target: Database, file: Path, tmp_path: Path) -> None:
    """From either into either: what the program reads of it is the same, to the last row, and it goes on counting."""
    made = save(there, file, tmp_path)
    before = rows(there)
    done = restore(target, file, tmp_path / "other")
    check(target)
    assert rows(target) == before
    assert made.rows == sum(map(len, before.values()))
    assert (done.replaced, done.doubtful, done.ended) == (False, 0, False)
    with target.read() as connection:
        assert audit.verify(connection) is None
        if target.sqlite:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    row = {"day": NOW.date(), "recorded_at": NOW, "late": False, "source": "chat"}
    new = insert(named("filing")).values(row).returning(named("filing").c.id)
    number = target.write(lambda connection: connection.execute(new).scalar_one())
    assert number == 1 + len(before["filing"])


@pytest.mark.parametrize("target", BACKENDS, indirect=True)
def test_an_earlier_release_is_backed_up_and_brought_up_to_date(
    empty: Database, target: Database, file: Path, tmp_path: Path
) -> None:
    """Before an upgrade, with the new program; its rows are migrated on the way in."""
    at_first(empty)
    assert save(empty, file, tmp_path).migration == "0001"
    restore(target, file, tmp_path / "other")
    check(target)
    with target.read() as connection:
        assert connection.execute(text("SELECT code, person FROM case_")).all() == [("F1124-01", 1)]


async def test_pictures_come_along(there: Database, target: Database, file: Path, tmp_path: Path) -> None:
    """Sealed as they are; one of which the file is gone is counted, and a file that no row knows stays behind."""
    pictures = store(there, tmp_path)
    kept, second, third, lost = [await pictures.keep(PNG) for _ in range(4)]
    (pictures.folder / lost).unlink()
    (pictures.folder / ("f" * 32)).write_bytes(b"of nobody")
    made = save(there, file, tmp_path)
    assert (made.pictures, made.missing) == (3, 1)
    there_now = store(target, tmp_path / "other")
    there_now.folder.mkdir(parents=True)
    (there_now.folder / kept).write_bytes(b"sealed by another key meanwhile")
    restore(target, file, tmp_path / "other")
    for name in (kept, second, third):
        assert there_now.load(name) == pictures.load(name)
    assert {path.name for path in there_now.folder.iterdir()} == {kept, second, third}
    assert stat.S_IMODE((there_now.folder / kept).stat().st_mode) == 0o600


async def test_what_was_purged_is_in_no_backup_made_since(there: Database, file: Path, tmp_path: Path) -> None:
    """Not in its bytes and not in what they unpack to, whatever free pages and the log still hold."""
    talk = Talk(there)
    pictures = store(there, tmp_path)
    name = await pictures.keep(PNG)
    await plant(talk)
    there.write(lambda connection: connection.execute(update(named("photo")).values(media=name)))
    for said in ("/case F1124-01", "医学排除", "今天", "提交"):
        await talk.write("wang", said)
    planted, picture = sealed(there), (pictures.folder / name).read_bytes()
    save(there, file, tmp_path)
    assert all(packed(value) in unpacked(file) for value in planted)
    assert picture in unpacked(file)
    later = talk.now + timedelta(days=RULES.retention_days + 40)
    purged = there.write(lambda connection: retention.purge(connection, pictures, RULES, later))
    pictures.discard(purged.media)
    after = tmp_path / "after.zip"
    save(there, after, tmp_path)
    gone = planted - sealed(there)
    assert len(gone) > 10
    assert not [value for value in gone if packed(value) in unpacked(after) or value in after.read_bytes()]
    assert picture not in unpacked(after)
    assert not [each for each in (b"13911112222", "隐姓名".encode(), KEYRING_SECRET) if each in unpacked(file)]


KEYRING_SECRET = b"a secret of the tests, long enough to be one"


def packed(value: bytes) -> bytes:
    """Sealed bytes as a line of a backup has them."""
    from bot.store.backup.rows import line  # noqa: PLC0415 - what is tested

    return line([value]).strip(b'[]"\n')


def unpacked(path: Path) -> bytes:
    """All that a backup holds."""
    with ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


async def test_an_old_backup_is_purged_before_anything_is_served(
    there: Database, target: Database, file: Path, tmp_path: Path
) -> None:
    """What is past its term by the day on which it is restored does not come back, and no picture of it either."""
    talk = Talk(there)
    pictures = store(there, tmp_path)
    name = await pictures.keep(PNG)
    await plant(talk)
    there.write(lambda connection: connection.execute(update(named("photo")).values(media=name)))
    for case in ("F1124-01", "M1124-01", "K1124-01"):
        for said in (f"/case {case}", "医学排除", "今天", "提交"):
            await talk.write("wang", said)
    planted = sealed(there)
    save(there, file, tmp_path)
    later = talk.now + timedelta(days=RULES.retention_days + 40)
    done = restore(target, file, tmp_path / "other", now=later)
    assert done.purged["case_details"] > 0
    assert not planted & sealed(target)
    assert not store(target, tmp_path / "other").folder.exists()
    if target.sqlite:
        disk = b"".join(path.read_bytes() for path in (tmp_path / "other").rglob("*") if path.is_file())
        assert not [value for value in planted if value in disk]


def test_a_newer_one_is_refused(there: Database, target: Database, file: Path, tmp_path: Path) -> None:
    """With its mend, before anything is touched."""
    there.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    save(there, file, tmp_path)
    with pytest.raises(UnfitError, match=r"made by a newer wuyi .*9999.*; upgrade the program"):
        restore(target, file, tmp_path / "other")
    nothing(target)


def nothing(database: Database) -> None:
    """The database has no table."""
    with database.read() as connection:
        assert inspect(connection).get_table_names() == []


def test_another_key_is_refused(there: Database, target: Database, file: Path, tmp_path: Path) -> None:
    """On the way in by its fingerprint; on the way out, for it would be a backup that nobody can read."""
    save(there, file, tmp_path)
    with pytest.raises(UnfitError, match="sealed with another secret key"):
        restore(target, file, tmp_path / "other", keyring=OTHER)
    nothing(target)
    with pytest.raises(WrongKeyError):
        save(there, tmp_path / "wrong.zip", tmp_path, OTHER)
    assert not (tmp_path / "wrong.zip").exists()


def test_a_database_that_is_not_empty_is_kept(there: Database, file: Path, tmp_path: Path) -> None:
    """Unless it is to be replaced; then a copy is made first, and everything of it is gone."""
    save(there, file, tmp_path)
    before = rows(there)
    there.write(lambda connection: connection.execute(update(named("place")).values(name="改了")))
    with pytest.raises(BackupError, match="the database is not empty; --replace"):
        restore(there, file, tmp_path)
    copies: list[dict[str, object]] = []
    done = restore(there, file, tmp_path, safety=lambda: copies.append(dict(rows(there))))
    assert done.replaced
    assert rows(there) == before != copies[0]


def test_a_running_bot_is_refused(there: Database, file: Path, tmp_path: Path) -> None:
    """As long as its lease holds, replacing or not; and what it has done since the backup cannot be passed over."""
    assert ALIVE == PREFIX
    lease = {"name": f"{ALIVE}p", "holder": "p", "fence": 1, "until": NOW + timedelta(seconds=1)}
    save(there, file, tmp_path)
    there.write(lambda connection: connection.execute(insert(named("lease")), lease))
    with pytest.raises(BackupError, match="the bot is running on this database; stop it"):
        restore(there, file, tmp_path, safety=lambda: None)
    saving.save(file, lambda _: None, force=True)
    save(there, tmp_path / "running.zip", tmp_path)
    with pytest.raises(BackupError, match="was running when this backup was made"):
        restore(there, tmp_path / "running.zip", tmp_path, safety=lambda: None)
    restore(there, tmp_path / "running.zip", tmp_path, now=NOW + timedelta(minutes=1), safety=int, doubt=lambda _: 0)
    with there.read() as connection:
        assert connection.execute(select(named("lease"))).all() == []


def test_what_the_end_of_the_event_deleted_stays_deleted(there: Database, file: Path, tmp_path: Path) -> None:
    """A backup of before is refused over the database that ended; one of after is not."""
    save(there, file, tmp_path)
    there.write(lambda connection: ending.end(connection, KEYRING, NOW + timedelta(hours=1), keep_roster=False))
    with pytest.raises(BackupError, match="the event was ended here on 2026-11-24, after this backup was made"):
        restore(there, file, tmp_path, safety=int, now=NOW + timedelta(hours=2))


def test_a_failure_leaves_everything_as_it_was(there: Database, file: Path, tmp_path: Path) -> None:
    """Whatever goes wrong at the last step: not a row and not a picture of the backup is there."""
    save(there, file, tmp_path)
    there.write(lambda connection: connection.execute(update(named("place")).values(name="改了")))
    with there.read() as connection:
        before = everything(connection)

    def fail(_: object) -> int:
        message = "the last step"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="the last step"):
        restore(there, file, tmp_path, safety=int, doubt=fail)
    with there.read() as connection:
        assert everything(connection) == before
    check(there)


def test_tables_that_somebody_else_keeps_there_stay(there: Database, file: Path, tmp_path: Path) -> None:
    """They are in no backup, and no restore drops them."""
    there.write(lambda connection: connection.execute(text("CREATE TABLE theirs (id INTEGER)")))
    assert "theirs" not in save(there, file, tmp_path).tables
    restore(there, file, tmp_path, safety=int)
    with there.read() as connection:
        assert "theirs" in inspect(connection).get_table_names()


def test_an_empty_database_with_tables_is_empty(target: Database, there: Database, file: Path, tmp_path: Path) -> None:
    """After ``wuyi init`` on the new machine it may be restored into."""
    save(there, file, tmp_path)
    target.write(upgrade)
    done = restore(target, file, tmp_path / "other")
    assert not done.replaced
    assert rows(target) == rows(there)


def test_without_a_key_only_damage_is_found(there: Database, file: Path, tmp_path: Path) -> None:
    """As on the machine that keeps the backups, and nothing else."""
    save(there, file, tmp_path)
    with opened(file, None) as backup:
        backup.check()
        assert backup.manifest.rows > 200
