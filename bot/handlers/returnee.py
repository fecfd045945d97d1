"""Returnees: who came back from a risk area, when and where to; counted, and watched for some days (篇五 四 2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from datetime import date, timedelta
from typing import Any

from bot.dialog import Choice, Day, Dialog, Flow, Need, Number, Option, Retake, Say, Step, Text
from bot.dialog.choosing import last_days, one_place, options
from bot.model import Brief, Details, Fact, Near, Returned, ReturneeRegistered, Standing
from bot.questions.refused import barred

AREA = 40
"""Characters of an area."""
DOOR = 60
MOST = 50
"""More persons at one door are more than one arrival."""
BACK = timedelta(days=60)


def returnee(brief: Brief) -> Dialog:
    """Show who is being watched; take down where somebody came back to, from where, when, how many."""
    if not brief.own_places:
        return barred("returnee")
    yield from Say("returnee/list", {"counts": _counts(brief), "days": brief.returnee_days})
    near = yield from one_place(brief.own_places, brief.subject)
    shown: dict[str, object] = {"place": near.name, "days": brief.returnee_days}
    area = yield from Text("area", AREA, values=shown)
    arrived = yield from _arrived(brief, shown)
    same = _same(brief, near, area, arrived)
    if same:
        choice = yield from Choice("same", options("same", "other"), shown | {"known": same, "arrived": arrived})
        if choice == "same":
            yield from Say("returnee/kept")
            return None
    count = yield from Number("count", 1, MOST, options("1", "2", "3"), shown)
    said = yield from Text("door", DOOR, options("skip"), shown)
    door = None if said == "skip" else said
    until = arrived + timedelta(days=brief.returnee_days - 1)
    shown |= {"area": area, "arrived": arrived, "count": count, "door": door, "until": until}
    sure = yield from Choice("confirm", options("submit", "discard"), shown)
    if sure == "discard":
        yield from Say("returnee/kept")
        return None
    return ReturneeRegistered(near.code, arrived, count, Details(door=door, area=area))


def _counts(brief: Brief) -> dict[str, int]:
    """By the place's name, the persons who are being watched there."""
    counts: Counter[str] = Counter()
    for each in brief.returnees:
        counts[each.name] += each.count
    return dict(counts)


def _arrived(brief: Brief, shown: dict[str, object]) -> Generator[Step, Any, date]:
    """The day of arrival; one that lies further back than the days that count is asked about once more."""
    today = brief.today
    arrived = yield from Day("arrived", today, today - BACK, today, last_days(today), shown)
    if arrived + timedelta(days=brief.returnee_days) <= today:
        choice = yield from Choice("older", options("register", "change"), shown | {"arrived": arrived})
        if choice == "change":
            yield from Retake(("arrived", "older"))
    return arrived


def _same(brief: Brief, near: Near, area: str, arrived: date) -> list[Returned]:
    """What stands registered of that place and day from that area, or from one that this reader may not know."""
    wanted = _plain(area)
    return [
        each
        for each in brief.returnees
        if (each.place, each.arrived) == (near.code, arrived) and (each.area is None or _plain(each.area) == wanted)
    ]


def _plain(area: str) -> str:
    """An area without spaces, and without what one may add to its name or leave away (扬州市)."""
    return "".join(area.split()).casefold().removesuffix("市")


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """Say until which day they count; or why nothing was recorded."""
    if "refused" in standing.shown:
        return Say("returnee/refused", standing.shown, (Option("returnee"),))
    assert isinstance(fact, ReturneeRegistered)  # noqa: S101 - this flow comes to nothing else
    name = next(each.name for each in brief.own_places if each.code == fact.place)
    shown = {"fact": fact, "name": name, "days": brief.returnee_days, **standing.shown}
    return Say("returnee/receipt", shown, (Option("returnee"),))


FLOWS = (Flow("returnee", returnee, "returnee", receipt, frozenset({Need.RETURNEES, Need.NEAR}), about="subject"),)
