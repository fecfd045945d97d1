"""The self-assessment: which place and standard, the sheet on one card, item by item, and submitting it (DOMAIN 4)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from bot import words
from bot.dialog import Choice, Dialog, Flow, Goto, Need, Option, Points, Say, Step, Text
from bot.dialog.choosing import options
from bot.dialog.steps import PHOTO
from bot.model import (
    Answer,
    AssessmentMarked,
    AssessmentSubmitted,
    Brief,
    Fact,
    Item,
    Mark,
    Scale,
    Sheet,
    Standing,
)
from bot.questions.refused import barred
from bot.scoring.qualification import Mend, Row, Score, mend, score

REASON = 100
"""Characters of why points are missing."""
SHARES = (Decimal("0.8"), Decimal("0.6"))
"""Parts of an item's points that are offered as buttons beside all and none."""
REASONS = ("no_evidence", "unfinished")
"""Why points are missing, for one tap."""
SMALL = 3
"""An item of fewer points is there or not: the eight checks of 2.5."""
PHOTOS = 5
"""So many pictures show one item."""


@dataclass(frozen=True, slots=True)
class Line:
    """An item as the sheet shows it."""

    number: str
    head: str
    given: str
    """Its points, as people write them."""
    worth: str
    full: bool
    open: bool
    auto: bool
    reason: str
    """Why, as the facts or whoever judged it say."""
    photos: int


def assess(brief: Brief) -> Dialog:
    """Choose the place and the standard; where there is one only, its sheet opens at once."""
    if brief.subject:
        return Goto("sheet", brief.subject)
    if not brief.assessable:
        return barred("assess")
    place = brief.assessable[0]
    if len(brief.assessable) > 1:
        named = tuple(Option(each.place, each.name) for each in brief.assessable)
        code = yield from Choice("place", named, {"places": brief.assessable}, near=True)
        place = next(each for each in brief.assessable if each.place == code)
    if len(place.standards) == 1:
        return Goto("sheet", f"{place.place} {place.standards[0][0]}")
    known = tuple(Option(name, title) for name, title, *_ in place.standards)
    name = yield from Choice("standard", known, {"place": place})
    return Goto("sheet", f"{place.place} {name}")


def sheet(brief: Brief) -> Dialog:
    """The sheet: one card with everything, or one item of it (``JA assessment-form 6``, ``… next 6``)."""
    table = brief.sheet
    if table is None:
        return barred("assess", brief.subject)
    result = score(table.standard, table.assessment, table.answers, table.threshold)
    _, _, item, *after = (*brief.subject.split(), "", "", "")
    if item == "next":
        row = _next(result, after[0])
        if row is not None:
            return (yield from _item(brief, table, result, row))
    named = next((row for row in result.rows if row.item.id == item and row.answer is None), None)
    if named is not None:
        return (yield from _item(brief, table, result, named))
    return (yield from _whole(brief, table, result))


def _next(result: Score, after: str) -> Row | None:
    """The first item that nobody has judged, from the one behind ``after`` on, then from the top."""
    ids = [row.item.id for row in result.rows]
    first = ids.index(after) + 1 if after in ids else 0
    rows = (*result.rows[first:], *result.rows[:first])
    return next((row for row in rows if row.open and row.item.id != after), None)


def _whole(brief: Brief, table: Sheet, result: Score) -> Dialog:
    """Everything on one card, and what can be done."""
    shown = _shown(brief, table, result)
    left, typed = result.open, [row for row in result.rows if row.answer is None]
    before = {mark.item: mark for mark in table.before}
    same = [replace(before[row.item.id], evidence=()) for row in left if row.item.id in before]
    can = ["next", "rest"] if left else ["submit"]
    if same:
        can.append("same")
    if any(row.mark for row in typed):
        can.append("which")
    choice = yield from Choice("sheet", options(*can, "close"), shown)
    about = (table.place, table.standard.id)
    if choice == "close":
        yield from Say("assess/kept", shown, (Option("assess"), Option("menu")))
        return None
    if choice == "next":
        return Goto("sheet", " ".join((*about, "next")))
    if choice == "which":
        named = tuple(Option(row.item.id, f"{row.item.id} {row.item.head(brief.locale)}") for row in typed)
        return Goto("sheet", " ".join((*about, (yield from Choice("which", named)))))
    if choice == "submit":
        return AssessmentSubmitted(*about, table.standard.version)
    full = [Mark(row.item.id, row.item.worth) for row in left]
    return AssessmentMarked(*about, table.standard.version, tuple(same if choice == "same" else full))


def _item(brief: Brief, table: Sheet, result: Score, row: Row) -> Dialog:
    """One item: points with what shows them, and why some are missing."""
    item, about = row.item, (table.place, table.standard.id)
    photos = [] if row.mark is None else list(row.mark.evidence)
    said = yield from _points(brief, table, result, row, photos)
    if said == "skip":
        return Goto("sheet", " ".join((*about, "next", item.id)))
    if said == "overview":
        return Goto("sheet", " ".join(about))
    given, reason = (item.worth, "") if said == "full" else (Decimal(said), "") if isinstance(said, str) else said
    if given < item.worth and not reason:
        lost = {"item": item, "lost": item.worth - given, "given": given, "met": item.points is None}
        why = yield from Text("why", REASON, options(*REASONS, "skip"), lost)
        reason = "" if why == "skip" else words.label("assess/why", brief.locale, why) if why in REASONS else why
    mark = Mark(item.id, given, reason, tuple(photos))
    return AssessmentMarked(*about, table.standard.version, (mark,))


