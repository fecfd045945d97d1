"""A backup is opened, and known to be whole before anything is done with it."""

from __future__ import annotations

import hashlib
import lzma
import struct
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from bot.store.backup import rows
from bot.store.backup.manifest import MANIFEST, PICTURES, SEAL, Manifest, UnfitError, part, read
from bot.store.media import NAME

if TYPE_CHECKING:
    from bot.store.crypto import Keyring

CHUNK = 1 << 20
LARGEST = 1 << 24
"""No manifest and no picture has more bytes; a few can claim to unpack to any number."""
BROKEN = (
    BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error, EOFError, LookupError, ValueError,
    RuntimeError,
)  # fmt: skip
"""What the libraries raise at a file that is not whole."""


@contextmanager
def _whole() -> Iterator[None]:
    try:
        yield
    except (*BROKEN, OSError) as why:
        if getattr(why, "filename", None) is not None:  # not found, or not ours to read
            raise
        message = "it is no backup of wuyi, or was cut short or damaged: use another one"
        raise UnfitError(message) from why


class Backup:
    """An open backup with the manifest that it bears."""

    def __init__(self, archive: ZipFile, keyring: Keyring | None) -> None:
        """Read the manifest; see ``manifest.read`` for what it raises."""
        self._archive = archive
        with _whole():
            self.manifest: Manifest = read(self._small(MANIFEST), self._small(SEAL), keyring)

    def _small(self, name: str) -> bytes:
        if self._archive.getinfo(name).file_size > LARGEST:
            message = f"its {name} is too large to be one; it is no backup of wuyi"
            raise UnfitError(message)
        return self._archive.read(name)

    def check(self) -> None:
        """Read every part, and compare it with what the manifest says of it.

        Raises:
            UnfitError: something is missing, more, or other than it was.
        """
        parts = self.manifest.parts
        expected = {*map(part, self.manifest.tables), PICTURES}
        if expected != parts.keys() or {*parts, MANIFEST, SEAL} != set(self._archive.namelist()):
            message = "its parts are not those that it names; it was damaged or changed: use another one"
            raise UnfitError(message)
        for name, known in parts.items():
            digest = hashlib.sha256()
            with _whole(), self._archive.open(name) as file:
                while data := file.read(CHUNK):
                    digest.update(data)
            if digest.hexdigest() != known:
                message = f"its {name} is not what it was; it was damaged or changed: use another one"
                raise UnfitError(message)

    def rows(self, table: str) -> Iterator[list[Any]]:
        """The rows of a table, in the order of the manifest's columns."""
        with _whole(), self._archive.open(part(table)) as file:
            yield from rows.read(file, tuple(self.manifest.tables[table].columns.values()))

    def pictures(self) -> Iterator[tuple[str, bytes]]:
        """Each picture by its name, sealed."""
        with _whole(), self._archive.open(PICTURES) as file, tarfile.open(fileobj=file, mode="r|") as tar:
            while (entry := tar.next()) is not None:
                data = tar.extractfile(entry)
                if data is not None and NAME.fullmatch(entry.name) and entry.size <= LARGEST:
                    yield entry.name, data.read()
                tar.members.clear()  # type: ignore[attr-defined] # it would remember every one


@contextmanager
def opened(path: Path, keyring: Keyring | None) -> Iterator[Backup]:
    """The backup in this file, for as long as the block runs; without a key only damage is found out.

    Raises:
        UnfitError: it is not whole, not ours, or not of this key.
        OSError: it cannot be read.
    """
    with _whole():
        archive = ZipFile(path)
    with archive:
        yield Backup(archive, keyring)
