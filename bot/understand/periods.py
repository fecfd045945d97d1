"""Spans of days as people name them when they ask for a summary: 本周, 上个月, 11月, 11-20, last quarter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.understand import days, numerals

AHEAD = 3
"""A day to come must be so many times nearer than one that is over before it is the one that is meant."""
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
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_D = rf"(?:\d{{1,2}}|[{numerals.SIGNS}]{{1,3}})"
_EN = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = "(?:上个?|本|这个?)?(?:周|星期|礼拜)[一二三四五六日天1-6](?!报)"
_DATE = re.compile(
    rf"(?<![\da-z-])(?:(?P<year>\d{{4}})[-/.年]\s?(?P<ymonth>{_D})(?:[-/.月]\s?(?P<yday>{_D})[日号]?|月份?)?(?![\d-])"
    rf"|(?P<month>{_D})月(?P<day>{_D})[日号]?(?!\d)|(?P<only>{_D})月份?(?![一-鿿]?[路街花])"
    r"|(?P<dmonth>1[0-2]|0?[1-9])[-/.](?P<dday>3[01]|[12]\d|0?[1-9])(?![\d-])"
    rf"|(?:(?P<back>上个?)|本|这个?)月(?P<bare>{_D})[日号]|(?P<alone>{_D})[日号](?![楼院门房线店车\d])"
    rf"|(?P<eday>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<emonth>{_EN})|(?P<fmonth>{_EN})(?:\s+(?P<fday>\d{{1,2}}))?)(?![a-z])"
    rf"|{_WEEKDAY}|大前天|前天|前日|明天|明日|后天|tomorrow"
)
"""A day, or a month, of its own; without a year it is the nearest."""
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
    low = folded.lower()
    found = _DATE.search(low) or _ANY.search(low)
    if found is None:
        return None, folded.strip()
    # Upper and lower case are equally long in what people write here; where they are not, the words are not ours.
    rest = f"{folded[: found.start()]} {folded[found.end() :]}"
    return _NAMED.get(found[0], found[0]), " ".join(rest.split())


def bare(said: str) -> str:
    """The words without what is only said around them (请…一下, please)."""
    return _FILLER.sub("", said)


def period(name: str, today: date) -> Period:  # noqa: PLR0911 - a case, a line
    """The days of a span, by its name.

    Raises:
        ValueError: there is no such day.
    """
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
        case "today":
            return Period(name, today, today)
        case _:
            return _of_its_own(name, today)


def _of_its_own(said: str, today: date) -> Period:
    """The day or the month that is called so; by the name that is usual where it has one.

    Raises:
        ValueError: there is no such day.
    """
    parts = _DATE.fullmatch(said)
    known = {name: value for name, value in (parts.groupdict() if parts else {}).items() if value}
    month = _month(known)
    day = next((_number(known[name]) for name in ("yday", "day", "dday", "eday", "fday") if name in known), None)
    if month is None:
        return _day(_spoken(said, known, today), today)
    years = (int(known["year"]),) if "year" in known else (today.year - 1, today.year, today.year + 1)
    spans = [date(year, month, day or 1) for year in years if day is None or _there_is(year, month, day)]
    if not spans:
        message = f"no such day: {month}-{day}"
        raise ValueError(message)
    nearest = min(spans, key=lambda each: max(today - each, AHEAD * (each - today)))
    return _day(nearest, today) if day else _whole(nearest, today)


def _month(known: Mapping[str, str]) -> int | None:
    """The number of the month that is named."""
    for name in ("ymonth", "month", "only", "dmonth"):
        if name in known:
            number = _number(known[name])
            return number if 1 <= number <= 12 else 1 + len(_MONTHS)  # noqa: PLR2004 - months
    english = known.get("emonth") or known.get("fmonth")
    return _MONTHS.index(english[:3]) + 1 if english else None


def _spoken(said: str, known: Mapping[str, str], today: date) -> date:
    """A day by its number alone (“20号”, “上月3号”), or by a word (“周五”, “前天”)."""
    number = known.get("bare") or known.get("alone")
    if number is None:
        found = days.day("".join(str(numerals.value(sign)) if sign in numerals.SIGNS else sign for sign in said), today)
    elif "back" in known:
        found = (today.replace(day=1) - ONE_DAY).replace(day=_number(number))
    elif "bare" in known:
        found = today.replace(day=_number(number))
    else:
        found = days.day(f"{_number(number)}日", today)
    if found is None:
        message = f"no such day: {said}"
        raise ValueError(message)
    return found


def _number(said: str) -> int:
    return int(said) if said.isdecimal() else numerals.value(said)


def _there_is(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= (date(year + month // 12, month % 12 + 1, 1) - ONE_DAY).day  # noqa: PLR2004 - months


def _day(day: date, today: date) -> Period:
    usual = {today: "today", today - ONE_DAY: "yesterday"}
    return Period(usual.get(day, day.isoformat()), day, day)


def _whole(first: date, today: date) -> Period:
    """A month, as far as it is over."""
    this = today.replace(day=1)
    usual = {this: "month", (this - ONE_DAY).replace(day=1): "last_month"}
    last = date(first.year + first.month // 12, first.month % 12 + 1, 1) - ONE_DAY
    return Period(usual.get(first, f"{first:%Y-%m}"), first, min(last, today) if first <= today else last)
