"""Whether the secret key is the one that this database was sealed with, found out before anything is read."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select, update

from bot.store import rotation
from bot.store.crypto import Keyring
from bot.store.tables import named

SETTING = named("setting")
KEY = "sealed"
WORD = "wuyi"


def confirm(connection: Connection, keyring: Keyring) -> None:
    """Leave a mark of the key in a database that has none; in another, see that the key opens it.

    A change of the key that was cut short is finished: every start asks here first.

    Raises:
        WrongKeyError: names and phones in this database were sealed with another key.
    """
    mark = _mark(connection)
    if mark is None:
        connection.execute(insert(SETTING).values(key=KEY, value=keyring.seal(WORD).hex()))
    elif keyring.open(mark) != WORD or not keyring.own(mark):
        move(connection, keyring, _now(connection), "app")


def move(connection: Connection, keyring: Keyring, now: datetime, actor: str) -> dict[str, int]:
    """Seal everything with the key that holds now, and leave its mark; how much there was, by table."""
    counts = rotation.reseal(connection, keyring, now, actor)
    connection.execute(update(SETTING).where(SETTING.c.key == KEY).values(value=keyring.seal(WORD).hex()))
    return counts


def matches(connection: Connection, keyring: Keyring) -> bool:
    """Whether the database bears the key's mark; False when it bears none.

    Raises:
        WrongKeyError: it bears the mark of another.
    """
    mark = _mark(connection)
    return mark is not None and keyring.open(mark) == WORD


def _mark(connection: Connection) -> bytes | None:
    found = connection.execute(select(SETTING.c.value).where(SETTING.c.key == KEY)).scalar()
    return None if found is None else bytes.fromhex(found)


def _now(connection: Connection) -> datetime:
    """The database's own clock: whoever starts the program has no other at hand here."""
    at: datetime = connection.execute(select(func.current_timestamp())).scalar_one()
    return at if at.tzinfo else at.replace(tzinfo=UTC)
