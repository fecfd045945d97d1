"""What may be added of a person before the report goes: another day, symptoms, name, phone, a note and a photo."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.dialog import Choice, Day, Option, Step, Text
from bot.dialog.choosing import last_days, options
from bot.model import Brief, Details
from bot.questions.attachments import attachments
from bot.questions.person import LINE, Asking, Item, same_case

EARLIER = timedelta(days=14)
"""So long ago somebody may have been found."""
SYMPTOMS = ("cough", "sore_throat", "fatigue", "breathless", "diarrhoea", "no_taste")
NAME, PHONE, DIGITS = 30, 20, 7
"""The longest name and phone, and the fewest digits of a phone."""


def told(details: Details) -> bool:
    """Whether any of it is known."""
    return bool(details.symptoms or details.name or details.phone or details.note or details.photo)


def extra(brief: Brief, review: int, item: Item) -> Asking:
    """Ask for one more thing, chosen from a small menu."""
    details, shown = item.details or Details(), {"item": item}
    given = {"on": item.same is not None, "attach": bool(details.note or details.photo)}
    left = (what for what in ("on", "symptoms", "name", "phone", "attach") if not given.get(what))
    what = yield from Choice(f"add/{review}", options(*left, "back"), shown)
    if what == "on":
        return (yield from _another_day(brief, review, item, details))
    if what == "symptoms":
        details = replace(details, symptoms=(yield from _symptoms(review)))
    elif what == "name":
        said = yield from Text(f"name/{review}", NAME, options("skip"), shown)
        details = replace(details, name=details.name if said == "skip" else said)
    elif what == "phone":
        said = yield from Text(f"phone/{review}", PHONE, options("skip"), shown, DIGITS)
        details = replace(details, phone=details.phone if said == "skip" else said)
    elif what == "attach":
        note, photos = yield from attachments(brief, review, min(brief.photo_limit, 1))
        details = replace(details, note=note, photo=photos[0] if photos else None)
    return replace(item, details=details)


def _another_day(brief: Brief, review: int, item: Item, details: Details) -> Asking:
    """The day on which the person was found; on that day, too, the case may be known already."""
    days: tuple[Option, ...] = last_days(brief.today) if brief.day == brief.today else ()
    on = yield from Day(f"on/{review}", brief.today, brief.day - EARLIER, brief.day, days, {"item": item})
    before = details.on or brief.day
    item = replace(item, details=replace(details, on=None if on == brief.day else on))
    same = yield from same_case(brief, f"same/0.{review}", item, on, before)
    return item if same is None else replace(item, same=same)


def _symptoms(review: int) -> Generator[Step, Any, tuple[str, ...]]:
    """Tapped one after another, or written in one go."""
    found: list[str] = []
    while True:
        left = [each for each in SYMPTOMS if each not in found]
        ready = ("finish",) if found else ()
        key = f"symptoms/{review}.{len(found) + 1}"
        said = yield from Text(key, LINE, options(*left, *ready), {"symptoms": found})
        if said == "finish":
            return tuple(found)
        found.append(said)
        if said not in SYMPTOMS or len(found) == len(SYMPTOMS):
            return tuple(found)
