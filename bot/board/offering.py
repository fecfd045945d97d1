"""What the board offers to be begun, and to whom: what the chat would refuse somebody is not offered to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.board.seat import Seat
from bot.handlers import COMMANDS
from bot.model import ACTIONS, Action, Role
from bot.model.office import MAY, Ask
from bot.scoring import awards
from bot.scoring import ledger as problems
from bot.store import care_kept, circulars, creation_kept, desks, places, ticks
from bot.store.todo import FIELD

OFFERED: Sequence[tuple[str, Sequence[str]]] = (
    ("daily", ("report", "todo", "places", "summary", "missing", "nudge", "reports", "history", "leave")),
    ("cases", ("notice", "cases", "isolation", "returnee", "care")),
    ("creating", ("assess", "apply", "creation", "checks", "circular", "scores", "streaks", "worklog", "document")),
    ("mending", ("problem", "problems", "redblack", "deadlines")),
    ("managing", ("invite", "people", "channels", "settings", "health")),
    ("mine", ("me", "language", "help")),
)
"""What there is, by heading; a command that there is not (yet) is left out."""
REPORTING = frozenset({"report", "places", "leave"})
"""What is only for those who owe a report of a place of theirs."""
_APPLICANTS = frozenset(awards.ANSWERS_FOR.values())
_WHO: Mapping[str, frozenset[Role]] = {
    "notice": places.WHO,
    "cases": ACTIONS[Action.SEE],
    "isolation": care_kept.WORK,
    "returnee": care_kept.WORK,
    "care": care_kept.WORK,
    "assess": _APPLICANTS,
    "apply": _APPLICANTS,
    "creation": creation_kept.ROLES,
    "checks": FIELD | frozenset(ticks.LEADS),
    "circular": frozenset(circulars.ROLES),
    "document": desks.ROLES,
    "problem": places.FINDERS,
    "problems": problems.SEE,
}
"""By command, the roles that it is for, as the room says that answers it; what is not here is for everybody."""
_OFFICE: Mapping[str, frozenset[Role]] = {ask.value: roles for ask, roles in MAY.items() if ask is not Ask.SETTINGS}
"""What is asked by those only who hold the role themselves: nobody oversees for another.
Settings are everybody's: their own."""


def may(seat: Seat, command: str) -> bool:
    """Whether the command is anything for this person today."""
    if command in REPORTING:
        return seat.reports
    if command in _OFFICE:
        return bool(_OFFICE[command] & seat.own)
    return command not in _WHO or bool(_WHO[command] & seat.roles)


def offered(seat: Seat) -> Sequence[tuple[str, Sequence[str]]]:
    """What this person can begin, by heading; a heading with nothing below it is left out."""
    found = [(head, [name for name in names if name in COMMANDS and may(seat, name)]) for head, names in OFFERED]
    return [each for each in found if each[1]]
