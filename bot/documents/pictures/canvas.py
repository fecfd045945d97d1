"""A sheet for one picture: as wide as a phone's screen, as high as what stands on it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw

from bot import words
from bot.documents.pictures.ink import INK, LACKING, LINE, PAGE, SOFT, STATES, WHITE, fitted, font, palette, sign, width
from bot.documents.pictures.ink import written as drawn
from bot.model import DayState, Locale
from bot.model.pictures import Head, Received

WIDE = 1080
MARGIN = 40
RIGHT = WIDE - MARGIN
BOLD = 0.026
"""So much of its size a letter is thickened where it is to be seen first."""
COMPRESSION = 6


class Canvas:
    """Draws from top to bottom; ``y`` is how far it has come."""

    def __init__(self, head: Head, high: int) -> None:
        """``high`` is enough for all that comes; what is left is cut off."""
        self.head = head
        self.image = Image.new("RGB", (WIDE, high), PAGE)
        self._draw = ImageDraw.Draw(self.image)
        self.y = MARGIN
        self._lacking = False

    def said(self, part: str, key: str = "picture/words", **values: object) -> str:
        """Words of the pictures, in their language."""
        return words.text(key, self.head.locale, {"head": self.head, **values}, part)

    def state(self, state: DayState, *, past: bool = False) -> str:
        """What a state is called: of one day the clean have reported, and before the cutoff nothing is missing yet."""
        today = {DayState.CLEAN: "reported", DayState.UNVERIFIED: "awaited" if self.head.open else state.value}
        name = state.value if past else today.get(state, state.value)
        return words.label("picture/words", self.head.locale, name)

    def text(  # noqa: PLR0913 - where, what, and how it looks
        self,
        x: float,
        y: float,
        text: str,
        size: int,
        *,
        colour: tuple[int, int, int] = INK,
        anchor: str = "ls",
        bold: bool = False,
        room: float = 0,
    ) -> float:
        """Write on the base line ``y``, no wider than ``room``; how wide it became."""
        shown = drawn(text)
        self._lacking = self._lacking or LACKING in shown
        if room:
            shown, size = fitted(shown, size, room)
        thick = size * BOLD if bold else 0
        self._draw.text((x, y), shown, colour, font(size), anchor, stroke_width=thick, stroke_fill=colour)
        return width(shown, size)

    def sign(self, state: DayState, x: float, y: float, size: int) -> None:
        """The sign of a state, its upper left corner at ``x``, ``y``."""
        body, mark = sign(state, size)
        at = (round(x), round(y))
        self.image.paste(STATES[state], at, body)
        self.image.paste(STATES[state] if state is DayState.UNVERIFIED else WHITE, at, mark)

    def box(
        self,
        box: Sequence[float],
        colour: tuple[int, int, int],
        *,
        outline: tuple[int, int, int] | None = None,
        edge: int = 1,
    ) -> None:
        """A rectangle: left, top, right, bottom, the last two outside of it."""
        left, top, right, bottom = map(round, box)
        if right > left and bottom > top:
            self._draw.rectangle((left, top, right - 1, bottom - 1), colour, outline, edge)

    def rule(self) -> None:
        """A thin line across, with some air."""
        self.y += 18
        self.box((MARGIN, self.y, RIGHT, self.y + 2), LINE)
        self.y += 20

    def title(self, part: str, key: str) -> None:
        """The heading is the place; below it what is shown, and of when it is."""
        place = self.head.place or self.said("own", "picture/board")
        self.y += 56
        self.text(MARGIN, self.y, place, 60, bold=True, room=RIGHT - MARGIN)
        self.y += 56
        when = self.said("when", what=self.said(part, key))
        self.text(MARGIN, self.y, when, 36, colour=SOFT, room=RIGHT - MARGIN)

    def legend(self, counts: tuple[int, int, int], *, past: bool = False) -> None:
        """The three states by sign and name, each with its number; ``past``: of days that are mostly over."""
        self.y += 24
        room = (RIGHT - MARGIN) / 3
        for n, (state, count) in enumerate(zip(STATES, counts, strict=True)):
            x = MARGIN + n * room
            self.sign(state, x, self.y, 52)
            name = self.text(x + 66, self.y + 42, self.state(state, past=past), 42, room=room - 150)
            self.text(x + 66 + name + 14, self.y + 42, str(count), 50, bold=True)
        self.y += 60

    def reported(self, reported: Received, shown: int) -> None:
        """How complete and how timely the day is, with both numbers; that more report than the ``shown`` compounds."""
        self.y += 50
        said = self.said("reported", reported=reported, beside=max(0, reported.expected - shown))
        self.text(MARGIN, self.y, said, 38, room=RIGHT - MARGIN)
        self.y += 8

    def foot(self, lines: Iterable[str]) -> None:
        """Small print; and that a letter was lacking, where one was."""
        self.rule()
        noted = [*lines, *([self.said("lacking", sign=LACKING)] if self._lacking else [])]
        for line in noted:
            for part in folded(line, 30, RIGHT - MARGIN):
                self.y += 40
                self.text(MARGIN, self.y, part, 30, colour=SOFT)
        self.y += MARGIN

    def png(self) -> bytes:
        """The file, no higher than what was drawn; the same drawing is the same bytes."""
        image = self.image.crop((0, 0, WIDE, min(round(self.y), self.image.height)))
        small = image.quantize(palette=palette(), dither=Image.Dither.NONE)
        target = io.BytesIO()
        small.save(target, "PNG", compress_level=COMPRESSION)
        return target.getvalue()


def folded(text: str, size: int, room: float) -> list[str]:
    """A sentence in lines no wider than ``room``; between letters where there is no space."""
    lines, line = [], ""
    for word in _words(text):
        if line and width(line + word, size) > room:
            lines.append(line.strip())
            line = ""
        line += word
    return [*lines, line.strip()] if line.strip() else lines


def _words(text: str) -> Iterable[str]:
    word = ""
    for letter in text:
        if letter == " " or ord(letter) > 0x2E80:  # noqa: PLR2004 - from here on each letter is a word
            yield from filter(None, (word, letter))
            word = ""
        else:
            word += letter
    yield word


def unit(locale: Locale) -> str:
    """What days are called behind a figure."""
    return words.label("picture/words", locale, "unit")
