"""Recurring duties ticked off: those of every day in one tap, weekly ones by themselves, with a photo if wanted."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from bot.dialog import Attachment, Choice, Dialog, Flow, Need, Option, Say, Step
from bot.dialog.choosing import options
from bot.dialog.steps import PHOTO
from bot.model import Brief, Check, DutiesTicked, Fact, Standing
from bot.questions.refused import barred
from bot.scoring.recurring import due, left

DAY = "day"
PLACES = 10
"""More places than this are ticked together, or the one by its name."""
NAMED = 8
"""So many places that have not done it are named; of more it is said how many."""


def checks(brief: Brief) -> Dialog:
    """Show what is done and what is not, and tick off what was done today."""
    if not brief.checks:
        if not brief.watched:
            return barred("checks")
        yield from Say("checklist/watched", {"items": _items(brief.watched)}, (Option("menu"),))
        return None
    todo = due(brief.checks)
    shown: dict[str, object] = {"items": _items(brief.checks), "todo": len(todo)}
    if not todo:
        yield from Say("checklist/done", shown, (Option("menu"),))
        return None
    named = {check.item: check.label for check in todo}
    items = tuple(Option(item, label) for item, label in named.items())
    daily = [check for check in todo if check.every == DAY]
    usual = (Option("daily"),) if daily else ()
    choice = yield from Choice("checks", (*usual, *items, Option("attach")), shown)
    photos: tuple[str, ...] = ()
    if choice == "attach":
        photos = yield from _photos(brief.photo_limit)
        choice = yield from Choice("shown", (*items, Option("discard")), {"photos": len(photos)})
    if choice == "discard":
        yield from Say("checklist/kept", actions=(Option("checks"), Option("menu")))
        return None
    # What is done once or twice a week is ticked by itself, on the day on which it was done: one tap never claims it.
    done = daily if choice == "daily" else [check for check in todo if check.item == choice]
    if choice != "daily" and 1 < len(done) <= PLACES:
        places = tuple(Option(check.place, check.name) for check in done)
        where = yield from Choice("where", (*options("everywhere"), *places), {"label": named[choice]}, near=True)
        done = [check for check in done if where in {"everywhere", check.place}]
    return DutiesTicked(brief.day, tuple((check.place, check.item) for check in done), photos)


def _photos(most: int) -> Generator[Step, Any, tuple[str, ...]]:
    """Pictures, one a message, until that is all; there is no room for words here."""
    found: list[str] = []
    while True:
        more = most - len(found)
        said = yield from Attachment(f"attach/{len(found) + 1}", 0, more, options("finish"), {"photos": found})
        if said == "finish":
            return tuple(found)
        found.append(said.removeprefix(PHOTO))


def _items(checks: Sequence[Check]) -> list[dict[str, object]]:
    """By duty: how many places have done it, and which have not; the first of them by name."""
    found: dict[str, list[Check]] = {}
    for check in checks:
        found.setdefault(check.item, []).append(check)
    items: list[dict[str, object]] = []
    for theirs in found.values():
        first, missing = theirs[0], left(theirs)
        items.append({
            "label": first.label, "every": first.every, "times": first.times, "of": len(theirs),
            "done": len(theirs) - len(missing), "missing": [(check.name, check.done) for check in missing[:NAMED]],
            "more": max(0, len(missing) - NAMED),
        })  # fmt: skip
    return items


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """What was ticked, and what is left of this week."""
    if "refused" in standing.shown:
        return Say("checklist/refused", standing.shown, (Option("checks"), Option("menu")))
    assert isinstance(fact, DutiesTicked)  # noqa: S101 - this flow comes to nothing else
    ticked = set(fact.done)
    now = [check for check in brief.checks if (check.place, check.item) in ticked]
    rest = [check for check in due(brief.checks) if (check.place, check.item) not in ticked]
    labels = list(dict.fromkeys(check.label for check in now))
    shown = {"labels": labels, "places": len({check.place for check in now}), "photos": len(fact.photos)}
    shown["rest"] = list(dict.fromkeys(check.label for check in rest))
    again = [check for check in now if check.done + 1 < check.times]
    shown["again"] = list(dict.fromkeys((check.label, check.times - check.done - 1) for check in again))
    return Say("checklist/receipt", shown | {"at": standing.at}, (Option("checks"),) if rest else ())


FLOWS = (Flow("checks", checks, "checklist", receipt, frozenset({Need.CHECKS}), about="subject"),)
