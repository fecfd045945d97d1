"""Who works where, as those who answer for them see it: names and phones masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Worker(NamedTuple):
    """Somebody who works in one's places: a masked name and phone."""

    person: int
    name: str
    phone: str
    roles: tuple[tuple[str, str], ...] = ()
    """Role and place."""
    enrolled: bool = True
    away: date | None = None
    """On leave until then."""
    stand_in: str = ""
    """Who reports meanwhile: a masked name."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works where; those who need something come first."""

    count: int = 0
    enrolled: int = 0
    away: int = 0
    shown: tuple[Worker, ...] = ()
    more: int = 0
    """Those behind them."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Invitees:
    """Who can be invited: those who were meant, or all who have no chat yet."""

    people: tuple[Worker, ...] = ()
    more: int = 0
    """Those that are not shown."""
    said: str = ""
    """The phone or the name that was written, as it may be shown."""
    page: int = 1


class Way(NamedTuple):
    """Where somebody can use a one-time code beside the web."""

    channel: str
    link: str = ""
    """It opens the chat and brings the code; empty: the code is written there."""
