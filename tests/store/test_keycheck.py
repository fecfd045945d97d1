"""A database tells which key it was sealed with."""

from __future__ import annotations

import pytest

from bot.store.crypto import Keyring, WrongKeyError
from bot.store.database import Database
from bot.store.keycheck import confirm, matches

RIGHT, WRONG = Keyring(b"the key of this house"), Keyring(b"the key of another")


def test_another_key_is_refused(database: Database) -> None:
    """The first key leaves its mark; it fits ever after, and another is refused before it reads or writes anything."""
    with database.read() as connection:
        assert not matches(connection, RIGHT)
    for _ in range(2):
        database.write(lambda connection: confirm(connection, RIGHT))
    with database.read() as connection:
        assert matches(connection, RIGHT)
    with pytest.raises(WrongKeyError):
        database.write(lambda connection: confirm(connection, WRONG))
