"""One cell → what it says: a code, a name, a phone, a day, a moment, an option; or why it says nothing."""

# ruff: noqa: EM101 - what is raised carries a key of the words, not a message

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from bot import words
from bot.model import Event, Kind, Level, Locale, PackRules, Role
from bot.roster import headings, phones

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "levels": tuple(Level),
    "roles": tuple(Role),
    # Which reports are one person is for those who know both: it is said in the chat, not in a sheet.
    "events": tuple(event for event in Event if event not in {Event.MERGED, Event.SPLIT}),
    "statuses": ("normal", "abnormal"),
}
CODE_LIMIT = 40
NAME_LIMIT = 100
NOON = time(12)
_SHOWN = 30
_NO_CODE = re.compile(r"[\s/\\?#;,=&%'\"<>|\x00-\x1f]")
_PERSONAL = re.compile(r"\d{17}[\dXx]|\d{15}|1[3-9]\d{9}")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?|(\d{4})(\d\d)(\d\d)")
_AMBIGUOUS = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d\d)")
_CLOCK = re.compile(r"(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*(?:[:分]\s*(?:(\d{1,2})(?:\.\d+)?\s*秒?)?)?)?")
_EPOCH = date(1899, 12, 30)
_SERIALS = range(36526, 73051)
"""Excel's numbers of the days from 2000 to 2099: what is left of a date in a column formatted as a number."""


class CellError(ValueError):
    """Why a cell cannot be read: ``reason`` is a part of ``roster/problems``."""

    def __init__(self, reason: str, **values: object) -> None:
        """Keep the reason and the values of its words."""
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True)
class Wall:
    """A moment as a file has it: perhaps a day, perhaps a time, perhaps a time zone; the row fills in what lacks."""

    day: date | None
    clock: time | None
    offset: tzinfo | None = field(default=None)

    def at(self, day: date, zone: tzinfo) -> datetime:
        """The moment it means in a row that is about ``day``: noon where no time is given."""
        return datetime.combine(self.day or day, self.clock or NOON, self.offset or zone)


def plain(cell: object) -> str:
    """A cell as text: whole numbers without ``.0``, invisible signs gone, runs of space made one."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    written = str(cell)
    if written.isascii() and written.isprintable() and "  " not in written:
        return written.strip()
    kept = (sign for sign in written if unicodedata.category(sign) != "Cf")
    return " ".join("".join(kept).split())


def code(cell: object) -> str:
    """A place's code; full-width signs are made half-width."""
    found = unicodedata.normalize("NFKC", plain(cell))
    if len(found) > CODE_LIMIT or _NO_CODE.search(found):
        raise CellError("not_code", value=found[:_SHOWN])
    return found


def case(cell: object) -> str:
    """A case's code, which must not itself be personal data."""
    found = code(cell)
    if _PERSONAL.fullmatch(found):
        raise CellError("personal")
    return found


def name(cell: object) -> str:
    """A name as it is written."""
    found = plain(cell)
    if len(found) > NAME_LIMIT:
        raise CellError("not_name", limit=NAME_LIMIT)
    return found


def names(cell: object) -> tuple[str, ...]:
    """Several names, separated by ``;``, ``；`` or ``、``."""
    found = (part.strip() for part in re.split("[;；、]", name(cell)))
    return tuple(dict.fromkeys(part for part in found if part))


@lru_cache(maxsize=100_000)
def _phone(written: str) -> str:
    found = phones.normalise(written)
    if found is None:
        raise CellError("not_phone")
    return found


def phone(cell: object) -> str:
    """A phone number in its one form. The number itself is in no message: it is personal data."""
    return _phone(plain(cell))


def day(cell: object) -> date:
    """A day: a date of the workbook, its number, or written with the year first."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float) and _SERIALS.start <= cell < _SERIALS.stop:
        return _EPOCH + timedelta(days=int(cell))
    found = _wall(plain(cell), "not_day").day
    if found is None:
        raise CellError("not_day", value=plain(cell)[:_SHOWN])
    return found


def moment(cell: object) -> Wall:
    """A moment: day, day and time, or time alone."""
    if isinstance(cell, datetime):
        return Wall(cell.date(), cell.time(), cell.tzinfo)
    if isinstance(cell, date):
        return Wall(cell, None)
    if isinstance(cell, time):
        return Wall(None, cell)
    if isinstance(cell, float) and _SERIALS.start <= cell < _SERIALS.stop:
        stamp = datetime.combine(_EPOCH, time()) + timedelta(seconds=round(cell * 86400))
        return Wall(stamp.date(), None if cell.is_integer() else stamp.time())
    return _wall(plain(cell), "not_moment")


@lru_cache(maxsize=100_000)
def _wall(written: str, reason: str) -> Wall:
    text = unicodedata.normalize("NFKC", written)
    if iso := _iso(text):
        return iso
    found = _DAY.match(text)
    rest = text[found.end() :].strip(" T") if found else text
    if not found and _AMBIGUOUS.match(text):
        raise CellError("ambiguous_day", value=written[:_SHOWN])
    clock = _CLOCK.fullmatch(rest)
    if (rest and not clock) or not (found or clock):
        raise CellError(reason, value=written[:_SHOWN])
    try:
        on = date(*(int(part) for part in found.groups() if part)) if found else None
    except ValueError as why:
        raise CellError("impossible_day", value=written[:_SHOWN]) from why
    try:
        hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
        return Wall(on, time(hour, minute, second) if clock else None)
    except ValueError as why:
        raise CellError(reason, value=written[:_SHOWN]) from why


def _iso(text: str) -> Wall | None:
    """A moment with a time zone, which only the standard's way of writing has."""
    if "T" not in text and ":" not in text:
        return None
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError:
        return None
    return Wall(stamp.date(), stamp.time(), stamp.tzinfo)


def kind(cell: object, rules: PackRules) -> str:
    """A kind of case that the rule pack knows, by the pack's own word for it or the usual one."""
    said = words.plain(plain(cell))
    known = rules.kinds or tuple(Kind)
    for value in known:
        if said in {words.plain(value), *map(words.plain, rules.labels.get(value, {}).values())}:
            return value
    return option("kinds", cell, known)


def option(key: str, cell: object, among: tuple[str, ...]) -> str:
    """The value that a label or synonym stands for."""
    found = headings.option(key, plain(cell), among)
    if found is None:
        pairs = zip(headings.labels(key, among, Locale.ZH), among, strict=True)
        raise CellError("not_option", value=plain(cell)[:_SHOWN], options=tuple(map(" ".join, pairs)))
    return found


READERS: Mapping[str, Callable[[object], object]] = {
    "code": code,
    "case": case,
    "name": name,
    "names": names,
    "phone": phone,
    "day": day,
    "moment": moment,
}
