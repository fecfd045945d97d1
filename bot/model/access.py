"""Who may see what of a person, and do what with a case: one table, asked everywhere (RELIABILITY, security)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import IntEnum, StrEnum

from bot.model.places import Role


class Field(StrEnum):
    """What is kept of the person of a case."""

    BUILDING = "building"
    DOOR = "door"
    TEMPERATURE = "temperature"
    SYMPTOMS = "symptoms"
    CONTACT = "contact"
    AREA = "area"
    NAME = "name"
    PHONE = "phone"
    NOTE = "note"
    PHOTO = "photo"
    REPORTER = "reporter"


class Grant(IntEnum):
    """How much of a field somebody sees; the widest of several roles holds."""

    NONE = 0
    ON_REASON = 1
    """Nothing but that it is known; opened one by one with a reason, and logged."""
    MASKED = 2
    """Masked (张*, 138****1234), and opened as above."""
    FULL = 3


class Action(StrEnum):
    """What can be done with a case."""

    SEE = "see"
    DIAGNOSE = "diagnose"
    MOVE = "move"
    RELEASE = "release"
    RULE_OUT = "rule_out"
    REOPEN = "reopen"
    MERGE = "merge"
    SPLIT = "split"
    WITHDRAW = "withdraw"
    ADD = "add"
    ACKNOWLEDGE = "acknowledge"


_WORKER = {
    Field.BUILDING: Grant.FULL,
}
_OWN = {
    Field.BUILDING: Grant.FULL, Field.DOOR: Grant.FULL, Field.TEMPERATURE: Grant.FULL, Field.SYMPTOMS: Grant.FULL,
    Field.CONTACT: Grant.FULL, Field.AREA: Grant.FULL, Field.NAME: Grant.MASKED, Field.PHONE: Grant.MASKED,
    Field.NOTE: Grant.FULL, Field.PHOTO: Grant.ON_REASON, Field.REPORTER: Grant.FULL,
}  # fmt: skip
_LEAD = {
    Field.BUILDING: Grant.FULL, Field.DOOR: Grant.ON_REASON, Field.TEMPERATURE: Grant.FULL,
    Field.SYMPTOMS: Grant.FULL, Field.CONTACT: Grant.ON_REASON, Field.AREA: Grant.FULL, Field.NAME: Grant.MASKED,
    Field.PHONE: Grant.MASKED, Field.NOTE: Grant.ON_REASON, Field.PHOTO: Grant.ON_REASON, Field.REPORTER: Grant.MASKED,
}  # fmt: skip
_REVIEWER = _LEAD | {Field.NAME: Grant.ON_REASON, Field.PHONE: Grant.ON_REASON}
ACCESS: Mapping[Role, Mapping[Field, Grant]] = {
    Role.BUILDING_LEADER: _WORKER,
    Role.GRID_WORKER: _WORKER,
    Role.UNIT_CONTACT: _WORKER,
    Role.COMMUNITY_LEAD: _LEAD,
    Role.TOWNSHIP_REVIEWER: _REVIEWER,
    Role.OFFICE: {},
    Role.ADMIN: {},
}
"""By role, what is seen of a case at a place of that role, or below it. What is not in it is not seen."""
OWN: Mapping[Field, Grant] = _OWN
"""What whoever reported a case sees of it, while they work at its place."""

_FIELD = frozenset({Role.BUILDING_LEADER, Role.GRID_WORKER, Role.UNIT_CONTACT})
_OFFICES = frozenset({Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER})
ACTIONS: Mapping[Action, frozenset[Role]] = {
    Action.SEE: _FIELD | _OFFICES | {Role.OFFICE},
    Action.DIAGNOSE: _OFFICES,
    Action.MOVE: _OFFICES,
    Action.RELEASE: _OFFICES,
    Action.RULE_OUT: _OFFICES,
    Action.REOPEN: _OFFICES,
    Action.MERGE: _OFFICES,
    Action.SPLIT: _OFFICES,
    Action.WITHDRAW: _OFFICES,
    Action.ADD: _OFFICES,
    Action.ACKNOWLEDGE: _OFFICES,
}
"""By action, who may do it with a case at a place of theirs, or below it."""
OWN_ACTIONS = frozenset({Action.DIAGNOSE, Action.MOVE, Action.WITHDRAW, Action.ADD})
"""What whoever reported a case may do with it, while they work at its place."""
OWN_HARMLESS = frozenset({Action.RULE_OUT})
"""And what else, while it is of no kind that breaks a streak: they are asked for the diagnosis of their fever."""


def grant(roles: Collection[Role], field: Field, *, own: bool) -> Grant:
    """How much of ``field`` somebody with these ``roles`` at the case's place, or above it, sees."""
    granted = [ACCESS[role].get(field, Grant.NONE) for role in roles]
    if own and _FIELD & set(roles):
        granted.append(OWN.get(field, Grant.NONE))
    return max(granted, default=Grant.NONE)


def allowed(roles: Collection[Role], *, own: bool, breaks: bool = True) -> frozenset[Action]:
    """What somebody with these ``roles`` at the case's place, or above it, may do with it.

    ``own``: they reported it; ``breaks``: it counts, or once counted, against its place.
    """
    mine = frozenset[Action]()
    if own and _FIELD & set(roles):
        mine = OWN_ACTIONS if breaks else OWN_ACTIONS | OWN_HARMLESS
    return mine | {action for action, who in ACTIONS.items() if who & set(roles)}
