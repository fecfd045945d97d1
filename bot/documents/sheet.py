"""A worksheet as an office prints it: A4, as wide as the page, a header on each page, text that is never a formula."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from bot.documents.written import FORMULA, clean

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

A4 = 9
INCH = 2.54
TITLE = Font(name="宋体", size=18, bold=True)
HEAD = Font(name="黑体", size=12)
TEXT = Font(name="仿宋", size=12)
SMALL = Font(name="仿宋", size=11)
TINY = Font(name="仿宋", size=9)
"""For text so long that its row would be higher than a row can be."""
HIGHEST = 409.0
"""Excel knows no higher row, in points."""
ONE_PAGE = 600.0
"""What is no higher, in points, is printed on one page whatever program prints it."""
LINE = 18.0
"""The height of a line of 12-point text, in points."""
DAY = 'yyyy"年"m"月"d"日"'
SHORT_DAY = "yyyy-mm-dd"
NUMBER = "0.##;-0.##;0"
_THIN = Side(style="thin")
BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
WIDE = frozenset({"W", "F", "A"})


@dataclass
class Page:
    """A sheet that is filled from top to bottom."""

    sheet: Worksheet
    widths: tuple[float, ...]
    """Of the columns, in letters of 12-point text."""
    row: int = 0
    """The last row that is filled."""

    @classmethod
    def new(cls, title: str, widths: Sequence[float], *, landscape: bool = False) -> Page:
        """An empty sheet of a new workbook."""
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = title
        book.properties.creator, book.properties.title = "无疫社区创建助手", title
        setup = sheet.page_setup
        setup.paperSize, setup.orientation = A4, "landscape" if landscape else "portrait"
        setup.fitToWidth, setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        margins = sheet.page_margins
        margins.top = margins.bottom = 2.2 / INCH
        margins.left = margins.right = 1.9 / INCH
        margins.header = margins.footer = 1.0 / INCH
        sheet.print_options.horizontalCentered = True
        foot = sheet.oddFooter
        assert foot is not None  # noqa: S101 - for the type checker
        foot.center.text, foot.center.size = "— &P —", 12
        for number, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        return cls(sheet, tuple(widths))

    def title(self, text: str) -> None:
        """A heading across all columns."""
        self.across(text, font=TITLE, horizontal="center", line=30.0)

    def across(
        self, text: str, *, font: Font = TEXT, horizontal: str = "left", line: float = LINE, boxed: bool = False
    ) -> None:
        """One text across all columns, as high as it needs."""
        self.row += 1
        self.put(1, text, font=font, horizontal=horizontal)
        self.merge(self.row, 1, self.row, len(self.widths))
        if boxed:
            self.frame(self.row)
        size = float(font.size or 12) / 12
        self.height(self.row, lines(text, sum(self.widths) / size) * line)

    def head(self, *names: str) -> None:
        """The header: it stays in sight, and is printed on each page with all that stands above it."""
        self.row += 1
        for column, name in enumerate(names, 1):
            self.put(column, name, font=HEAD, horizontal="center")
        self.frame(self.row)
        self.height(self.row, max(lines(*each) for each in zip(names, self.widths, strict=True)) * LINE + 6)
        self.sheet.freeze_panes = f"A{self.row + 1}"
        self.sheet.print_title_rows = f"1:{self.row}"

    def line(self, *values: object, left: frozenset[int] = frozenset(), at_least: float = LINE + 4) -> None:
        """A row of the table; the columns ``left`` (from 1) begin at the left, the others stand in the middle."""
        self.row += 1
        high = at_least
        for column, value in enumerate(values, 1):
            font, needs = self._fitting(str(value), column)
            self.put(column, value, font=font, horizontal="left" if column in left else "center")
            high = max(high, needs)
        self.frame(self.row)
        self.height(self.row, high)

    def _fitting(self, text: str, column: int) -> tuple[Font, float]:
        """The font in which a text fits the highest row there is, and how high a row it needs then."""
        width = self.widths[column - 1]
        needs = lines(text, width) * LINE + 4
        if needs <= HIGHEST:
            return TEXT, needs
        return TINY, lines(text, width * 12 / 9) * LINE * 9 / 12 + 4

    def put(self, column: int, value: object, *, font: Font = TEXT, horizontal: str = "center") -> Cell:
        """A value in the current row. A number and a day are such; anything else is text, whatever it looks like."""
        cell = self.sheet.cell(self.row, column)
        assert isinstance(cell, Cell)  # noqa: S101 - a cell is written before it is merged
        cell.font = font
        cell.alignment = Alignment(
            horizontal=horizontal, vertical="center", wrap_text=True, indent=int(horizontal == "left" and column > 1)
        )
        if isinstance(value, Decimal | int):
            cell.value, cell.number_format = value, NUMBER if isinstance(value, Decimal) else "0"
        elif isinstance(value, date):
            cell.value, cell.number_format = value, SHORT_DAY
        elif value is not None and value != "":
            _text(cell, clean(str(value)))
        return cell

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """One cell of several."""
        if (top, left) != (bottom, right):
            self.sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)

    def top(self, row: int, column: int) -> None:
        """Let a cell's text begin at its upper edge: in the middle of merged rows the end of a page may cut it."""
        cell = self.sheet.cell(row, column)
        cell.alignment = Alignment(horizontal=cell.alignment.horizontal, vertical="top", wrap_text=True)

    @property
    def high(self) -> float:
        """How high all rows are together, in points."""
        return sum(row.height or 0 for row in self.sheet.row_dimensions.values())

    def frame(self, row: int) -> None:
        """Lines around each cell of a row, the merged ones too."""
        for column in range(1, len(self.widths) + 1):
            self.sheet.cell(row, column).border = BOX

    def height(self, row: int, points: float) -> None:
        """Said outright: not every program grows a row to what is wrapped in it."""
        self.sheet.row_dimensions[row].height = min(HIGHEST, points)

    def file(self) -> bytes:
        """The workbook as it is sent."""
        buffer = BytesIO()
        book = self.sheet.parent
        assert isinstance(book, Workbook)  # noqa: S101 - ``new`` made it
        book.save(buffer)
        return buffer.getvalue()


def _text(cell: Cell, text: str) -> None:
    """``=1+1`` and ``#N/A`` are what somebody wrote; the mark keeps them so when the cell is edited."""
    cell.value = text
    cell.data_type = "s"
    if text[:1] in FORMULA:
        cell.quotePrefix = True


def cells(text: str) -> int:
    """How many letters wide a text is: a Chinese sign is as wide as two."""
    return sum(2 if unicodedata.east_asian_width(sign) in WIDE else 1 for sign in text)


def lines(text: str, width: float) -> int:
    """How many lines a text takes in a column so many letters wide; a little is left at the edges."""
    room = max(2.0, width - 3)
    return sum(1 + int(max(0, cells(line) - 1) // room) for line in clean(text).split("\n"))
