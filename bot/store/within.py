"""The days that a command names beside a place: which they are, and whether anything can be told of them."""

from __future__ import annotations

from datetime import date

from bot.model import DUTY_LEVELS
from bot.model.office import MAY, Ask
from bot.model.places import Outside
from bot.store import daily
from bot.store.asking import Asking, Looking
from bot.store.naming import called
from bot.understand.periods import Period, named, period


def spanned(asking: Asking, ask: Ask, subject: str) -> tuple[str, str]:
    """The days that the command named (“today” if none), and what else it named; a place's code is no day (“11-2”)."""
    said = subject.strip()
    name, rest = named(said)
    if name is None or (rest == "" and called(asking, said, MAY[ask])):
        return "today", said
    return name, rest


def within(look: Looking, code: str, name: str, *, one: bool = False) -> Period | Outside:
    """The days of that name at a place; or why nothing can be told of them. ``one``: a single day is wanted."""
    try:
        days = period(name, look.today)
    except ValueError:
        return Outside("none", name)
    if days.since > look.today:
        return Outside("ahead", name, days.since, days.until)
    if one and days.since != days.until:
        return Outside("span", name, days.since, days.until)
    began = look.house.rules.start if days.until == look.today else _began(look, code)
    if days.until < began:
        return Outside("before", name, days.since, days.until, began)
    return days


def _began(look: Looking, code: str) -> date:
    """The day on which the first place there began to count."""
    start = look.house.rules.start
    rows = daily.rows(look.connection, code)
    return min((row.start or start for row in rows if row.level in DUTY_LEVELS), default=start)
