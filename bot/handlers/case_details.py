"""What became known of the person of a case after it was entered: one item at a time, checked, then recorded."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any

from bot.dialog import Attachment, Choice, Degrees, Dialog, Flow, Need, Option, Say, Step, Text
from bot.dialog.steps import PHOTO
from bot.model import Action, Brief, Details, DetailsAdded, Fact, Standing
from bot.questions.refused import barred
from bot.understand.doors import door

ITEMS = ("door", "temperature", "symptoms", "contact", "area", "name", "phone", "note", "photo")
LIMITS = {"door": 40, "symptoms": 60, "contact": 60, "area": 60, "name": 40, "phone": 20}
"""So many characters each item may have; a note as many as the pack says."""
DIGITS = 5
"""A phone has at least so many digits."""


def case_details(brief: Brief) -> Dialog:
    """Ask which item and what it is, as often as wanted; show all of it, and record it."""
    card = brief.case
    if card is None or Action.ADD not in card.may:
        return barred("cases", brief.subject.partition(" ")[0])
    about = {"case": card.case}
    details, given = Details(), list[str]()
    while True:
        n = len(given) + 1
        left = [item for item in ITEMS if item not in given and not (item == "photo" and not brief.photo_limit)]
        item = yield from Choice(f"item/{n}", tuple(map(Option, left)), about)
        value = yield from _value(brief, item, n, about)
        details = replace(details, **{item: value})  # type: ignore[arg-type]  # each item has its own question
        given.append(item)
        rest = ("more",) if len(given) < len(ITEMS) - (not brief.photo_limit) else ()
        shown = about | {"given": given, "details": details}
        next_step = yield from Choice(f"check/{n}", tuple(map(Option, ("submit", *rest, "discard"))), shown)
        if next_step == "submit":
            return DetailsAdded(card.case.code, details)
        if next_step == "discard":
            break
    yield from Say("case/kept", about, (Option(f"case {card.case.code}", name="case"),))
    return None


def _value(brief: Brief, item: str, n: int, about: Mapping[str, object]) -> Generator[Step, Any, object]:
    key, values = f"{item}/{n}", about
    if item == "temperature":
        return (yield from Degrees(key, values=values))
    if item == "photo":
        photo = yield from Attachment(key, 1, 1, values=values)
        return photo.removeprefix(PHOTO)
    said = yield from Text(
        key, LIMITS.get(item, brief.note_limit), values=values, digits=DIGITS if item == "phone" else 0
    )
    if item == "door":
        return door(said)
    return (said,) if item == "symptoms" else said


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """What was added, by item, without saying it again; or why nothing was."""
    assert isinstance(fact, DetailsAdded)  # noqa: S101 - this flow comes to nothing else
    look = Option(f"case {fact.case}", name="case")
    if "refused" in standing.shown:
        values = {"code": fact.case, "reason": standing.shown["refused"], "why": standing.shown}
        return Say("case/refused", values, (look,))
    given = [item for item in ITEMS if getattr(fact.details, item)]
    return Say("case/added", {"code": fact.case, "given": given, "at": standing.at}, (look,))


FLOWS = (Flow("case_details", case_details, "case", receipt, frozenset({Need.CASE}), about="subject"),)
