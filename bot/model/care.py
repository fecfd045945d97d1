"""Home isolation, returnees and care (DOMAIN 7, 篇五)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

LONGEST = 60
"""No isolation lasts longer, in days."""
GRACE = timedelta(days=3)
"""So long after an isolation ended its end is still announced: the bot may have been down on the day itself."""


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

    def day_on(self, day: date) -> int:
        """Which day of the isolation ``day`` is, the first being 1."""
        return (day - self.since).days + 1

    def runs_on(self, day: date) -> bool:
        """Whether the person must stay at home on ``day``, or will have to from a later day on."""
        return day < self.ends


class Stay(StrEnum):
    """What happens to a home isolation."""

    BROKEN = "broken"
    ENDED = "ended"


def standing(order: Isolation, events: Iterable[tuple[Stay, date]]) -> Isolation:
    """How an isolation stands, in whatever order its events were recorded (篇五 四 4).

    Whoever leaves without leave begins anew that day: each breach on a day of the isolation, as it ran until then,
    moves its beginning there. An end by hand holds if the days were not over before; the earliest of several counts.
    """
    known = set(events)
    by_hand = min((max(on, order.since) for stay, on in known if stay is Stay.ENDED), default=None)
    since, breaches, days = order.since, 0, timedelta(days=order.days)
    for on in sorted(on for stay, on in known if stay is Stay.BROKEN):
        if since <= on < since + days and (by_hand is None or on < by_hand):
            since, breaches = on, breaches + 1
    ended_on = by_hand if by_hand is not None and by_hand < since + days else None
    return replace(order, since=since, breaches=breaches, ended_on=ended_on)


def ending(isolations: Iterable[Isolation], today: date) -> tuple[Isolation, ...]:
    """Those whose days are over by themselves today, or were within the days of ``GRACE``: to be announced."""
    return tuple(each for each in isolations if each.ended_on is None and today - GRACE < each.ends <= today)


@dataclass(frozen=True, slots=True)
class Returned:
    """Persons who came back from a risk area, as a worker registered them: a count, never a name."""

    place: str
    name: str
    """The place's name."""
    arrived: date
    count: int
    area: str | None = None
    """Where they came from; None where this reader may not know."""


@dataclass(frozen=True, slots=True)
class Visited:
    """What was last written of one group at one place: persons known, and visits made on that day."""

    place: str
    care: Care
    day: date
    people: int
    visits: int


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that one person still owes beside the daily report: a case, an isolation, a leave that waits."""

    kind: str
    """A key of the words: ``undiagnosed``, ``unmoved``, ``unseen``, ``isolation_ends``, ``leave_ends``,
    ``problem_due``, ``problem_close``, ``look_again``; of the creation workflow ``resubmit``, ``check``, ``inspect``,
    ``decide``, ``review``."""
    subject: str
    """The case's or the problem's code, the isolation's number, or the code of the place whose step is due."""
    place: str
    """The place's name."""
    since: date
    due: str
    """When, as ISO 8601 with offset; nothing where no day is set."""
    overdue: bool = False
    escalated: bool = False
    """True: the one responsible has not done it, so it is shown one level up."""
    asks: str = ""
    """When this person is asked about it for the first time, as ISO 8601 with offset; empty: never."""
