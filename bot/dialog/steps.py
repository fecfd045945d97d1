"""What a flow may yield: something to say, something to ask, or answers to take back."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bot.dialog.reading import day, degrees, number, points
from bot.model import Near

PLACE = "\x1f"
"""Between a place's code and its name in a raw answer: the name is kept with it, so that a replay asks nobody."""
COLDEST, HOTTEST = 34.0, 43.0
"""°C that no living person is below or above: what lies outside is a slip of the finger."""
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
    near: bool = False
    """Whether the pinyin of a label, its initials or a slip of the pen mean it, too: places, never persons."""
    shown: int | None = None
    """So many of the options have a button; the others are meant by their names. None: all."""

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
    digits: int = 0
    """So many digits at least (a phone)."""

    def read(self, raw: str) -> str:
        """The words, trimmed."""
        if any(option.value == raw for option in self.options):
            return raw
        said = raw.strip()
        if not said or raw.startswith(PHOTO):
            raise Unreadable
        if len(said) > self.limit:
            raise Unreadable("long", length=len(said), limit=self.limit)
        if sum(sign.isdecimal() for sign in said) < self.digits:
            raise Unreadable("digits")
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
        value = day(raw, self.today, past=self.latest <= self.today)
        if value is None:
            raise Unreadable
        if not self.earliest <= value <= self.latest:
            raise Unreadable("bounds", said=value, earliest=self.earliest, latest=self.latest)
        return value

    def __iter__(self) -> Generator[Step, Any, date]:
        """``value = yield from Day(…)``."""
        return (yield self)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Degrees:
    """A body temperature in °C; an option's value stands for itself (a range, not taken)."""

    key: str
    options: tuple[Option, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)

    def read(self, raw: str) -> float | str:
        """The temperature, where a person can have it."""
        if any(option.value == raw for option in self.options):
            return raw
        value = degrees(raw)
        if value is None:
            raise Unreadable
        if not COLDEST <= value <= HOTTEST:
            raise Unreadable("bounds", said=value)
        return value

    def __iter__(self) -> Generator[Step, Any, float | str]:
        """``value = yield from Degrees(…)``."""
        return (yield self)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Points:
    """Points from 0 to ``most`` in steps, with the reason if one is written behind them (``8 缺照片``), or a photo."""

    key: str
    most: Decimal
    step: Decimal
    options: tuple[Option, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    photos: int = 0
    """How many more photos may come."""

    def read(self, raw: str) -> tuple[Decimal, str] | str:
        """The points and the reason; an option's value and a picture stand for themselves."""
        if any(option.value == raw for option in self.options):
            return raw
        if raw.startswith(PHOTO):
            return Attachment(self.key, 0, self.photos).read(raw)
        value = points(raw)
        if value is None:
            raise Unreadable
        given, reason = value
        if not 0 <= given <= self.most:
            raise Unreadable("bounds", said=given, most=self.most)
        if given % self.step:
            raise Unreadable("step", said=given, step=self.step)
        return given, reason

    def __iter__(self) -> Generator[Step, Any, tuple[Decimal, str] | str]:
        """``value = yield from Points(…)``."""
        return (yield self)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Find:
    """A place: one of the options, or any other that the desk finds for the words typed."""

    key: str
    options: tuple[Option, ...]
    values: Mapping[str, object] = field(default_factory=dict)

    def read(self, raw: str) -> Near:
        """The place that ``place(…)`` put down."""
        code, known, name = raw.partition(PLACE)
        if not known or not code or not name or raw.startswith(PHOTO):
            raise Unreadable
        return Near(code, name)

    def __iter__(self) -> Generator[Step, Any, Near]:
        """``value = yield from Find(…)``."""
        return (yield self)  # type: ignore[no-any-return]


def place(code: str, name: str) -> Option:
    """A place as a choice; its value is all that a replay needs."""
    return Option(f"{code}{PLACE}{name}", name)


Question = Choice | Number | Text | Attachment | Day | Degrees | Points | Find
Step = Say | Retake | Question
