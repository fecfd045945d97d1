"""The closed list of rules by which the facts answer an item on cases: no one types such an answer (DOMAIN 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from bot.model import Answer, AutoRule, CaseFact, DayState, Item, PackRules, Standard, Streak
from bot.scoring.streak import standing

ONE_DAY = timedelta(days=1)


class Spell(NamedTuple):
    """A case of the place's subtree as what it is now: from the day it first was of that kind to its end, if any."""

    case: str
    kind: str
    on: date
    ended_on: date | None


class Lapse(NamedTuple):
    """A key person who was out of management from ``on`` on, until it was mended (重点人员漏管)."""

    subject: str
    """The case's code, or the isolation's number."""
    on: date
    mended_on: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All of one place at the end of one day that a rule may rest on."""

    streak: Streak
    start: date
    """The day counting starts at the place."""
    threshold_days: int
    """The pack's: so many days back a rule looks that names no days of its own."""
    spells: tuple[Spell, ...] = ()
    lapses: tuple[Lapse, ...] = ()
    expected: int = 0
    """Daily reports that were owed in the last ``threshold_days`` days."""
    received: int = 0

    @property
    def as_of(self) -> date:
        """The day."""
        return self.streak.as_of


def spell(log: Iterable[CaseFact], as_of: date, rules: PackRules) -> Spell | None:
    """One person's case as what it is on ``as_of``; None where it does not count then (withdrawn, not yet found).

    It counts as its last kind only, so that a suspected case that was confirmed is not charged twice. The end, what a
    correction does and what ruling out does are those of the streak, for every kind and not only the breaking ones.
    """
    known = tuple(log)
    kinds = frozenset(fact.kind for fact in known if fact.kind)
    last = standing(known, as_of, replace(rules, breaking=kinds))
    if last is None:
        return None
    as_now = standing(known, as_of, replace(rules, breaking=frozenset({last.kind})))
    assert as_now is not None, "a case has the kind that it was last given"  # noqa: S101 - a mistake of ours
    return Spell(last.case, last.kind, as_now.took_effect_on, as_now.ended_on)


def answers(standard: Standard, facts: Facts) -> dict[str, Answer]:
    """What the facts say of each item that has a rule, by the item's id."""
    return {leaf.id: answer(leaf, leaf.auto, facts) for leaf in standard.leaves if leaf.auto}


def answer(item: Item, rule: AutoRule, facts: Facts) -> Answer:
    """What the facts say of one item."""
    return RULES[rule.name].give(item, rule, facts)


def _no_new(item: Item, rule: AutoRule, facts: Facts) -> Answer:
    """All, where no case became one of these kinds since counting started (篇七: 自 2 月 12 日起无新发)."""
    new = [
        each
        for each in _of(rule, facts)
        if each.on >= facts.start and (each.ended_on is None or each.ended_on >= facts.start)
    ]
    if not new:
        return Answer(item.worth, "none_new", facts.start)
    return _charged("new", facts.start, new)


def _no_case(item: Item, rule: AutoRule, facts: Facts) -> Answer:
    """All, where no case of these kinds is open or ended in the last days (篇二: 无确诊病例, …)."""
    days = _days(rule, facts)
    since = facts.as_of - timedelta(days=days - 1)
    there = [each for each in _of(rule, facts) if each.ended_on is None or each.ended_on >= since]
    if not there:
        return Answer(item.worth, "none_there", since, days)
    charged = _charged("there", since, there)
    return replace(charged, again=_again((each.ended_on for each in there), days))


def _settled(item: Item, rule: AutoRule, facts: Facts) -> Answer:
    """All, where there was no case of these kinds, or each has ended (篇一 四(四): 从未发生, 或已解除)."""
    seen = _of(rule, facts)
    still = [each for each in seen if each.ended_on is None]
    if still:
        return _charged("unsettled", facts.start, still)
    return Answer(item.worth, "settled" if seen else "never", facts.start, len(seen))


def _no_lapse(item: Item, rule: AutoRule, facts: Facts) -> Answer:
    """All, where no key person was out of management in the last days (篇二: 无重点人员漏管)."""
    days = _days(rule, facts)
    since = facts.as_of - timedelta(days=days - 1)
    there = [each for each in facts.lapses if each.mended_on is None or each.mended_on >= since]
    if not there:
        return Answer(item.worth, "none_lapsed", since, days)
    last = max(there, key=lambda each: (each.on, each.subject))
    again = _again((each.mended_on for each in there), days)
    return Answer(Decimal(), "lapsed", since, len(there), case=last.subject, on=last.on, again=again)


def _streak(item: Item, rule: AutoRule, facts: Facts) -> Answer:
    """All, where the place has been epidemic-free for so many days in a row, by the pack's own rules."""
    days, run = _days(rule, facts), facts.streak
    if run.days >= days:
        return Answer(item.worth, "streak", run.since, run.days, days)
    again = None if run.state is DayState.BROKEN else facts.as_of + timedelta(days=days - run.days)
    return Answer(Decimal(), "streak_short", run.since, run.days, days, again=again)


def _reports(item: Item, rule: AutoRule, facts: Facts) -> Answer:
    """The share of the daily reports owed that came, in the item's steps, rounded down; nothing owed shows nothing."""
    since = facts.as_of - timedelta(days=_days(rule, facts) - 1)
    steps = int(item.worth / item.step) * facts.received // facts.expected if facts.expected else 0
    return Answer(steps * item.step, "reports", since, facts.received, facts.expected)


def _of(rule: AutoRule, facts: Facts) -> list[Spell]:
    return [each for each in facts.spells if each.kind in rule.kinds]


def _days(rule: AutoRule, facts: Facts) -> int:
    return facts.threshold_days if rule.days is None else rule.days


def _charged(reason: str, since: date, spells: list[Spell]) -> Answer:
    """Nothing, because of the case that lasts longest."""
    last = max(spells, key=lambda each: (each.ended_on or date.max, each.on, each.case))
    return Answer(Decimal(), reason, since, len(spells), case=last.case, kind=last.kind, on=last.on)


def _again(ends: Iterable[date | None], days: int) -> date | None:
    """The first day whose last ``days`` days have none of these ends in them."""
    latest = max(end or date.max for end in ends)
    return None if latest == date.max else latest + days * ONE_DAY


class Rule(NamedTuple):
    """How a rule answers, and what an item may say to it."""

    give: Callable[[Item, AutoRule, Facts], Answer]
    kinds: bool = False
    """It must be told the kinds."""
    days: bool = False
    """It may be told the days."""


RULES: Mapping[str, Rule] = {
    "no-new": Rule(_no_new, kinds=True),
    "no-case": Rule(_no_case, kinds=True, days=True),
    "settled": Rule(_settled, kinds=True),
    "no-lapse": Rule(_no_lapse, days=True),
    "streak": Rule(_streak, days=True),
    "reports": Rule(_reports),
}
"""Each rule that an item may name."""
REASONS = (
    "none_new",
    "new",
    "none_there",
    "there",
    "never",
    "settled",
    "unsettled",
    "none_lapsed",
    "lapsed",
    "streak",
    "streak_short",
    "reports",
)
"""Each reason that an answer may give."""
