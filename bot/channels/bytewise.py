"""Long texts → pieces by bytes, as WeCom counts them. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

SPACES = " ，。、；：！？·,;:!?\u3000"
"""Where a line may be broken rather than within a word."""
STOPS = "。！？；：!?"
"""Where it is better broken, if that is not too near its beginning."""


def size(text: str) -> int:
    """Bytes in UTF-8."""
    return len(text.encode())


def columns(text: str) -> int:
    """Width on a phone: a Chinese sign takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def split(text: str, limit: int) -> list[str]:
    """The text in pieces of at most ``limit`` bytes, cut at line ends where there are any, never within a sign."""
    if size(text) <= limit:
        return [text]
    parts: list[str] = []
    part = ""
    for line in _lines(text, limit):
        if part and size(part) + size(line) > limit:
            parts.append(part)
            part = ""
        part += line
    parts.append(part)
    return [cut for part in parts if (cut := part.strip("\n")).strip()]


def cut(text: str, letters: int) -> tuple[str, str]:
    """The first line, of at most so many letters, and what is left of the text."""
    line, _, rest = text.strip().partition("\n")
    if len(line) <= letters:
        return line.rstrip(), rest.strip("\n")
    signs = list(enumerate(line[:letters], 1))
    stop = max((place for place, sign in signs if sign in STOPS), default=0)
    at = stop if 2 * stop >= letters else max((place for place, sign in signs if sign in SPACES), default=letters)
    return line[:at].rstrip(), f"{line[at:].lstrip()}\n{rest}".strip("\n")


def _lines(text: str, limit: int) -> Iterator[str]:
    """Lines with their ends; one that is too long by itself in pieces."""
    for line in text.splitlines(keepends=True):
        if size(line) <= limit:
            yield line
            continue
        piece, taken = "", 0
        for sign in line:
            width = size(sign)
            if taken + width > limit:
                yield piece
                piece, taken = "", 0
            piece += sign
            taken += width
        yield piece
