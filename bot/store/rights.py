"""What somebody may do at all: their roles of today, and the commands that come with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from bot.model import Role
from bot.model.rights import allowed
from bot.store.asking import Asking
from bot.store.authority import holds
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.prepared import Prepared

_DAY: Any = bindparam("day")
_ROLES = Prepared(
    select(ASSIGNMENT.c.role, ASSIGNMENT.c.stands_in_for)
    .join(PLACE, PLACE.c.code == ASSIGNMENT.c.place)
    .where(ASSIGNMENT.c.person == bindparam("person"), holds(_DAY))
    .where(PLACE.c.closed.is_(None) | (PLACE.c.closed > _DAY))
)


def rights(asking: Asking) -> Mapping[str, Any]:
    """One question."""
    rows = _ROLES.all(asking.connection, {"person": asking.who.person, "day": asking.today})
    own = frozenset(Role(row.role) for row in rows if row.stands_in_for is None)
    return {"roles": own, "may": allowed(own, {Role(row.role) for row in rows})}
