"""After the term nothing planted is left: not in the database, not in its log, not in the folder of pictures."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from bot.store import ending, retention, rotation
from bot.store.audit import verify
from bot.store.compaction import compact
from bot.store.crypto import BEFORE, Keyring, WrongKeyError
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.tables import named
from tests.privacy.planted import FEVER, plant
from tests.talking import Talk
from tests.town import KEYRING, NOW, RULES
from tests.web.town import PNG

SEALED = (("case_detail", "body"), ("inbox", "body"), ("outbox", "body"), ("conversation", "answers"))


def sealed(database: Database) -> set[bytes]:
    """What lies sealed in the tables that hold what was said of persons."""
    with database.read() as connection:
        return {
            bytes(value)
            for table, column in SEALED
            for value in connection.execute(select(named(table).c[column])).scalars()
        }


def on_disk(folder: Path) -> bytes:
    """Every byte of the database, its log and the pictures."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def planted(town: Database, folder: Path) -> tuple[Talk, MediaStore]:
    """Everything told, a picture kept under the name that the report gives, and the cases over."""
    talk = Talk(town)
    media = MediaStore(folder / "media", KEYRING, town, lambda: talk.now)
    name = await media.keep(PNG)
    await plant(talk)
    photo = named("photo")
    town.write(lambda connection: connection.execute(update(photo).values(media=name)))
    for case in (FEVER, "M1124-01", "K1124-01"):
        for said in (f"/case {case}", "医学排除", "今天", "提交"):
            await talk.write("wang", said)
    return talk, media


async def test_what_is_past_its_term_goes(town: Database, tmp_path: Path) -> None:
    """Sealed or not, in the file, the log beside it and the pictures; the figures and the audit chain stay."""
    talk, media = await planted(town, tmp_path)
    before = sealed(town)
    later = talk.now + timedelta(days=RULES.retention_days + 40)
    dry = town.write(lambda c: retention.purge(c, media, RULES, later, dry_run=True)).counts
    counts = retention.nightly(town, media, RULES, later)
    assert counts["case_details"] == dry["case_details"] > 0
    assert counts["messages"] > 0
    left = on_disk(tmp_path)
    assert not [value for value in before if value in left]
    assert not [path for path in (tmp_path / "media").iterdir() if path.is_file()]
    with town.read() as connection:
        assert verify(connection) is None
        assert connection.execute(select(named("case_event").c.case).distinct()).scalars().all()


async def test_what_is_not_past_its_term_stays(town: Database, tmp_path: Path) -> None:
    """Until then all of it can be read, and a case that is open keeps its own however long."""
    talk, media = await planted(town, tmp_path)
    retention.nightly(town, media, RULES, talk.now + timedelta(days=5))
    with town.read() as connection:
        assert len(connection.execute(select(named("case_detail"))).all()) >= 3
        assert connection.execute(select(named("inbox"))).all()


@pytest.mark.parametrize("keep", [False, True])
async def test_the_end_of_the_event(town: Database, tmp_path: Path, keep: bool) -> None:  # noqa: FBT001 - a row of the table
    """All personal data go at once; the certificate counts them, and the chain that it names is whole."""
    _, media = await planted(town, tmp_path)
    before = sealed(town)

    def job(connection: Connection) -> tuple[ending.Certificate, list[str]]:
        return ending.end(connection, KEYRING, NOW, keep_roster=keep)

    certificate, files = town.write(job)
    media.discard(files)
    assert compact(town, full=True)
    left = on_disk(tmp_path)
    assert not [value for value in before if value in left]
    assert certificate.deleted["case_detail"] >= 3
    assert ("person" in certificate.emptied) is not keep
    with town.read() as connection:
        assert verify(connection) is None
        names = [KEYRING.open(name) for name in connection.execute(select(named("person").c.name)).scalars()]
        assert ("张样例" in names) is keep
        digest = (
            connection.execute(select(named("audit").c.digest).order_by(named("audit").c.id.desc())).scalars().first()
        )
    assert digest is not None
    assert certificate.audit_digest == bytes(digest).hex()


async def test_a_new_key(town: Database, tmp_path: Path) -> None:
    """Everything opens with the new key alone, pictures too, phones are found again, and the old key opens nothing."""
    talk, media = await planted(town, tmp_path)
    secret = b"a secret of the tests, long enough to be one"
    both = Keyring(b"another secret, just as long as the first one" + BEFORE + secret)
    town.write(lambda connection: rotation.reseal(connection, both, talk.now, "cli"))
    rotation.reseal_media(tmp_path / "media", both)
    new = Keyring(b"another secret, just as long as the first one")
    person = named("person")
    with town.read() as connection:
        for table, columns in rotation.sealed_columns().items():
            for column in columns:
                for value in connection.execute(select(named(table).c[column])).scalars():
                    if value is not None:
                        new.open_bytes(value)
                        with pytest.raises(WrongKeyError):
                            KEYRING.open_bytes(value)
        found = connection.execute(
            select(person.c.id).where(person.c.phone_hash == new.lookup("+8613800000001", "phone"))
        )
        assert found.scalar() == 1
    names = [path.name for path in (tmp_path / "media").iterdir() if path.is_file()]
    assert MediaStore(tmp_path / "media", new, town, lambda: NOW).load(names[0])
    del media
