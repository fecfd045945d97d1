"""Figures as a table for a terminal."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from bot import words
from bot.model import Locale, PackRules, Streak
from bot.store.explained import kind_name

COLUMNS = ("place", "name", "level", "streak", "state", "since", "reason", "reported")
RIGHT = frozenset({"streak", "reported"})
WIDE = frozenset({"W", "F"})


@dataclass(frozen=True, slots=True)
class Row:
    """A place and its figure."""

    name: str
    level: str
    streak: Streak


def table(rows: list[Row], rules: PackRules, locale: Locale) -> str:
    """Columns that align in a terminal, where a Chinese character is two cells wide."""
    heads = {column: words.label("figures/table", locale, column) for column in COLUMNS}
    shown = [heads, *(_shown(row, rules, locale) for row in rows)]
    width = {column: max(cells(row[column]) for row in shown) for column in COLUMNS}
    return "\n".join(
        "  ".join(_padded(column, row[column], width[column]) for column in COLUMNS).rstrip() for row in shown
    )


def _shown(row: Row, rules: PackRules, locale: Locale) -> dict[str, str]:
    streak, reason = row.streak, row.streak.reason
    why = ""
    if reason:
        ended = reason.ended_on.isoformat() if reason.ended_on else ""
        why = f"{kind_name(rules, reason.kind, locale)} {reason.case} {ended}".strip()
    return {
        "place": streak.place,
        "name": " ".join(row.name.split()),
        "level": words.label("levels", locale, row.level),
        "streak": str(streak.days),
        "state": words.label("figures/table", locale, streak.state.value),
        "since": streak.since.isoformat() if streak.since else "",
        "reason": why,
        "reported": f"{streak.reported_days}/{streak.unverified_days}",
    }


def _padded(column: str, text: str, width: int) -> str:
    space = " " * (width - cells(text))
    return space + text if column in RIGHT else text + space


def cells(text: str) -> int:
    """How many cells of a terminal ``text`` takes."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in WIDE else 1
        for character in text
    )
