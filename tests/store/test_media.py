"""Pictures are checked by decoding, made anew and sealed."""

from __future__ import annotations

import io
import re
import struct
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import select
from sqlmodel import SQLModel

from bot.store import media
from bot.store.crypto import Keyring, WrongKeyError
from bot.store.database import Database
from bot.store.media import MediaStore, remade
from bot.store.tables import Media

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLANTED = "Invented-Phone-X1"
ORIENTATION, MODEL, GPS = 0x0112, 0x0110, 0x8825


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with the tables of today."""
    database = Database(f"sqlite:///{tmp_path / 'invented.db'}")
    with database.engine.begin() as connection:
        SQLModel.metadata.create_all(connection)
    yield database
    database.close()


@pytest.fixture
def store(tmp_path: Path, database: Database) -> MediaStore:
    """A store over an empty folder."""
    return MediaStore(tmp_path / "media", Keyring(b"invented secret"), database, lambda: NOON)


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    """A grey picture."""
    out = io.BytesIO()
    Image.new(mode, size, "grey").save(out, kind, **options)
    return out.getvalue()


def from_phone() -> bytes:
    """A JPEG as a phone makes it: turned, with a model, a place and a comment."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MODEL] = PLANTED
    exif.get_ifd(GPS)[1] = PLANTED
    return picture(exif=exif, comment=PLANTED, xmp=f"<x>{PLANTED}</x>".encode())


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few bytes that says it is ``side`` pixels wide and high."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_is_kept_and_given_back_as_jpeg(store: MediaStore, kind: str) -> None:
    """Each of the three formats comes back as a JPEG of the same size."""
    name = await store.keep(picture(kind))
    with Image.open(io.BytesIO(store.load(name))) as kept:
        assert (kept.format, kept.size, kept.mode) == ("JPEG", (60, 40), "RGB")


async def test_what_the_phone_wrote_into_it_is_gone_and_it_stands_upright(store: MediaStore) -> None:
    """Orientation is applied, and no model, position, comment or XMP is left."""
    data = from_phone()
    assert data.count(PLANTED.encode()) == 4
    kept = store.load(await store.keep(data))
    assert PLANTED.encode() not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (40, 60)
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


async def test_disk_holds_no_picture_and_the_name_tells_nothing(store: MediaStore, tmp_path: Path) -> None:
    """One sealed file, readable by its owner only, under a random name, with no JPEG in its bytes."""
    first, second = await store.keep(picture()), await store.keep(picture())
    assert first != second
    files = sorted((tmp_path / "media").iterdir())
    assert [file.name for file in files] == sorted([first, second])
    for file in files:
        assert re.fullmatch(r"[0-9a-f]{32}", file.name)
        assert file.stat().st_mode & 0o077 == 0
        assert b"\xff\xd8\xff" not in file.read_bytes()
        assert b"JFIF" not in file.read_bytes()


async def test_a_row_says_what_is_kept(store: MediaStore, database: Database) -> None:
    """The row holds the name, the size in bytes and pixels, and the moment by the given clock."""
    name = await store.keep(picture(size=(5120, 1000)))
    with database.read() as connection:
        row = connection.execute(select(Media.__table__)).one()  # type: ignore[attr-defined]
    assert (row.name, row.width, row.height, row.made_at) == (name, 2560, 500, NOON)
    assert row.size == len(store.load(name))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bomb(), media.TOO_LARGE),
        (bomb(10_000), media.TOO_LARGE),
        (bomb(6_400), media.TOO_LARGE),
        (picture() + bytes(media.BYTES), media.TOO_LARGE),
        (picture("GIF"), media.NOT_A_PICTURE),
        (picture("BMP"), media.NOT_A_PICTURE),
        (picture(size=(900, 900))[:-400], media.NOT_A_PICTURE),
        (picture("PNG", size=(900, 900))[:-40], media.NOT_A_PICTURE),
        (b"<svg onload=alert(1)>", media.NOT_A_PICTURE),
        (b"", media.NOT_A_PICTURE),
    ],
    ids=["bomb", "bomb-warned-of", "just-over", "bytes", "gif", "bmp", "cut-jpeg", "cut-png", "svg", "empty"],
)
async def test_what_is_too_large_or_no_picture_is_refused_and_leaves_nothing(
    store: MediaStore, tmp_path: Path, data: bytes, why: str
) -> None:
    """Bombs, other formats and damaged files are refused with the reason; neither file nor draft is left."""
    with pytest.raises(ValueError, match=f"^{why}$"):
        await store.keep(data)
    assert not list(tmp_path.glob("media/*"))


def test_transparent_parts_become_white() -> None:
    """A transparent PNG, or one with a transparent palette entry, is laid on white, not on black."""
    for data in (
        picture("PNG", mode="RGBA", size=(4, 4)),
        _clear(),
    ):
        with Image.open(io.BytesIO(remade(data).data)) as image:
            assert image.mode == "RGB"
    with Image.open(io.BytesIO(remade(_clear()).data)) as image:
        assert min(image.getpixel((1, 1))) > 250  # type: ignore[arg-type]


def _clear() -> bytes:
    out = io.BytesIO()
    Image.new("LA", (4, 4), (0, 0)).save(out, "PNG", pnginfo=PngImagePlugin.PngInfo())
    return out.getvalue()


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "I;16"])
def test_any_colour_mode_is_read(mode: str) -> None:
    """Grey, black and white, palette, print and deep-grey pictures all become RGB."""
    kind = "JPEG" if mode == "CMYK" else "PNG"
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, kind)
    with Image.open(io.BytesIO(remade(out.getvalue()).data)) as image:
        assert (image.mode, image.size) == ("RGB", (8, 8))


async def test_a_row_that_cannot_be_written_takes_its_file_along(
    store: MediaStore, database: Database, tmp_path: Path
) -> None:
    """When the database refuses, no file is left that nobody would ever purge."""
    with database.engine.begin() as connection:
        SQLModel.metadata.tables["media"].drop(connection)
    with pytest.raises(Exception, match="no such table"):
        await store.keep(picture())
    assert not list((tmp_path / "media").iterdir())


@pytest.mark.parametrize("name", ["../invented.db", "", "0" * 31, "0" * 33, "x" * 32, "/etc/passwd", "0" * 32])
def test_only_names_of_pictures_are_opened(store: MediaStore, name: str) -> None:
    """A path, or a name that nobody gave, is no picture."""
    with pytest.raises(FileNotFoundError):
        store.load(name)


async def test_another_key_opens_nothing(store: MediaStore, tmp_path: Path, database: Database) -> None:
    """The folder alone, without the key, is useless."""
    name = await store.keep(picture())
    with pytest.raises(WrongKeyError):
        MediaStore(tmp_path / "media", Keyring(b"another"), database, lambda: NOON).load(name)
