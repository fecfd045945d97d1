"""A bar that grows from milestone to milestone: a week and a year are both seen on it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from bot.documents.pictures.canvas import Canvas
from bot.documents.pictures.ink import LINE, PAGE, SOFT, STATES, width
from bot.model import DayState


def reach(days: int, milestones: Sequence[int]) -> float:
    """How far along the bar so many days come, from 0 to 1: each milestone is one step, whatever its length."""
    marks = [0, *milestones]
    step = bisect_right(marks, days) - 1
    if step >= len(milestones):
        return 1.0
    return (step + (days - marks[step]) / (marks[step + 1] - marks[step])) / len(milestones)


def labels(canvas: Canvas, left: float, right: float, milestones: Sequence[int]) -> None:
    """The milestones above their marks."""
    size = 26
    free = left
    for number, days in enumerate(milestones, 1):
        x = left + (right - left) * number / len(milestones)
        start = min(x, right) - width(str(days), size)
        if start >= free:
            canvas.text(start, canvas.y, str(days), size, colour=SOFT)
            free = x + 8


def bar(  # noqa: PLR0913, PLR0917 - where it lies and what it shows
    canvas: Canvas, left: float, top: float, right: float, high: int, days: int, state: DayState, marks: Sequence[int]
) -> None:
    """The track, the days upon it, and a notch at each milestone."""
    canvas.box((left, top, right, top + high), LINE)
    end = left + (right - left) * reach(days, marks)
    if days:
        canvas.box((left, top, max(end, left + 4), top + high), STATES[state])
    if state is DayState.UNVERIFIED and end - left > 8:  # noqa: PLR2004 - else there is nothing to hollow out
        canvas.box((left + 3, top + 3, end - 3, top + high - 3), PAGE)
    for number in range(1, len(marks)):
        x = left + (right - left) * number / len(marks)
        canvas.box((x - 2, top, x + 1, top + high), PAGE)
