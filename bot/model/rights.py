"""Who may use which command: one table, asked by the menus, by the help, by the store and by every refusal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.model.access import ACTIONS, Action
from bot.model.creation import Step
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
_STEPS = {Step.APPLIED: ANSWERING, Step.WITHDRAWN: ANSWERING} | dict.fromkeys(
    (Step.PASSED, Step.RETURNED), frozenset({Role.TOWNSHIP_REVIEWER})
)
STEPS: Mapping[str, frozenset[Role]] = {
    **{step.value: _STEPS.get(step, frozenset({Role.OFFICE})) for step in Step},
    "case": ACTIONS[Action.DIAGNOSE], "case_details": ACTIONS[Action.ADD], "ack": ACTIONS[Action.ACKNOWLEDGE],
    "open": ACTIONS[Action.DIAGNOSE], "ledger": DECIDING, "picture": DECIDING, "sheet": ANSWERING, "post": OVERSEEING,
    "met": ANSWERING, "unmet": ANSWERING,
}  # fmt: skip
"""By what is done within a conversation, who does it."""


@dataclass(frozen=True, slots=True)
class Barred:
    """Why somebody may not, and whom to ask instead: roles and places, never a person."""

    command: str
    said: str = ""
    """What they named, and is none of theirs."""
    who: tuple[str, ...] = ()
    """The roles that may; none: everybody who has a place."""
    own: bool = False
    """Whether they may at places of their own."""
    whom: tuple[tuple[str, str], ...] = ()
    """Role and place, the nearest."""


ORDER = (
    Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER, Role.OFFICE, Role.ADMIN, Role.UNIT_CONTACT, Role.GRID_WORKER,
    Role.BUILDING_LEADER,
)  # fmt: skip
"""Those first who are asked."""


def told(roles: Collection[Role]) -> tuple[str, ...]:
    """The roles as a refusal names them; none of them where everybody may."""
    return () if set(roles) >= ALL else tuple(role.value for role in ORDER if role in roles)


def whose(command: str) -> frozenset[Role]:
    """Who may use a command, or do a step."""
    return RIGHTS.get(command) or STEPS.get(command) or ALL


def allowed(own: Collection[Role], acting: Collection[Role]) -> frozenset[str]:
    """The commands of somebody with these roles: ``own``, and ``acting``, which counts whom they stand in for, too.

    What is asked about others is not handed over to a stand-in.
    """
    asks = set(MAY)
    return frozenset(each for each, roles in RIGHTS.items() if roles & set(own if each in asks else acting))
