"""A command in words with what it is about: “为什么 星悦城一期”, “上个月汇总”, “谁没报 君安社区”."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot import words
from bot.model import Locale
from bot.understand.periods import bare, named

ASKED = {
    name: name
    for name in ("summary", "missing", "nudge", "streaks", "scores", "people", "invite", "board", "days", "overview")
}
ARGUED = {"why": "why", "history": "history", "cases": "case", "problems": "ledger", **ASKED}
"""Commands behind which somebody writes what they mean, and the one that knows it then."""
DATED = ("summary", "missing", "streaks")
"""Those that may be asked of days."""
FIGURE = re.compile(r"是?[0-9０-９]+天")
"""“为什么是37天”: of whose days it is said, nobody knows yet."""


def with_argument(locales: Sequence[Locale], said: str) -> tuple[str | None, str]:
    """The command and what stands with it; “为什么” needs no space, and days may stand on either side of “汇总”."""
    dated = with_days(locales, said)
    if dated is not None:
        return dated
    head, _, rest = said.partition(" ")
    for locale in locales:
        found = words.matches("commands", locale, head, ARGUED) if rest.strip() else None
        if found is not None:
            return ARGUED[found], rest.strip()
        choice = words.entry("commands", locale).choices["why"]
        for word in (choice.label, *choice.synonyms):
            if not word.isascii() and said.startswith(word):
                about = said.removeprefix(word).strip(" ？?。，,")
                return "why", "" if FIGURE.match(about) else about
    return None, ""


def with_days(
    locales: Sequence[Locale], said: str, among: Sequence[str] = DATED, *, loosely: bool = True
) -> tuple[str, str] | None:
    """The command, of these, and the days that stand with nothing but its words (“本周汇总”); None: something else.

    ``loosely``: words around them do no harm (“请汇总一下上周的”); in a group people say that to each other.
    """
    name, rest = named(said)
    rest = bare(rest) if loosely else rest
    if name is None:
        return None
    heard = (words.matches("commands", locale, rest, among) for locale in locales)
    return next(((command, name) for command in heard if command), None)
