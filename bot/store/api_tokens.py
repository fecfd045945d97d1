"""Tokens of the read API: made once, found by their keyed hash, ended by their term or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from bot.model import Role
from bot.store import audit
from bot.store.crypto import Keyring
from bot.store.duties import PLACE
from bot.store.tables import named

TOKEN = named("api_token")
PURPOSE = "api"
PREFIX = "wuyi_"
"""How a token begins, so that one that was left somewhere is known for what it is."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as it is kept: everything but the word itself."""

    id: int
    role: Role
    place: str
    name: str
    made_at: datetime
    expires_at: datetime
    used_on: date | None
    revoked_at: datetime | None


def make(  # noqa: PLR0913 - what a token is made of
    connection: Connection, keyring: Keyring, word: str, now: datetime, *, role: Role, place: str, days: int, name: str
) -> int:
    """Keep a token under its hash; its number.

    Raises:
        LookupError: there is no such place.
    """
    if connection.execute(select(PLACE.c.code).where(PLACE.c.code == place)).first() is None:
        raise LookupError(place)
    values = {
        "token_hash": keyring.lookup(word, PURPOSE), "role": role.value, "place": place, "name": name,
        "made_at": now, "expires_at": now + timedelta(days=days),
    }  # fmt: skip
    made = connection.execute(insert(TOKEN).returning(TOKEN.c.id), values).scalar_one()
    audit.record(connection, now, "cli", "api token made", f"api:{made}", f"{role.value}@{place}")
    return int(made)


def find(connection: Connection, keyring: Keyring, word: str, now: datetime) -> ApiToken | None:
    """The token that this word is, if it still lets anybody in. Only hashes are compared, so time tells nothing."""
    query = select(TOKEN).where(TOKEN.c.token_hash == keyring.lookup(word, PURPOSE))
    row = connection.execute(query.where(TOKEN.c.revoked_at.is_(None), TOKEN.c.expires_at > now)).first()
    return None if row is None else _token(row)


def listed(connection: Connection) -> Sequence[ApiToken]:
    """All of them, the newest first."""
    return [_token(row) for row in connection.execute(select(TOKEN).order_by(TOKEN.c.id.desc()))]


def used(connection: Connection, number: int, day: date) -> None:
    """Remember that it was used on this day."""
    connection.execute(update(TOKEN).where(TOKEN.c.id == number).values(used_on=day))


def revoke(connection: Connection, number: int, now: datetime) -> bool:
    """End a token; False where there is none that could be ended."""
    still = (TOKEN.c.id == number, TOKEN.c.revoked_at.is_(None))
    ended = connection.execute(update(TOKEN).where(*still).values(revoked_at=now)).rowcount == 1
    if ended:
        audit.record(connection, now, "cli", "api token revoked", f"api:{number}")
    return ended


def _token(row: object) -> ApiToken:
    values = row._mapping  # type: ignore[attr-defined] # noqa: SLF001 - a row as SQLAlchemy gives it
    return ApiToken(
        values["id"],
        Role(values["role"]),
        values["place"],
        values["name"],
        values["made_at"],
        values["expires_at"],
        values["used_on"],
        values["revoked_at"],
    )
