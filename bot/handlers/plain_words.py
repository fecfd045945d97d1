"""A report in plain words: what was understood is shown for checking, and filed when its writer says so."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from bot.dialog import Choice, Dialog, Flow, Goto, Need, Option, Say, Step, Text
from bot.dialog.choosing import options
from bot.model import Brief, CaseFound, Doubt, Draft, Fact, Line, Owed, ReportFiled, Standing, Status
from bot.questions import drafted, reported
from bot.questions.drafted import Row
from bot.questions.gathering import Gathered

LINE = 600
"""So many signs a report may have that is written anew."""
STEPS = "steps"


def plain_words(brief: Brief) -> Dialog:
    """Show the draft of what was said (``brief.subject``) until it is submitted, written anew or dropped."""
    said, n = brief.subject, 0
    owing = any(place.status is None for place in brief.owed)
    dropped = Say("case_notice/discarded", {"owed": owing})
    while True:
        n += 1
        draft = _entitled(brief, drafted.understood(brief, said))
        wrong = unfit(brief, draft, said)
        if wrong is not None:
            yield from wrong
            if n == 1:
                return None
            rows: list[Row] = []
            action = "rewrite"
        else:
            rows = _one_each((yield from drafted.rows(brief, n, draft)))
            rows, known = yield from drafted.warmed(n, draft, rows)
            if known:
                draft = replace(draft, odd=(), lost=tuple(each for each in draft.lost if each != draft.odd[0]))
            if not rows and not _others(brief, rows):
                return Goto("daily_report")  # all of it is reported already
            rows, action = yield from _checked(brief, n, draft, rows)
        if action == "submit":
            return (yield from _filed(brief, draft, rows))
        if action == "discard":
            yield from dropped
            return None
        said = yield from Text(f"rewrite/{n}", LINE, options(STEPS, "discard"))
        if said == STEPS:
            return Goto("exceptions" if owing else "found")
        if said == "discard":
            yield from dropped
            return None


def _entitled(brief: Brief, draft: Draft) -> Draft:
    """The draft without what this person cannot report: other people's places, kinds that the pack does not have."""
    known = drafted.mine(brief)
    names = {each.code: each.name for each in brief.called}
    foreign = [names[line.place] for line in draft.lines if line.place and line.place not in known]
    lines = []
    for line in draft.lines:
        if line.place and line.place not in known:
            continue
        if line.near and not set(line.near) & set(known):
            foreign.append(line.said)
            continue
        found = tuple(each for each in line.findings if each.kind in drafted.kinds(brief))
        if found or not line.findings:
            lines.append(replace(line, findings=found))
    return replace(draft, lines=tuple(lines), foreign=tuple(dict.fromkeys((*foreign, *draft.foreign))))


def unfit(brief: Brief, draft: Draft, said: str) -> Say | None:
    """Why a draft cannot be filed as it is, with what can be done instead; None where it can be shown."""
    ways = (Option("found"), Option("report"), Option("menu")) if brief.owed else (Option("todo"), Option("menu"))
    if draft.empty and draft.foreign:
        return Say("plain_words/foreign", {"names": draft.foreign}, (Option("report"), Option("places")))
    if draft.empty:
        lost = draft.lost[0] if draft.lost and draft.spoken else said
        return Say("plain_words/lost", {"said": lost, "place": _example(brief, draft), "odd": draft.odd}, ways)
    if draft.day != brief.day:
        return Say("plain_words/day", {"said": draft.day}, (Option("report"), Option("notice")))
    owed = {place.code for place in brief.owed}
    elsewhere = [line for line in draft.lines if line.place not in owed] if owed else list(draft.lines)
    if not owed and (draft.rest or any(line.status is Status.NORMAL for line in draft.lines)):
        return Say("plain_words/nothing", actions=(Option("notice"), Option("menu")))
    if not owed or any(line.place for line in elsewhere):
        one = len(draft.lines) == 1 and len(draft.lines[0].findings) == 1
        return None if one else Say("plain_words/single", actions=(Option("notice"), Option("menu")))
    return None


def _example(brief: Brief, draft: Draft) -> str:
    """A place to show how a report is written: one that was named, else one's own."""
    known = drafted.mine(brief)
    names = [known[code].name for code in draft.spoken if code in known] or [each.name for each in known.values()]
    return names[0] if names else ""


