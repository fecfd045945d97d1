"""A backup is made: every row as of one moment, while others go on writing, then the pictures that those rows name."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import Connection, Table, inspect, select, text

from bot.store import audit, codec, keycheck
from bot.store.backup import rows
from bot.store.backup.manifest import FORMAT, MANIFEST, PICTURES, SEAL, Manifest, TableRows, fingerprint, part, seal
from bot.store.tables import named

if TYPE_CHECKING:
    from bot.store.crypto import Keyring
    from bot.store.database import Database

ALIVE = "post:"
"""How the leases begin of processes that send (``scheduler.presence``)."""
LEVEL = 3
"""Of compression: a higher one takes twice the time for a tenth less."""
ROWS = 2000
"""So many rows are in memory."""
PATIENCE = "10min"
"""So long PostgreSQL waits for the disk that we write to, before it ends our transaction."""


class _Part:
    """A part of the file that is being written, and its digest."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._file.write(data)


def write(
    database: Database, keyring: Keyring, folder: Path, clock: Callable[[], datetime], file: IO[bytes]
) -> Manifest:
    """Write all of it to ``file``; ``folder`` has the pictures. Memory does not grow with what there is.

    Raises:
        WrongKeyError: the database is sealed with another key.
        OSError: the disk did not take it, or a picture cannot be read.
    """
    parts: dict[str, str] = {}
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        with database.read() as connection:
            if not database.sqlite:
                connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{PATIENCE}'"))
            # The first question fixes the moment; what is committed from here on is not seen.
            migration = str(connection.scalar(text(f"SELECT version_num FROM {rows.VERSION}")))  # noqa: S608 - a name of ours
            made_at = clock()
            keycheck.matches(connection, keyring)
            tables = {table.name: _rows(archive, connection, table, parts) for table in rows.tables(connection)}
            names = list(connection.execute(select(named("media").c.name)).scalars())
            last = connection.execute(select(audit.AUDIT.c.digest).order_by(audit.AUDIT.c.id.desc()).limit(1)).scalar()
            running = alive(connection, made_at)
        pictures = _pictures(archive, folder, names, parts)
        manifest = Manifest(
            FORMAT, version("wuyi"), migration, made_at, database.engine.dialect.name, fingerprint(keyring), running,
            tables, pictures, len(names) - pictures, (last or audit.GENESIS).hex(), parts,
        )  # fmt: skip
        said = codec.dump(manifest)
        archive.writestr(MANIFEST, said)
        archive.writestr(SEAL, seal(said, keyring))
    return manifest


def alive(connection: Connection, now: datetime) -> bool:
    """Whether some process is sending from this database, which may be empty, or of an earlier release."""
    lease = named("lease")
    if not inspect(connection).has_table(lease.name):
        return False
    query = select(lease.c.name).where(lease.c.name.startswith(ALIVE), lease.c.until > now)
    return connection.execute(query.limit(1)).first() is not None


def _rows(archive: ZipFile, connection: Connection, table: Table, parts: dict[str, str]) -> TableRows:
    name, count = part(table.name), 0
    with archive.open(name, "w", force_zip64=True) as file:
        to = _Part(file)
        found = connection.execute(select(table), execution_options={"yield_per": ROWS})
        for some in found.partitions():
            to.write(b"".join(map(rows.line, some)))
            count += len(some)
    parts[name] = to.digest.hexdigest()
    return TableRows(rows.columns(table), count)


def _pictures(archive: ZipFile, folder: Path, names: Iterable[str], parts: dict[str, str]) -> int:
    """The files of these pictures; one that was purged since the moment is left out. How many there were."""
    count = 0
    # Sealed bytes do not get smaller.
    with archive.open(ZipInfo(PICTURES), "w", force_zip64=True) as file:
        to = _Part(file)
        with tarfile.open(fileobj=cast("IO[bytes]", to), mode="w|") as tar:
            for name in names:
                with suppress(FileNotFoundError):
                    data = (folder / name).read_bytes()
                    entry = tarfile.TarInfo(name)
                    entry.size, entry.mode = len(data), 0o600
                    tar.addfile(entry, io.BytesIO(data))
                    tar.members.clear()  # type: ignore[attr-defined] # it would remember every one
                    count += 1
    parts[PICTURES] = to.digest.hexdigest()
    return count
