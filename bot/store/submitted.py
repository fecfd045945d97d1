"""The newest assessment of a place that was submitted, as it was then: its own version, the answers of that day."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from bot.model import Answer, Sheet, Standard
from bot.store import codec
from bot.store.asking import House
from bot.store.assessments import ASSESSMENT, KEPT, deciding, marks, newest


def submitted(connection: Connection, house: House, place: Any, name: str) -> Sheet | None:  # noqa: ANN401 - a row of a place
    """It by this standard, with what the facts answered when it was submitted (``before_on``); None: there is none."""
    end = newest(connection, place.code, name)
    if end is None:
        return None
    version = (KEPT.c.id == ASSESSMENT.c.standard) & (KEPT.c.version == ASSESSMENT.c.version)
    query = select(KEPT.c.body, ASSESSMENT.c.on).join(KEPT, version).where(ASSESSMENT.c.id == end.assessment)
    row = connection.execute(query).one()
    standard = codec.load(Standard, row.body)
    return Sheet(
        place.code,
        place.name,
        standard,
        codec.load(dict[str, Answer], end.answers),
        marks(connection, house, end.assessment, standard),
        before_on=end.on,
        begun_on=row.on,
        threshold=None if standard.threshold is None else end.needed // 2,
        decides=deciding(house, place.level) == name,
    )
