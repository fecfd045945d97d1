"""Care visits: of each group in need how many are known and how many were visited; never a name (篇五 四 8)."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from bot import words
from bot.dialog import Choice, Dialog, Flow, Need, Number, Option, Say, Step
from bot.dialog.choosing import one_place
from bot.model import Brief, Care, CareGiven, Fact, Standing, Visited
from bot.questions.refused import barred

MOST = 500
"""More persons of one group at one place are a slip of the finger."""
USUAL = (1, 2, 3)


def care(brief: Brief) -> Dialog:
    """Ask group by group, until the sender is done, how many are known and how many visits were made."""
    if not brief.own_places:
        return barred("care")
    near = yield from one_place(brief.own_places, brief.subject)
    known = {each.care: each for each in brief.visited if each.place == near.code}
    today = {each: (last.people, last.visits) for each, last in known.items() if last.day == brief.day}
    given: dict[Care, tuple[int, int]] = {}
    n = 0
    while True:
        n += 1
        groups = tuple(Option(each.value) for each in Care)
        done = (Option("finish"),) if given else ()
        shown: dict[str, object] = {"place": near.name, "given": _rows(brief, today | given)}
        chosen = yield from Choice(f"group/{n}", (*groups, *done), shown)
        if chosen == "finish":
            visits = tuple((each, *given[each]) for each in Care if each in given)
            return CareGiven(near.code, brief.day, visits)
        group = Care(chosen)
        shown = {"place": near.name, "label": _label(brief, group), "last": known.get(group)}
        given[group] = yield from _counts(shown, known.get(group), n)


def _label(brief: Brief, group: Care) -> str:
    return words.label("care/group", brief.locale, group.value)


def _rows(brief: Brief, given: Mapping[Care, tuple[int, int]]) -> list[tuple[str, int, int]]:
    """What is written of each group, in the order of the groups."""
    return [(_label(brief, each), *given[each]) for each in Care if each in given]


def _counts(shown: Mapping[str, object], last: Visited | None, n: int) -> Generator[Step, Any, tuple[int, int]]:
    """Persons known, then visits made."""
    people = yield from Number(f"people/{n}", 0, MOST, _numbers(last.people if last else None), shown)
    if not people:
        return 0, 0
    none = () if last and not last.visits else (Option("0", name="none"),)
    usual = (*_numbers(last.visits if last else None), *none)
    visits = yield from Number(f"visits/{n}", 0, MOST, usual, {**shown, "people": people})
    return people, visits


def _numbers(last: int | None) -> tuple[Option, ...]:
    """Small numbers, and the one of last time."""
    same = () if last is None else (Option(str(last), name="same"),)
    return (*same, *(Option(str(number)) for number in USUAL if number != last))


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """Say what was counted; or why nothing was recorded."""
    if "refused" in standing.shown:
        return Say("care/refused", standing.shown, (Option("care"),))
    assert isinstance(fact, CareGiven)  # noqa: S101 - this flow comes to nothing else
    name = next(each.name for each in brief.own_places if each.code == fact.place)
    rows = _rows(brief, {each: (people, visits) for each, people, visits in fact.visits})
    shown = {"name": name, "rows": rows, "visits": sum(made for _, _, made in rows), "standing": standing}
    return Say("care/receipt", shown, (Option("care"),))


FLOWS = (Flow("care", care, "care", receipt, frozenset({Need.CARE, Need.NEAR})),)
