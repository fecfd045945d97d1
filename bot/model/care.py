"""Home isolation, returnees and care (DOMAIN 7, 篇五)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Care(StrEnum):
    """Whom a visit cares for (篇五): counted, never listed by name."""

    ELDERLY_ALONE = "elderly_alone"
    PREGNANT = "pregnant"
    DIALYSIS = "dialysis"
    CHRONIC = "chronic"
    DISABLED = "disabled"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Isolation:
    """A home isolation as it stands: it began anew on the day its person last left without leave."""

    id: int
    place: str
    name: str
    """The place's name."""
    since: date
    """The day counting began: the start, or the day of the last breach."""
    days: int
    building: str | None = None
    breaches: int = 0
    ended_on: date | None = None
    """The day on which it was ended by hand; None while it runs."""

    @property
    def ends(self) -> date:
        """The first free day: it ends at the start of the day after its last (DOMAIN 7)."""
        return self.ended_on or self.since + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that one person still owes beside the daily report: a case, an isolation, a leave that waits."""

    kind: str
    """A key of the words: ``undiagnosed``, ``unmoved``, ``unseen``, ``isolation_ends``, ``leave_ends``."""
    subject: str
    """The case's code, or the isolation's number."""
    place: str
    """The place's name."""
    since: date
    due: str
    """When, as ISO 8601 with offset."""
    overdue: bool = False
    escalated: bool = False
    """True: the one responsible has not done it, so it is shown one level up."""
