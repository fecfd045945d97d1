"""Figures of the work log as people write them (“宣传3条 摸排１２０ 诉求两件”) → counters and numbers."""

from __future__ import annotations

import re
import unicodedata

from bot.model import Counter
from bot.understand.numerals import value

NAMES = {
    "宣传": Counter.PUBLICITY, "发布": Counter.PUBLICITY, "publicity": Counter.PUBLICITY,
    "摸排": Counter.SCREENED, "排查": Counter.SCREENED, "screened": Counter.SCREENED,
    "诉求": Counter.REQUESTS, "求助": Counter.REQUESTS, "requests": Counter.REQUESTS,
}  # fmt: skip
_PAIR = re.compile(
    rf"({'|'.join(NAMES)})\s*[:：]?\s*(\d{{1,6}}|[零一二三四五六七八九十百两]+)\s*(?:条|人次|人|件|个|次|户)?",
    re.IGNORECASE,
)
_BETWEEN = " ,，、;；。.和\t\n"


def work(said: str) -> tuple[tuple[Counter, int], ...]:
    """The figures that the words name, each counter once, the last word holds; nothing where something else is said."""
    text = unicodedata.normalize("NFKC", said).casefold()
    found: dict[Counter, int] = {}
    end = 0
    for match in _PAIR.finditer(text):
        if text[end : match.start()].strip(_BETWEEN):
            return ()
        found[NAMES[match[1]]] = _figure(match[2])
        end = match.end()
    return () if text[end:].strip(_BETWEEN) else tuple(found.items())


def _figure(said: str) -> int:
    """A whole number in digits, or in Chinese signs."""
    return int(said) if said.isdecimal() else value(said.replace("两", "二"))
