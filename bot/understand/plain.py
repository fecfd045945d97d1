"""Words in one width and case, their Chinese numbers as figures, each sign with its place in what was written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from bot.understand import numerals

LONGEST = 4000
"""Signs that are read; nobody reports more in one message."""
_NUMERALS = re.compile(rf"[{numerals.SIGNS}]+")
_MARKS = frozenset("⃣︎️")
"""What makes a digit a picture of itself (1️⃣)."""
_BULLETS = re.compile("[①-⒛❶-➓]|[0-9]\ufe0f?\u20e3")
"""Numbers of a list that stand in the middle of a line."""
_LISTED = re.compile(r"[^\n]{0,40}?1\s*[.、．)）][^\n]*[ \t　]2\s*[.、．)）][^\n]*$")
"""A list that lost its line breaks when it was pasted."""
_ITEMS = re.compile(r"(?:(?<=\s)|^)\d{1,3}\s*[.、．)）](?=\s*[^\d\s])")


@dataclass(frozen=True, slots=True)
class Plain:
    """The folded text, and where each of its signs begins and ends in the words as they were written."""

    text: str
    said: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def written(self, start: int, end: int) -> str:
        """The words behind a part of the text that is not empty."""
        return self.said[self.starts[start] : self.ends[end - 1]].strip()


@lru_cache(maxsize=4096)
def _sign(sign: str) -> str:
    """One sign in its plain form; what has no width is nothing, a picture is a space."""
    category = unicodedata.category(sign)
    if category == "Cf" or sign in _MARKS:
        return ""
    if category in {"So", "Sk", "Co", "Cn"} and sign != "°":
        return unicodedata.normalize("NFKC", sign).casefold() if sign == "℃" else " "
    return unicodedata.normalize("NFKC", sign).casefold()


def plain(said: str) -> Plain:
    """Fold at most ``LONGEST`` signs of ``said``."""
    said = said[:LONGEST]
    bullets = {match.start(): match.end() for match in _BULLETS.finditer(said)}
    if _LISTED.match(said):
        bullets |= {match.start(): match.end() for match in _ITEMS.finditer(said)}
    signs: list[str] = []
    starts: list[int] = []
    skip = 0
    for place, sign in enumerate(said):
        if place in bullets:
            skip = bullets[place]
            signs.append("\n")
            starts.append(place)
        elif place >= skip:
            for part in _sign(sign):
                signs.append(part)
                starts.append(place)
    ends = [place + 1 for place in starts]
    text = "".join(signs)
    if not _NUMERALS.search(text):
        return Plain(text, said, tuple(starts), tuple(ends))
    return _figures(text, said, starts, ends)


def _figures(text: str, said: str, starts: list[int], ends: list[int]) -> Plain:
    """Put figures for the Chinese numbers."""
    parts: list[str] = []
    new_starts: list[int] = []
    new_ends: list[int] = []
    last = 0
    for match in _NUMERALS.finditer(text):
        if match[0] == "百":
            continue  # 老百姓
        start, end = match.span()
        parts.append(text[last:start])
        new_starts += starts[last:start]
        new_ends += ends[last:start]
        figure = str(numerals.value(match[0]))
        # “501一名”: two numbers, not one.
        figure = f"{' ' * text[:start][-1:].isdigit()}{figure}{' ' * text[end : end + 1].isdigit()}"
        parts.append(figure)
        new_starts += [starts[start]] * len(figure)
        new_ends += [ends[end - 1]] * len(figure)
        last = end
    parts.append(text[last:])
    return Plain("".join(parts), said, (*new_starts, *starts[last:]), (*new_ends, *ends[last:]))
