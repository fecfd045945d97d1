"""What the board offers to be begun, and to whom: what the chat would refuse somebody is not offered to them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.board.seat import Seat
from bot.handlers import COMMANDS
from bot.model.office import Ask
from bot.model.rights import RIGHTS, allowed

OFFERED: Sequence[tuple[str, Sequence[str]]] = (
    ("daily", ("report", "todo", "places", "summary", "missing", "nudge", "reports", "history", "leave")),
    ("cases", ("notice", "cases", "isolation", "returnee", "care")),
    ("creating", ("assess", "apply", "creation", "checks", "circular", "scores", "streaks", "worklog", "document")),
    ("mending", ("problem", "problems", "redblack", "deadlines")),
    ("managing", ("invite", "people", "channels", "settings", "health")),
    ("mine", ("me", "language", "help")),
)
"""What there is, by heading; a command that there is not (yet) is left out."""
REPORTING = frozenset({"report", "leave"})
"""What is only for those who owe a report of a place of theirs."""


def may(seat: Seat, command: str) -> bool:
    """Whether the command is anything for this person today."""
    if command in REPORTING:
        return seat.reports
    if command == "places":
        return seat.reports or bool(seat.own)
    return command not in RIGHTS or command == Ask.SETTINGS or command in allowed(seat.own, seat.roles)


def offered(seat: Seat) -> Sequence[tuple[str, Sequence[str]]]:
    """What this person can begin, by heading; a heading with nothing below it is left out."""
    found = [(head, [name for name in names if name in COMMANDS and may(seat, name)]) for head, names in OFFERED]
    return [each for each in found if each[1]]
