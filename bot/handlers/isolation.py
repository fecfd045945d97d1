"""Home isolation: who stays at home until when; left without leave, ended by hand, or a new one (篇五 四 4)."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import Any

from bot.dialog import Choice, Day, Dialog, Flow, Need, Number, Option, Retake, Say, Step, Text
from bot.dialog.choosing import last_days, one_place, options
from bot.model import (
    Brief,
    Details,
    Fact,
    Isolation,
    IsolationBegun,
    IsolationBroken,
    IsolationEnded,
    KnownCase,
    Near,
    Standing,
    Stay,
)
from bot.model.care import LONGEST
from bot.model.care import standing as stands
from bot.questions.refused import barred

PAGE = 6
"""So many isolations are shown at once."""
DOOR = 60
"""Characters of a door."""


def isolation(brief: Brief) -> Dialog:
    """Show the isolations that run; go on with one of them, or begin another."""
    named = next((each for each in brief.isolations if str(each.id) == brief.subject), None)
    if named is not None:
        return (yield from _one(brief, named))
    if not brief.isolations:
        if not brief.own_places:
            return barred("isolation")
        yield from Say("isolation/none")
        return (yield from _begin(brief))
    page = 1
    while True:
        shown = brief.isolations[(page - 1) * PAGE : page * PAGE]
        left = len(brief.isolations) - page * PAGE
        numbered = tuple(Option(str(each.id), f"{n} · {place(each)}") for n, each in enumerate(shown, 1))
        more = (Option("more"),) if left > 0 else ()
        begin = (Option("begin"),) if brief.own_places else ()
        values = {"shown": shown, "left": left, "page": page}
        chosen = yield from Choice(f"running/{page}", (*numbered, *more, *begin), values)
        if chosen == "begin":
            return (yield from _begin(brief))
        if chosen != "more":
            return (yield from _one(brief, next(each for each in shown if str(each.id) == chosen), page))
        page += 1


def place(each: Isolation) -> str:
    """Where somebody stays at home, as far as it is shown."""
    return f"{each.name} {each.building}" if each.building else each.name


def _one(brief: Brief, each: Isolation, page: int = 0) -> Dialog:
    """One isolation: left without leave, ended by hand, or back to the list."""
    shown: dict[str, object] = {"isolation": each, "place": place(each)}
    choice = yield from Choice("what", options("broken", "ended", "back"), shown)
    if choice == "back" and page:
        yield from Retake((*(f"running/{n}" for n in range(1, page + 1)), "what"))
    if choice == "back":
        yield from Say("isolation/kept")
        return None
    stay = Stay(choice)
    on = yield from Day(choice, brief.today, each.since, brief.today, last_days(brief.today, each.since), shown)
    shown |= {"what": choice, "on": on, "after": stands(each, [(stay, on)])}
    sure = yield from Choice(f"confirm/{choice}", options("submit", "discard"), shown)
    if sure == "discard":
        yield from Say("isolation/kept")
        return None
    return IsolationBroken(each.id, on) if stay is Stay.BROKEN else IsolationEnded(each.id, on)


def _begin(brief: Brief) -> Dialog:
    """A new isolation: where, since when, for how long, and of which case if it has to do with one."""
    near = yield from one_place(brief.own_places)
    shown: dict[str, object] = {"place": near.name}
    said = yield from Text("door", DOOR, options("unknown"), shown)
    door = None if said == "unknown" else said
    today = brief.today
    on = yield from Day("since", today, today - timedelta(days=LONGEST - 1), today, last_days(today), shown)
    gone = (today - on).days
    usual = (Option(str(brief.isolation_days), name="usual"),) if brief.isolation_days > gone else ()
    days = yield from Number("days", gone + 1, LONGEST, usual, shown | {"on": on, "gone": gone})
    case = yield from _case(brief, near)
    free = on + timedelta(days=days)
    shown |= {"door": door, "on": on, "days": days, "free": free, "case": case}
    sure = yield from Choice("begin", options("submit", "discard"), shown)
    if sure == "discard":
        yield from Say("isolation/kept")
        return None
    return IsolationBegun(near.code, on, days, Details(door=door), case)


def _case(brief: Brief, near: Near) -> Generator[Step, Any, str]:
    """Of which open case of the place the person is, if there are any."""
    there = [case for case in brief.cases if case.place == near.code and case.ended_on is None]
    if not there:
        return ""
    codes = tuple(Option(case.code, _label(case)) for case in there[:PAGE])
    chosen = yield from Choice("case", (*codes, Option("nobody")), {"cases": there[:PAGE], "place": near.name})
    return "" if chosen == "nobody" else chosen


def _label(case: KnownCase) -> str:
    return f"{case.code} · {case.building}" if case.building else case.code


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """Say until when it lasts now; or why nothing was recorded."""
    if "refused" in standing.shown:
        return Say("isolation/refused", standing.shown, (Option("isolation"),))
    kept = standing.shown["isolation"]
    assert isinstance(kept, Isolation)  # noqa: S101 - what the recorder of every fact of this flow shows
    what = "begun" if isinstance(fact, IsolationBegun) else "broken" if isinstance(fact, IsolationBroken) else "ended"
    return Say("isolation/receipt", {**standing.shown, "what": what, "place": place(kept)}, (Option("isolation"),))


FLOWS = (
    Flow(
        "isolation",
        isolation,
        "isolation",
        receipt,
        frozenset({Need.ISOLATIONS, Need.NEAR, Need.CASES}),
        about="subject",
    ),
)
