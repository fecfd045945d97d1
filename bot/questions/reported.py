"""What was found → what a report says of it, and what the reporter hears once it is filed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.dialog import Option, Say, Step
from bot.model import Brief, CaseFound, DetailsAdded, Fact, Finding, Kind, Line, Owed, ReportFiled, Standing, Status
from bot.questions.gathering import Gathered
from bot.questions.person import Item

STEPS: Mapping[str, str] = {
    Kind.FEVER: "fever", Kind.CLOSE_CONTACT: "contact", Kind.CONFIRMED: "admit", Kind.SUSPECTED: "admit",
    Kind.ASYMPTOMATIC: "admit", Kind.SECONDARY_CONTACT: "secondary", Kind.KEY_PERSON: "returnee",
}  # fmt: skip
"""What the receipt says is to be done next, by kind; one that a pack brings stays at home."""


def tell_known(items: Sequence[Item]) -> Generator[Step, Any, None]:
    """Say of which of them nothing new is made, because they are cases already."""
    codes = [item.same.code for item in items if item.same is not None]
    if codes:
        yield from Say("case_notice/known", {"codes": codes})


def as_report(brief: Brief, lines: tuple[Line, ...], said: Gathered) -> ReportFiled:
    """The report, with what was said in words as its note."""
    words = [f"{item.place.name}：{item.words}" for item in said.items if item.words]
    note = "\n".join((*words, *((said.note,) if said.note else ())))
    return ReportFiled(brief.day, lines, note or None, said.photos, fields=said.figures)


def line_of(place: Owed, items: Sequence[Item]) -> Line:
    """What the report says of one place."""
    here = [item for item in items if item.place.code == place.code]
    findings = findings_of(here)
    abnormal = findings or any(item.words for item in here)
    return Line(place.code, Status.ABNORMAL if abnormal else Status.NORMAL, findings)


def findings_of(items: Sequence[Item]) -> tuple[Finding, ...]:
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


def together(before: Sequence[Finding], new: Sequence[Finding]) -> tuple[Finding, ...]:
    """What stood before and what is new, kind by kind."""
    counts = Counter({each.kind: each.count for each in before})
    added = {each.kind: each for each in new}
    counts.update({each.kind: each.count for each in new})
    return tuple(replace(added.get(kind, Finding(kind, count)), count=count) for kind, count in counts.items())


def left(fact: Fact, brief: Brief, standing: Standing) -> tuple[str, ...]:
    """The names of the places of which nothing was said, and which are owed still."""
    if not isinstance(fact, ReportFiled) or not standing.filed:
        return ()
    owed = (place for place in brief.owed if place.status is None and place.code not in standing.filed)
    return tuple(place.name for place in owed if place.name not in standing.kept)


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
    still = left(fact, brief, standing)
    if still:
        actions = (_on("report", brief), *actions)
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
        "left": still,
    }
    return Say("case_notice/receipt", shown, actions)


def _on(command: str, brief: Brief) -> Option:
    """A command about the day that is spoken of."""
    return Option(command if brief.day == brief.today else f"{command} {brief.day}", name=command)


def _missed(standing: Standing) -> tuple[Option, ...]:
    return tuple(Option(f"report {day}", name="missed") for day in standing.missed[:1])
