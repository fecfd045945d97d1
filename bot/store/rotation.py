"""A new secret key: everything sealed with it, in an order in which nothing is lost wherever the work is cut short.

While the key is being changed the key file holds both: the new one, and the one before, which only opens. So

1. the key file takes the new key in (one rename): from here on every start finds both, and finishes the database;
2. the database is sealed anew and its hashes are made anew, in one transaction;
3. each picture is sealed anew (one rename each); one that was not reached yet is opened by the key before;
4. the key file lets the key before go (one rename).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, bindparam, select, update
from sqlmodel import SQLModel

from bot.store import audit
from bot.store.crypto import BEFORE, Keyring
from bot.store.media import NAME, put
from bot.store.tables import named

HASHED = ("_hash", "digest")
"""How the columns end that hold bytes nobody sealed."""
CHUNK = 500
"""Rows that are opened and sealed at once: enough to be quick, few enough to be held."""


def sealed_columns() -> dict[str, tuple[str, ...]]:
    """Every sealed column, by table."""
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        bytes_in = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
        if columns := tuple(name for name in bytes_in if not name.endswith(HASHED)):
            found[table.name] = columns
    return found


def reseal(connection: Connection, keyring: Keyring, now: datetime, actor: str) -> dict[str, int]:
    """Seal every row with the key that holds now; how many there were, by table.

    What was found by a keyed hash alone ends, for nobody can make that hash anew: browsers are signed out, tokens of
    the API, and codes and links that were not used yet, are void. Phones are found again: their hash is made anew from
    the phone.

    Raises:
        WrongKeyError: neither the key nor the one before opens a row.
    """
    counts = {}
    for name, columns in sealed_columns().items():
        counts[name] = _table(connection, keyring, named(name), columns)
    _phones(connection, keyring)
    end_sessions(connection, now)
    token = named("api_token")
    connection.execute(update(token).where(token.c.revoked_at.is_(None)).values(revoked_at=now))
    total = ",".join(f"{name}:{count}" for name, count in counts.items() if count)
    audit.record(connection, now, actor, "key rotated", "database", total)
    return counts


def _table(connection: Connection, keyring: Keyring, table: Table, columns: tuple[str, ...]) -> int:
    (key,) = table.primary_key.columns
    change = update(table).where(key == bindparam("number")).values({name: bindparam(f"to_{name}") for name in columns})
    count = 0
    for rows in _chunks(connection, table, columns):
        values = [
            {"number": row.key, **{f"to_{name}": _again(keyring, getattr(row, name)) for name in columns}}
            for row in rows
        ]
        connection.execute(change, values)
        count += len(values)
    return count


def _chunks(connection: Connection, table: Table, columns: tuple[str, ...]) -> Iterator[list[Any]]:
    (key,) = table.primary_key.columns
    query = select(key.label("key"), *(table.c[name] for name in columns)).order_by(key).limit(CHUNK)
    rows = list(connection.execute(query).all())
    while rows:
        yield rows
        rows = list(connection.execute(query.where(key > rows[-1].key)).all())


def _again(keyring: Keyring, sealed: bytes | None) -> bytes | None:
    return keyring.seal(keyring.open_bytes(sealed)) if sealed else sealed


def _phones(connection: Connection, keyring: Keyring) -> None:
    person = named("person")
    change = update(person).where(person.c.id == bindparam("number")).values(phone_hash=bindparam("found_by"))
    for rows in _chunks(connection, person, ("phone",)):
        values = [{"number": row.key, "found_by": keyring.lookup(keyring.open(row.phone), "phone")} for row in rows]
        connection.execute(change, values)


def end_sessions(connection: Connection, now: datetime) -> None:
    """Sign every browser out, and void the codes and links that were not used."""
    session, account = named("web_session"), named("account")
    connection.execute(update(session).where(session.c.ended_at.is_(None)).values(ended_at=now))
    for name in ("invitation", "login"):
        table = named(name)
        still = (table.c.used_at.is_(None), table.c.expires_at > now)
        connection.execute(update(table).where(*still).values(expires_at=now))
    # The chat of a browser that came in by a code has the hash of its cookie for an address.
    guests = (account.c.channel == "web", account.c.address.like("anon:%"), account.c.unbound_at.is_(None))
    connection.execute(update(account).where(*guests).values(unbound_at=now))


def reseal_media(folder: Path, keyring: Keyring) -> int:
    """Seal every picture anew that the key before had sealed; how many there were."""
    count = 0
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if NAME.fullmatch(path.name) and not keyring.own(sealed := path.read_bytes()):
            put(path, keyring.seal(keyring.open_bytes(sealed)))
            count += 1
    return count


def begin(path: Path, new: bytes) -> bytes:
    """Take a new key into the key file beside the one in use; a change under way goes on with the key it has.

    Returns what the file holds: the secret for a ``Keyring`` that opens what either sealed.

    Raises:
        OSError: the file cannot be read or written.
    """
    held = path.read_bytes().strip()
    if BEFORE not in held:
        held = new + BEFORE + held
        put(path, held)
    return held


def finish(path: Path) -> None:
    """Let the key before go: nothing is sealed with it any more."""
    put(path, path.read_bytes().strip().partition(BEFORE)[0])
