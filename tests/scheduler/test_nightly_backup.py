"""The bot's own backup, every night once, after what is past its term has gone; the last few stay."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import delete, select

from bot.app import Bot
from bot.scoring import packs
from bot.settings import Settings
from bot.store import audit, house
from bot.store.backup.keeping import Nightly
from bot.store.backup.reading import opened
from bot.store.database import Database
from bot.store.tables import named
from scheduler.jobs import House
from tests.scheduler.remindings import Reminded, moment
from tests.store.backups import settle, store
from tests.town import KEYRING, NOW


def night(database: Database, folder: Path, backups: Nightly | None) -> House:
    """The house's jobs, as a process of its own has them."""
    people = Reminded(database)
    return House(database, people.tools, store(database, folder), lambda: None, backups=backups)


def test_one_a_night_and_the_last_few_stay(database: Database, tmp_path: Path) -> None:
    """Not before three; once, however many processes tick; each is whole and noted down; other files are let be."""
    settle(database)
    folder = tmp_path / "backups"
    for at in ("2026-11-24 02:59", "2026-11-24 03:00", "2026-11-24 03:01", "2026-11-25 03:00", "2026-11-26 12:00"):
        for _ in range(2):
            night(database, tmp_path, Nightly(folder, 2)).back_up(moment(at))
        folder.mkdir(exist_ok=True)
        (folder / "wuyi-of-mine.zip").touch()
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["wuyi-2026-11-25.zip", "wuyi-2026-11-26.zip", "wuyi-of-mine.zip"]
    with opened(folder / names[1], KEYRING) as backup:
        backup.check()
        assert backup.manifest.made_at == moment("2026-11-26 12:00")
    with database.read() as connection:
        made = connection.execute(select(audit.AUDIT.c.actor).where(audit.AUDIT.c.action == house.BACKUP)).scalars()
        assert list(made) == ["app"] * 3


def test_none_where_it_was_not_asked_for(town: Database, tmp_path: Path) -> None:
    """Nothing is written, and nothing noted down."""
    night(town, tmp_path, None).back_up(NOW)
    with town.read() as connection:
        assert house.last_backup(connection) is None


def test_after_what_is_past_its_term_has_gone(town: Database, tmp_path: Path) -> None:
    """The deletion of the same night stands before it."""
    names = [job.name for job in night(town, tmp_path, None).jobs()]
    assert names.index("retention") < names.index("backup")


def test_it_is_a_setting(database: Database, tmp_path: Path) -> None:
    """``WUYI_BACKUP_DIR``; without it the house makes none."""
    rules = [packs.load("default")]
    for folder in (None, tmp_path / "backups"):
        settings = Settings(
            data_dir=tmp_path, backup_dir=folder, secret_key=SecretStr("a key of the tests, long enough")
        )
        bot = Bot(settings, lambda: NOW, rules, database)
        assert bot.tick._lease is not None
        assert bot.tick._lease.hold(NOW)
        bot.house.back_up(NOW)
        assert (tmp_path / "backups" / "wuyi-2026-11-24.zip").exists() is (folder is not None)
        database.write(lambda connection: connection.execute(delete(named("lease"))))
