"""Which table, column or option a word in a file means, in either language and whatever its case, width and signs."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from bot import words
from bot.model import Locale
from bot.roster.sheets import COLUMNS

_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
_RUNS = re.compile(r"[a-z0-9_]+(?:[ \-]+[a-z0-9_]+)*|[^\x00-\x7f]+")
NOTES = "notes"
"""The sheet that explains, which is not read."""


def table(name: str) -> str | None:
    """The table that a sheet or file name means (``places``, ``地点``, ``places 地点``), ``notes``, or None."""
    return option("roster/tables", name, (*COLUMNS, NOTES))


def column(of: str, header: str) -> str | None:
    """The column of table ``of`` that ``header`` means, or None."""
    return option(f"roster/{of}", header, tuple(COLUMNS[of]))


@cache
def option(key: str, said: str, among: tuple[str, ...]) -> str | None:
    """The option of ``key`` that ``said`` means, or None; a remark in brackets and a second language are allowed.

    The whole counts first, then its parts, if no two of them mean different things.
    """
    folded = unicodedata.normalize("NFKC", said).casefold().strip()
    bare = _REMARK.sub(" ", folded).strip() or folded
    for whole in (folded, bare):
        if found := _match(key, whole, among):
            return found
    parts = {_match(key, part, among) for part in (*_RUNS.findall(bare), *re.split(r"[\s/|·、]+", bare)) if part}
    found_in_parts = parts - {None}
    return found_in_parts.pop() if len(found_in_parts) == 1 else None


def label(of: str, named: str) -> str:
    """What column ``named`` of table ``of`` is called here."""
    return words.label(f"roster/{of}", Locale.ZH, named)


def labels(key: str, among: tuple[str, ...], locale: Locale) -> tuple[str, ...]:
    """What the options are called."""
    return tuple(words.label(key, locale, value) for value in among)


def _match(key: str, said: str, among: tuple[str, ...]) -> str | None:
    for locale in Locale:
        if found := words.matches(key, locale, said, among):
            return found
    return None
