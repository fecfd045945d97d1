"""Praise and criticism as they follow from the records, and what the first cycle still owes (篇六 四(二), (三))."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from bot.model import Circular, Level, PackRules, Stage, Step, Stepped
from bot.scoring.awards import stage
from bot.scoring.hints import thin
from bot.scoring.quarters import days_of

PRAISED: Mapping[Step, str] = {Step.AWARDED: "awarded", Step.KEPT: "kept"}
CRITICISED: Mapping[Step, str] = {Step.REVOKED: "revoked", Step.RETURNED: "returned", Step.REFUSED: "refused"}
Line = tuple[str, str, Mapping[str, object]]


class Taking(NamedTuple):
    """A place that takes part, or could: its name, level and township, with all its steps."""

    name: str
    level: str
    township: str
    """The township's code; its own where it is one."""
    steps: Sequence[Stepped] = ()


class Town(NamedTuple):
    """A township, with the daily reports of the period."""

    code: str
    name: str
    expected: int
    received: int


def circular(period: str, taking: Iterable[Taking], towns: Sequence[Town], today: date, rules: PackRules) -> Circular:
    """What is to be praised and criticised of a quarter; each line says why.

    Praised: awarded, or kept at the review. Criticised: revoked, returned or refused, unless it was made good within
    the quarter; a township whose daily reports fall below 80 %; in the first cycle what has not been nominated.
    """
    first, last = days_of(period)
    known = list(taking)
    praised: list[Line] = []
    criticised: list[Line] = []
    for each in known:
        within = [step for step in each.steps if first <= step.on <= last]
        held = stage(step for step in each.steps if step.on <= last) is Stage.AWARDED
        praised += _lines(each.name, within, PRAISED) if held else ()
        criticised += () if held else _lines(each.name, within, CRITICISED)
    for town in towns:
        if thin(town.received, town.expected):
            figures = {"received": town.received, "expected": town.expected}
            criticised.append((town.name, "coverage", figures))
    owed = quotas(known, towns, rules) if first <= rules.cycle_from <= last and today >= rules.cycle_from else ()
    return Circular(period, tuple(praised), tuple(criticised), owed)


def _lines(name: str, steps: Sequence[Stepped], reasons: Mapping[Step, str]) -> list[Line]:
    """The last of these steps, if any."""
    found = [step for step in steps if step.step in reasons]
    return [(name, reasons[step.step], {"on": step.on, "case": step.case}) for step in found[-1:]]


def quotas(
    taking: Collection[Taking], towns: Iterable[Town], rules: PackRules
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """By township, the levels of which the first cycle still owes a nomination (篇六 四(二)).

    A seat town nominates at least one community and one village, every other township at least one village; one of
    which it has none is not asked for. A nomination is an application within the cycle.
    """
    end = date(rules.cycle_from.year, 12, 31)
    found = []
    for town in towns:
        mine = [each for each in taking if each.township == town.code]
        asked = (Level.COMMUNITY, Level.VILLAGE) if town.code in rules.seat_towns else (Level.VILLAGE,)
        lacking = tuple(
            level.value
            for level in asked
            if any(each.level == level for each in mine)
            and not any(
                step.step is Step.APPLIED and rules.cycle_from <= step.on <= end
                for each in mine
                if each.level == level
                for step in each.steps
            )
        )
        if lacking:
            found.append((town.name, lacking))
    return tuple(found)
