"""Who does something, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, through which message, at which moment (aware)."""

    person: int
    inbox: int | None
    now: datetime
    late: bool = False
