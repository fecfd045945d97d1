"""Spans of days as people name them when they ask for a summary: 本周, 上个月, last quarter."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
_WORDS = {
    "today": ("今天", "今日", "当天", "today"),
    "yesterday": ("昨天", "昨日", "yesterday"),
    "week": ("本周", "这周", "这一周", "本星期", "这个星期", "这星期", "周报", "this week", "week"),
    "last_week": ("上周", "上一周", "上个星期", "上星期", "last week"),
    "month": ("本月", "这个月", "这月", "当月", "this month", "month"),
    "last_month": ("上个月", "上月", "last month"),
    "quarter": ("本季度", "这个季度", "这季度", "本季", "季度", "this quarter", "quarter"),
    "last_quarter": ("上个季度", "上季度", "上一季度", "上季", "last quarter"),
}
_NAMED = {word: name for name, words in _WORDS.items() for word in (*words, name)}
_LONGEST = sorted(_NAMED, key=len, reverse=True)
_ANY = re.compile("|".join(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in _LONGEST))
_FILLER = re.compile(
    r"^(?:请|看看|看一下|查一下|查|给我|一下|的|情况|(?:of|for|the|please)\b|[\s，,。.：:？?])+"
    r"|(?:一下|的|情况|吧|\b(?:of|for|please)|[\s，,。.：:？?！!])+$"
)
"""What is said around the words that matter."""


@dataclass(frozen=True, slots=True)
class Period:
    """Some days; both included, and none after the day on which it was asked."""

    name: str
    since: date
    until: date


def named(said: str) -> tuple[str | None, str]:
    """The span that is named first, and what else was said, in one width."""
    folded = unicodedata.normalize("NFKC", said)
    found = _ANY.search(folded.lower())
    if found is None:
        return None, folded.strip()
    # Upper and lower case are equally long in what people write here; where they are not, the words are not ours.
    rest = f"{folded[: found.start()]} {folded[found.end() :]}"
    return _NAMED[found[0]], " ".join(rest.split())


def bare(said: str) -> str:
    """The words without what is only said around them (请…一下, please)."""
    return _FILLER.sub("", said)


def period(name: str, today: date) -> Period:  # noqa: PLR0911 - a case, a line
    """The days of a span, by its name."""
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    third = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    match name:
        case "yesterday":
            return Period(name, today - ONE_DAY, today - ONE_DAY)
        case "week":
            return Period(name, monday, today)
        case "last_week":
            return Period(name, monday - timedelta(days=7), monday - ONE_DAY)
        case "month":
            return Period(name, first, today)
        case "last_month":
            return Period(name, (first - ONE_DAY).replace(day=1), first - ONE_DAY)
        case "quarter":
            return Period(name, third, today)
        case "last_quarter":
            last = third - ONE_DAY
            return Period(name, date(last.year, last.month - 2, 1), last)
        case _:
            return Period("today", today, today)
