"""The webhooks that the settings name, beside those that were added by a command."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, delete, insert, select, text

from bot.model import Role
from bot.model.outward import Network
from bot.store import audit, webhooks
from bot.store.tables import named

SETTING = named("setting")
KEY = "webhooks"
ACTOR = "settings"


class Wanted(NamedTuple):
    """A program that the settings name: where it is, as which role it is told, and of which place."""

    url: str
    role: Role
    place: str


def bring(
    connection: Connection, now: datetime, wanted: Sequence[Wanted], networks: Collection[Network] = ()
) -> Sequence[str]:
    """Have those told that the settings name, and end those that they named before; the codes that are no place.

    One that a command had added is the settings' from then on, and is told once. What a command added else stays.

    Raises:
        ValueError: nothing may be sent to one of them; its text says why.
    """
    if connection.dialect.name == "postgresql":  # two that start at once must not both add one
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": audit.LOCK})
    before, unknown = owned(connection), []
    live = {Wanted(each.url, each.role, each.place): each.id for each in reversed(webhooks.live(connection))}
    ours = {}
    for each in wanted:
        try:
            ours[each] = (
                live.get(each) or webhooks.add(connection, now, **each._asdict(), networks=networks, actor=ACTOR).id
            )
        except LookupError:
            unknown.append(each.place)
    for number in sorted(before - set(ours.values())):
        webhooks.remove(connection, number, now, ACTOR)
    if before != set(ours.values()):
        connection.execute(delete(SETTING).where(SETTING.c.key == KEY))
        value = orjson.dumps(sorted(ours.values())).decode()
        connection.execute(insert(SETTING).values(key=KEY, value=value))
    return unknown


def owned(connection: Connection) -> frozenset[int]:
    """The numbers of those that the settings named when the bot was started last."""
    kept = connection.execute(select(SETTING.c.value).where(SETTING.c.key == KEY)).scalar()
    return frozenset(orjson.loads(kept)) if kept else frozenset()
