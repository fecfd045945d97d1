"""What people write for a number, a day or a temperature → the value, or None where it is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

_COUNT = re.compile(r"^(?P<number>.+?)\s*(?:个?人|个|例|位|名|天|people|persons?|cases?|days?)?$", re.IGNORECASE)
_RELATIVE = {
    "今天": 0, "今日": 0, "today": 0, "明天": 1, "明日": 1, "tomorrow": 1, "后天": 2, "大后天": 3,
    "昨天": -1, "yesterday": -1, "前天": -2,
}  # fmt: skip
_DATES = (
    re.compile(r"^(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?$"),
    re.compile(r"^(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?$"),
    re.compile(r"^(?P<day>\d{1,2})(?P<name>[a-z]{3})[a-z]*$"),
    re.compile(r"^(?P<name>[a-z]{3})[a-z]*(?P<day>\d{1,2})$"),
    re.compile(r"^(?P<day>\d{1,2})[日号]?$"),
)
_DIGITS = "零一二三四五六七八九"
_TENS = re.compile(rf"([{_DIGITS}]?)十([{_DIGITS}]?)")
_DEGREES = re.compile(
    r"^(?P<whole>\d{2,3}?)\s*(?:[.。,，点度]\s*)?(?P<part>(?<=\D)\d{1,2}|(?<=\d{2})\d)?\s*(?:度|°c?|c|摄氏度)?$"
)
"""Two or three digits, then what stands behind a point or “度”; three digits in a row are tenths (385)."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def number(raw: str) -> int | None:
    """The whole number that ``raw`` says (``２人``, ``三``, ``十``), or None."""
    said = unicodedata.normalize("NFKC", raw).strip()
    match = _COUNT.match(said)
    digits = match["number"].strip() if match else said
    if digits.isascii() and digits.isdigit() and len(digits) < 7:  # noqa: PLR2004 - nobody means a million
        return int(digits)
    if digits == "两":
        return 2
    value = unicodedata.numeric(digits, None) if len(digits) == 1 else None
    return int(value) if value is not None and value == int(value) else None


def degrees(raw: str) -> float | None:
    """The temperature in °C that ``raw`` says (``38度5``, ``38.5``, ``３８．５℃``, ``三十八度五``), or None."""
    said = unicodedata.normalize("NFKC", raw).strip().lower().removeprefix("体温").strip().replace("半", "5")
    said = _TENS.sub(lambda match: f"{_digit(match[1], 1)}{_digit(match[2], 0)}", said)
    said = "".join(_digit(sign, sign) for sign in said)
    match = _DEGREES.match(said)
    return float(f"{match['whole']}.{match['part'] or 0}") if match else None


_PHONE = re.compile(r"[+(]?\d.*", re.DOTALL)


def phone(raw: str) -> str:
    """A telephone number as it stands on a form: usual digits, without the words before them (``电话：１３８…``)."""
    said = unicodedata.normalize("NFKC", raw).strip()
    match = _PHONE.search(said)
    return match[0] if match else said


_POINTS = re.compile(
    r"^(?P<whole>\d{1,3}|[一二三四五六七八九两十零]{1,3})(?:[.点](?P<part>\d))?(?P<unit>\s*分)?(?P<half>半)?(?P<rest>.*)$",
    re.DOTALL,
)
"""A figure of points, and what is written behind it."""


def points(raw: str) -> tuple[Decimal, str] | None:
    """The points that ``raw`` begins with, and the words behind them (``7.5 缺照片``, ``八分，没台账``), or None."""
    match = _POINTS.match(unicodedata.normalize("NFKC", raw).strip())
    if match is None:
        return None
    whole, rest = match["whole"].replace("两", "二"), match["rest"]
    if not whole.isascii():
        tens = _TENS.search(whole)
        whole = f"{_digit(tens[1], 1)}{_digit(tens[2], 0)}" if tens else "".join(_digit(sign, sign) for sign in whole)
    if rest[:1].isalnum() and rest[:1].isascii():
        return None  # “8a”, “2026-11”: no points
    if rest[:1] in {"-", "/", ":"} or not whole.isdigit():
        return None
    half = "5" if match["half"] else match["part"] or "0"
    return Decimal(f"{whole}.{half}"), rest.strip(" ,.。，;；:：、")


def _digit(sign: str, otherwise: str | int) -> str:
    """The digit that a Chinese one says."""
    return str(_DIGITS.index(sign)) if sign and sign in _DIGITS else str(otherwise)


def day(raw: str, today: date, *, past: bool = False) -> date | None:
    """The day that ``raw`` says on ``today`` (``明天``, ``11月26日``, ``26号``, ``2026-11-26``), or None.

    A day without a year is the one nearest to today; a bare day of the month is the next such day, today included, or,
    where the ``past`` is spoken of, the last one.
    """
    said = unicodedata.normalize("NFKC", raw).strip().lower().replace(" ", "")
    if said in _RELATIVE:
        return today + timedelta(days=_RELATIVE[said])
    for pattern in _DATES:
        match = pattern.match(said)
        if match:
            said_parts = match.groupdict()
            month = said_parts.pop("name", None)
            if month is not None:
                if month not in _MONTHS:
                    return None
                said_parts["month"] = str(_MONTHS.index(month) + 1)
            return _nearest({name: int(value) for name, value in said_parts.items()}, today, past=past)
    return None


def _nearest(parts: Mapping[str, int], today: date, *, past: bool) -> date | None:
    if "year" in parts:
        return _date(parts["year"], parts["month"], parts["day"])
    if "month" in parts:
        years = (_date(today.year + step, parts["month"], parts["day"]) for step in (-1, 0, 1))
        known = [value for value in years if value is not None]
        return min(known, key=lambda value: abs(value - today), default=None)
    steps = range(0, -3, -1) if past else range(3)
    months = ((today.year + (today.month - 1 + step) // 12, (today.month - 1 + step) % 12 + 1) for step in steps)
    likely = (_date(year, month, parts["day"]) for year, month in months)
    fits = (value for value in likely if value is not None and (value <= today if past else value >= today))
    return next(fits, None)


def _date(year: int, month: int, number_of_day: int) -> date | None:
    try:
        return date(year, month, number_of_day)
    except ValueError:
        return None
