"""Notice of cases: exceptions of the day's report, what came up after it, and a case by itself."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from bot.dialog import Choice, Dialog, Find, Flow, Goto, Need, Option, Say, Step, Text
from bot.dialog.steps import place as as_place
from bot.model import (
    Brief,
    CaseFound,
    Details,
    DetailsAdded,
    Near,
    Owed,
    ReportFiled,
    Status,
)
from bot.questions import person, reported
from bot.questions.gathering import Gathered, gather
from bot.questions.person import Asking, Item
from bot.questions.refused import barred


def exceptions(brief: Brief) -> Dialog:
    """The day's report of all that is owed, some of it not normal; the rest is reported as normal."""
    owed = [place for place in brief.owed if place.status is None]
    return (yield from _report(brief, owed)) if owed else Goto("daily_report")


def restate(brief: Brief) -> Dialog:
    """Say the exceptions anew for the places that this person reported: it supersedes the earlier word."""
    mine = [place for place in brief.owed if place.mine]
    return (yield from _report(brief, mine)) if mine else Goto("daily_report")


def found(brief: Brief) -> Dialog:
    """Report what came up after the day was reported; what stands already stays."""
    if not brief.owed or any(place.status is None for place in brief.owed):
        return Goto("exceptions" if brief.owed else "daily_report")
    said = yield from _gathered(brief, brief.owed, "unchanged")
    if said is None:
        return None
    only = said.items[0]
    if len(said.items) == 1 and only.same is not None:
        return (yield from _again(only))
    yield from reported.tell_known(said.items)
    new = [item for item in said.items if item.same is None]
    lines = [reported.line_of(place, new) for place in brief.owed]
    before = {place.code: place.findings if place.mine else () for place in brief.owed}
    named = tuple(
        replace(line, findings=reported.together(before[line.place], line.findings))
        for line in lines
        if line.status is Status.ABNORMAL
    )
    if not named:
        yield from Say("case_notice/kept")
        return None
    return reported.as_report(brief, named, said)


def notice(brief: Brief) -> Dialog:
    """Notice a case at any place that one answers or works for, outside the daily report."""
    if not brief.near:
        return barred("notice")
    place, kind = brief.near[0], ""
    if len(brief.near) > 1:
        place = yield from Find("find", tuple(as_place(each.code, each.name) for each in brief.near))

    def ask(n: int) -> Asking:
        nonlocal kind
        if n == 1:
            kind = yield from Choice("kind/1", _kinds(brief), {"place": place})
        return (yield from person.found(brief, n, place, kind, alone=n == 1))

    said = yield from gather(brief, ask, lambda _: _beside(), whole=False, follows=True, counts=False)
    if said is None:
        yield from Say("case_notice/discarded", {"owed": False})
        return None
    if len(said.items) == 1 and said.items[0].same is not None:
        return (yield from _again(said.items[0]))
    yield from reported.tell_known(said.items)
    findings = reported.findings_of([item for item in said.items if item.same is None])
    if not findings:
        yield from Say("case_notice/kept")
        return None
    return CaseFound(place.code, findings[0], brief.day)


def _report(brief: Brief, places: Sequence[Owed]) -> Generator[Step, Any, ReportFiled | None]:
    said = yield from _gathered(brief, places, "normal")
    if said is None:
        return None
    yield from reported.tell_known(said.items)
    return reported.as_report(brief, tuple(reported.line_of(place, said.items) for place in places), said)


def _gathered(brief: Brief, places: Sequence[Owed], rest: str) -> Generator[Step, Any, Gathered | None]:
    """Exceptions at these places; what becomes of the ``rest`` is told with each question."""
    last = [case.place for case in brief.cases if case.own]
    latest = sorted(places, key=lambda place: last.index(place.code) if place.code in last else len(last))
    near = {place.code: Near(place.code, place.name) for place in latest}

    def ask(n: int) -> Asking:
        place = near[latest[0].code]
        if len(near) > 1:
            names = tuple(Option(each.code, each.name) for each in near.values())
            place = near[(yield from Choice(f"place/{n}", names, {"rest": rest}, near=True))]
        kind = yield from Choice(f"kind/{n}", (*_kinds(brief), Option("other")), {"place": place})
        if kind == "other":
            said = yield from Text(f"other/{n}", brief.note_limit, values={"place": place})
            return Item(place, kind, words=said)
        return (yield from person.found(brief, n, place, kind))

    def shown(said: Gathered) -> dict[str, object]:
        named = {item.place.code for item in said.items if item.count or item.words}
        falls = [place for place in places if place.mine and place.findings] if rest == "normal" else []
        return _beside(sum(place.code not in named for place in places), rest, falls)

    fresh = rest == "normal"
    said = yield from gather(brief, ask, shown, whole=True, follows=not fresh, counts=fresh)
    if said is None:
        yield from Say("case_notice/discarded", {"owed": any(place.status is None for place in brief.owed)})
    return said


def _beside(others: int = 0, rest: str = "", falls: Sequence[Owed] = ()) -> dict[str, object]:
    """What stands beside the items when they are checked: other places, and what falls away unless it is said again."""
    return {"others": others, "rest": rest, "falls": falls}


def _kinds(brief: Brief) -> tuple[Option, ...]:
    """The kinds of the form, then those of which the pack wants to know something at once."""
    return tuple(Option(kind, brief.labels.get(kind)) for kind in dict.fromkeys((*brief.kinds, *brief.ask)))


def _again(item: Item) -> Generator[Step, Any, DetailsAdded | None]:
    """The case is known: nothing new is made of it; what else was told goes to it."""
    details = item.details or Details()
    if item.same is not None and item.same.own and details != Details():
        return DetailsAdded(item.same.code, details)
    yield from reported.tell_known([item])
    return None


_REPORTING = frozenset({Need.CASES})
FLOWS = (
    Flow("exceptions", exceptions, "case_notice", reported.receipt, _REPORTING),
    Flow("restate", restate, "case_notice", reported.receipt, _REPORTING),
    Flow("found", found, "case_notice", reported.receipt, _REPORTING),
    Flow("notice", notice, "case_notice", reported.receipt, _REPORTING | {Need.NEAR}),
)
