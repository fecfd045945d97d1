"""What was published of a place beside what is known of those days now, and the fact that made the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import CTE, Connection, select

from bot.model import Cause, HistoryDay, PackRules, PlaceHistory, Status, Streak
from bot.store.course import Course
from bot.store.duties import EVENT, PLACE, REPORT
from bot.store.published import Judging, closing, published

DAYS = 14
"""So many days back a history goes where nobody says otherwise."""
REPORTED = "report"
"""The event of a cause that is a report; one that was taken back is called by its status."""


def history(connection: Connection, house: Judging, place: str, first: date, last: date) -> tuple[PlaceHistory, ...]:
    """The published days of ``place`` from ``first`` to ``last``, newest first, under one pack after another.

    The leading pack comes first, even if it has published nothing; the others where they have. A day on which the
    place is closed by now is left out. There is nothing where there is no such place.
    """
    name = connection.execute(select(PLACE.c.name).where(PLACE.c.code == place)).scalar()
    if name is None:
        return ()
    found = []
    for rules in house.judges:
        then = published(connection, rules, place, first, last)
        days = _Past(connection, house, rules, then).days() if then else ()
        if days or rules is house.judges[0]:
            found.append(PlaceHistory(place, name, rules.name, days))
    return tuple(found)


class _Past:
    """Published figures of a place, and what has been recorded since."""

    def __init__(self, connection: Connection, house: Judging, rules: PackRules, then: Sequence[Streak]) -> None:
        """Of at least one day."""
        self.connection = connection
        self.house = house
        self.rules = rules
        self.then = then
        self.place = then[0].place
        since = closing(house, then[-1].as_of)
        self.course = Course(connection, rules, self.place, [each.as_of for each in then], since)
        self.now = self.course.now()
        self.since = since

    def days(self) -> tuple[HistoryDay, ...]:
        """Day by day, each that differs with its cause."""
        found = [HistoryDay(each.as_of, each, self.now[each.as_of]) for each in self.then if each.as_of in self.now]
        return tuple(replace(day, cause=self._cause(day)) if day.differs else day for day in found)

    @cached_property
    def _tree(self) -> CTE:
        """The place and all below it."""
        tree = select(PLACE.c.code).where(PLACE.c.code == self.place).cte(recursive=True)
        return tree.union(select(PLACE.c.code).join(tree, PLACE.c.parent == tree.c.code))

    @cached_property
    def _reports(self) -> Sequence[Any]:
        """The reports there that may have a say in the figures and were recorded since, in that order."""
        columns = (REPORT.c.id, REPORT.c.day, REPORT.c.status, REPORT.c.recorded_at)
        query = select(*columns).join(self._tree, self._tree.c.code == REPORT.c.place)
        query = query.where(REPORT.c.recorded_at > self.since, REPORT.c.day <= self.then[0].as_of)
        if self.rules.unverified == "count":
            query = query.where(REPORT.c.day >= self.then[-1].as_of)
        return self.connection.execute(query.order_by(REPORT.c.recorded_at, REPORT.c.id)).all()

    def _speaking(self, day: date) -> list[Any]:
        """Of the reports those that may have a say in the figure of ``day``."""
        # Where unverified days count, a report changes the state of its own day and nothing else.
        own = self.rules.unverified == "count"
        return [row for row in self._reports if row.day == day or (row.day < day and not own)]

    def _cause(self, of: HistoryDay) -> Cause | None:
        """The fact whose recording, after the cutoff, turned the figure into what it is now.

        Halving finds one: before it the figure was another, with it the present one. Where nothing that was recorded
        after the cutoff did so, something was brought in later under an earlier moment.
        """
        day, cutoff = of.day, closing(self.house, of.day)
        reports = self._speaking(day)
        moments = sorted({row.recorded_at for row in (*self.course.events, *reports) if row.recorded_at > cutoff})
        before, after = self.course.at(cutoff)[day], of.restated
        if not moments or _figure(before) == _figure(after):
            return self._brought_in(of)
        low, high = -1, len(moments) - 1
        while high - low > 1:
            middle = (low + high) // 2
            known = self.course.at(moments[middle])[day]
            if _figure(known) == _figure(of.restated):
                high, after = middle, known
            else:
                low, before = middle, known
        at = moments[high]
        fact = self._of_cases([row for row in self.course.events if row.recorded_at == at], after, before)
        said = self._of_reports([row for row in reports if row.recorded_at == at])
        return (fact or said) if before.reason != after.reason else (said or fact)

    def _of_cases(self, rows: Sequence[Any], *figured: Streak) -> Cause | None:
        """Of several facts of one moment the one on the case on which the figure rests, or rested."""
        cases = [each.reason.case for each in figured if each.reason is not None]
        rows = sorted(rows, key=lambda row: cases.index(row.case) if row.case in cases else len(cases))
        return self._fact(rows[0]) if rows else None

    def _fact(self, row: Any) -> Cause:  # noqa: ANN401 - a row of a case's log
        return Cause(row.case, row.event, row.on, row.recorded_at.astimezone(self.house.zone))

    def _of_reports(self, rows: Sequence[Any]) -> Cause | None:
        """Of several reports of one moment the one of the latest day."""
        if not rows:
            return None
        row = max(rows, key=lambda each: (each.day, each.id))
        event = Status.WITHDRAWN.value if row.status == Status.WITHDRAWN else REPORTED
        return Cause("", event, row.day, row.recorded_at.astimezone(self.house.zone))

    def _brought_in(self, of: HistoryDay) -> Cause | None:
        """What an import brought in after the day was published, under a moment before its cutoff: the newest line.

        None where no fact is to blame: the roster or the pack is another than it was.
        """
        if of.published.reason != of.restated.reason:
            cases = [each.reason.case for each in (of.restated, of.published) if each.reason is not None]
            query = select(EVENT).where(EVENT.c.case.in_(cases)).order_by(EVENT.c.id.desc()).limit(1)
            row = self.connection.execute(query).first()
            return None if row is None else self._fact(row)
        if self.rules.unverified == "count" and of.published.state == of.restated.state:
            return None
        query = select(REPORT).join(self._tree, self._tree.c.code == REPORT.c.place).where(REPORT.c.day == of.day)
        return self._of_reports(self.connection.execute(query.order_by(REPORT.c.id.desc()).limit(1)).all())


def _figure(streak: Streak) -> tuple[int, str]:
    return streak.days, streak.state
