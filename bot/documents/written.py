"""How a value is written in a document: days and points as offices write them, and text that can do no harm."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import Decimal

UNWRITABLE = frozenset({"Cc", "Cs"})
"""Control characters and halves of characters: XML has no place for them."""
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff")
"""Signs that turn the direction of what follows, so that it reads as something else; and two that are no characters."""
BREAKS = ("\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029")
FORMULA = frozenset("=+-@\t\r＝＋－＠")
"""What a cell must begin with for some program to take it for a formula."""


def clean(text: str) -> str:
    """``text`` as it may stand in a file: one kind of line break, spaces for tabs, no invisible commands."""
    for each in BREAKS:
        text = text.replace(each, "\n")
    text = text.replace("\t", " ")
    return "".join(
        sign for sign in text if sign == "\n" or (unicodedata.category(sign) not in UNWRITABLE and sign not in TURNS)
    )


def day(value: date) -> str:
    """``2026年11月24日``."""
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime) -> str:
    """``2026年11月24日 14:58``."""
    return f"{day(value)} {value:%H:%M}"


def points(value: Decimal) -> str:
    """``8`` or ``7.5``: points come in halves, and a whole number has no decimals."""
    return f"{value.normalize():f}"


def share(part: int, of: int) -> str:
    """A share in whole percent, rounded down: 100 % is said only of all. Of nothing there is no share."""
    return f"{part * 100 // of}%" if of else "—"


def written(value: object) -> str:
    """Any value of a document as text."""
    match value:
        case None:
            return ""
        case datetime():
            return moment(value)
        case date():
            return day(value)
        case Decimal():
            return points(value)
        case _:
            return clean(str(value))
