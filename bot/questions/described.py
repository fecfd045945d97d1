"""Something in a few words, with pictures before them if somebody takes the picture first."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from bot.dialog import Attachment, Day, Option, Step
from bot.dialog.steps import PHOTO
from bot.model import Brief
from bot.scoring.ledger import LONGEST

USUAL = (("tomorrow", 1), ("three", 3), ("week", 7))
"""So many days most things may take."""


class Described(NamedTuple):
    """What was said, and what was shown with it."""

    words: str
    photos: tuple[str, ...]
    key: str
    """The question that the words answered."""


def described(brief: Brief, key: str, shown: Mapping[str, object]) -> Generator[Step, Any, Described]:
    """Take pictures until words come, for nothing can do without them."""
    photos: list[str] = []
    n = 0
    while True:
        n += 1
        room = brief.photo_limit - len(photos)
        said = yield from Attachment(f"{key}/{n}", brief.note_limit, room, values={**shown, "photos": photos})
        if said.startswith(PHOTO):
            photos.append(said.removeprefix(PHOTO))
        elif said_something(said):
            return Described(said, tuple(photos), f"{key}/{n}")


def said_something(words: str) -> bool:
    """Whether there is a word in it: a mere “？” asks, and tells nothing."""
    return any(sign.isalnum() for sign in words)


def until(brief: Brief, key: str, shown: Mapping[str, object]) -> Generator[Step, Any, date]:
    """By when something is to be done."""
    days = tuple(Option((brief.today + timedelta(days=days)).isoformat(), name=name) for name, days in USUAL)
    return (yield from Day(key, brief.today, brief.today, brief.today + LONGEST, days, shown))
