"""Pictures that belong to an assessment, for those who answer for its place."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from bot.model import Role
from bot.store.asking import Asking
from bot.store.assessments import ASSESSMENT, EVIDENCE, MARK
from bot.store.authority import scope


def shown(asking: Asking, roles: Collection[Role], media: str) -> str | None:
    """The place whose assessment the picture shows, where the person holds one of ``roles`` there; else None."""
    mine = scope(asking.who.person, roles, asking.today)
    query = (
        select(ASSESSMENT.c.place)
        .join(MARK, MARK.c.assessment == ASSESSMENT.c.id)
        .join(EVIDENCE, EVIDENCE.c.mark == MARK.c.id)
        .join(mine, mine.c.code == ASSESSMENT.c.place)
        .where(EVIDENCE.c.media == media)
        .limit(1)
    )
    place: str | None = asking.connection.execute(query).scalar()
    return place
