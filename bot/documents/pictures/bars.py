"""The board as a picture: compounds with bars, what wants somebody's eye first (PRODUCT 9)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.documents.pictures.canvas import MARGIN, RIGHT, Canvas, unit
from bot.documents.pictures.ink import SOFT, STATES, width
from bot.documents.pictures.scale import bar, labels
from bot.model import DayState
from bot.model.pictures import BoardLine, BoardPicture, by_need, tally

ONE_COLUMN = 20
"""So many lines stand below one another; more make two columns, so that a phone shows all without shrinking them."""
MOST = 60
GAP = 40
WIDE_LINE, CLOSE_LINE = 104, 78
KEY = "picture/board"


def board(value: BoardPicture) -> bytes:
    """The picture as .png. Beyond ``MOST`` compounds it shows those in need, and says how many more there are."""
    ordered = by_need(value.lines)
    shown = ordered[:MOST]
    columns = 1 if len(shown) <= ONE_COLUMN else 2
    rows = -(-len(shown) // columns)
    high = WIDE_LINE if columns == 1 else CLOSE_LINE
    canvas = Canvas(value.head, 900 + rows * high)
    canvas.title("text", KEY)
    canvas.legend(tally(value.lines))
    if value.reported is not None:
        canvas.reported(value.reported, len(value.lines))
    canvas.rule()
    if not shown:
        canvas.y += 50
        canvas.text(MARGIN, canvas.y, canvas.said("none", KEY), 38, room=RIGHT - MARGIN)
    else:
        _columns(canvas, shown, columns, value.milestones)
    more = len(ordered) - len(shown)
    foot = [canvas.said("scale", KEY, stars=columns == 1)] if shown and value.milestones else []
    hollow = [canvas.said("hollow", KEY)] if any(line.state is DayState.UNVERIFIED for line in shown) else []
    canvas.foot([*([canvas.said("more", KEY, more=more)] if more else []), *hollow, *foot])
    return canvas.png()


def _columns(canvas: Canvas, shown: Sequence[BoardLine], columns: int, milestones: Sequence[int]) -> None:
    room = (RIGHT - MARGIN - GAP * (columns - 1)) / columns
    rows = -(-len(shown) // columns)
    canvas.y += 26
    for n in range(columns):
        left = MARGIN + n * (room + GAP)
        labels(canvas, left, left + room, milestones)
    top = canvas.y + 6
    for n, line in enumerate(shown):
        left = MARGIN + n // rows * (room + GAP)
        if columns == 1:
            _wide(canvas, line, left, top + n * WIDE_LINE, milestones)
        else:
            _close(canvas, line, left, top + n % rows * CLOSE_LINE, room, milestones)
    canvas.y = top + rows * (WIDE_LINE if columns == 1 else CLOSE_LINE)


def _wide(canvas: Canvas, line: BoardLine, left: float, top: float, milestones: Sequence[int]) -> None:
    canvas.sign(line.state, left, top + 16, 46)
    rest = _days(canvas, line, RIGHT, top + 58, 50, 34)
    passed = max((each for each in milestones if each <= line.days), default=0)
    if passed:
        badge = f"★{passed}"
        rest -= width(badge, 32) + 26
        canvas.text(rest, top + 56, badge, 32, colour=STATES[DayState.CLEAN])
    canvas.text(left + 60, top + 56, line.name, 44, room=rest - left - 84)
    bar(canvas, left, top + 76, RIGHT, 16, line.days, line.state, milestones)


def _close(  # noqa: PLR0913, PLR0917 - where it stands and what it shows
    canvas: Canvas, line: BoardLine, left: float, top: float, room: float, milestones: Sequence[int]
) -> None:
    canvas.sign(line.state, left, top + 12, 36)
    rest = _days(canvas, line, left + room, top + 45, 40, 28)
    canvas.text(left + 46, top + 44, line.name, 36, room=rest - left - 60)
    bar(canvas, left, top + 56, left + room, 11, line.days, line.state, milestones)


def _days(canvas: Canvas, line: BoardLine, right: float, y: float, size: int, small: int) -> float:  # noqa: PLR0913, PLR0917 - as above
    """The figure with its unit, flush right; where it begins. Of what is broken the word stands there."""
    if line.state is DayState.BROKEN:
        said = canvas.state(line.state)
        start = right - width(said, size - 8)
        canvas.text(start, y, said, size - 8, bold=True, colour=STATES[line.state])
        return start
    called = unit(canvas.head.locale)
    start = right - width(called, small)
    canvas.text(start, y, called, small, colour=SOFT)
    figure = str(line.days)
    start -= width(figure, size) + 8
    canvas.text(start, y, figure, size, bold=True)
    return start
