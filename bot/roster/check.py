"""A roster against what is known → the plan of what to write, and everything that speaks against writing it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from bot.roster.plan import Plan
from bot.roster.sheets import Problem, Roster, Row

if TYPE_CHECKING:
    from bot.model import PackRules, Place
    from bot.roster.known import Known


@dataclass(slots=True)
class Check:
    """One examination: what was read, what is known, and what came of it so far."""

    roster: Roster
    known: Known
    rules: PackRules
    now: datetime
    """Aware, in the programme's time zone."""
    places: dict[str, Place] = field(default_factory=dict)
    """All places as they would be after the import."""
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)

    @property
    def zone(self) -> tzinfo:
        """The programme's time zone."""
        if self.now.tzinfo is None:
            message = f"a moment without a time zone: {self.now!r}"
            raise ValueError(message)
        return self.now.tzinfo

    @property
    def today(self) -> date:
        """The day it is there."""
        return self.now.date()

    def refuse(self, row: Row, column: str | None, reason: str, **values: object) -> None:
        """Note one more reason."""
        self.problems.append(row.problem(column, reason, **values))

    def once(self, table: str, key: Callable[[Row], Hashable], column: str) -> Iterator[Row]:
        """The rows of ``table``, without repeats; a repeat that says something else is refused."""
        seen: dict[Hashable, Row] = {}
        for row in self.roster.rows[table]:
            first = seen.setdefault(key(row), row)
            if first is row:
                yield row
            elif first.values == row.values:
                self.plan.counts[table].same += 1
            else:
                elsewhere = "" if first.sheet.where == row.sheet.where else f"{first.sheet.where} "
                self.refuse(row, column, "twice", first=f"{elsewhere}{first.number}")

    def place(self, row: Row, on: date | None = None) -> bool:
        """Whether the row's place is there, and on that day not closed; if not, it is noted."""
        code = row.values["place"]
        place = self.places.get(code)
        if place is None:
            if code not in self.roster.doubtful["places"]:
                self.refuse(row, "place", "unknown_place", code=code)
            return False
        if on and place.closed and on >= place.closed:
            self.refuse(row, "place", "closed", code=code, day=place.closed.isoformat())
            return False
        return True

    def person(self, row: Row, column: str) -> bool:
        """Whether the row's phone is somebody's; if not, it is noted."""
        phone = row.values[column]
        if phone in self.known.people or phone in self.plan.new_people:
            return True
        if phone not in self.roster.doubtful["people"]:
            self.refuse(row, column, "unknown_person")
        return False
