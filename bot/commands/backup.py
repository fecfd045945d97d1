"""``wuyi backup`` and ``wuyi restore``: one moment of everything in one file, and the way back."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

import click
import psycopg
from sqlalchemy.exc import DatabaseError

from bot.app import Bot
from bot.clock import clock_of
from bot.commands.refuse import connect, opened, read_settings, refusals
from bot.scoring import packs
from bot.settings import KEY_FILE, Settings
from bot.store.backup import keeping, loading, reading
from bot.store.backup.manifest import BackupError, Manifest, UnfitError
from bot.store.backup.reading import Backup
from bot.store.backup.restoring import Restored, restore_into
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.schema import MissingError, check
from scheduler import restored as since

MIB = 2**20


@contextmanager
def _spoken(interrupted: str, path: Path) -> Iterator[None]:
    """Say in one line what went wrong; being stopped, by whichever signal, is one of the things that do.

    Raises:
        click.ClickException: in place of what the block raised.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with refusals():
            yield
    except UnfitError as why:
        message = f"{path} cannot be used: {why}"
        raise click.ClickException(message) from why
    except BackupError as why:
        raise click.ClickException(str(why)) from why
    except KeyboardInterrupt as why:
        raise click.ClickException(interrupted) from why
    except OSError as why:
        where = why.filename or path
        message = f"{where}: {why.strerror or why}; {interrupted}"
        raise click.ClickException(message) from why
    except (DatabaseError, psycopg.Error) as why:
        said = str(getattr(why, "orig", why)).strip().partition("\n")[0]
        message = f"the database does not go on: {said}; {interrupted}"
        raise click.ClickException(message) from why
    finally:
        signal.signal(signal.SIGTERM, before)


def _clock(settings: Settings) -> Callable[[], datetime]:
    try:
        return clock_of(settings)
    except ValueError as why:
        raise click.ClickException(str(why)) from why


def _keyring(settings: Settings) -> Keyring | None:
    """The key, if there is one; none is made."""
    if settings.secret_key is None and not (settings.data_dir / KEY_FILE).exists():
        return None
    return Keyring(settings.secret())


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--verify", is_flag=True, help="Only look whether the backup in FILE is whole and of this key.")
def backup(file: Path, *, force: bool, verify: bool) -> None:
    """Write everything, as of one moment, into FILE; the bot may go on meanwhile. The secret key is not in it."""
    settings = read_settings()
    if verify:
        _verify(file, settings)
        return
    clock = _clock(settings)
    with _spoken("nothing was written", file), opened(settings, older=True) as database:
        if _keyring(settings) is None:
            message = f"there is no secret key yet in {settings.data_dir}: there is nothing to back up"
            raise BackupError(message)
        made = keeping.keep(database, _bot(settings, clock, database).media, clock, file, force=force)
    click.echo(_told(file, made))
    where = "WUYI_SECRET_KEY" if settings.secret_key is not None else settings.data_dir / KEY_FILE
    click.echo(f"the secret key ({made.key}) is not in it, and nothing opens without: keep {where} in another place")
    if made.missing:
        click.echo(f"{made.missing} pictures are in the database, and not in {settings.media_dir}", err=True)


def _told(file: Path, made: Manifest) -> str:
    size = file.stat().st_size / MIB
    return (
        f"{file}: {made.rows} rows and {made.pictures} pictures as of {made.made_at:%Y-%m-%d %H:%M:%S}, "
        f"{size:.1f} MiB ({made.database}, {made.migration})"
    )


def _verify(file: Path, settings: Settings) -> None:
    with _spoken("nothing was looked at", file):
        keyring = _keyring(settings)
        with reading.opened(file, keyring) as found:
            found.check()
            loading.refuse_newer(found)
            made = found.manifest
    click.echo(_told(file, made))
    if keyring is None:
        click.echo(f"it is whole; whether its key ({made.key}) is at hand was not looked at: there is none here")
    else:
        click.echo(f"it is whole, and its key ({made.key}) is the one in use")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Put it in the place of what is there, which is backed up first.")
@click.option("--moved", is_flag=True, help="The bot was stopped before the backup and has not run since.")
def restore(file: Path, *, replace: bool, moved: bool) -> None:
    """Put the backup in FILE into an empty database, SQLite or PostgreSQL; all of it or nothing. Stop the bot first.

    What is past its term is deleted at once. What waited to be sent, or became due since, may have gone out: it is
    left to `wuyi outbox`. After a move (--moved) it goes out, and browsers stay signed in.
    """
    settings = read_settings()
    clock = _clock(settings)
    with _spoken("nothing was changed", file):
        keyring = _keyring(settings)
        with reading.opened(file, keyring) as found:
            if keyring is None:
                message = (
                    f"there is no secret key here; put the old machine's {KEY_FILE} into {settings.data_dir}, or set "
                    f"WUYI_SECRET_KEY (fingerprint {found.manifest.key})"
                )
                raise BackupError(message)
            safety = settings.data_dir / f"before-restore-{clock():%Y%m%d-%H%M%S}.zip"
            done = _bring_back(found, settings, clock, safety if replace else None, moved=moved)
            made = found.manifest
    _say(file, made, done, safety if done.replaced else None)


def _bring_back(
    found: Backup, settings: Settings, clock: Callable[[], datetime], safety: Path | None, *, moved: bool
) -> Restored:
    with closing(connect(settings)) as database:
        with suppress(MissingError):  # there may be none yet, but not one that is damaged or newer
            check(database, older=True)
        bot = _bot(settings, clock, database)
        return restore_into(
            database,
            found,
            bot.media,
            (bot.rules, *bot.packs),
            clock(),
            doubt=None if moved else lambda connection: since.doubt(connection, bot.tools, clock()),
            safety=None if safety is None else lambda: keeping.copy(database, bot.media, clock, safety),
        )


def _bot(settings: Settings, clock: Callable[[], datetime], database: Database) -> Bot:
    try:
        return Bot(settings, clock, [packs.load(name) for name in settings.packs], database)
    except ValueError as why:
        raise click.ClickException(str(why)) from why


def _say(file: Path, made: Manifest, done: Restored, safety: Path | None) -> None:
    click.echo(f"restored {_told(file, made)}")
    if safety is not None:
        click.echo(f"what was there before is in {safety}")
    gone = sum(done.purged.values())
    if gone:
        click.echo(f"{gone} rows were past their term by now, and are deleted")
    if done.doubtful:
        click.echo(f"{done.doubtful} messages may have gone out before: `wuyi outbox --state uncertain`")
    if done.ended:
        click.echo("browsers are signed out, codes and links that were not used are void")
    if done.tokens:
        click.echo(f"{done.tokens} API tokens hold as they did then: `wuyi token list`; revoke again what was revoked")
