"""What a roster consists of: five tables with their columns, the rows in them, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot import words
from bot.model import Locale

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "places": {
        "code": "code",
        "name": "name",
        "level": "levels",
        "parent": "code",
        "aliases": "names",
        "start": "day",
        "closed": "day",
    },
    "people": {"phone": "phone", "name": "name"},
    "assignments": {"phone": "phone", "role": "roles", "place": "code", "from": "day", "to": "day"},
    "case_events": {
        "case": "case",
        "place": "code",
        "event": "events",
        "kind": "kinds",
        "on": "day",
        "recorded_at": "moment",
    },
    "reports": {"place": "code", "day": "day", "status": "statuses", "reporter": "phone", "sent_at": "moment"},
}
"""The columns of each table, and how a cell of each is read: see ``cells``. The order is the template's."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "places": ("code", "name", "level"),
    "people": ("phone", "name"),
    "assignments": ("phone", "role", "place"),
    "case_events": ("case", "place", "event", "on"),
    "reports": ("place", "day", "status"),
}
KEYS: Mapping[str, str] = {"places": "code", "people": "phone", "case_events": "case"}
"""By what the rows of one table are named in another."""
CLEARABLE = frozenset({"parent", "aliases", "start", "closed", "from", "to"})
"""Where a dash says “none”: an empty cell says nothing at all, and leaves what is known as it is."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as a file holds it: ``where`` names file and sheet, ``headers`` each column as the file names it."""

    table: str
    where: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row that could be read. ``values`` has what was said, by column; None where a dash said “none”."""

    sheet: Sheet
    number: int
    values: Mapping[str, Any]

    def problem(self, column: str | None, reason: str, **values: object) -> Problem:
        """What is wrong with this row, at ``column``."""
        header = self.sheet.headers.get(column, column) if column else None
        return Problem(self.sheet.where, self.number, header, reason, values)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row, sheet or file is refused or, as a warning, passed over. ``reason``: a part of ``roster/problems``."""

    where: str
    row: int | None
    column: str | None
    reason: str
    values: Mapping[str, object] = field(default_factory=dict)

    def said(self) -> str:
        """The place of it, and the reason in Chinese and English, on one line."""
        at = [self.where]
        if self.row is not None:
            at.append(f"第 {self.row} 行 row {self.row}")
        if self.column:
            at.append(f"“{self.column}”")
        reasons = (words.text("roster/problems", locale, self.values, self.reason) for locale in Locale)
        return f"{' · '.join(at)}: {' / '.join(reasons)}"


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything that was read: good rows by table, what is wrong with the others, what was passed over."""

    rows: Mapping[str, list[Row]] = field(default_factory=lambda: {table: [] for table in COLUMNS})
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    doubtful: Mapping[str, set[str]] = field(default_factory=lambda: {table: set() for table in KEYS})
    """Codes, phones and cases of bad rows: what refers to them is not wrong again for that."""

    def phones(self) -> Iterator[str]:
        """Every phone that is spoken of."""
        for table, column in (("people", "phone"), ("assignments", "phone"), ("reports", "reporter")):
            for row in self.rows[table]:
                if row.values.get(column):
                    yield row.values[column]
