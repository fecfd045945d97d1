"""A new file that is there whole, or not at all, and that nobody else can read."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

from bot.store.backup.manifest import BackupError

T = TypeVar("T")
LEFT = 3600
"""After so many seconds without a byte a draft belongs to nobody: its program was killed."""


def save(path: Path, write: Callable[[IO[bytes]], T], *, force: bool = False) -> T:
    """Let ``write`` fill the file; it has its name once it is on the disk. What ``write`` gives.

    Without ``force`` nothing is written over. A draft that a kill left is removed by the next call for the same name.

    Raises:
        BackupError: the file is there already.
        OSError: the disk did not take it; nothing is left of it.
    """
    if path.exists() and not force:
        raise _there(path)
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)  # for this user only
    draft = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            _sweep(path, draft)
            made = write(file)
            file.flush()
            os.fsync(file.fileno())
        _name(draft, path, force=force)
    finally:
        draft.unlink(missing_ok=True)
    _flush(path.parent)
    return made


def _name(draft: Path, path: Path, *, force: bool) -> None:
    if not force:
        try:
            path.hardlink_to(draft)  # fails where another program was quicker
        except FileExistsError as why:
            raise _there(path) from why
        except OSError:  # a file system without links
            if path.exists():
                raise _there(path) from None
        else:
            return
    draft.replace(path)


def _there(path: Path) -> BackupError:
    return BackupError(f"{path} is there already; name another file, or write over it with --force")


def _sweep(path: Path, draft: Path) -> None:
    """Remove the drafts of those who were killed; by the file system's own clock."""
    now = draft.stat().st_mtime
    for left in path.parent.glob(f".{_literal(path.name)}.*.part"):
        with contextlib.suppress(FileNotFoundError):
            if now - left.stat().st_mtime > LEFT:
                left.unlink()


def _literal(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _flush(folder: Path) -> None:
    with contextlib.suppress(OSError):  # Windows cannot flush a folder, and needs not
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
