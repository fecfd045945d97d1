"""Retention: what concerns a person goes when its term is over; figures, the logs of cases and the audit stay.

Two terms, both of the rule pack: ``message_days`` for what was said (raw messages, conversations, letters, codes and
links that are over), ``retention_days`` for what was collected of persons (details, notes, photos), counted from the
end of the case that it belongs to: an open case keeps its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, update

from bot.model import Details
from bot.store import audit, codec, looks
from bot.store.case_terms import over
from bot.store.compaction import compact
from bot.store.messages_term import forget_messages
from bot.store.tables import named
from bot.store.used_media import unused, used
from bot.store.work_term import forget_work

if TYPE_CHECKING:
    from bot.model import PackRules
    from bot.store.crypto import Keyring
    from bot.store.database import Database
    from bot.store.media import MediaStore

T = TypeVar("T")
ORPHAN = timedelta(days=1)
"""So long a picture that was sent and never used is kept."""
CHUNK = 500
STAYS = "kept_with_open_cases"
"""The one count of what does not go."""


@dataclass(slots=True)
class Purged:
    """What went, by kind, and the pictures whose files go once that is committed."""

    counts: dict[str, int] = field(default_factory=dict)
    media: list[str] = field(default_factory=list)

    def add(self, kind: str, count: int) -> None:
        """So many more of a kind."""
        self.counts[kind] = self.counts.get(kind, 0) + count


def nightly(database: Database, media: MediaStore, rules: PackRules, now: datetime) -> dict[str, int]:
    """All of it: rows, then files, then what the disk still holds of both. ``compacted`` is 0 where others read on."""
    purged = database.write(lambda connection: purge(connection, media, rules, now))
    media.discard(purged.media)
    with database.read() as connection:
        known = set(connection.execute(select(named("media").c.name)).scalars())
    strays = media.strays(known, now - ORPHAN)
    for path in strays:
        path.unlink(missing_ok=True)
    return {**purged.counts, "stray_files": len(strays), "compacted": int(compact(database))}


def purge(
    connection: Connection, media: MediaStore, rules: PackRules, now: datetime, *, dry_run: bool = False
) -> Purged:
    """Delete what is past its term; with ``dry_run`` all is done, counted and undone. The files are the caller's."""
    purged = Purged()
    if dry_run:
        connection.exec_driver_sql("SAVEPOINT purge")
    for kind, count in forget_messages(connection, media.keyring, now - timedelta(days=rules.message_days)).items():
        purged.add(kind, count)
    term = now - timedelta(days=rules.retention_days)
    _cases(connection, media.keyring, term, purged)
    _filings(connection, term, purged)
    _isolations(connection, media.keyring, term, purged)
    _returnees(connection, media.keyring, term, purged)
    _accounts(connection, term, purged)
    purged.media += forget_work(connection, term, purged.add)
    _pictures(connection, media.keyring, now - ORPHAN, purged)
    if dry_run:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT purge")
        connection.exec_driver_sql("RELEASE SAVEPOINT purge")
    else:
        detail = ",".join(f"{kind}:{count}" for kind, count in purged.counts.items() if count)
        audit.record(connection, now, "app", "purged", "retention", detail)
    return purged


def _cases(connection: Connection, keyring: Keyring, term: datetime, purged: Purged) -> None:
    """Details and openings of cases that were over before the term; those of open ones are counted, and stay."""
    detail, opening = named("case_detail"), named("opening")
    codes = set(connection.execute(select(detail.c.case).where(detail.c.recorded_at < term).distinct()).scalars())
    codes |= set(connection.execute(select(opening.c.case).where(opening.c.at < term).distinct()).scalars())
    due = over(connection, codes, term)
    purged.add(STAYS, len(codes - due))
    for some in _chunks(sorted(due)):
        bodies = connection.execute(select(detail.c.body).where(detail.c.case.in_(some))).scalars()
        told = [codec.load(Details, keyring.open_bytes(body)) for body in bodies]
        purged.media += [each.photo for each in told if each.photo]
        purged.add("case_details", _gone(connection, detail, detail.c.case.in_(some)))
        purged.add("openings", _gone(connection, opening, opening.c.case.in_(some)))


