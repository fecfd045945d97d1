"""Who owed what when, as the judge works it out from reports and leaves, by itself."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date, datetime

from bot.simulation.log import Log

WITHDRAWN = "withdrawn"


class Duty:
    """Questions about a log: the places that somebody owed a report of, and when each was reported."""

    def __init__(self, log: Log) -> None:
        """Sort what was reported by place and day."""
        self._log = log
        self._said: dict[tuple[str, date], list[tuple[datetime, str]]] = defaultdict(list)
        for line in log.lines:
            self._said[line.place, line.day].append((line.at, line.status))
        for said in self._said.values():
            said.sort(key=lambda each: each[0])
        self._away = defaultdict(list)
        self._instead = defaultdict(list)
        for leave in log.leaves:
            self._away[leave.person].append(leave)
            if leave.stand_in is not None:
                self._instead[leave.stand_in].append(leave)

    def places(self, person: int, day: date, at: datetime) -> tuple[str, ...]:
        """What they owe on ``day`` as known ``at``: their own unless they are away, and those they stand in for."""
        away = any(each.since <= day <= each.until and each.at <= at for each in self._away[person])
        own = () if away else self._log.people[person].places
        others = (
            place
            for each in self._instead[person]
            if each.since <= day <= each.until and each.at <= at
            for place in self._log.people[each.person].places
        )
        return tuple(dict.fromkeys((*own, *others)))

    def reported(self, place: str, day: date, at: datetime) -> bool:
        """Whether a report of the place's day stood ``at``."""
        said = self._said.get((place, day), [])
        count = bisect_right(said, at, key=lambda each: each[0])
        return count > 0 and said[count - 1][1] != WITHDRAWN

    def owes(self, person: int, day: date, at: datetime) -> bool:
        """Whether something of that day is still to be reported."""
        return any(not self.reported(place, day, at) for place in self.places(person, day, at))

    def settled(self, person: int, day: date, since: datetime, until: datetime) -> datetime:
        """The first moment from ``since`` on at which they owe nothing of the day, or ``until``."""
        places = self.places(person, day, since)
        moments = sorted(at for place in places for at, _ in self._said.get((place, day), ()) if since <= at < until)
        moments += [each.at for each in self._away[person] if since <= each.at < until]
        return next((at for at in sorted(moments) if not self.owes(person, day, at)), until)
