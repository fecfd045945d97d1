"""Whether the secret key is the one that this database was sealed with, found out before anything is read."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from bot.store.crypto import Keyring
from bot.store.tables import named

SETTING = named("setting")
KEY = "sealed"
WORD = "wuyi"


def confirm(connection: Connection, keyring: Keyring) -> None:
    """Leave a mark of the key in a database that has none; in another, see that the key opens it.

    Raises:
        WrongKeyError: names and phones in this database were sealed with another key.
    """
    if not matches(connection, keyring):
        connection.execute(insert(SETTING).values(key=KEY, value=keyring.seal(WORD).hex()))


def matches(connection: Connection, keyring: Keyring) -> bool:
    """Whether the database bears the key's mark; False when it bears none.

    Raises:
        WrongKeyError: it bears the mark of another.
    """
    mark = connection.execute(select(SETTING.c.value).where(SETTING.c.key == KEY)).scalar()
    return mark is not None and keyring.open(bytes.fromhex(mark)) == WORD
