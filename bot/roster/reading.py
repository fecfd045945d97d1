"""Grids of cells → a roster: headers found, cells read, and every cell that could not be read named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.model import PackRules
from bot.roster import cells, headings
from bot.roster.grids import Grid, grids
from bot.roster.sheets import CLEARABLE, COLUMNS, KEYS, NEEDED, Problem, Roster, Row, Sheet

HEADER_WITHIN = 10
"""How many rows a title above the header may take."""
DASHES = frozenset({"-", "－", "—", "–", "无", "none"})
Position = Mapping[str, int]


def read(path: Path, rules: PackRules) -> Roster:
    """Everything under ``path``: a workbook, a CSV file, or a folder of either. ``rules`` name the kinds of case."""
    roster = Roster()
    found = False
    for grid in grids(path):
        if isinstance(grid, Problem):
            (roster.warnings if grid.reason == "unknown_sheet" else roster.problems).append(grid)
            continue
        table = headings.table(grid.name)
        if table is None:
            if any(_filled(row) for row in grid.rows):
                roster.warnings.append(Problem(grid.where, None, None, "unknown_sheet"))
        elif table != headings.NOTES:
            found = True
            _sheet(roster, table, grid, rules)
    if not found and not roster.problems:
        roster.problems.append(Problem(path.name, None, None, "nothing"))
    return roster


def _filled(row: Sequence[object]) -> bool:
    return any(cell not in (None, "") and cells.plain(cell) for cell in row)


def _sheet(roster: Roster, table: str, grid: Grid, rules: PackRules) -> None:
    """Read one table into ``roster``."""
    if not any(_filled(row) for row in grid.rows):
        return
    number = _header(table, grid)
    headers = [cells.plain(cell) if cell is not None else "" for cell in grid.rows[number]]
    columns = [headings.column(table, header) if header else None for header in headers]
    sheet = Sheet(table, grid.where, {column: headers[at] for at, column in enumerate(columns) if column})
    problems, warnings = _headers(table, grid.where, number + 1, headers, columns)
    roster.problems.extend(problems)
    roster.warnings.extend(warnings)
    if problems:
        return
    position = {column: at for at, column in enumerate(columns) if column}
    for at, row in enumerate(grid.rows[number + 1 :], start=number + 2):
        if _filled(row):
            _row(roster, Row(sheet, at, {}), _picked(row, position), rules)


def _header(table: str, grid: Grid) -> int:
    """The first row that names all the needed columns; else the first that has anything in it."""
    filled = [at for at, row in enumerate(grid.rows[: HEADER_WITHIN * 2]) if _filled(row)]
    for at in filled[:HEADER_WITHIN]:
        named = {headings.column(table, cells.plain(cell)) for cell in grid.rows[at] if cell not in (None, "")}
        if named.issuperset(NEEDED[table]):
            return at
    return filled[0] if filled else next(at for at, row in enumerate(grid.rows) if _filled(row))


def _headers(
    table: str, where: str, number: int, headers: Sequence[str], columns: Sequence[str | None]
) -> tuple[list[Problem], list[Problem]]:
    """What is wrong with a header row, and what is only passed over."""
    problems = [
        Problem(where, number, None, "no_column", {"column": f"{headings.label(table, column)} {column}"})
        for column in NEEDED[table]
        if column not in columns
    ]
    for at, column in enumerate(columns):
        if column and column in columns[:at]:
            first = headers[columns.index(column)]
            problems.append(Problem(where, number, None, "twin_columns", {"first": first, "second": headers[at]}))
    warnings = [
        Problem(where, number, header, "unknown_column")
        for header, column in zip(headers, columns, strict=True)
        if header and not column
    ]
    return problems, warnings


def _picked(row: Sequence[object], position: Position) -> dict[str, object]:
    """The cells of a row that have something in them, by column; a short row simply has fewer."""
    found = {column: row[at] for column, at in position.items() if at < len(row)}
    return {column: cell for column, cell in found.items() if cell not in (None, "") and cells.plain(cell)}


def _row(roster: Roster, row: Row, said: Mapping[str, object], rules: PackRules) -> None:
    """Read the cells of one row: a good row joins the roster, a bad one its problems, all of them."""
    table = row.sheet.table
    values: dict[str, Any] = {}
    problems = [row.problem(column, "empty") for column in NEEDED[table] if column not in said]
    for column, cell in said.items():
        if column in CLEARABLE and str(cell).strip().lower() in DASHES:
            values[column] = None
            continue
        try:
            values[column] = _value(COLUMNS[table][column], cell, rules)
        except cells.CellError as why:
            problems.append(row.problem(column, why.reason, **why.values))
    if not problems:
        roster.rows[table].append(Row(row.sheet, row.number, values))
        return
    roster.problems.extend(problems)
    key = KEYS.get(table)
    if key and key in values:
        roster.doubtful[table].add(values[key])


def _value(kind: str, cell: object, rules: PackRules) -> object:
    if kind == "kinds":
        return cells.kind(cell, rules)
    reader = cells.READERS.get(kind)
    return reader(cell) if reader else cells.option(kind, cell, cells.OPTIONS[kind])
