"""The daily report: one tap when all is normal; correction, supplement, withdrawal. What is not is ``case_notice``."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import date
from typing import Any

from bot.dialog import Choice, Dialog, Flow, Goto, Option, Retake, Say, Step
from bot.dialog.choosing import options
from bot.model import Brief, Fact, Line, Near, Owed, ReportFiled, ReportWithdrawn, Standing, Status
from bot.questions.attachments import attachments
from bot.questions.form import figures


def daily_report(brief: Brief) -> Dialog:
    """Walk a worker through the report of ``brief.day``; one tap reports everything still owed as normal."""
    owed = [place for place in brief.owed if place.status is None]
    if not brief.owed and brief.leave is not None:
        return Goto("leave")
    if not brief.owed:
        return Goto("greeting")  # also who leads or reviews begins here
    if not owed:
        yield from Say("daily_report/done", {"places": brief.owed}, _after(brief))
        return None
    numbers = ("numbers",) if brief.fields else ()
    state = yield from Choice("state", options("normal", "exceptions", *numbers, "leave"), {"owed": owed})
    if state == "numbers":
        return (yield from _numbers(brief, owed))
    if state != "normal":
        return Goto(state)
    return ReportFiled(brief.day, _all_normal(owed))


def correct(brief: Brief) -> Dialog:
    """Say again what holds for the places that this person reported; it supersedes the earlier word."""
    mine = [place for place in brief.owed if place.mine]
    if not mine:
        return Goto("daily_report")
    state = yield from Choice("correct", options("normal", "exceptions", "withdraw", "keep"), {"mine": mine})
    if state == "keep":
        yield from Say("daily_report/kept")
        return None
    if state != "normal":
        return Goto("restate" if state == "exceptions" else state)
    if any(place.findings for place in mine):
        sure = yield from Choice("void", options("void", "keep"), {"mine": mine})
        if sure == "keep":
            yield from Say("daily_report/kept")
            return None
    return ReportFiled(brief.day, _all_normal(mine))


def withdraw(brief: Brief) -> Dialog:
    """Take back what this person reported for the day; the places are owed again."""
    mine = [place for place in brief.owed if place.mine]
    if not mine:
        return Goto("daily_report")
    sure = yield from Choice("withdraw", options("withdraw", "keep"), {"mine": mine})
    if sure == "keep":
        yield from Say("daily_report/kept")
        return None
    return ReportWithdrawn(brief.day, tuple(place.code for place in mine))


def supplement(brief: Brief) -> Dialog:
    """Add a note or photos to what this person reported for the day."""
    mine = [place for place in brief.owed if place.mine]
    if not mine:
        return Goto("daily_report")
    note, photos = yield from attachments(brief, 0, brief.photo_limit)
    if not note and not photos:
        yield from Say("daily_report/kept")
        return None
    return ReportFiled(brief.day, _all_normal(mine), note, photos, adds=True)


def _numbers(brief: Brief, owed: Sequence[Owed]) -> Generator[Step, Any, ReportFiled | None]:
    """The numbers of the pack's form, place by place, with a day that is normal otherwise."""
    found: list[tuple[str, str, int]] = []
    for n, place in enumerate(owed, 1):
        found += yield from figures(brief, n, Near(place.code, place.name))
    names = {place.code: place.name for place in owed}
    labels = {field.id: field.labels.get(brief.locale.value, field.id) for field in brief.fields}
    rows = [(names[code], labels[field], number) for code, field, number in found]
    sure = yield from Choice("numbers", options("submit", "revise", "discard"), {"rows": rows})
    if sure == "revise":
        asked = (f"field/{n}.{i}" for n in range(1, len(owed) + 1) for i in range(1, len(brief.fields) + 1))
        yield from Retake((*asked, "numbers"))
    if sure == "discard":
        yield from Say("daily_report/kept")
        return None
    return ReportFiled(brief.day, _all_normal(owed), fields=tuple(found))


def _all_normal(places: Sequence[Owed]) -> tuple[Line, ...]:
    return tuple(Line(place.code, Status.NORMAL) for place in places)


def _after(brief: Brief) -> tuple[Option, ...]:
    """What can be done once a day is reported: correct or supplement one's own word, make a missed day good."""
    mine = (_on("fix", brief), _on("add", brief)) if any(place.mine for place in brief.owed) else ()
    mine = (*mine, _on("found", brief))
    return (*mine, *_missed(brief.missed))


def _on(command: str, brief: Brief) -> Option:
    """A command about the day that is spoken of."""
    return Option(command if brief.day == brief.today else f"{command} {brief.day}", name=command)


def _missed(days: Sequence[date]) -> tuple[Option, ...]:
    return tuple(Option(f"report {day}", name="missed") for day in days[:1])


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """Give something back: the time, the places, their clean days, the sender's own run."""
    if isinstance(fact, ReportWithdrawn):
        taken = [place.name for place in brief.owed if place.code in fact.places]
        return Say("daily_report/withdrawn", {"names": taken, "standing": standing}, (_on("report", brief),))
    assert isinstance(fact, ReportFiled)  # noqa: S101 - these flows come to nothing else
    lines = [line for line in fact.lines if line.place in standing.filed]
    normal = sum(line.status is Status.NORMAL for line in lines)
    actions = (_on("fix", brief), _on("add", brief), _on("found", brief), *_missed(standing.missed))
    shown = {"fact": fact, "normal": normal, "standing": standing}
    return Say("daily_report/added" if fact.adds else "daily_report/receipt", shown, actions)


FLOWS = tuple(Flow(run.__name__, run, "daily_report", receipt) for run in (daily_report, correct, withdraw, supplement))
