"""What the bot keeps about the person it talks to, as it is shown to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Self:
    """What the bot keeps about the person it talks to; the phone is masked."""

    phone: str
    roles: tuple[tuple[str, str], ...] = ()
    """Role and place name."""
    channels: tuple[str, ...] = ()
    accepted_on: date | None = None
    reports: int = 0
    notice: str = ""
    """The version of the notice that was accepted."""
    leaves: int = 0
    messages: int = 0
    """What this person wrote, as far as it is still kept."""
    opened: int = 0
    """Items of cases that this person opened."""
    ask: str = ""
    """Who puts a wrong phone right: a masked name and a place; empty where there is nobody."""
    message_days: int = 0
    retention_days: int = 0
