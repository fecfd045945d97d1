"""The figures of one place over some days, as known at one moment after another: each moment costs a few questions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from bot.model import CaseFact, PackRules, Reason, Streak
from bot.scoring.coverage import Days
from bot.scoring.streak import spans, streak
from bot.store.figures import Scope, covered_days
from bot.store.logs import case_, case_event, logs, logs_of, tangled
from bot.store.spans import case_span, current, rank, unrank

EVENTS = (case_event.c.id, case_event.c.case, case_event.c.event, case_event.c.on, case_event.c.recorded_at)


class Course:
    """What was, and is, known of a place's days.

    Cases on which nothing was recorded after ``since`` come to the same at every later moment: they are asked for
    once, and only the others again for each moment.
    """

    def __init__(
        self, connection: Connection, rules: PackRules, place: str, days: Collection[date], since: datetime
    ) -> None:
        """Of the days (one at least) none is closed by ``since``; moments before ``since`` cannot be asked for."""
        self.connection = connection
        self.rules = rules
        self.place = place
        self.days = sorted(days)
        self._scope = Scope(connection, frozenset([place]), None)
        self._rows = self._scope.rows()
        self._of_place = next(row for row in self._rows if row.code == place)
        # What was merged may be anywhere: of those cases all are looked at.
        merged = tangled(connection)
        inside = self._scope.codes()
        assert inside is not None  # noqa: S101 - a scope of places has codes
        late = select(*EVENTS).join(case_, case_.c.code == case_event.c.case).where(case_event.c.recorded_at > since)
        late = late.where(or_(case_.c.place.in_(inside), case_event.c.case.in_(merged)))
        self.events = connection.execute(late.order_by(case_event.c.recorded_at, case_event.c.id)).all()
        """The facts recorded after ``since`` that may have a say, in that order."""
        touched = {row.case for row in self.events}
        # A case that is one person with a touched one goes with it.
        self._touched = touched | merged if touched & merged else touched
        self._known: dict[datetime, Mapping[date, Streak]] = {}

    def now(self) -> Mapping[date, Streak]:
        """By day the figure by all that is known; a day on which the place is closed by now is left out."""
        return self._figures(self._cases(None), None)

    def at(self, known_at: datetime) -> Mapping[date, Streak]:
        """The same, as known at a moment. Where unverified days count anyway, how many they are is not looked up."""
        if known_at not in self._known:
            self._known[known_at] = self._figures(self._cases(known_at), known_at)
        return self._known[known_at]

    def _cases(self, known_at: datetime | None) -> Mapping[date, str]:
        """By day the deciding case."""
        if not self._touched:
            return self._base
        again = self._ranks(logs_of(self.connection, self._touched, known_at)[1])
        return {day: max(self._base.get(day, ""), again.get(day, "")) for day in self._base.keys() | again.keys()}

    def _figures(self, cases: Mapping[date, str], known_at: datetime | None) -> Mapping[date, Streak]:
        row, rules = self._of_place, self.rules
        scope = Scope(self.connection, frozenset([self.place]), known_at)
        first = self.days[0]
        if known_at is None or rules.unverified != "count":
            first = min(rules.start, first, *(each.start for each in self._rows if each.start))
        reported = Days(first, covered_days(scope, self._rows, first, self.days[-1]).get(self.place, 0))
        return {
            day: streak(self.place, day, row.start or rules.start, _reason(cases.get(day)), reported, rules)
            for day in self.days
            if not (row.closed and row.closed <= day)
        }

    @cached_property
    def _base(self) -> Mapping[date, str]:
        """By day the deciding one of the cases on which nothing new was recorded."""
        if not current(self.connection, self.rules):
            rest = (
                log
                for log in logs(self.connection, None, self._scope.codes())
                if log and log[0].case not in self._touched
            )
            return self._ranks(rest)
        # Two halves rather than one OR, for each walks the index; and all days at once, for a large place is read once.
        lasting = self._standing(case_span.c.valid_until.is_(None), ())
        passing = self._standing(case_span.c.valid_until > self.days[0], (case_span.c.valid_until,))
        both = zip(self.days, lasting, passing, strict=True)
        return {day: text for day, *texts in both if (text := max(each or "" for each in texts))}

    def _standing(self, half: ColumnElement[bool], until: Sequence[ColumnElement[date]]) -> Sequence[str | None]:
        """Day by day the greatest rank of the untouched cases that stand on it."""
        column = case_span.c
        standing = (and_(column.valid_from <= day, *(each > day for each in until)) for day in self.days)
        query = self._scope.within(select(*(func.max(case((each, column.rank))) for each in standing)), column.place)
        query = query.where(column.pack == self.rules.name, column.valid_from <= self.days[-1], half)
        if self._touched:
            query = query.where(column.case.not_in(self._touched))
        return self.connection.execute(query).one()

    def _ranks(self, found: Iterable[Sequence[CaseFact]]) -> Mapping[date, str]:
        """By day the deciding case of these logs, of those that lie within the place."""
        inside = {row.code for row in self._rows}
        ranks: dict[date, str] = {}
        for log in found:
            for span in spans(log, self.rules) if log and log[0].place in inside else ():
                text = rank(span.reason)
                for day in self.days:
                    if span.valid_from <= day and (span.valid_until is None or day < span.valid_until):
                        ranks[day] = max(ranks.get(day, ""), text)
        return ranks


def _reason(text: str | None) -> Reason | None:
    return None if text is None else unrank(text)
