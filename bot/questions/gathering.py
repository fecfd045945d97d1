"""Exceptions, one after another, until the sender is content with what is shown for checking."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.dialog import Choice, Option, Retake, Step
from bot.dialog.choosing import options
from bot.model import Brief
from bot.questions.attachments import attachments
from bot.questions.extras import extra, told
from bot.questions.form import Figures, figures
from bot.questions.person import OF_A_PERSON, Asking, Item


@dataclass(slots=True)
class Gathered:
    """What was said so far."""

    items: list[Item] = field(default_factory=list)
    note: str | None = None
    """Of the whole report; what concerns one person is with that person's details."""
    photos: tuple[str, ...] = ()
    figures: Figures = ()


Ask = Callable[[int], Asking]
Shown = Callable[[Gathered], Mapping[str, object]]


def gather(  # noqa: PLR0913 - three callers differ in just these
    brief: Brief, ask: Ask, shown: Shown, *, whole: bool, follows: bool, counts: bool
) -> Generator[Step, Any, Gathered | None]:
    """Ask for exceptions until the sender submits; None: nothing is to be reported.

    ``whole``: the report as such takes a note and photos. ``follows``: more can be told of a case known already.
    ``counts``: the numbers of the pack's form are asked, place by place.
    """
    said = Gathered([(yield from ask(1))])
    review = 0
    while True:
        if counts:
            yield from _count(brief, said)
        review += 1
        can = _can(said, whole=whole, follows=follows)
        values = {"items": said.items, "note": said.note, "photos": said.photos, "figures": said.figures, **shown(said)}
        action = yield from Choice(f"review/{review}", options("submit", *can, "revise", "discard"), values)
        if action == "submit":
            return said
        if action == "discard":
            return None
        if action == "more":
            said.items.append((yield from ask(len(said.items) + 1)))
        elif action == "revise":
            yield from _revise(said.items, review)
        elif said.items[-1].details is not None:
            said.items[-1] = yield from extra(brief, review, said.items[-1])
        else:
            said.note, said.photos = yield from attachments(brief, review, brief.photo_limit)


def _count(brief: Brief, said: Gathered) -> Generator[Step, Any, None]:
    """Ask for the numbers of the form at the place that was named last, once a place."""
    place = said.items[-1].place
    if place.code not in {code for code, _, _ in said.figures}:
        said.figures += yield from figures(brief, len(said.items), place)


def _can(said: Gathered, *, whole: bool, follows: bool) -> tuple[str, ...]:
    """What else the sender can do: name ``more``, or ``add`` something to what was named last."""
    last = said.items[-1]
    if last.details is None:
        return ("more", "add") if whole and not (said.note or said.photos) else ("more",)
    if last.same is None:
        return ("more", "add")
    if not (follows and last.same.own and len(said.items) == 1):
        return ("more",)
    # What is told of a known case goes to that case alone.
    return ("add",) if told(last.details) else ("more", "add")


def _revise(items: Sequence[Item], review: int) -> Generator[Step, Any, None]:
    """Let the sender choose what to say anew; it never comes back, for the conversation runs again from there."""
    which = 1
    if len(items) > 1:
        numbers = tuple(Option(str(n)) for n in range(1, len(items) + 1))
        which = int((yield from Choice(f"which/{review}", numbers, {"items": items})))
    asked = ("place", "kind", *OF_A_PERSON)
    yield from Retake((*(f"{key}/{which}" for key in asked), f"which/{review}", f"review/{review}"))
