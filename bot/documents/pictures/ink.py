"""Letters, colours and signs of the pictures: one packaged font, few inks, and a shape beside every colour."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path

from bot.model import DayState

Colour = tuple[int, int, int]
PAGE: Colour = (246, 247, 243)
"""Not quite white: it does not glare on a phone that is set to dark."""
INK: Colour = (28, 32, 30)
SOFT: Colour = (92, 98, 95)
LINE: Colour = (214, 217, 210)
WHITE: Colour = (255, 255, 255)
STATES: dict[DayState, Colour] = {
    DayState.CLEAN: (0, 114, 88),
    DayState.BROKEN: (192, 44, 30),
    DayState.UNVERIFIED: (140, 98, 0),
}
"""Apart in lightness, too, and told apart by those who do not see red and green; each goes with a shape of its own."""
STEPS = 8
"""Shades between two inks: enough for the edges of letters, and few enough for a small file."""
LACKING = "〓"
"""What printers set in the place of a letter that the font has not."""
DOTS = "…"
FINER = 8
"""Signs are drawn so much larger and made small again: their edges are smooth then."""


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels; read once. The same layout on every machine: no shaping library takes part."""
    return ImageFont.truetype(str(sans_path()), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _nothing() -> bytes:
    return bytes(font(24).getmask("\U000f0000"))


@lru_cache(8192)
def drawable(sign: str) -> bool:
    """Whether the font has the letter."""
    return bytes(font(24).getmask(sign)) != _nothing()


def written(text: str) -> str:
    """``text`` with the letters that the font has: for others the ones that mean the same, else a mark (〓)."""
    found = []
    for sign in unicodedata.normalize("NFC", text):
        category = unicodedata.category(sign)
        if category in {"Zs", "Zl", "Zp"}:
            found.append(" ")
        elif category in {"Cc", "Cf", "Mn", "Me"}:
            continue  # steers the text, and is no letter
        elif drawable(sign):
            found.append(sign)
        else:
            same = unicodedata.normalize("NFKC", sign)
            found.append(same if same != sign and all(map(drawable, same)) else LACKING)
    return "".join(found)


def width(text: str, size: int) -> float:
    """How wide it becomes, in pixels."""
    return font(size).getlength(text)


def fitted(text: str, size: int, room: float, smallest: int = 0) -> tuple[str, int]:
    """Text and size that fit: a little smaller first, then without its middle; places differ at their ends."""
    least = smallest or round(size * 0.85)
    while size > least and width(text, size) > room:
        size -= 1
    if width(text, size) <= room:
        return text, size
    for kept in range(len(text) - 1, 0, -1):
        tail = kept // 2
        cut = text[: kept - tail].rstrip() + DOTS + (text[len(text) - tail :].lstrip() if tail else "")
        if width(cut, size) <= room:
            return cut, size
    return DOTS, size


@cache
def sign(state: DayState, size: int) -> tuple[Image.Image, Image.Image]:
    """The state's sign as two masks: its body, and the mark on it. Circle and tick, square and cross, ring and “?”."""
    large = size * FINER
    body, mark = Image.new("L", (large, large)), Image.new("L", (large, large))
    on, over = ImageDraw.Draw(body), ImageDraw.Draw(mark)
    thick, edge = large // 8, large // 10
    if state is DayState.CLEAN:
        on.ellipse((0, 0, large - 1, large - 1), fill=255)
        tick = [(large * 0.27, large * 0.52), (large * 0.43, large * 0.68), (large * 0.74, large * 0.34)]
        over.line(tick, fill=255, width=thick, joint="curve")
    elif state is DayState.BROKEN:
        on.rounded_rectangle((edge // 2, edge // 2, large - 1 - edge // 2, large - 1 - edge // 2), edge, fill=255)
        near, far = large * 0.3, large * 0.7
        over.line([(near, near), (far, far)], fill=255, width=thick)
        over.line([(near, far), (far, near)], fill=255, width=thick)
    else:
        on.ellipse((0, 0, large - 1, large - 1), fill=255)
        on.ellipse((edge, edge, large - 1 - edge, large - 1 - edge), fill=0)
        over.text(
            (large / 2, large / 2), "?", font=font(round(large * 0.68)), fill=255, anchor="mm", stroke_width=large // 50
        )
    return tuple(each.resize((size, size), Image.Resampling.LANCZOS) for each in (body, mark))  # type: ignore[return-value]


@cache
def palette() -> Image.Image:
    """Every colour that occurs: the inks, and the shades between those that touch."""
    pairs = [(PAGE, INK), (PAGE, SOFT), *((PAGE, each) for each in STATES.values())]
    pairs += [(each, WHITE) for each in STATES.values()]
    found = [PAGE, INK, SOFT, LINE, WHITE, *STATES.values()]
    for one, other in pairs:
        for step in range(1, STEPS):
            red, green, blue = (round(a + (b - a) * step / STEPS) for a, b in zip(one, other, strict=True))
            found.append((red, green, blue))
    image = Image.new("P", (1, 1))
    image.putpalette([value for colour in dict.fromkeys(found) for value in colour])
    return image