def _filings(connection: Connection, term: datetime, purged: Purged) -> None:
    """Notes and pictures of reports, unless one of the cases that they found is not over yet."""
    filing, photo, case = named("filing"), named("photo"), named("case_")
    old = filing.c.recorded_at < term
    shown = select(photo.c.filing)
    rows = connection.execute(select(filing.c.id).where(old, filing.c.note.isnot(None) | filing.c.id.in_(shown)))
    numbers = list(rows.scalars())
    for some in _chunks(numbers):
        found = connection.execute(select(case.c.code, case.c.filing).where(case.c.filing.in_(some))).all()
        due = over(connection, {row.code for row in found}, term)
        held = {row.filing for row in found if row.code not in due}
        free = [number for number in some if number not in held]
        noted = update(filing).where(filing.c.id.in_(free), filing.c.note.isnot(None)).values(note=None)
        purged.add("notes", connection.execute(noted).rowcount)
        purged.media += connection.execute(select(photo.c.media).where(photo.c.filing.in_(free))).scalars()
        purged.add("photos_of_reports", _gone(connection, photo, photo.c.filing.in_(free)))


def _isolations(connection: Connection, keyring: Keyring, term: datetime, purged: Purged) -> None:
    """Of an isolation that ended before the term the place and the days stay, and nothing of the person."""
    isolation, event = named("isolation"), named("isolation_event")
    last = select(func.max(event.c.on)).where(event.c.isolation == isolation.c.id).scalar_subquery()
    query = select(isolation, last.label("last")).where(isolation.c.recorded_at < term)
    rows = connection.execute(query).all()
    due = over(connection, {row.case for row in rows if row.case}, term)
    for row in rows:
        ends = max(row.since, row.last or row.since) + timedelta(days=row.days)
        if ends < term.date() and (row.case is None or row.case in due):
            _empty(connection, keyring, isolation, row.id, row.body, purged)


def _returnees(connection: Connection, keyring: Keyring, term: datetime, purged: Purged) -> None:
    """Of returnees the count, the place and the day stay."""
    returnee = named("returnee")
    old = (returnee.c.recorded_at < term, returnee.c.arrived < term.date())
    for row in connection.execute(select(returnee.c.id, returnee.c.body).where(*old)).all():
        _empty(connection, keyring, returnee, row.id, row.body, purged)


def _empty(  # noqa: PLR0913, PLR0917 - which row of which table, what it held and who counts it
    connection: Connection, keyring: Keyring, table: Table, number: int, body: bytes, purged: Purged
) -> None:
    """Put details that say nothing in the place of those that were kept: others refer to the row."""
    told = codec.load(Details, keyring.open_bytes(body))
    if told == Details():
        return
    if told.photo:
        purged.media.append(told.photo)
    empty = keyring.seal(codec.dump(Details()))
    connection.execute(update(table).where(table.c.id == number).values(body=empty))
    purged.add(f"{table.name}_details", 1)


def _accounts(connection: Connection, term: datetime, purged: Purged) -> None:
    """Addresses on channels that were unbound long ago."""
    account = named("account")
    purged.add("addresses", _gone(connection, account, account.c.unbound_at < term))


def _pictures(connection: Connection, keyring: Keyring, sent_before: datetime, purged: Purged) -> None:
    """Rows of pictures that nothing refers to any more, and of those that nobody ever used."""
    media = named("media")
    going = set(purged.media)
    for shown in (named("photo"), named("evidence")):
        for some in _chunks(sorted(going)):
            going -= set(connection.execute(select(shown.c.media).where(shown.c.media.in_(some))).scalars())
    going |= unused(connection, sent_before, used(connection, keyring, sent_before))
    purged.media = sorted(going)
    for some in _chunks(purged.media):
        purged.add("pictures", _gone(connection, media, media.c.name.in_(some)))
        looks.forget(connection, some)


def _gone(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    return connection.execute(delete(table).where(which)).rowcount


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
