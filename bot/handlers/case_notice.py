"""Notice of cases: exceptions of the day's report, what came up after it, and a case by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.dialog import Choice, Dialog, Find, Flow, Goto, Need, Option, Say, Step, Text
from bot.dialog.steps import place as as_place
from bot.model import (
    Brief,
    CaseFound,
    Details,
    DetailsAdded,
    Fact,
    Finding,
    Kind,
    Line,
    Near,
    Owed,
    ReportFiled,
    Standing,
    Status,
)
from bot.questions import person
from bot.questions.gathering import Gathered, gather
from bot.questions.person import Asking, Item

STEPS: Mapping[str, str] = {
    Kind.FEVER: "fever", Kind.CLOSE_CONTACT: "contact", Kind.CONFIRMED: "admit", Kind.SUSPECTED: "admit",
    Kind.ASYMPTOMATIC: "admit", Kind.SECONDARY_CONTACT: "secondary", Kind.KEY_PERSON: "returnee",
}  # fmt: skip
"""What the receipt says is to be done next, by kind; one that a pack brings stays at home."""


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
    yield from _known(said.items)
    new = [item for item in said.items if item.same is None]
    lines = [_line(place, new) for place in brief.owed]
    before = {place.code: place.findings if place.mine else () for place in brief.owed}
    named = tuple(
        replace(line, findings=_together(before[line.place], line.findings))
        for line in lines
        if line.status is Status.ABNORMAL
    )
    if not named:
        yield from Say("case_notice/kept")
        return None
    return _filed(brief, named, said)


def notice(brief: Brief) -> Dialog:
    """Notice a case at any place that one answers or works for, outside the daily report."""
    if not brief.near:
        yield from Say("case_notice/nowhere", actions=(Option("menu"),))
        return None
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
    yield from _known(said.items)
    findings = _findings([item for item in said.items if item.same is None])
    if not findings:
        yield from Say("case_notice/kept")
        return None
    return CaseFound(place.code, findings[0], brief.day)


def _report(brief: Brief, places: Sequence[Owed]) -> Generator[Step, Any, ReportFiled | None]:
    said = yield from _gathered(brief, places, "normal")
    if said is None:
        return None
    yield from _known(said.items)
    return _filed(brief, tuple(_line(place, said.items) for place in places), said)


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
    yield from _known([item])
    return None


def _known(items: Sequence[Item]) -> Generator[Step, Any, None]:
    codes = [item.same.code for item in items if item.same is not None]
    if codes:
        yield from Say("case_notice/known", {"codes": codes})


def _filed(brief: Brief, lines: tuple[Line, ...], said: Gathered) -> ReportFiled:
    words = [f"{item.place.name}：{item.words}" for item in said.items if item.words]
    note = "\n".join((*words, *((said.note,) if said.note else ())))
    return ReportFiled(brief.day, lines, note or None, said.photos, fields=said.figures)


def _line(place: Owed, items: Sequence[Item]) -> Line:
    here = [item for item in items if item.place.code == place.code]
    findings = _findings(here)
    abnormal = findings or any(item.words for item in here)
    return Line(place.code, Status.ABNORMAL if abnormal else Status.NORMAL, findings)


def _findings(items: Sequence[Item]) -> tuple[Finding, ...]:
    """By kind how many, and the details of those who are new; a count of none drops out."""
    found = []
    for kind in dict.fromkeys(item.kind for item in items):
        same = [item for item in items if item.kind == kind]
        people = tuple(item.details for item in same if item.details is not None and item.same is None)
        known = tuple(dict.fromkeys(item.same.code for item in same if item.same is not None))
        count = sum(item.count for item in same if item.same is None) + len(known)
        if count:
            found.append(Finding(kind, count, people, known))
    return tuple(found)


def _together(before: Sequence[Finding], new: Sequence[Finding]) -> tuple[Finding, ...]:
    counts = Counter({each.kind: each.count for each in before})
    added = {each.kind: each for each in new}
    counts.update({each.kind: each.count for each in new})
    return tuple(replace(added.get(kind, Finding(kind, count)), count=count) for kind, count in counts.items())


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """Number, who was told, what to do next, and what it means for the clean days."""
    refused = standing.shown.get("refused")
    if refused:
        return Say("case_notice/refused", {**standing.shown, "reason": refused}, (Option("notice"), Option("menu")))
    if isinstance(fact, DetailsAdded):
        return Say("case_notice/added", {"fact": fact, "standing": standing}, (Option("found"), Option("menu")))
    names = {place.code: place.name for place in brief.near} | {place.code: place.name for place in brief.owed}
    names |= {each.streak.place: each.name for each in standing.streaks}
    lines = fact.lines if isinstance(fact, ReportFiled) else ()
    actions = (_on("fix", brief), _on("add", brief), _on("found", brief), *_missed(standing))
    if isinstance(fact, CaseFound):
        lines = (Line(fact.place, Status.ABNORMAL, (fact.finding,)),)
        actions = (Option("notice"), Option("menu"))
    taken = [line for line in lines if isinstance(fact, CaseFound) or line.place in standing.filed]
    abnormal = [(names.get(line.place, line.place), line) for line in taken if line.status is Status.ABNORMAL]
    new = {each.kind: None for _, line in abnormal for each in line.findings if each.count > len(each.known)}
    shown = {
        "fact": fact,
        "taken": bool(taken),
        "abnormal": abnormal,
        "normal": sum(line.status is Status.NORMAL for line in taken),
        "kinds": tuple(new) if standing.cases else (),
        "steps": tuple(dict.fromkeys(STEPS.get(kind, "stay") for kind in new)) if standing.cases else (),
        "told": standing.shown.get("told", ()),
        "standing": standing,
    }
    return Say("case_notice/receipt", shown, actions)


def _on(command: str, brief: Brief) -> Option:
    """A command about the day that is spoken of."""
    return Option(command if brief.day == brief.today else f"{command} {brief.day}", name=command)


def _missed(standing: Standing) -> tuple[Option, ...]:
    return tuple(Option(f"report {day}", name="missed") for day in standing.missed[:1])


_REPORTING = frozenset({Need.CASES})
FLOWS = (
    Flow("exceptions", exceptions, "case_notice", receipt, _REPORTING),
    Flow("restate", restate, "case_notice", receipt, _REPORTING),
    Flow("found", found, "case_notice", receipt, _REPORTING),
    Flow("notice", notice, "case_notice", receipt, _REPORTING | {Need.NEAR}),
)
