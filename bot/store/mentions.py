"""By what WeCom knows people, where their attention is called in a group: it goes there, and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, bindparam, select

from bot.store.authority import ACCOUNT
from bot.store.briefs import PERSON
from bot.store.crypto import Keyring
from bot.store.prepared import Prepared

BY_NAME = ("wecom", "aibot")
"""Channels whose addresses are the members' names in WeCom."""
_ACCOUNTS = Prepared(
    select(ACCOUNT.c.person, ACCOUNT.c.channel, ACCOUNT.c.address, PERSON.c.phone)
    .join(PERSON, PERSON.c.id == ACCOUNT.c.person)
    .where(ACCOUNT.c.person.in_(bindparam("persons", expanding=True)), ACCOUNT.c.unbound_at.is_(None))
    .order_by(ACCOUNT.c.id)
)


def mentions(connection: Connection, keyring: Keyring, persons: Collection[int]) -> Mapping[int, str]:
    """By person the member's name, else the phone (E.164); only of those who have accepted the notice somewhere."""
    rows = _ACCOUNTS.all(connection, {"persons": list(persons)}) if persons else []
    found = {row.person: row.address for row in rows if row.channel in BY_NAME}
    phones = {row.person: row.phone for row in rows if row.person not in found}
    return found | {person: keyring.open(phone) for person, phone in phones.items()}
