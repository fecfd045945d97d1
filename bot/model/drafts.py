"""What free words were read as: a draft, shown for checking, filed by nobody but its writer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.model.facts import Status


class Doubt(StrEnum):
    """A part of a draft that could be meant otherwise: it is marked where it is shown."""

    PLACE = "place"
    STATUS = "status"
    KIND = "kind"
    COUNT = "count"
    DOOR = "door"
    TEMPERATURE = "temperature"
    DAY = "day"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class DraftFinding:
    """So many persons of a kind, as far as the words say."""

    kind: str
    count: int
    door: str = ""
    temperature: float | None = None
    """In °C."""
    symptoms: tuple[str, ...] = ()
    doubts: frozenset[Doubt] = frozenset()


@dataclass(frozen=True, slots=True)
class DraftLine:
    """What the words say of one place."""

    place: str
    """Its code; empty where no place was said, or several are meant alike."""
    status: Status
    findings: tuple[DraftFinding, ...] = ()
    near: tuple[str, ...] = ()
    """Codes of the places that could be meant, where it is not clear which."""
    said: str = ""
    """The words for the place."""
    doubts: frozenset[Doubt] = frozenset()


@dataclass(frozen=True, slots=True)
class Draft:
    """A report as it was understood, and what was not."""

    day: date
    lines: tuple[DraftLine, ...] = ()
    rest: bool = False
    """Whether all other places are normal."""
    doubts: frozenset[Doubt] = frozenset()
    lost: tuple[str, ...] = ()
    """Words of which nothing was made, as they were written."""
    spoken: tuple[str, ...] = ()
    """Codes of the places that were named, also where nothing was said of them."""
    foreign: tuple[str, ...] = ()
    """Words that look like a place, and are none of the writer's."""
    trouble: bool = False
    """Whether something is not normal, and it was not said what or where: that is to be asked."""
    odd: tuple[str, ...] = ()
    """Of what was lost, the figures that were meant for a temperature, and are none that a body has."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to file."""
        return not self.lines and not self.rest
