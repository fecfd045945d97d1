"""A problem is put on the list: where, what, and for those who decide there how it was found, who mends it, by when."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta
from typing import Any

from bot.dialog import Choice, Dialog, Find, Flow, Goto, Need, Option, Retake, Say, Step
from bot.dialog.choosing import options
from bot.dialog.steps import place as as_place
from bot.model import Brief, Fact, How, ProblemFound, Spot, Standing
from bot.questions.attachments import attachments
from bot.questions.described import Described, described, until
from bot.questions.refused import barred

SEVERAL = 2
"""Where only one works there is nobody to choose among."""


def problem(brief: Brief) -> Dialog:
    """Ask as little as goes: somebody who works at the place says what is wrong, and that is all."""
    if brief.problem is not None or (brief.subject and not brief.spots):
        return Goto("ledger", brief.subject)
    if not brief.spots:
        return barred("problem")
    spots = {each.code: each for each in brief.spots}
    spot = brief.spots[0]
    if len(spots) > 1:
        near = yield from Find("place", tuple(as_place(each.code, each.name) for each in brief.spots))
        if near.code not in spots:
            return Goto("problem", near.code)  # found by its name: who works there is asked anew
        spot = spots[near.code]
    shown: dict[str, object] = {"place": spot.name}
    what = yield from described(brief, "what", shown)
    how, who, due = How.LISTED, None, brief.today + timedelta(days=brief.rectify_days)
    if spot.decides:
        how = How((yield from Choice("how", options(*How), shown)))
        who = yield from _who(spot, shown)
        due = yield from until(brief, "until/0", shown)
    return (yield from _checked(brief, spot, what, ProblemFound(spot.code, how, "", brief.today, due, who)))


def _who(spot: Spot, shown: dict[str, object]) -> Generator[Step, Any, int | None]:
    """Who of several is to mend it; None: whoever works there."""
    if len(spot.workers) < SEVERAL:
        return None
    known = tuple(Option(str(person), name) for person, name in spot.workers)
    chosen = yield from Choice("who", (Option("anyone"), *known), shown)
    return None if chosen == "anyone" else int(chosen)


def _checked(brief: Brief, spot: Spot, what: Described, fact: ProblemFound) -> Dialog:
    """Show it until it is right; a picture that comes meanwhile joins it."""
    words, photos, due, n = what.words, what.photos, fact.due, 0
    who = dict(spot.workers).get(fact.responsible or 0, "")
    while True:
        n += 1
        room = brief.photo_limit - len(photos)
        shown: dict[str, object] = {
            "place": spot.name, "words": words, "photos": photos, "how": fact.how, "who": who, "due": due,
        }  # fmt: skip
        attach = ("attach",) if room > 0 else ()
        action = yield from Choice(f"review/{n}", options("submit", *attach, "revise", "discard"), shown)
        if action == "submit":
            return ProblemFound(fact.place, fact.how, words, fact.on, due, fact.responsible, photos)
        if action == "discard":
            yield from Say("problem/kept")
            return None
        if action == "attach":
            note, more = yield from attachments(brief, n, room)
            words, photos = "\n".join(filter(None, (words, note))), (*photos, *more)
        else:
            due = yield from _revised(brief, spot, what, n)


def _revised(brief: Brief, spot: Spot, what: Described, n: int) -> Generator[Step, Any, date]:
    """Say one thing anew; all but the due day run again from there."""
    again = {"place": ("place",), "what": (what.key,), "how": ("how",), "who": ("who",)}
    can = {
        "place": len(brief.spots) > 1, "what": True, "how": spot.decides, "who": len(spot.workers) >= SEVERAL,
        "until": True,
    }  # fmt: skip
    which = yield from Choice(f"which/{n}", options(*(name for name, fits in can.items() if fits)), {})
    if which != "until":
        yield from Retake((*again[which], f"which/{n}", f"review/{n}"))
    return (yield from until(brief, f"until/{n}", {"place": spot.name}))


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """The number, who was told, by when; or why nothing was recorded."""
    assert isinstance(fact, ProblemFound)  # noqa: S101 - this flow comes to nothing else
    if "refused" in standing.shown:
        return Say("problem/refused", {"code": "", "why": standing.shown}, (Option("problem"), Option("menu")))
    code = str(standing.shown.get("code", ""))
    name = next((each.name for each in brief.spots if each.code == fact.place), "")
    shown = {"fact": fact, "code": code, "name": name, "told": standing.shown.get("told", ()), "at": standing.at}
    return Say("problem/receipt", shown, (Option(f"ledger {code}", name="ledger"), Option("problems"), Option("menu")))


FLOWS = (Flow("problem", problem, "problem", receipt, frozenset({Need.PROBLEM}), about="subject"),)
