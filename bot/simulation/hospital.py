"""What becomes of those who were reported with a fever: the hospital finds, a day or so later, that it is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select

from bot.model.cases import Event
from bot.store import figures
from bot.store.tables import named

if TYPE_CHECKING:
    from bot.app import Bot

SOONEST, LATEST = 9.0, 34.0
"""Hours after the evening on which it was asked."""
CASE, EVENT = named("case_"), named("case_event")


class Hospital:
    """Facts of cases that come from elsewhere, as an office records them."""

    def __init__(self, clock: Callable[[], datetime], seed: int) -> None:
        """Nobody is there."""
        self._clock = clock
        self._chance = Random(f"hospital {seed}")
        self._known: set[str] = set()

    def examine(self, bot: Bot) -> Iterator[tuple[datetime, str]]:
        """Who is new, and when they will be known to be well."""
        with bot.database.read() as connection:
            codes = connection.execute(select(CASE.c.code).order_by(CASE.c.code)).scalars().all()
        for code in codes:
            if code not in self._known:
                self._known.add(code)
                hours = self._chance.uniform(SOONEST, LATEST)
                yield self._clock() + timedelta(hours=hours), code

    def rule_out(self, bot: Bot, code: str) -> None:
        """Record that it was nothing."""
        now = self._clock()

        def job(connection: Connection) -> None:
            place = connection.execute(select(CASE.c.place).where(CASE.c.code == code)).scalar_one()
            row = {
                "case": code,
                "place": place,
                "event": Event.RULED_OUT.value,
                "kind": "",
                "on": now.date(),
                "other": "",
            }
            connection.execute(insert(EVENT), row | {"recorded_at": now, "source": "import"})
            figures.project(connection, bot.rules, [code])

        bot.database.write(job)
