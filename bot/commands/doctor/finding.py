"""One thing that the doctor looked at: how it is, and how it is mended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing is; only an error keeps the bot from its work."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


SIGNS = {State.OK: "✅", State.WARNING: "⚠️", State.ERROR: "❌"}


@dataclass(frozen=True, slots=True)
class Finding:
    """``check`` is the thing, ``what`` how it is, ``mend`` what to do; an ``ok`` needs no mend."""

    check: str
    state: State
    what: str
    mend: str = ""

    def __str__(self) -> str:
        """The line that an operator reads."""
        return f"{SIGNS[self.state]} {self.what}" + (f" – {self.mend}" if self.mend else "")


def ok(check: str, what: str) -> Finding:
    """All is well."""
    return Finding(check, State.OK, what)


def warning(check: str, what: str, mend: str) -> Finding:
    """The bot works, but somebody should know."""
    return Finding(check, State.WARNING, what, mend)


def error(check: str, what: str, mend: str) -> Finding:
    """The bot does not work like this."""
    return Finding(check, State.ERROR, what, mend)
