"""Files → grids of cells: workbooks (.xlsx, .xls, .ods) and CSV in the encodings that offices here save."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.roster.sheets import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
ENCODINGS = ("utf-8-sig", "gb18030")
"""In this order: GB18030 reads almost any bytes, UTF-8 only its own."""
UTF16 = (b"\xff\xfe", b"\xfe\xff")
FIELD_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet or a CSV file: its name, where it is, and its cells from the first row on, empty ones included."""

    name: str
    where: str
    rows: Sequence[Sequence[object]]


class FileError(Exception):
    """A file that cannot be read at all."""

    def __init__(self, problem: Problem) -> None:
        """Carry the problem, to be shown with the others."""
        super().__init__(problem.reason)
        self.problem = problem


def grids(path: Path) -> Iterator[Grid | Problem]:
    """The grids of a workbook, of a CSV file, or of the files of a folder; a file that cannot be read is a problem."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    for file in files:
        if file.is_dir() or file.name.startswith((".", "~$")):
            continue
        read = _reader(file)
        if read is None:
            yield Problem(file.name, None, None, "unknown_sheet" if path.is_dir() else "unreadable")
            continue
        try:
            yield from read(file)
        except FileError as why:
            yield why.problem


def _reader(file: Path) -> Callable[[Path], Iterator[Grid]] | None:
    if file.suffix.lower() == ".csv":
        return _csv
    return _workbook if file.suffix.lower() in WORKBOOKS else None


def _csv(file: Path) -> Iterator[Grid]:
    text = _decode(file)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",\t;，", key=first.count)
    previous = csv.field_size_limit(FIELD_LIMIT)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as why:
        raise FileError(Problem(file.name, None, None, "unreadable")) from why
    finally:
        csv.field_size_limit(previous)
    yield Grid(file.stem, file.name, rows)


def _decode(file: Path) -> str:
    data = file.read_bytes()
    encodings = ("utf-16",) if data.startswith(UTF16) else ENCODINGS
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileError(Problem(file.name, None, None, "encoding"))


def _workbook(file: Path) -> Iterator[Grid]:
    import python_calamine  # noqa: PLC0415 - a folder of CSV does without

    try:
        with python_calamine.CalamineWorkbook.from_path(file) as book:
            for name in book.sheet_names:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                yield Grid(name, f"{file.name} [{name}]", rows)
    except (python_calamine.CalamineError, OSError) as why:
        raise FileError(Problem(file.name, None, None, "unreadable")) from why
