"""Who may use which command: one table, asked by the menus, by the help, by the store and by every refusal."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.model.access import ACTIONS, Action
from bot.model.office import MAY
from bot.model.places import Role

FIELD = frozenset({Role.BUILDING_LEADER, Role.GRID_WORKER, Role.UNIT_CONTACT})
"""Who works at a place."""
NOTICING = ACTIONS[Action.SEE] - {Role.OFFICE}
"""Who may notice a case, and keep the registers beside it."""
DECIDING = frozenset({Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER, Role.OFFICE})
"""Who decides on a problem, and watches over what others tick off."""
ANSWERING = frozenset({Role.COMMUNITY_LEAD, Role.UNIT_CONTACT, Role.TOWNSHIP_REVIEWER})
"""Who assesses a place, and applies for it."""
LEADING = ANSWERING | {Role.OFFICE, Role.ADMIN}
"""Who has the documents of a place, and follows it through the creation."""
OVERSEEING = frozenset({Role.TOWNSHIP_REVIEWER, Role.OFFICE, Role.ADMIN})
"""Who has the town at a glance, and praises and criticises."""
ALL = frozenset(Role)
RIGHTS: Mapping[str, frozenset[Role]] = {
    **{ask.value: roles for ask, roles in MAY.items()},
    "todo": ALL, "board": ALL, "days": ALL, "history": ALL, "why": ALL, "worklog": ALL, "redblack": ALL,
    "notice": NOTICING, "isolation": NOTICING, "returnee": NOTICING, "care": NOTICING, "cases": ACTIONS[Action.SEE],
    "problem": FIELD | DECIDING, "problems": FIELD | DECIDING, "checks": FIELD | DECIDING,
    "assess": ANSWERING, "apply": ANSWERING, "creation": LEADING, "document": LEADING, "deadlines": LEADING,
    "circular": OVERSEEING, "overview": OVERSEEING,
}  # fmt: skip
"""By command, the roles by which it is used, at the places at which they are held and at all below."""


def allowed(own: Collection[Role], acting: Collection[Role]) -> frozenset[str]:
    """The commands of somebody with these roles: ``own``, and ``acting``, which counts whom they stand in for, too.

    What is asked about others is not handed over to a stand-in.
    """
    asks = set(MAY)
    return frozenset(each for each, roles in RIGHTS.items() if roles & set(own if each in asks else acting))
