"""Who asks, in which house, at which moment: what every question for a brief starts from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.model import Locale, PackRules
from bot.store.crypto import Keyring


@dataclass(frozen=True, slots=True)
class Who:
    """The person behind an address."""

    person: int
    name: str
    """As it is; shown masked."""
    locale: Locale
    bound_at: datetime
    unreachable: bool = False
    """Whether the platform lately refused what was sent there."""


@dataclass(frozen=True, slots=True)
class House:
    """What every brief needs to know of the house."""

    keyring: Keyring
    rules: PackRules
    zone: ZoneInfo
    packs: tuple[PackRules, ...] = ()
    """The packs by which places are judged beside ``rules``."""

    @property
    def judges(self) -> tuple[PackRules, ...]:
        """All packs, the leading one first."""
        return (self.rules, *self.packs)


class Looking(Protocol):
    """What a figure needs that is the same whoever asks."""

    @property
    def connection(self) -> Connection:
        """The transaction."""
        ...

    @property
    def house(self) -> House:
        """The house."""
        ...

    @property
    def now(self) -> datetime:
        """Aware, in the programme's zone."""
        ...

    @property
    def today(self) -> date:
        """The day on which it is asked."""
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """A look that nobody in particular takes: a group's."""

    connection: Connection
    house: House
    now: datetime

    @property
    def today(self) -> date:
        """The day on which it is asked."""
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Asking:
    """One question for a brief."""

    connection: Connection
    house: House
    who: Who
    now: datetime
    """Aware, in the programme's zone."""
    day: date
    subject: str = ""
    """What the command named: a case's number, a place's code."""

    @property
    def today(self) -> date:
        """The day on which it is asked."""
        return self.now.date()
