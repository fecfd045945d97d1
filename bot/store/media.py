"""Pictures: checked by decoding, made anew without what they tell of the phone, sealed under a random name."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageOps
from sqlalchemy import Connection, insert

from bot.store import looks, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable
    from datetime import datetime
    from pathlib import Path

    from bot.store.crypto import Keyring
    from bot.store.database import Database

BYTES = 10 * 1024 * 1024
"""The most bytes that are looked at."""
PIXELS = 40_000_000
"""The most pixels that are decoded: a few kilobytes can claim billions."""
SIDE = 2560
"""The longer side of what is kept: a door number stays readable."""
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
AT_ONCE = 2
"""Pictures decoded at the same time: forty million pixels take some 160 MB each."""
NAME = re.compile(r"[0-9a-f]{32}")

TOO_LARGE = "too_large"
NOT_A_PICTURE = "not_a_picture"


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG of our own making."""

    data: bytes
    width: int
    height: int


class MediaStore:
    """A folder of sealed pictures, one file each, and a row for each in ``media``."""

    def __init__(self, folder: Path, keyring: Keyring, database: Database, clock: Callable[[], datetime]) -> None:
        """Nothing is touched before the first picture; the folder is made then."""
        self.folder = folder
        self.keyring = keyring
        self._database = database
        self._clock = clock
        self._room = asyncio.Semaphore(AT_ONCE)

    async def keep(self, data: bytes) -> str:
        """Check, re-encode, seal and store a picture; gives its name once file and row are on disk.

        Raises:
            ValueError: ``too_large``, or ``not_a_picture`` (another format, damaged, cut short).
            OSError: the disk did not take it.
        """
        async with self._room:
            return await asyncio.to_thread(self._keep, data)

    def load(self, name: str) -> bytes:
        """The JPEG kept under ``name``.

        Raises:
            FileNotFoundError: there is none, or ``name`` is not a name of ours.
            WrongKeyError: it was sealed under another secret.
        """
        if not NAME.fullmatch(name):
            message = "not the name of a picture"
            raise FileNotFoundError(message)
        return self.keyring.open_bytes((self.folder / name).read_bytes())

    def strays(self, names: Container[str], before: datetime) -> list[Path]:
        """Files older than ``before`` that no row of ``names`` knows: what a kill between file and row left."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return [
            path
            for path in found
            if path.name not in names and path.is_file() and path.stat().st_mtime < before.timestamp()
        ]

    def discard(self, names: Iterable[str]) -> None:
        """Delete the files of pictures whose rows are gone."""
        for name in names:
            if NAME.fullmatch(name):
                (self.folder / name).unlink(missing_ok=True)

    def _keep(self, data: bytes) -> str:
        picture = remade(data)
        name = secrets.token_hex(16)
        path = self.folder / name
        put(path, self.keyring.seal(picture.data))
        size = {"size": len(picture.data), "width": picture.width, "height": picture.height}
        row = {"name": name, "made_at": self._clock(), **size}
        seen = looks.look(picture.data)

        def job(connection: Connection) -> None:
            connection.execute(insert(tables.Media), row)
            if seen is not None:
                looks.keep(connection, name, seen)

        try:
            self._database.write(job)
        except BaseException:
            path.unlink(missing_ok=True)  # a file that no row knows would outlive every purge
            raise
        return name


def remade(data: bytes) -> Picture:
    """The picture upright, at most ``SIDE`` long, in RGB, without EXIF, GPS, comments or profiles.

    Raises:
        ValueError: ``too_large`` or ``not_a_picture``.
    """
    if len(data) > BYTES:
        raise ValueError(TOO_LARGE)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > PIXELS:
                raise ValueError(TOO_LARGE)  # noqa: TRY301 - goes on as it is, with its own reason
            image.draft("RGB", (SIDE, SIDE))  # lets a JPEG decode small at once
            return _encoded(_flat(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as why:
        raise ValueError(TOO_LARGE) from why
    except ValueError as why:
        if why.args == (TOO_LARGE,):
            raise
        raise ValueError(NOT_A_PICTURE) from why
    except Exception as why:  # decoders fail on hostile bytes in every way: struct.error, SyntaxError, IndexError…
        raise ValueError(NOT_A_PICTURE) from why


def _flat(image: Image.Image) -> Image.Image:
    """Upright, small enough, and on white where it was transparent."""
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in {"RGB", "L"}:
        upright = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
    upright.thumbnail((SIDE, SIDE))
    # Pixels only, onto a sheet of our own: comments, XMP and the like ride along in ``info`` otherwise.
    sheet = Image.new("RGB", upright.size, "white")
    sheet.paste(upright, mask=upright if upright.mode == "RGBA" else None)
    return sheet


def _encoded(image: Image.Image) -> Picture:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return Picture(out.getvalue(), image.width, image.height)


def put(path: Path, data: bytes) -> None:
    """All of it under its name, flushed to the disk, or nothing: a report that names it may be acknowledged next."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.unlink(missing_ok=True)  # a kill may have left one behind
    try:
        with draft.open("xb") as file:
            draft.chmod(0o600)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # Windows cannot flush a folder, and needs not
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
