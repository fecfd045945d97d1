"""A command in words with what it is about: “为什么 星悦城一期”, “上个月汇总”, “谁没报 君安社区”."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from bot import words
from bot.model import Locale
from bot.understand.drafts import tells
from bot.understand.periods import bare, named
from bot.understand.wishes import wishes

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


LONGEST = 60
"""No command with its place is longer: what is, is talk or a report."""
BEHIND = ("summary", "missing", "nudge", "streaks", "scores", "why", "history", "board")
"""Those that may stand behind the place (“君安社区谁没报”)."""
WHOLE = frozenset({"what"})
"""What is meant only as it stands: “什么呀” is a sigh."""
_NO = re.compile("先?(?:不要?|别|没|不用|不想|不能)")
_APART = re.compile(r"[\s,，:：(（、]+")


def alone(locales: Sequence[Locale], said: str, among: tuple[str, ...]) -> str | None:
    """The command, of these, that words name by themselves, politely or not; in either language."""
    for meant in wishes(said) if len(said) <= LONGEST else (said,):
        wanted = words.plain(meant)
        for locale in locales:
            found = _called(locale, among).get(wanted) if wanted else None
            if found is not None and (found not in WHOLE or meant == said):
                return found
    return None


@cache
def _called(locale: Locale, among: tuple[str, ...]) -> Mapping[str, str]:
    """By what is said, without signs, the first of these commands that is called so."""
    found: dict[str, str] = {}
    choices = words.entry("commands", locale).choices
    for name in among:
        choice = choices.get(name)
        for word in (choice.label, *choice.synonyms, name) if choice else ():
            found.setdefault(words.plain(word), name)
    return found


def with_argument(locales: Sequence[Locale], said: str) -> tuple[str | None, str]:
    """The command and what stands with it; “为什么” needs no space, and days may stand on either side of “汇总”."""
    dated = with_days(locales, said)
    if dated is not None:
        return dated
    if len(said) > LONGEST:
        return None, ""
    for meant in wishes(said):
        for locale in locales:
            found = _before(locale, meant)
            if found is not None:
                return found
    behind = (_behind(locale, each) for each in reversed(wishes(said)) for locale in locales)
    return next((found for found in behind if found is not None), (None, "")) if not tells(said) else (None, "")


def _before(locale: Locale, said: str) -> tuple[str, str] | None:
    """A command with its place behind it."""
    head, *rest = _APART.split(said, maxsplit=1)
    about = rest[0].strip(" )）?？") if rest else ""
    found = words.matches("commands", locale, head, ARGUED) if about else None
    if found is not None:
        return ARGUED[found], about
    for word in _words(locale, "why"):
        if not word.isascii() and said.startswith(word):
            place = said.removeprefix(word).strip(" ？?。，,")
            return "why", "" if FIGURE.match(place) else place
    return None


def _behind(locale: Locale, said: str) -> tuple[str, str] | None:
    """A command with its place before it."""
    text = said.rstrip(" ？?。！!")
    asked = re.sub(rf"{FIGURE.pattern}$", "", text)
    for command in BEHIND:
        for word in _words(locale, command):
            place = asked.removesuffix(word).strip(" 的，,：:")
            if len(word) > 1 and not word.isascii() and asked.endswith(word) and place and not _NO.fullmatch(place):
                return command, place
    return None


def _words(locale: Locale, command: str) -> tuple[str, ...]:
    """What a command is called, the longest first."""
    choice = words.entry("commands", locale).choices[command]
    return tuple(sorted((choice.label, *choice.synonyms), key=len, reverse=True))


def with_days(
    locales: Sequence[Locale], said: str, among: tuple[str, ...] = DATED, *, loosely: bool = True
) -> tuple[str, str] | None:
    """The command, of these, and the days that stand with nothing but its words (“本周汇总”); None: something else.

    ``loosely``: words around them do no harm (“请汇总一下上周的”); in a group people say that to each other.
    """
    name, rest = named(said)
    if name is None:
        return None
    heard = alone(locales, bare(rest), among) if loosely else _plainly(locales, rest, among)
    return (heard, name) if heard else None


def _plainly(locales: Sequence[Locale], said: str, among: Sequence[str]) -> str | None:
    return next((found for each in locales if (found := words.matches("commands", each, said, among))), None)
