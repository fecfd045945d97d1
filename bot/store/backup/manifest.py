"""What a backup says of itself: whose, of which moment, under which key, and what every part of it must be."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from bot.store import codec
from bot.store.crypto import Keyring

FORMAT = 1
MANIFEST, SEAL, PICTURES = "manifest.json", "manifest.hmac", "media.tar"
SIGNS = 16
"""So many hexadecimal digits name a key: enough to tell two apart, and nothing to find one by."""


class BackupError(Exception):
    """A backup cannot be made or brought back here and now: one sentence with its mend."""


class UnfitError(BackupError):
    """The file itself is not one to be used; the sentence speaks of it as “it”."""


@dataclass(frozen=True, slots=True)
class TableRows:
    """A table as it was: its columns with their kinds (``rows.KINDS``), and how many rows."""

    columns: dict[str, str]
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """All of it; the moment is aware."""

    format: int
    program: str
    migration: str
    made_at: datetime
    database: str
    key: str
    """The fingerprint of the key that sealed what is in it."""
    running: bool
    """Whether the bot was running: then it has gone on since."""
    tables: dict[str, TableRows]
    pictures: int
    missing: int
    """Pictures of which there was a row and no file."""
    audit: str
    """The last digest of the audit log: rows that were cut off its end since are known by it."""
    parts: dict[str, str]
    """By part the SHA-256 of what it holds."""

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(each.rows for each in self.tables.values())


def part(table: str) -> str:
    """Where a table's rows lie in the file."""
    return f"tables/{table}.jsonl"


def fingerprint(keyring: Keyring) -> str:
    """By which a key is told from others, and nothing is learnt of it."""
    return keyring.lookup("wuyi", "fingerprint").hex()[:SIGNS]


def seal(manifest: bytes, keyring: Keyring) -> str:
    """What only somebody with the key can make of this manifest."""
    return keyring.lookup(manifest.decode(), "backup").hex()


def read(text: bytes, sealed: bytes, keyring: Keyring | None) -> Manifest:
    """The manifest, once it is known to be ours; without a key nobody can tell whether it was changed on purpose.

    Raises:
        UnfitError: it does not read, is of a newer program or another key, or was changed.
    """
    try:
        manifest = codec.load(Manifest, text)
    except (ValidationError, UnicodeDecodeError) as why:
        if _newer(text):
            message = "it was made by a newer wuyi; upgrade the program"
            raise UnfitError(message) from why
        message = "its manifest does not read; it is no backup of wuyi, or damaged: use another one"
        raise UnfitError(message) from why
    if manifest.format != FORMAT:
        message = f"it was made by a newer wuyi ({manifest.program}); upgrade the program"
        raise UnfitError(message)
    if keyring is None:
        return manifest
    if manifest.key != fingerprint(keyring):
        message = (
            f"it is sealed with another secret key (fingerprint {manifest.key}, here {fingerprint(keyring)}); "
            "put back the WUYI_SECRET_KEY, or the data folder's secret.key, of that time"
        )
        raise UnfitError(message)
    if not hmac.compare_digest(seal(text, keyring).encode(), sealed.strip()):
        message = "its manifest was changed after it was made; use another one"
        raise UnfitError(message)
    return manifest


def _newer(text: bytes) -> bool:
    try:
        return codec.load(dict[str, object], text).get("format", FORMAT) != FORMAT
    except (ValidationError, UnicodeDecodeError):
        return False
