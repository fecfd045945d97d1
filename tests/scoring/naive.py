"""A slow town walked day by day, written from DOMAIN's words alone: it shares no code with the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

DUTY = {"compound", "building", "village", "unit"}


class Fact(NamedTuple):
    """What happened in a case, of which kind, on which day, when it was learned, and which other case it names."""

    event: str
    kind: str | None
    on: date
    at: datetime
    other: str = ""


class Said(NamedTuple):
    """A line of a report: normal or withdrawn, for a place's day, and when it arrived."""

    place: str
    day: date
    status: str
    at: datetime
    late: bool


class Spot(NamedTuple):
    """A place."""

    code: str
    level: str
    parent: str | None
    start: date | None
    closed: date | None


class Duty(NamedTuple):
    """Somebody is to report for a place, from one day to another, both included."""

    place: str
    since: date | None
    until: date | None


@dataclass
class Village:
    """A whole town: places by code, cases by code (place, log), reports in the order of their numbers, duties."""

    spots: dict[str, Spot]
    cases: dict[str, tuple[str, list[Fact]]]
    said: list[Said]
    duties: list[Duty]
    programme: date
    breaking: set[str] = field(default_factory=lambda: {"confirmed", "suspected", "asymptomatic", "close_contact"})
    unverified: str = "count"
    ruled_out: str = "restart"

    def is_open(self, code: str, day: date) -> bool:
        """Whether a place still counts on ``day``."""
        closed = self.spots[code].closed
        return closed is None or day < closed

    def below(self, code: str) -> list[str]:
        """The places directly below."""
        return [spot.code for spot in self.spots.values() if spot.parent == code]

    def lies_in(self, code: str, top: str) -> bool:
        """Whether a place is another, or somewhere below it."""
        here: str | None = code
        while here is not None:
            if here == top:
                return True
            here = self.spots[here].parent
        return False

    def expects(self, code: str, day: date) -> bool:
        """Whether a report is expected of the place, or of one below, on ``day``."""
        if not self.is_open(code, day):
            return False
        return self.owes(code, day) or any(self.expects(child, day) for child in self.below(code))

    def owes(self, code: str, day: date) -> bool:
        """Whether somebody is to report for the place itself on ``day``."""
        return (
            self.is_open(code, day)
            and self.spots[code].level in DUTY
            and any(
                duty.place == code
                and (duty.since is None or duty.since <= day)
                and (duty.until is None or day <= duty.until)
                for duty in self.duties
            )
        )

    def stands(self, code: str, day: date, known: datetime | None, *, at_cutoff: bool = False) -> bool:
        """Whether the place's own report stands: the last thing said of its day is not that it is withdrawn."""
        last = None
        for said in self.said:
            if said.place == code and said.day == day and (known is None or said.at <= known):
                if at_cutoff and said.late:
                    continue
                if last is None or said.at >= last.at:
                    last = said
        return last is not None and last.status != "withdrawn"

    def covered(self, code: str, day: date, known: datetime | None = None, *, on_time: bool = False) -> bool:
        """Whether the place's day is covered by its own report, or by all below that are expected to report."""
        if self.stands(code, day, known) and (not on_time or self.stands(code, day, known, at_cutoff=True)):
            return True
        children = [child for child in self.below(code) if self.expects(child, day)]
        return bool(children) and all(self.covered(child, day, known, on_time=on_time) for child in children)

    def exists(self, code: str, known: datetime | None) -> bool:
        """Whether anything is known of a case, and not that it was entered by mistake."""
        log = [fact for fact in self.cases[code][1] if known is None or fact.at <= known]
        return bool(log) and not [fact for fact in log if fact.event == "withdrawn"]

    def joins(self, code: str, known: datetime | None) -> Fact | None:
        """The merging that is the last word on a case, if it leads to a case that exists."""
        words = [fact for fact in self.cases[code][1] if fact.event in {"merged", "split"}]
        words = sorted((fact for fact in words if known is None or fact.at <= known), key=lambda fact: fact.at)
        if not words or words[-1].event == "split" or not self.exists(words[-1].other, known):
            return None
        return words[-1]

    def stands_for(self, code: str, known: datetime | None) -> str:
        """The case that stands for a case: as many steps as there are cases end at it, or go round in a circle."""
        ages: list[tuple[datetime, str]] = []
        for _ in range(2 * len(self.cases)):
            step = self.joins(code, known)
            if step is None:
                return code
            ages.append((step.at, code))
            code = step.other
        return max(ages[len(self.cases) :])[1]

    def person(self, code: str, known: datetime | None) -> list[Fact]:
        """All that holds of the person for whom a case stands; nothing where another case stands for them."""
        same = [each for each in self.cases if self.exists(each, known) and self.stands_for(each, known) == code]
        log = [fact for each in same for fact in self.cases[each][1] if known is None or fact.at <= known]
        undone = [fact.at for fact in log if fact.event == "reopened"]
        ends = {"left", "released", "ruled_out"}
        return [fact for fact in log if fact.event not in ends or all(fact.at > at for at in undone)]

    def case_on(self, code: str, day: date, known: datetime | None) -> tuple[date, date | None, str] | None:
        """When a case took effect, when it ended (None: open) and what it is; None if it does not count on ``day``."""
        log = self.person(code, known)
        effect: date | None = None
        kind = ""
        firsts: dict[str, date] = {}
        today = min((fact.on for fact in log), default=day)
        while today <= day:
            for fact in sorted((fact for fact in log if fact.on == today), key=lambda fact: fact.at):
                if fact.event in {"found", "diagnosed"} and fact.kind in self.breaking:
                    effect = effect or today
                    kind = fact.kind or ""
                if fact.event not in firsts:
                    firsts[fact.event] = today
            today += timedelta(days=1)
        excluded = firsts.get("ruled_out")
        if effect is None:
            return None
        if excluded is not None and self.ruled_out == "restore":
            return None
        end = firsts["left"] if "left" in firsts else firsts.get("released")
        if excluded is not None and (end is None or excluded < end):
            end = excluded
        return effect, end, kind

    def walk(self, code: str, day: date, known: datetime | None = None) -> dict[str, object]:
        """The figure of a place at the end of ``day``, counted up one day at a time from the place's first."""
        cases = {}
        for name, (place, _) in self.cases.items():
            found = self.case_on(name, day, known)
            if found is not None and self.lies_in(place, code):
                cases[name] = found
        ended = {name: case[1] for name, case in cases.items()}
        standing = [name for name, end in ended.items() if end is None or end >= day]
        if standing:
            best = max(standing, key=lambda name: (ended[name] is None, cases[name][0], name))
            return self._figure(0, "broken", None, (best, *cases[best]), 0, 0)
        count = seen = unseen = 0
        since: date | None = None
        reason: tuple[str, date, date | None, str] | None = None
        today = self.spots[code].start or self.programme
        verified = self.covered(code, day, known)
        while today <= day:
            since = since or today
            here = self.covered(code, today, known)
            seen, unseen = seen + here, unseen + (not here)
            count += here if self.unverified == "hold" else 1
            if self.unverified == "break" and not here:
                reason = None
                count, seen, unseen, since = 0, 0, 0, None
            over = [name for name, end in ended.items() if end == today]
            if over:
                best = max(over, key=lambda name: (cases[name][0], name))
                reason = (best, *cases[best])
                count, seen, unseen, since = 0, 0, 0, None
            today += timedelta(days=1)
        return self._figure(count, "clean" if verified else "unverified", since, reason, seen, unseen)

    @staticmethod
    def _figure(  # noqa: PLR0917 - the six parts of a figure, in their order
        days: int, state: str, since: date | None, reason: object, seen: int, unseen: int
    ) -> dict[str, object]:
        return {"days": days, "state": state, "since": since, "reason": reason, "reported": seen, "unverified": unseen}
