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
    """What was said, what was shown, and the questions to which it was."""

    words: str
    photos: tuple[str, ...]
    keys: tuple[str, ...]


def described(brief: Brief, key: str, shown: Mapping[str, object]) -> Generator[Step, Any, Described]:
    """Take pictures until words come: they are what cannot do without."""
    photos: list[str] = []
    keys: list[str] = []
    while True:
        keys.append(f"{key}/{len(keys) + 1}")
        room = brief.photo_limit - len(photos)
        said = yield from Attachment(keys[-1], brief.note_limit, room, values={**shown, "photos": photos})
        if not said.startswith(PHOTO):
            return Described(said, tuple(photos), tuple(keys))
        photos.append(said.removeprefix(PHOTO))


def until(brief: Brief, key: str, shown: Mapping[str, object]) -> Generator[Step, Any, date]:
    """By when something is to be done."""
    days = tuple(Option((brief.today + timedelta(days=days)).isoformat(), name=name) for name, days in USUAL)
    return (yield from Day(key, brief.today, brief.today, brief.today + LONGEST, days, shown))
