"""The newest application of a place, as the form (篇二)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from bot.model import ApplicationMade, Level
from bot.model.documents import ApplicationForm
from bot.store import codec
from bot.store.asking import House
from bot.store.authority import above
from bot.store.duties import PLACE
from bot.store.papers.compounds import place_row
from bot.store.tables import named

APPLICATION = named("application")
EMPTIED = b"{}"
"""What is left of an application whose term is over."""


def application(connection: Connection, house: House, place: str, until: date) -> ApplicationForm:
    """The newest that was handed in until a day.

    Raises:
        ValueError: no such place, none was handed in, or what stood in it was deleted on time.
    """
    row = place_row(connection, place)
    query = (
        select(APPLICATION.c.body, APPLICATION.c.on)
        .where(APPLICATION.c.place == place, APPLICATION.c.on <= until)
        .order_by(APPLICATION.c.id.desc())
        .limit(1)
    )
    found = connection.execute(query).first()
    body = house.keyring.open_bytes(found.body) if found is not None else EMPTIED
    if found is None or body == EMPTIED:
        message = f"no application of {place} is kept"
        raise ValueError(message)
    fact = codec.load(ApplicationMade, body)
    return ApplicationForm(
        _township(connection, place) or row.name,
        row.name,
        Level(row.level),
        fact.leader,
        fact.title,
        fact.phone,
        fact.text,
        fact.opinion,
        found.on,
    )


def _township(connection: Connection, place: str) -> str | None:
    """乡镇名称: of the place itself, or of the nearest above it."""
    up = above(place)
    query = select(PLACE.c.name).join(up, up.c.code == PLACE.c.code).where(PLACE.c.level == Level.TOWNSHIP.value)
    name: str | None = connection.execute(query.order_by(up.c.step).limit(1)).scalar()
    return name