def _points(
    brief: Brief, table: Sheet, result: Score, row: Row, photos: list[str]
) -> Generator[Step, Any, tuple[Decimal, str] | str]:
    """The answer on an item; pictures that come before it are collected."""
    item, n = row.item, 0
    key = "met" if item.points is None else "points"
    shares = dict.fromkeys(item.worth * share // item.step * item.step for share in SHARES)
    large = key == "points" and item.worth >= SMALL
    offered = [Option(_plain(given), _plain(given)) for given in shares if large]
    choices = (Option("full"), *offered, Option("0", name="none"), Option("skip"), Option("overview"))
    shown = {
        "item": item, "title": item.said(brief.locale), "hint": item.hint(brief.locale), "mark": row.mark,
        "place": table.name, "left": len(result.open) - row.open, "worth": _plain(item.worth),
    }  # fmt: skip
    while True:
        n += 1
        values = {**shown, "photos": len(photos)}
        said = yield from Points(f"{key}/{n}", item.worth, item.step, choices, values, PHOTOS - len(photos))
        if not (isinstance(said, str) and said.startswith(PHOTO)):
            return said
        photos.append(said.removeprefix(PHOTO))


def _plain(points: Decimal) -> str:
    """Points as people write them: ``10``, ``2.5``."""
    return f"{points.normalize():f}"


def _shown(brief: Brief, table: Sheet, result: Score) -> dict[str, object]:
    """What the card says."""
    lines = [_line(brief, row) for row in result.rows]
    way: Mend = mend(result)
    both = zip(lines, result.rows, strict=True)
    taken = [(line, row.answer.again) for line, row in both if row.answer and row.lost]
    return {
        "place": table.name, "title": table.standard.said(brief.locale), "lines": lines, "left": len(result.open),
        "points": _plain(result.points), "of": _plain(result.of), "needed": _plain(result.needed),
        "short": _plain(result.short), "met": table.standard.scale is Scale.MET, "qualifies": result.qualifies,
        "before_on": table.before_on, "decides": table.decides,
        "mend": _heads(brief, way.rows), "enough": way.enough,
        "waits": [(line, again) for line, again in taken if again],
        "gone": [line for line, again in taken if not again],
    }  # fmt: skip


def _heads(brief: Brief, rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """Number, head and missing points of what could be mended."""
    return [(row.item.id, row.item.head(brief.locale), _plain(row.lost)) for row in rows]


def _line(brief: Brief, row: Row) -> Line:
    item: Item = row.item
    reason = because(brief, row.answer) if row.answer else row.mark.reason if row.mark else ""
    photos = len(row.mark.evidence) if row.mark else 0
    return Line(
        item.id, item.head(brief.locale), _plain(row.points), _plain(item.worth), not row.lost,
        row.open, row.answer is not None, reason, photos,
    )  # fmt: skip


def because(brief: Brief, answer: Answer) -> str:
    """Why the facts answer as they do, in words."""
    kind = answer.kind
    named = brief.labels.get(kind) or words.label("kinds", brief.locale, kind) if kind else ""
    return words.label("standards/reasons", brief.locale, answer.reason, {**asdict(answer), "named": named})


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """What was marked, or what a submitted assessment came to; or why nothing was recorded."""
    table = brief.sheet
    assert table is not None  # noqa: S101 - no fact without a sheet
    about = f"{table.place} {table.standard.id}"
    back = Option(f"assess {about}", name="again")
    if "refused" in standing.shown:
        return Say("assess/refused", {"place": table.name, "item": "", **standing.shown}, (back, Option("menu")))
    if isinstance(fact, AssessmentMarked):
        known = {leaf.id: leaf for leaf in table.standard.leaves}
        marks = [(mark, known[mark.item], _plain(mark.points), _plain(known[mark.item].worth)) for mark in fact.marks]
        return Say("assess/marked", {"marks": marks, "met": table.standard.scale is Scale.MET})
    result = score(table.standard, table.assessment, table.answers, table.threshold)
    shown = _shown(brief, table, result)
    onward = (Option(f"apply {table.place}", name="apply"),) if table.decides and result.qualifies else ()
    paper = (Option(f"document assessment {table.place}", name="document"),) if table.decides else ()
    return Say("assess/receipt", shown, (*onward, *paper, back))


def then(fact: Fact, brief: Brief, standing: Standing) -> Goto | None:
    """The next item in the same message, until nothing is open; after a new version the sheet as it is now."""
    refused = standing.shown.get("refused")
    if not isinstance(fact, AssessmentMarked) or refused not in {None, "version"}:
        return None
    about = f"{fact.place} {fact.standard}"
    one = len(fact.marks) == 1 and refused is None
    return Goto("sheet", f"{about} next {fact.marks[-1].item}" if one else about)


FLOWS = (
    Flow("assess", assess, "assess", needs=frozenset({Need.ASSESSABLE}), about="subject"),
    Flow("sheet", sheet, "assess", receipt, frozenset({Need.SHEET}), about="subject", then=then),
)
