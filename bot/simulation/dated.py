"""Whether the dated deadlines were served as the ladder says: every moment of it, and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.simulation.ladder import Deadline, Working, deadlines
from bot.simulation.log import Attempt, Audience, Log, Told
from bot.simulation.slots import Slot
from bot.simulation.verdict import Verdict

SERVED_WITHIN = timedelta(hours=2)
"""So long after its moment a reminder may leave: the platform, or a process that was not there, may hold it up."""
OVERDUE = 3
"""So many days after the due day one is told that it is overdue."""


def check(
    log: Log,
    verdict: Verdict,
    reminders: Mapping[int, Sequence[Attempt]],
    slots: Mapping[int, Sequence[Slot]],
    working: Working,
) -> None:
    """Count the moments, those that nobody was reminded at, and the reminders of these deadlines at other moments."""
    last = log.first + timedelta(days=log.days - 1)
    known = list(deadlines(log.first, last, log.first_cycle, log.zone, working))
    told = {person: _told(attempts, slots) for person, attempts in reminders.items()}
    expected: dict[tuple[int, str], list[datetime]] = {}
    for audience in log.audience:
        for deadline in (each for each in known if each.name == audience.deadline):
            for moment in deadline.moments:
                if _met(log, audience, deadline, moment) or not _was_up(log, moment):
                    continue
                verdict.dated += 1
                expected.setdefault((audience.person, deadline.name), []).append(moment)
                if not _served(told.get(audience.person, []), deadline.name, moment):
                    verdict.find("dated_missing", f"{audience.person} {deadline.name} {moment:%Y-%m-%d %H:%M}")
    for person, attempts in told.items():
        for attempt, names in attempts:
            for name in names:
                if not any(
                    moment <= attempt.at <= moment + SERVED_WITHIN for moment in expected.get((person, name), ())
                ) and not _overdue(known, name, attempt):
                    verdict.find("dated_stray", f"{person} {name} {attempt.at:%Y-%m-%d %H:%M}")


def _told(attempts: Sequence[Attempt], slots: Mapping[int, Sequence[Slot]]) -> list[tuple[Attempt, frozenset[str]]]:
    """What reached, or may have reached, somebody, with the dated deadlines that each is about."""
    named = ((each, frozenset(slot.deadline for slot in slots.get(each.outbox, ()))) for each in attempts)
    return [
        (each, names & DATED)
        for each, names in named
        if names & DATED and (each.arrived is not None or each.told in {Told.UNCERTAIN, Told.KILLED, Told.REFUSED})
    ]


DATED = frozenset({"prepare", "first-report", "first-cycle-end", "monthly-report", "quarterly-review"})


def _served(told: Sequence[tuple[Attempt, frozenset[str]]], name: str, moment: datetime) -> bool:
    return any(name in names and moment <= attempt.at <= moment + SERVED_WITHIN for attempt, names in told)


def _met(log: Log, audience: Audience, deadline: Deadline, moment: datetime) -> bool:
    """Whether it had been done by then."""
    period = deadline.due.isoformat()
    said = [
        each.met
        for each in log.met
        if (each.deadline, each.place) == (deadline.name, audience.place)
        and _same_period(each.period, period)
        and each.at <= moment
    ]
    return bool(said) and said[-1]


def _same_period(said: str, due: str) -> bool:
    """A period is written as its day, its month or its quarter."""
    quarter = f"{due[:4]}Q{(int(due[5:7]) + 2) // 3}"
    return said in {due, due[:7], quarter, due[:4]}


def _was_up(log: Log, moment: datetime) -> bool:
    """Whether the bot ran for a while soon after."""
    return any(
        min(span.until, moment + SERVED_WITHIN) - max(span.since, moment) > timedelta(minutes=2) for span in log.up
    )


def _overdue(known: Sequence[Deadline], name: str, attempt: Attempt) -> bool:
    """Whether it is one of the notices that follow a deadline that was missed."""
    return any(
        each.name == name and timedelta() < attempt.at.date() - each.due <= timedelta(days=OVERDUE) for each in known
    )
