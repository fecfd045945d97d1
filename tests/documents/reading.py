"""What stands in a file, read back with the libraries that an office's programs agree with."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Word
from docx.table import Table
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet


def word(data: bytes) -> Word:
    """A Word document."""
    return Document(BytesIO(data))


def grid(table: Table) -> list[list[str]]:
    """The cells of a table, row by row; one that spans several columns stands in each."""
    return [[cell.text for cell in row.cells] for row in table.rows]


def paragraphs(document: Word) -> list[str]:
    """The text outside of tables."""
    return [each.text for each in document.paragraphs if each.text]


def sheet(data: bytes) -> Worksheet:
    """The one sheet of a workbook."""
    book = load_workbook(BytesIO(data))
    assert len(book.worksheets) == 1
    return book.worksheets[0]


def values(page: Worksheet) -> list[list[Any]]:
    """Its cells, row by row."""
    return [[cell.value for cell in row] for row in page.iter_rows()]


def content(name: str, data: bytes) -> object:
    """All that a reader sees of a file: two files of the same content may differ in bytes."""
    if name.endswith(".xlsx"):
        page = sheet(data)
        return values(page), sorted(map(str, page.merged_cells.ranges)), page.print_title_rows
    document = word(data)
    return paragraphs(document), [grid(table) for table in document.tables]
