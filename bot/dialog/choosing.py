"""Questions that several conversations ask alike: which of one's places, which of the last days."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from bot.dialog.steps import Choice, Option, Step
from bot.model import Near

BUTTONS = 12
"""More places than this are no help on a phone."""


def one_place(places: Sequence[Near], subject: str = "") -> Generator[Step, Any, Near]:
    """The place that the command named, the only one there is, or the one that is chosen, by its name if need be."""
    known = {each.code: each for each in places}
    if subject in known:
        return known[subject]
    if len(places) == 1:
        return places[0]
    return known[(yield from which_place(places))]


def which_place(places: Sequence[Near], values: Mapping[str, object] | None = None) -> Choice:
    """The question for one of these places: the first have buttons, and ``more`` of them are there by their names."""
    named = tuple(Option(each.code, each.name) for each in places)
    more = max(0, len(places) - BUTTONS)
    return Choice("place", named, {**(values or {}), "more": more}, near=True, shown=BUTTONS)


def last_days(today: date, since: date = date.min) -> tuple[Option, ...]:
    """Today and the two days before it, none of them before ``since``."""
    days = {name: today - timedelta(days=back) for back, name in enumerate(("today", "yesterday", "before"))}
    return tuple(Option(day.isoformat(), name=name) for name, day in days.items() if day >= since)


def options(*values: str) -> tuple[Option, ...]:
    """Options that the template of their question words."""
    return tuple(Option(value) for value in values)
