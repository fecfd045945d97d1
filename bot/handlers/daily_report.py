"""The daily report: one tap when all is normal, exceptions place by place, correction, supplement, withdrawal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.dialog import Attachment, Choice, Dialog, Flow, Goto, Number, Option, Retake, Say, Step, Text
from bot.dialog.steps import PHOTO
from bot.model import Brief, Fact, Finding, Line, Owed, ReportFiled, ReportWithdrawn, Standing, Status

MOST_PERSONS = 200
"""More of one kind at one place on one day is a slip of the finger."""


def daily_report(brief: Brief) -> Dialog:
    """Walk a worker through the report of ``brief.day``; one tap reports everything still owed as normal."""
    owed = [place for place in brief.owed if place.status is None]
    if not brief.owed and brief.leave is not None:
        return Goto("leave")
    if not brief.owed:
        yield from Say("daily_report/nothing", actions=(Option("places"), Option("menu")))
        return None
    if not owed:
        yield from Say("daily_report/done", {"places": brief.owed}, _after(brief))
        return None
    state = yield from Choice("state", _options("normal", "exceptions", "leave"), {"owed": owed})
    if state == "leave":
        return Goto("leave")
    if state == "normal":
        return ReportFiled(brief.day, tuple(Line(place.code, Status.NORMAL) for place in owed))
    return (yield from _exceptions(brief, owed))


def correct(brief: Brief) -> Dialog:
    """Say again what holds for the places that this person reported; it supersedes the earlier word."""
    mine = [place for place in brief.owed if place.mine]
    if not mine:
        return Goto("daily_report")
    state = yield from Choice("correct", _options("normal", "exceptions", "withdraw", "keep"), {"mine": mine})
    if state == "keep":
        yield from Say("daily_report/kept")
        return None
    if state == "withdraw":
        return Goto("withdraw")
    if state == "exceptions":
        return (yield from _exceptions(brief, mine))
    if any(place.findings for place in mine):
        sure = yield from Choice("void", _options("void", "keep"), {"mine": mine})
        if sure == "keep":
            yield from Say("daily_report/kept")
            return None
    return ReportFiled(brief.day, tuple(Line(place.code, Status.NORMAL) for place in mine))


def found(brief: Brief) -> Dialog:
    """Report what came up after the day was reported; what stands already stays."""
    owed = [place for place in brief.owed if place.status is None]
    if owed or not brief.owed:
        return (yield from _exceptions(brief, owed)) if owed else Goto("daily_report")
    filed = yield from _exceptions(brief, brief.owed, rest="unchanged")
    if filed is None:
        return None
    before = {place.code: place.findings if place.mine else () for place in brief.owed}
    named = [line for line in filed.lines if line.status is Status.ABNORMAL]
    lines = tuple(replace(line, findings=_together(before[line.place], line.findings)) for line in named)
    if not lines:
        yield from Say("daily_report/kept")
        return None
    return replace(filed, lines=lines)


def withdraw(brief: Brief) -> Dialog:
    """Take back what this person reported for the day; the places are owed again."""
    mine = [place for place in brief.owed if place.mine]
    if not mine:
        return Goto("daily_report")
    sure = yield from Choice("withdraw", _options("withdraw", "keep"), {"mine": mine})
    if sure == "keep":
        yield from Say("daily_report/kept")
        return None
    return ReportWithdrawn(brief.day, tuple(place.code for place in mine))


def supplement(brief: Brief) -> Dialog:
    """Add a note or photos to what this person reported for the day."""
    mine = [place for place in brief.owed if place.mine]
    if not mine:
        return Goto("daily_report")
    note, photos = yield from _attachments(brief)
    if not note and not photos:
        yield from Say("daily_report/kept")
        return None
    return ReportFiled(brief.day, tuple(Line(place.code, Status.NORMAL) for place in mine), note, photos, adds=True)


@dataclass(frozen=True, slots=True)
class Item:
    """One exception: at a place, ``count`` persons of a kind, or a problem in words."""

    place: Owed
    kind: str
    count: int = 0
    words: str = ""


def _exceptions(brief: Brief, owed: Sequence[Owed], rest: str = "normal") -> Generator[Step, Any, ReportFiled | None]:
    """Ask for exceptions until the sender is content; what becomes of the ``rest`` is told with each question."""
    items = [(yield from _item(brief, owed, 1, rest))]
    note: str | None = None
    photos: tuple[str, ...] = ()
    review = 0
    while True:
        review += 1
        options = _options("submit", "more", *(() if note or photos else ("attach",)), "revise", "discard")
        shown = {
            "items": items, "others": _others(owed, items), "rest": rest, "falls": _falls(owed, rest),
            "note": note, "photos": photos,
        }  # fmt: skip
        action = yield from Choice(f"review/{review}", options, shown)
        if action == "submit":
            return _filed(brief, owed, items, note, photos)
        if action == "discard":
            yield from Say("daily_report/discarded")
            return None
        if action == "more":
            items.append((yield from _item(brief, owed, len(items) + 1, rest)))
        elif action == "attach":
            note, photos = yield from _attachments(brief, review)
        else:
            yield from _revise(items, review)


def _item(brief: Brief, owed: Sequence[Owed], n: int, rest: str) -> Generator[Step, Any, Item]:
    place = owed[0]
    if len(owed) > 1:
        names = tuple(Option(each.code, each.name) for each in owed)
        code = yield from Choice(f"place/{n}", names, {"rest": rest})
        place = next(each for each in owed if each.code == code)
    kind = yield from Choice(f"kind/{n}", _options(*brief.kinds, "other"), {"place": place})
    if kind == "other":
        return Item(place, kind, words=(yield from Text(f"other/{n}", brief.note_limit, values={"place": place})))
    shown = {"place": place, "kind": kind}
    count = yield from Number(f"count/{n}", 0, MOST_PERSONS, _options("1", "2", "3"), shown)
    return Item(place, kind, count)


def _revise(items: Sequence[Item], review: int) -> Generator[Step, Any, None]:
    """Let the sender choose what to say anew; it never comes back, for the conversation runs again from there."""
    which = 1
    if len(items) > 1:
        options = tuple(Option(str(n)) for n in range(1, len(items) + 1))
        which = int((yield from Choice(f"which/{review}", options, {"items": items})))
    asked = ("place", "kind", "count", "other")
    yield from Retake((*(f"{key}/{which}" for key in asked), f"which/{review}", f"review/{review}"))


def _attachments(brief: Brief, review: int = 0) -> Generator[Step, Any, tuple[str | None, tuple[str, ...]]]:
    """Collect notes and photos, one a message, until the sender says that this is all.

    Who sent nothing may ask again at the next ``review``: the keys tell the two apart.
    """
    notes: list[str] = []
    photos: list[str] = []
    while True:
        n = len(notes) + len(photos) + 1
        room = brief.photo_limit - len(photos)
        shown = {"notes": notes, "photos": photos}
        given = yield from Attachment(f"attach/{review}.{n}", brief.note_limit, room, _options("finish"), shown)
        if given == "finish":
            return "\n".join(notes) or None, tuple(photos)
        if given.startswith(PHOTO):
            photos.append(given.removeprefix(PHOTO))
        else:
            notes.append(given)


def _filed(
    brief: Brief, owed: Sequence[Owed], items: Sequence[Item], note: str | None, photos: tuple[str, ...]
) -> ReportFiled:
    words = [f"{item.place.name}：{item.words}" for item in items if item.words]
    lines = tuple(_line(place, [item for item in items if item.place.code == place.code]) for place in owed)
    return ReportFiled(brief.day, lines, "\n".join((*words, *((note,) if note else ()))) or None, photos)


def _line(place: Owed, items: Sequence[Item]) -> Line:
    counts = sum((Counter({item.kind: item.count}) for item in items), Counter[str]())  # a count of none drops out
    abnormal = counts or any(item.words for item in items)
    findings = tuple(Finding(kind, count) for kind, count in counts.items())
    return Line(place.code, Status.ABNORMAL if abnormal else Status.NORMAL, findings)


def _together(before: Sequence[Finding], new: Sequence[Finding]) -> tuple[Finding, ...]:
    counts = Counter({each.kind: each.count for each in before}) + Counter({each.kind: each.count for each in new})
    return tuple(Finding(kind, count) for kind, count in counts.items())


def _falls(owed: Sequence[Owed], rest: str) -> list[Owed]:
    """What had been found before and is said anew: it falls away unless it is said again."""
    return [place for place in owed if place.mine and place.findings] if rest == "normal" else []


def _others(owed: Sequence[Owed], items: Sequence[Item]) -> int:
    named = {item.place.code for item in items if item.count or item.words}
    return sum(place.code not in named for place in owed)


def _options(*values: str) -> tuple[Option, ...]:
    return tuple(Option(value) for value in values)


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
    names = {place.code: place.name for place in brief.owed}
    abnormal = [(names[line.place], line.findings) for line in lines if line.status is Status.ABNORMAL]
    actions = (_on("fix", brief), _on("add", brief), _on("found", brief), *_missed(standing.missed))
    shown = {"fact": fact, "normal": normal, "abnormal": abnormal, "standing": standing}
    return Say("daily_report/added" if fact.adds else "daily_report/receipt", shown, actions)


FLOWS = tuple(
    Flow(run.__name__, run, "daily_report", receipt) for run in (daily_report, correct, found, withdraw, supplement)
)
