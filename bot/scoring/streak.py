"""Streaks: what a case's log says on a day, and the epidemic-free days that follow (DOMAIN 3, 篇四 notes 1 to 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from bot.model import CaseFact, DayState, Event, PackRules, Reason, Streak
from bot.scoring.coverage import Days
from bot.scoring.joining import in_force

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """What a case comes to on every day from ``valid_from`` to the day before ``valid_until`` (None: for good)."""

    place: str
    reason: Reason
    valid_from: date
    valid_until: date | None


def standing(facts: Iterable[CaseFact], as_of: date, rules: PackRules) -> Reason | None:
    """What one case comes to on ``as_of`` by the facts given; None where it does not count.

    The facts are those known, of one person (``joining.joined``); of these the ones that happened on or before
    ``as_of`` are used, but corrections hold on every day (``joining.in_force``). It takes effect on the day it first
    had a breaking kind. It ends on the day the person left, also if it was diagnosed or released later; one who never
    left, on the day of release; one ruled out, on that day if none of these was earlier. Of two facts of one event the
    first day holds.
    """
    first: dict[Event, date] = {}
    named: list[CaseFact] = []
    for fact in in_force(facts):
        if fact.on <= as_of:
            first.setdefault(fact.event, fact.on)
            if fact.kind and fact.event in (Event.FOUND, Event.DIAGNOSED):
                named.append(fact)
    breaking = [fact for fact in named if fact.kind in rules.breaking]
    ruled_out = first.get(Event.RULED_OUT)
    if not breaking or (ruled_out and rules.ruled_out == "restore"):
        return None
    ended = first.get(Event.LEFT, first.get(Event.RELEASED))
    if ruled_out:
        ended = min(ended or ruled_out, ruled_out)
    kind = breaking[-1].kind or ""
    return Reason(_rule(named[0].kind or "", kind, rules), breaking[0].case, kind, breaking[0].on, ended)


def _rule(found: str, kind: str, rules: PackRules) -> str:
    """The note on a kind that did not yet break when it was found (a fever), else the note on what it is now."""
    if found not in rules.breaking and found in rules.rule_of:
        return rules.rule_of[found]
    return rules.rule_of.get(kind, "")


def spans(facts: Iterable[CaseFact], rules: PackRules) -> tuple[Span, ...]:
    """All that one case ever comes to, piece by piece, in the order of days; empty where it never counts."""
    known = tuple(facts)
    found: list[Span] = []
    days = sorted({fact.on for fact in known})
    reasons = [standing(known, day, rules) for day in days]
    changes = [n for n in range(len(days)) if n == 0 or reasons[n] != reasons[n - 1]]
    for n, until in pairwise([*changes, len(days)]):
        reason = reasons[n]
        if reason is not None:
            found.append(Span(known[0].place, reason, days[n], days[until] if until < len(days) else None))
    return tuple(found)


def weight(reason: Reason) -> tuple[date, date, str]:
    """The order in which cases decide a figure, the deciding one last: by end (open: never), beginning and code."""
    return reason.ended_on or date.max, reason.took_effect_on, reason.case


def deciding(reasons: Iterable[Reason]) -> Reason | None:
    """The case on which a place's figure rests: an open one, else the one that ended last."""
    return max(reasons, key=weight, default=None)


def streak(  # noqa: PLR0913, PLR0917 - a figure rests on these six, and a frame for them would only be unpacked again
    place: str, as_of: date, start: date, case: Reason | None, reported: Days, rules: PackRules
) -> Streak:
    """The epidemic-free days of ``place`` at the end of ``as_of``.

    Args:
        place: the place's code.
        as_of: the day.
        start: the day counting starts at this place.
        case: of the cases in its subtree the deciding one on ``as_of``, if any.
        reported: the days on which the place was covered.
        rules: the pack; its ``unverified`` says what a day without cover does.
    """
    if case is not None and (case.ended_on is None or case.ended_on >= as_of):
        return Streak(place, as_of, 0, DayState.BROKEN, None, case, 0, 0)
    state = DayState.CLEAN if as_of in reported else DayState.UNVERIFIED
    since = start
    if case is not None:
        if case.ended_on is not None and case.ended_on >= start:
            since = case.ended_on + ONE_DAY
        else:
            case = None  # it ended before counting started, so the figure does not rest on it
    if rules.unverified == "break":
        gap = reported.last_gap(since, as_of)
        if gap is not None:
            since, case = gap + ONE_DAY, None
    if since > as_of:
        return Streak(place, as_of, 0, state, None, case, 0, 0)
    length = (as_of - since).days + 1
    seen = reported.tally(since, as_of)
    return Streak(place, as_of, seen if rules.unverified == "hold" else length, state, since, case, seen, length - seen)
