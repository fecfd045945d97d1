"""A town at a glance: how complete the day is, how the days are spread, and each community with both its numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from bot.documents.pictures.canvas import MARGIN, RIGHT, Canvas
from bot.documents.pictures.ink import INK, LINE, SOFT, STATES, width
from bot.model import DayState
from bot.model.pictures import BoardLine, OverviewLine, OverviewPicture, tally

MOST = 14
HIGH = 112
KEY = "picture/overview"


def overview(value: OverviewPicture) -> bytes:
    """The picture as .png. Beyond ``MOST`` communities it shows those in need, and says how many more there are."""
    ordered = sorted(value.lines, key=_need)
    shown = ordered[:MOST]
    canvas = Canvas(value.head, 1700 + HIGH * len(shown))
    canvas.title("text", KEY)
    canvas.legend(tally(value.compounds))
    canvas.reported(value.reported, len(value.compounds))
    canvas.rule()
    _spread(canvas, spread(value.compounds, value.milestones))
    canvas.rule()
    for line in shown:
        _line(canvas, line)
    more = len(ordered) - len(shown)
    canvas.foot([*([canvas.said("more", KEY, more=more)] if more else []), canvas.said("bars", KEY)])
    return canvas.png()


def _need(line: OverviewLine) -> tuple[int, float]:
    """Broken first, then the least complete."""
    reported = line.reported
    return -min(line.states[1], 1), reported.received / reported.expected if reported.expected else 1.0


def spread(lines: Sequence[BoardLine], milestones: Sequence[int]) -> list[tuple[int, int | None, int]]:
    """How many compounds have so many days: from, to (None: and more), and the number; what is broken stands first."""
    marks = [1, *milestones]
    counts = Counter(bisect_right(marks, line.days) for line in lines)
    found: list[tuple[int, int | None, int]] = [(0, 0, counts[0])]
    for n, mark in enumerate(marks, 1):
        found.append((mark, marks[n] - 1 if n < len(marks) else None, counts[n]))
    while len(found) > 2 and not found[-1][2]:  # noqa: PLR2004 - nothing, and the first days, are always shown
        first, _, _ = found.pop()
        last = found[-1]
        found[-1] = (last[0], None if first else last[1], last[2])
    return found


def _spread(canvas: Canvas, bins: Sequence[tuple[int, int | None, int]]) -> None:
    canvas.y += 40
    canvas.text(MARGIN, canvas.y, canvas.said("spread", KEY), 36, bold=True, room=RIGHT - MARGIN)
    canvas.y += 18
    left, most = MARGIN + 210, max((count for *_, count in bins), default=0) or 1
    room = RIGHT - left - 90
    for since, until, count in bins:
        label = "0" if not until and not since else f"{since}+" if until is None else f"{since}–{until}"
        canvas.y += 52
        label = f"{since}" if since == until else label
        canvas.text(left - 24 - width(label, 36), canvas.y - 10, label, 36)
        colour = STATES[DayState.CLEAN] if since else STATES[DayState.BROKEN]
        end = left + max(room * count / most, 4 if count else 0)
        canvas.box((left, canvas.y - 42, max(end, left + 3), canvas.y - 6), colour if count else LINE)
        canvas.text(end + 16, canvas.y - 10, str(count), 36, bold=bool(count), colour=INK if count else SOFT)


def _line(canvas: Canvas, line: OverviewLine) -> None:
    top, reported = canvas.y, line.reported
    figure = f"{reported.received}/{reported.expected}"
    start = RIGHT - width(figure, 46)
    canvas.text(start, top + 50, figure, 46, bold=True)
    on_time = canvas.said("on_time", KEY, reported=reported)
    x = MARGIN + 400
    for state, count in zip(STATES, line.states, strict=True):
        if count:
            canvas.sign(state, x, top + 16, 38)
            canvas.text(x + 46, top + 49, str(count), 38)
        x += 118
    canvas.text(MARGIN, top + 50, line.name, 42, room=370)
    share = reported.received / reported.expected if reported.expected else 0
    timely = reported.on_time / reported.expected if reported.expected else 0
    wide = width(on_time, 30)
    end = RIGHT - max(wide, 150) - 20
    canvas.box((MARGIN, top + 68, end, top + 88), LINE)
    canvas.box((MARGIN, top + 68, MARGIN + (end - MARGIN) * share, top + 88), SOFT)
    canvas.box((MARGIN, top + 68, MARGIN + (end - MARGIN) * timely, top + 88), INK)
    canvas.text(RIGHT - wide, top + 90, on_time, 30, colour=SOFT)
    canvas.y = top + HIGH
