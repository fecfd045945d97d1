"""Some days of a place in counts: what changed, what is complete, what comes next. A fixed number of questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, select

from bot.model import DayState, Event, Level, Role, Streak
from bot.model.office import NAMES, Ask, Hint, Office, Some, Sum, Summary
from bot.model.places import Outside
from bot.scoring.coverage import Days, Tally
from bot.scoring.hints import thin
from bot.scoring.log import outline
from bot.scoring.streak import streak
from bot.store import daily, figures, ranks, sums
from bot.store.asking import Asking, Looking
from bot.store.case_logs import read_persons
from bot.store.creation_hints import at_once
from bot.store.duties import CASE, EVENT, PLACE
from bot.store.logs import tangled
from bot.store.milestones import REACHED, passed
from bot.store.offices import place_of
from bot.store.prepared import Prepared
from bot.store.spans import broken as broken_places
from bot.store.spans import current, unrank
from bot.store.within import spanned, within
from bot.understand.periods import Period
from scheduler.calendar import cutoff

COUNTED = (Level.COMPOUND, Level.UNIT, Level.VILLAGE)
"""What counts days and is one place to those who oversee many; a village with compounds counts through these."""
REVIEWERS = frozenset({Role.TOWNSHIP_REVIEWER, Role.OFFICE})
AHEAD = 3
"""So many of those who come next are told."""
ONE_DAY = timedelta(days=1)


def summary(asking: Asking) -> Mapping[str, Office]:
    """The days that the command named (today, if none) at the place that it named (the widest of one's own, if none).

    ``上周 君安社区``, ``week JA``: in any order.
    """
    name, said = spanned(asking, Ask.SUMMARY, asking.subject)
    office, found = place_of(asking, Ask.SUMMARY, said)
    if found is None:
        return {"office": replace(office, days=name)}
    days = within(asking, found.code, name)
    if isinstance(days, Outside):
        return {"office": replace(office, outside=days)}
    reviews = bool(REVIEWERS & found.roles)
    told = overview(asking, found.code, days, found.level if reviews else None)
    return {"office": replace(office, summary=told)}


def overview(look: Looking, code: str, days: Period, reviewed: Level | None = None) -> Summary:
    """What these days come to at the place with all below it; with hints for a reviewer, at a place of this level."""
    town = counted(look, code, days.until)
    tallies = sums.tallies(look.connection, days.since, days.until, {code, *town.children})
    broken = _broken(look, town, days.until, days.until)
    before = _broken(look, town, days.since - ONE_DAY, days.since - ONE_DAY)
    passing = _broken(look, town, days.since, days.until) - broken - before if days.since < days.until else set()
    # Today's are published with the cutoff: until then yesterday's are what is new.
    first = days.since - ONE_DAY if days.name == "today" else days.since
    reached = [
        each
        for each in passed(look.connection, look.house.rules.name, first)
        if each.event == REACHED and each.on <= days.until and each.place in town.places
    ]
    reached.sort(key=lambda each: (-each.days, each.place))
    ahead = list(_ahead(look, town, broken)) if days.until == look.today else []
    lists = [sorted(codes) for codes in (broken - before, before - broken, broken, passing)]
    over = look.now > cutoff(days.until, look.house.rules, look.house.zone)
    late = _lagging(code, tallies) if reviewed and over else []
    shown = {code for codes in (*lists, late) for code in codes[:NAMES]}
    names = names_of(look, {*shown, *(each.place for each in reached[:AHEAD]), *(code for code, _ in ahead)})
    broke, restarted, stands, between, lagging = (
        Some(len(codes), tuple(names[code] for code in codes[:NAMES])) for codes in (*lists, late)
    )
    return Summary(
        days.name,
        days.since,
        days.until,
        Sum(*tallies[code]),
        len(town.places),
        broke,
        restarted,
        tuple((names[each.place], each.days) for each in reached[:AHEAD]),
        len(reached),
        stands,
        _found(look, town, days),
        _open_cases(look, town),
        tuple((names[code], day) for code, day in ahead),
        look.house.rules.threshold_days,
        tuple(_hints(look, code, reviewed, tallies[code] if over else None, lagging)) if reviewed else (),
        between,
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """The places of a subtree, and those of them that count days."""

    parents: Mapping[str, str | None]
    """All of the subtree, each with the place above it."""
    places: Mapping[str, date]
    """Those that count days, each with the day on which it began."""
    children: frozenset[str]
    """Communities, villages, units and townships right below."""


def counted(look: Looking, code: str, day: date) -> Counted:
    """The place with all below it, as it is on ``day``."""
    rules = look.house.rules
    rows = daily.rows(look.connection, code)
    open_ = [row for row in rows if row.closed is None or row.closed > day]
    counted = [row for row in open_ if row.level in COUNTED and (not rules.levels or row.level in rules.levels)]
    whole = {row.parent for row in counted}
    places = {row.code: row.start or rules.start for row in counted if row.code not in whole}
    smallest = (Level.COMPOUND, Level.BUILDING)
    below = frozenset(row.code for row in open_ if row.parent == code and row.level not in smallest)
    return Counted({row.code: row.parent for row in rows}, places, below)


def decided(look: Looking, town: Counted, day: date) -> dict[str, Streak]:
    """Where a case decides, how the place stood at the end of ``day``; all others have never been broken."""
    rules = look.house.rules
    deciding = figures.deciding(figures.Scope(look.connection, None, None), rules, day)
    ranks = figures.rolled_up(town.parents, deciding)
    seen = Days(day, 1)
    return {
        code: streak(code, day, town.places[code], unrank(text), seen, rules)
        for code, text in ranks.items()
        if code in town.places
    }


def _broken(look: Looking, town: Counted, first: date, last: date) -> set[str]:
    """Those that count days and were broken on some of these, by a case of their own or of what lies below them."""
    if not current(look.connection, look.house.rules):
        days = (first + n * ONE_DAY for n in range((last - first).days + 1))
        stood = (each for day in days for each in decided(look, town, day).items())
        return {code for code, each in stood if each.state is DayState.BROKEN}
    found: set[str] = set()
    for code in broken_places(look.connection, look.house.rules, first, last):
        up: str | None = code
        while up is not None and up in town.parents:
            if up in town.places:
                found.add(up)
            up = town.parents[up]
    return found


def _ahead(look: Looking, town: Counted, broken: Collection[str]) -> Iterator[tuple[str, date]]:
    """Who reaches the pack's threshold next if nothing happens, and when."""
    rules, today = look.house.rules, look.today
    left = {code: (day - today).days + rules.threshold_days - 1 for code, day in _since(look, town)}
    coming = sorted(
        (days, code) for code, days in left.items() if 0 < days < rules.threshold_days and code not in broken
    )
    for days, code in coming[:AHEAD]:
        yield code, today + timedelta(days=days)


def _since(look: Looking, town: Counted) -> Iterable[tuple[str, date]]:
    """The first day of the run of whoever may reach the threshold within as many days: of all who began lately."""
    rules, today = look.house.rules, look.today
    if rules.unverified != "count":  # a day without a report counts for nothing there: only the whole figure knows
        stood = figures.streaks(look.connection, rules, today, places=list(town.places))
        return [(each.place, today - timedelta(days=each.days - 1)) for each in stood if each.since]
    first = today - timedelta(days=rules.threshold_days)
    ends = ranks.lately(look.connection, rules.name, today, first) if current(look.connection, rules) else None
    if ends is None:
        known = decided(look, town, today)
        return [(code, known[code].since or start if code in known else start) for code, start in town.places.items()]
    new = [(code, start) for code, start in town.places.items() if start > first]
    ended = [(code, end + ONE_DAY) for code, end in ends.items() if code in town.places]
    return [*new, *((code, max(day, town.places[code])) for code, day in ended)]


_OF_CASE = EVENT.c.case == CASE.c.code
# Subqueries rather than a join: so the open cases come first, whatever a database knows of its tables.
_FACTS = select(func.count()).where(_OF_CASE).scalar_subquery().label("facts")
_KIND = select(func.max(EVENT.c.kind)).where(_OF_CASE).scalar_subquery().label("kind")
_OPEN = Prepared(select(CASE.c.code.label("case"), CASE.c.place, _FACTS, _KIND).where(~CASE.c.ended))


def _found(look: Looking, town: Counted, days: Period) -> int:
    """The cases that were found in these days, without those entered by mistake."""
    void = select(EVENT.c.case).where(EVENT.c.event.in_((Event.WITHDRAWN.value, Event.MERGED.value)))
    found = EVENT.c.event == Event.FOUND.value, EVENT.c.on.between(days.since, days.until)
    query = select(EVENT.c.place, func.count(EVENT.c.case.distinct())).where(*found, EVENT.c.case.not_in(void))
    rows = look.connection.execute(query.group_by(EVENT.c.place)).all()
    return sum(count for place, count in rows if place in town.parents)


def _open_cases(look: Looking, town: Counted) -> dict[str, int]:
    """Those that are open now, by kind, the most frequent first; open means what it means in the list of cases."""
    rows = [row for row in _OPEN.all(look.connection, {}) if row.place in town.parents]
    # Of whom nothing is known but that it was found, and as what, the kind is plain; of the others the log is read.
    merged = tangled(look.connection)
    plain = {row.case for row in rows if row.facts == 1 and row.case not in merged}
    logs = read_persons(look.connection, [row.case for row in rows if row.case not in plain])
    lines = [outline(each, look.house.rules.breaking) for each in logs.values()]
    kinds = Counter(row.kind for row in rows if row.case in plain)
    kinds.update(each.kind for each in lines if not each.withdrawn and not each.merged_into)
    return dict(sorted(kinds.items(), key=lambda each: (-each[1], each[0])))


def _lagging(code: str, tallies: Mapping[str, Tally]) -> list[str]:
    """The places right below of whose reports less than 80 % came."""
    return sorted(each for each, tally in tallies.items() if each != code and thin(tally.received, tally.expected))


def _hints(look: Looking, code: str, level: Level, mine: Tally | None, lagging: Some) -> Iterator[Hint]:
    """What a reviewer should look at, as they see it of an application; ``mine``: the reports of days that are over."""
    if mine is not None and thin(mine.received, mine.expected):
        yield Hint("thin", mine.received, mine.expected)
    if lagging.count:
        yield Hint("lagging", lagging.count, names=lagging.names)
    hurried = at_once(look.connection, code, level, look.today)
    if hurried is not None:
        yield Hint("burst", hurried[0], at=hurried[1].astimezone(look.house.zone))


def names_of(look: Looking, codes: Collection[str]) -> dict[str, str]:
    """By code, what these places are called."""
    query = select(PLACE.c.code, PLACE.c.name).where(PLACE.c.code.in_(sorted(codes)))
    return {row.code: row.name for row in look.connection.execute(query)} if codes else {}
