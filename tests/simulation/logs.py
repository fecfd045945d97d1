"""Logs made by hand: a town of two workers, a lead, a reviewer and an office, and what is said to have happened."""

from __future__ import annotations

from datetime import date, datetime, time

from bot.simulation.log import Attempt, Audience, Kept, Letter, Line, Log, Served, Somebody, Span, Told
from tests.town import ZONE

DAY = date(2026, 11, 24)
CUTOFF = time(17)
ONE, TWO, REVIEWER = 1, 2, 8


def at(said: str, day: date = DAY) -> datetime:
    """A time of that day."""
    return datetime.combine(day, time.fromisoformat(said), ZONE)


def working(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5


class Story:
    """A log, told event by event."""

    def __init__(self, days: int = 1, first: date = DAY) -> None:
        """Nobody has done anything; the bot ran all the time."""
        self.log = Log(ZONE, first, days, CUTOFF, date(2026, 12, 1))
        self.log.people = {
            ONE: Somebody(ONE, "grid_worker", ("a", "b"), (("alpha", "1"),)),
            TWO: Somebody(TWO, "grid_worker", ("b",), (("alpha", "2"), ("beta", "2"))),
            REVIEWER: Somebody(REVIEWER, "township_reviewer", (), (("alpha", "8"),)),
        }
        self.log.up = [Span(datetime(2026, 1, 1, tzinfo=ZONE), datetime(2028, 1, 1, tzinfo=ZONE))]

    def reported(self, place: str, said: str, status: str = "normal", day: date = DAY) -> Story:
        """Somebody reports a place."""
        self.log.lines.append(Line(place, day, at(said, day), status))
        return self

    def reminded(
        self,
        person: int,
        said: str,
        slot: str | None = None,
        told: Told = Told.SENT,
        *,
        arrives: bool = True,
        number: int | None = None,
        kind: str = "reminder",
        day: date = DAY,
    ) -> Story:
        """A message leaves; ``number`` names one that was there before."""
        moment = at(said, day)
        row = number or len(self.log.letters) + 1
        self.log.letters.setdefault(row, Letter(row, kind, person, moment))
        if slot is not None and not any(each.outbox == row and each.slot == slot for each in self.log.served):
            self.log.served.append(Served(person, slot, row))
        arrived = moment if arrives else None
        self.log.attempts.append(Attempt(row, "alpha", str(person), moment, told, arrived, text=f"message {row}"))
        return self

    def daily(self, person: int, *moments: str) -> Story:
        """The reminders of the day, each at its moment."""
        for moment in moments:
            self.reminded(person, moment, f"daily-report/{DAY}@{moment}")
        return self

    def served(self) -> Story:
        """Both workers were reminded as they should be, and did not report."""
        return self.daily(ONE, "15:00", "16:30").daily(TWO, "15:00", "16:30")

    def took(self, dedupe: str, *, stored: bool = True, answered: bool = True, state: str = "done") -> Story:
        """A message was acknowledged."""
        self.log.acknowledged.add(("alpha", dedupe))
        if stored:
            inbox = len(self.log.kept) + 1
            self.log.kept.append(Kept(inbox, "alpha", dedupe, state))
            if answered:
                row = len(self.log.letters) + 1
                self.log.letters[row] = Letter(row, "reply", ONE, at("12:00"), inbox)
        return self

    def audience(self, deadline: str, person: int = REVIEWER) -> Story:
        """Somebody is reminded of a dated deadline."""
        self.log.audience.append(Audience(deadline, person, "T"))
        return self
