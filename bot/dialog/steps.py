"""What a flow may yield: something to say, something to ask, or answers to take back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

PHOTO = "\x1fphoto:"
"""A raw answer that is a picture: this, then the media name. No typed words begin so, once they are trimmed."""


class Unreadable(Exception):  # noqa: N818 - it is an ordinary answer's fate, not an error of the program
    """The answer cannot be read here; ``reason`` is what the question's ``again`` part may tell apart."""

    def __init__(self, reason: str = "unreadable", **values: object) -> None:
        """Keep the reason and what the words may show of it."""
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True)
class Option:
    """A choice: its value, and its label where the template cannot know it (a place's name)."""

    value: str
    label: str | None = None
    name: str | None = None
    """What the template calls it, where that is not the value (a day's value is its date)."""


@dataclass(frozen=True, slots=True)
class Say:
    """Words without a question. ``actions`` are commands offered as buttons (``report``, ``fix 2026-11-24``)."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    actions: tuple[Option, ...] = ()

    def __iter__(self) -> Generator[Step, Any, None]:  # noqa: PYI058 - a step of a dialog, like the questions
        """``yield from Say(…)``."""
        yield self


@dataclass(frozen=True, slots=True)
class Retake:
    """Take these answers back and run again: the first of them is asked anew."""

    keys: tuple[str, ...]

    def __iter__(self) -> Generator[Step, Any, None]:  # noqa: PYI058 - a step of a dialog, like the questions
        """``yield from Retake(…)``; it never comes back."""
        yield self


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the options."""

    key: str
    options: tuple[Option, ...]
    values: Mapping[str, object] = field(default_factory=dict)

    def read(self, raw: str) -> str:
        """The option's value."""
        if any(option.value == raw for option in self.options):
            return raw
        raise Unreadable

    def __iter__(self) -> Generator[Step, Any, str]:
        """``value = yield from Choice(…)``."""
        return (yield self)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number, in Arabic, full-width or Chinese digits."""

    key: str
    minimum: int
    maximum: int
    options: tuple[Option, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)

    def read(self, raw: str) -> int:
        """The number, within the bounds."""
        value = number(raw)
        if value is None:
            raise Unreadable
        if not self.minimum <= value <= self.maximum:
            raise Unreadable("bounds", said=value, minimum=self.minimum, maximum=self.maximum)
        return value

    def __iter__(self) -> Generator[Step, Any, int]:
        """``value = yield from Number(…)``."""
        return (yield self)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Text:
    """Free words up to ``limit`` characters; an option's value stands for itself."""

    key: str
    limit: int
    options: tuple[Option, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)

    def read(self, raw: str) -> str:
        """The words, trimmed."""
        if any(option.value == raw for option in self.options):
            return raw
        said = raw.strip()
        if not said or raw.startswith(PHOTO):
            raise Unreadable
        if len(said) > self.limit:
            raise Unreadable("long", length=len(said), limit=self.limit)
        return said

    def __iter__(self) -> Generator[Step, Any, str]:
        """``value = yield from Text(…)``."""
        return (yield self)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A note or a photo, one at a time; an option's value stands for itself."""

    key: str
    limit: int
    photos: int
    """How many more photos may come."""
    options: tuple[Option, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)

    def read(self, raw: str) -> str:
        """The words, or ``photo:NAME``."""
        if raw == PHOTO:
            raise Unreadable("photo")
        if raw.startswith(PHOTO):
            if self.photos < 1:
                raise Unreadable("photos")
            return raw
        return Text(self.key, self.limit, self.options).read(raw)

    def __iter__(self) -> Generator[Step, Any, str]:
        """``value = yield from Attachment(…)``."""
        return (yield self)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Day:
    """A day from ``earliest`` to ``latest``, both included, spoken of on ``today``."""

    key: str
    today: date
    earliest: date
    latest: date
    options: tuple[Option, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)

    def read(self, raw: str) -> date:
        """The day."""
        value = day(raw, self.today)
        if value is None:
            raise Unreadable
        if not self.earliest <= value <= self.latest:
            raise Unreadable("bounds", said=value, earliest=self.earliest, latest=self.latest)
        return value

    def __iter__(self) -> Generator[Step, Any, date]:
        """``value = yield from Day(…)``."""
        return (yield self)  # type: ignore[no-any-return]


Question = Choice | Number | Text | Attachment | Day
Step = Say | Retake | Question

_COUNT = re.compile(r"^(?P<number>.+?)\s*(?:个?人|个|例|位|名|people|persons?|cases?)?$", re.IGNORECASE)
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


def day(raw: str, today: date) -> date | None:
    """The day that ``raw`` says on ``today`` (``明天``, ``11月26日``, ``26号``, ``2026-11-26``), or None.

    A day without a year is the one nearest to today; a bare day of the month is the next such day, today included.
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
            return _nearest({name: int(value) for name, value in said_parts.items()}, today)
    return None


def _nearest(parts: Mapping[str, int], today: date) -> date | None:
    if "year" in parts:
        return _date(parts["year"], parts["month"], parts["day"])
    if "month" in parts:
        years = (_date(today.year + step, parts["month"], parts["day"]) for step in (-1, 0, 1))
        known = [value for value in years if value is not None]
        return min(known, key=lambda value: abs(value - today), default=None)
    months = ((today.year + (today.month - 1 + step) // 12, (today.month - 1 + step) % 12 + 1) for step in range(3))
    coming = (_date(year, month, parts["day"]) for year, month in months)
    return next((value for value in coming if value is not None and value >= today), None)


def _date(year: int, month: int, number_of_day: int) -> date | None:
    try:
        return date(year, month, number_of_day)
    except ValueError:
        return None
