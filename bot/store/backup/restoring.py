"""A backup becomes the database: in one transaction, while the bot is stopped, and fit to be served.

The pictures are written before the commit; a kill between the two leaves files that no row knows, which the nightly
deletion removes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, inspect, select, text

from bot.store import audit, figures, media, retention, rotation, schema
from bot.store.backup import loading, writing
from bot.store.backup.manifest import BackupError, UnfitError
from bot.store.compaction import compact
from bot.store.ending import ENDED
from bot.store.tables import named

if TYPE_CHECKING:
    from bot.model import PackRules
    from bot.store.backup.manifest import Manifest
    from bot.store.backup.reading import Backup
    from bot.store.database import Database
    from bot.store.media import MediaStore

RESTORED = "restored"
"""The line in the audit log."""


@dataclass(slots=True)
class Restored:
    """What came of it."""

    replaced: bool = False
    purged: dict[str, int] = field(default_factory=dict)
    doubtful: int = 0
    """Messages of which nobody knows whether they went."""
    ended: bool = False
    """Whether browsers, codes and links were ended."""
    tokens: int = 0
    """API tokens that hold."""


def restore_into(  # noqa: PLR0913 - from where, into what, by which rules, and what is done on the way
    database: Database,
    backup: Backup,
    store: MediaStore,
    rules: Sequence[PackRules],
    now: datetime,
    *,
    doubt: Callable[[Connection], int] | None = None,
    safety: Callable[[], object] | None = None,
) -> Restored:
    """Put the backup into the database, which must be empty unless ``safety`` keeps what is there.

    ``doubt`` sees to what may have been said since; without it the bot has not run since, and goes on as it stood.

    Raises:
        BackupError: the backup is not whole, or the database is not one to restore into.
        OSError: the disk did not take the pictures.
    """
    done = Restored()
    loading.refuse_newer(backup)
    if doubt is None and backup.manifest.running:
        message = "the bot was running when this backup was made, and has gone on since: stop it, and make another one"
        raise BackupError(message)
    backup.check()
    with database.read() as connection:
        _refuse(connection, backup.manifest, now, replacing=safety is not None)
        done.replaced = not loading.empty(connection)
    if done.replaced and safety is not None:
        safety()
    written: list[str] = []
    try:
        with database.engine.begin() as connection:
            schema.alone(connection)
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            _refuse(connection, backup.manifest, now, replacing=safety is not None)
            loading.load(connection, backup)
            _fit(connection, backup.manifest, store, rules, now, done)
            if doubt is not None:
                _end(connection, now, done)
                done.doubtful = doubt(connection)
            audit.record(connection, now, "cli", RESTORED, "database", backup.manifest.made_at.isoformat())
            _pictures(connection, backup, store, written)
    except BaseException:
        store.discard(written)
        raise
    with suppress(
        Exception, KeyboardInterrupt
    ):  # it is restored: what the disk still holds of before goes with the night's deletion
        compact(database, full=done.replaced)
    return done


def _refuse(connection: Connection, manifest: Manifest, now: datetime, *, replacing: bool) -> None:
    there = inspect(connection).get_table_names()
    if writing.alive(connection, now):
        message = "the bot is running on this database; stop it, wait a minute if it was killed, and call this again"
        raise BackupError(message)
    if not replacing and not loading.empty(connection):
        message = "the database is not empty; --replace puts the backup in its place, and keeps what is there in a file"
        raise BackupError(message)
    if "audit" in there:
        over = select(func.max(audit.AUDIT.c.at)).where(audit.AUDIT.c.action == ENDED)
        ended = connection.execute(over).scalar()
        if ended is not None and ended > manifest.made_at:
            message = (
                f"the event was ended here on {ended.astimezone(now.tzinfo):%Y-%m-%d}, after this backup was made: "
                "what was deleted then would come back; delete the backup"
            )
            raise BackupError(message)


def _fit(  # noqa: PLR0913, PLR0917 - a step of the above
    connection: Connection,
    manifest: Manifest,
    store: MediaStore,
    rules: Sequence[PackRules],
    now: datetime,
    done: Restored,
) -> None:
    """See that it is what it was, delete what is past its term by now, work the figures out."""
    broken = audit.verify(connection)
    last = connection.execute(select(audit.AUDIT.c.digest).order_by(audit.AUDIT.c.id.desc()).limit(1)).scalar()
    if broken is not None or (last or audit.GENESIS).hex() != manifest.audit:
        message = "its audit log is not whole; use another one"
        raise UnfitError(message)
    counts = retention.purge(connection, store, rules[0], now).counts
    done.purged = {kind: count for kind, count in counts.items() if count and kind != retention.STAYS}
    figures.refresh(connection, list(rules))
    token = named("api_token")
    holds = (token.c.revoked_at.is_(None), token.c.expires_at > now)
    done.tokens = connection.execute(select(func.count()).where(*holds)).scalar_one()


def _end(connection: Connection, now: datetime, done: Restored) -> None:
    """Whoever signed out since, or used a code, has done so: nobody comes in by what was open then."""
    rotation.end_sessions(connection, now)
    done.ended = True


def _pictures(connection: Connection, backup: Backup, store: MediaStore, written: list[str]) -> None:
    """The files of the pictures that are still known; one that another key has sealed meanwhile is put right."""
    known = set(connection.execute(select(named("media").c.name)).scalars())
    for name, data in backup.pictures():
        path = store.folder / name
        if name not in known or (path.exists() and path.read_bytes() == data):
            continue
        if not path.exists():
            written.append(name)
        media.put(path, data)