def _one_each(rows: Sequence[Row]) -> list[Row]:
    """Two rows that turned out to be of one place are one."""
    found: dict[str, Row] = {}
    for row in rows:
        before = found.get(row.place.code)
        if before is not None:
            both = (*before.findings, *row.findings)
            row = replace(  # noqa: PLW2901 - the two are one from here on
                before,
                findings=both,
                normal=(before.normal or row.normal) and not both,
                words=before.words or row.words,
                doubts=before.doubts | row.doubts,
            )
        found[row.place.code] = row
    return list(found.values())


def _checked(brief: Brief, n: int, draft: Draft, rows: list[Row]) -> Generator[Step, Any, tuple[list[Row], str]]:
    """Show the rows until they are submitted, dropped or to be written anew; a place may be changed meanwhile."""
    turn = 0
    while True:
        turn += 1
        rows = yield from drafted.met(brief, f"{n}.{turn}", rows)
        move = ("move",) if rows and len(drafted.offered(brief)) > 1 else ()
        can = options("submit", *move, "rewrite", "discard")
        action = yield from Choice(f"draft/{n}.{turn}", can, _shown(brief, draft, rows))
        if action != "move":
            return rows, action
        rows = _one_each((yield from drafted.moved(brief, f"{n}.{turn}", rows)))


def _shown(brief: Brief, draft: Draft, rows: Sequence[Row]) -> dict[str, object]:
    """What the card says."""
    others = _others(brief, rows)
    mine = {place.code: place for place in brief.owed if place.mine and place.findings}
    return {
        "rows": rows,
        "rest": [place.name for place in others] if draft.rest else [],
        "rest_doubted": Doubt.REST in draft.doubts,
        "day_doubted": Doubt.DAY in draft.doubts,
        "left": [] if draft.rest else [place.name for place in others],
        "falls": [mine[row.place.code] for row in rows if row.normal and row.place.code in mine],
        "lost": [each for each in draft.lost if each not in draft.odd],
        "odd": draft.odd,
        "noted": _note(brief, draft, rows) is not None,
        "foreign": draft.foreign,
    }


def _others(brief: Brief, rows: Sequence[Row]) -> list[Owed]:
    named = {row.place.code for row in rows}
    return [place for place in brief.owed if place.status is None and place.code not in named]


def _note(brief: Brief, draft: Draft, rows: Sequence[Row]) -> str | None:
    """Words that were not understood go with what was found: they may matter to whoever reads it."""
    words = "；".join(draft.lost)[: brief.note_limit]
    return words if words and any(row.findings or row.words for row in rows) else None


def _filed(brief: Brief, draft: Draft, rows: Sequence[Row]) -> Generator[Step, Any, ReportFiled | CaseFound | None]:
    """The report, or the one case at a place for which nobody owes one."""
    items = [item for row in rows for item in row.items]
    yield from reported.tell_known(items)
    owed = {place.code: place for place in brief.owed}
    if rows and rows[0].place.code not in owed:
        findings = reported.findings_of([item for item in items if item.same is None])
        if findings:
            return CaseFound(rows[0].place.code, findings[0], brief.day)
        yield from Say("case_notice/kept")
        return None
    lines = [line for row in rows if (line := _line(owed[row.place.code], row)) is not None]
    if draft.rest:
        lines += [Line(place.code, Status.NORMAL) for place in _others(brief, rows)]
    if not lines:
        yield from Say("case_notice/kept")
        return None
    said = Gathered(items, _note(brief, draft, rows))
    return reported.as_report(brief, tuple(lines), said)


def _line(place: Owed, row: Row) -> Line | None:
    """What the report says of one place: what stands there of this person's own stays beside what is new.

    None: it says nothing that does not stand there already.
    """
    if place.status is None or row.normal:
        return reported.line_of(place, row.items)
    line = reported.line_of(place, [item for item in row.items if item.same is None])
    if line.status is Status.NORMAL:
        return None
    return replace(line, findings=reported.together(place.findings if place.mine else (), line.findings))


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """What is given back for a report by hand is given back for one in words."""
    if isinstance(fact, ReportFiled) and not any(line.status is Status.ABNORMAL for line in fact.lines):
        normal = sum(line.place in standing.filed for line in fact.lines)
        shown = {"fact": fact, "normal": normal, "standing": standing, "left": reported.left(fact, brief, standing)}
        said = reported.receipt(fact, brief, standing)
        return Say("daily_report/receipt", shown, said.actions)
    return reported.receipt(fact, brief, standing)


FLOWS = (
    Flow(
        "plain_words",
        plain_words,
        "case_notice",
        receipt,
        frozenset({Need.CASES, Need.NEAR, Need.NAMES}),
        about="subject",
    ),
)
