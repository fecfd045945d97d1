"""What a fact on a case will do to the streak of its place, said before it is recorded. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from bot.model import Event, Streak
from bot.scoring.log import Outline

ONE_DAY = timedelta(days=1)


TOLD = {Event.MERGED: "together", Event.SPLIT: "apart"}
"""What two logs come to together, or apart, is not known before it is done: the rule is told."""


class Effect(NamedTuple):
    """The effect as the words tell it."""

    key: str
    """``none``, ``zero``, ``after`` (counting begins on ``since``), ``never``, ``together``, ``apart``."""
    since: date | None = None
    days: int | None = None
    """Today's figure once it is recorded, where nothing but this case decides it."""


def effect(  # noqa: PLR0913 - a figure rests on these
    case: Outline, event: Event, on: date, *, counts: bool, breaks: bool, restores: bool, streak: Streak | None
) -> Effect:
    """What becomes of the streak.

    Args:
        case: as it is now.
        event: what is to be recorded.
        on: its day.
        counts: whether the case counts against its place already.
        breaks: whether the kind that it is diagnosed as is a breaking one.
        restores: whether the pack lets a case that was ruled out never have been.
        streak: of the place today, where it is known.
    """
    if event in TOLD:
        return Effect(TOLD[event])
    if event == Event.DIAGNOSED and breaks and not counts:
        return Effect("zero", days=0) if case.ended_on is None else _since(case.ended_on, streak)
    if event == Event.DIAGNOSED or not counts:
        return Effect("none")
    if event == Event.WITHDRAWN or (event == Event.RULED_OUT and restores):
        return Effect("never")
    if event == Event.REOPENED:
        return Effect("zero", days=0)
    # The end stays the day on which the person left.
    return Effect("none") if case.left_on is not None else Effect("after", on + ONE_DAY)


def _since(ended_on: date, streak: Streak | None) -> Effect:
    """Counting from the day after a case ended that did not count until now."""
    since = ended_on + ONE_DAY
    if streak is None or streak.unverified_days:
        return Effect("after", since)  # what a day without a report adds is the pack's choice
    return Effect("after", since, min(streak.days, (streak.as_of - ended_on).days))
