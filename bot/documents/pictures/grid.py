"""Days in three colours: of one compound a calendar of five weeks, of several a strip of two weeks for each."""

from __future__ import annotations

from datetime import date, timedelta

from bot import words
from bot.documents.pictures.canvas import MARGIN, RIGHT, Canvas, unit
from bot.documents.pictures.ink import LINE, PAGE, SOFT, STATES, WHITE
from bot.model import DayState
from bot.model.pictures import DaysLine, DaysPicture, Head, by_need, tally

WEEKS = 5
LAST = WEEKS * 7
"""So many days, at most, a calendar shows."""
STRIP = 14
"""So many a strip shows: what most packs ask for before a place qualifies."""
MOST = 36
CELL, GAP = 134, 10
SMALL, LITTLE = 44, 4
KEY = "picture/days"
ONE_DAY = timedelta(days=1)


def days(value: DaysPicture) -> bytes:
    """The picture as .png."""
    return calendar(value.head, value.lines[0]) if len(value.lines) == 1 else _strips(value)


def calendar(head: Head, line: DaysLine) -> bytes:
    """Weeks from Monday to Sunday, the present one last."""
    canvas = Canvas(head, 1700)
    canvas.title("text", KEY)
    first = head.day - timedelta(days=head.day.weekday() + 7 * (WEEKS - 1))
    known = dict(zip(_back(head.day, len(line.states)), line.states, strict=True))
    shown = [known.get(first + n * ONE_DAY) for n in range((head.day - first).days + 1)]
    canvas.y += 110
    _figure(canvas, line)
    clean, broken, unverified = (shown.count(state) for state in STATES)
    canvas.legend((clean, broken, unverified), past=True)
    canvas.y += 66
    for n in range(7):
        name = words.weekday(first + n * ONE_DAY, head.locale)
        canvas.text(MARGIN + n * (CELL + GAP) + CELL / 2, canvas.y, name, 32, colour=SOFT, anchor="ms")
    canvas.y += 16
    for n in range(LAST):
        week, weekday = divmod(n, 7)
        left, top = MARGIN + weekday * (CELL + GAP), canvas.y + week * (CELL + GAP)
        day = first + n * ONE_DAY
        _cell(canvas, day, shown[n] if n < len(shown) else None, left, top)
    canvas.y += WEEKS * (CELL + GAP) - 20
    canvas.foot([canvas.said("blank", KEY)])
    return canvas.png()


def _back(last: date, many: int) -> list[date]:
    return [last - n * ONE_DAY for n in range(many - 1, -1, -1)]


def _figure(canvas: Canvas, line: DaysLine) -> None:
    """The streak in large figures, or that it is broken."""
    if line.state is DayState.BROKEN:
        canvas.text(MARGIN, canvas.y, canvas.state(line.state), 76, bold=True, colour=STATES[line.state])
        return
    before = canvas.text(MARGIN, canvas.y, canvas.said("streak", KEY), 38, colour=SOFT)
    wide = canvas.text(MARGIN + before + 20, canvas.y, str(line.days), 84, bold=True)
    canvas.text(MARGIN + before + wide + 36, canvas.y, unit(canvas.head.locale), 44, colour=SOFT)


def _cell(canvas: Canvas, day: date, state: DayState | None, left: float, top: float) -> None:
    """A day: full and white on it where it is known, hollow where it is not; without a state only its number."""
    number = f"{day.month}/{day.day}" if day.day == 1 else str(day.day)
    box = (left, top, left + CELL, top + CELL)
    if state is None:
        canvas.box(box, PAGE, outline=LINE, edge=2)
        canvas.text(left + 14, top + 44, number, 36, colour=SOFT)
        return
    colour, hollow = STATES[state], state is DayState.UNVERIFIED
    canvas.box(box, PAGE if hollow else colour, outline=colour, edge=5)
    canvas.text(left + 14, top + 44, number, 36, colour=colour if hollow else WHITE, bold=True)
    canvas.sign(state, left + CELL - 72, top + CELL - 70, 56)
    if day == canvas.head.day:
        canvas.box((left + 14, top + 54, left + 54, top + 60), colour if hollow else WHITE)


def _strips(value: DaysPicture) -> bytes:
    ordered = by_need(value.lines)
    shown = ordered[:MOST]
    canvas = Canvas(value.head, 900 + len(shown) * 62)
    canvas.title("strips", KEY)
    canvas.legend(tally(value.lines), past=True)
    canvas.rule()
    left = RIGHT - STRIP * (SMALL + LITTLE) + LITTLE
    canvas.y += 24
    for n, day in enumerate(_back(value.head.day, STRIP)):
        x = left + n * (SMALL + LITTLE) + SMALL / 2
        canvas.text(x, canvas.y, str(day.day), 26, colour=SOFT, anchor="ms")
    canvas.y += 10
    for line in shown:
        canvas.text(MARGIN, canvas.y + 36, line.name, 34, room=left - MARGIN - 18)
        recent = line.states[-STRIP:]
        for n, state in enumerate(recent, STRIP - len(recent)):
            _small(canvas, state, left + n * (SMALL + LITTLE), canvas.y)
        canvas.y += 58
    more = len(ordered) - len(shown)
    canvas.foot([*([canvas.said("more", "picture/board", more=more)] if more else []), canvas.said("blank", KEY)])
    return canvas.png()


def _small(canvas: Canvas, state: DayState | None, x: float, y: float) -> None:
    """A day among many: full, full with a cross, hollow with a question; a dash where nothing was counted."""
    if state is None:
        canvas.box((x + 14, y + SMALL / 2 - 2, x + SMALL - 14, y + SMALL / 2 + 2), LINE)
    elif state is DayState.CLEAN:
        canvas.box((x, y, x + SMALL, y + SMALL), STATES[state])
        canvas.sign(state, x, y, SMALL)
    else:
        canvas.sign(state, x, y, SMALL)
