"""The empty workbook that a clerk fills in: one sheet a table, and one that explains every column."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from bot import words
from bot.model import Kind, Locale
from bot.roster import headings
from bot.roster.cells import OPTIONS
from bot.roster.sheets import COLUMNS, NEEDED

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from bot.model import PackRules

ROWS = 2000
"""Rows that carry formats and drop-downs; what is written below them is read all the same."""
FORMATS = {"day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}
TEXT = "@"
"""A text format keeps the leading zeros of codes and all the digits of phones."""
WIDTHS = {"name": 24, "names": 30, "code": 16, "case": 16, "phone": 18, "day": 14, "moment": 20}
WIDTH = 14
PROSE = 64
"""The width of a column of prose, in letters."""
LINE = 16
"""The height of a line, in points."""
NEEDED_FILL = PatternFill("solid", start_color="FFD9E8F6")
OTHER_FILL = PatternFill("solid", start_color="FFEFEFEF")
EXAMPLES = {
    "places": ("C01", "君安社区", "社区", "SL-01", "君安", "2026-11-24", ""),
    "people": ("13800000001", "张三"),
    "assignments": ("13800000001", "网格员", "23", "2026-11-24", ""),
    "case_events": ("S1124-01", "23", "发现", "疑似", "2026-11-24", "2026-11-24 15:30"),
    "reports": ("23", "2026-11-24", "正常", "13800000001", "2026-11-24 15:30"),
}
"""Shown on the sheet that explains, never on a sheet that is read."""


def write(path: Path, rules: PackRules) -> None:
    """Write the template; the kinds of case to choose from are those of ``rules``.

    Raises:
        OSError: the file cannot be written.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in COLUMNS:
        _fill(book.create_sheet(words.label("roster/tables", Locale.ZH, table)), table, rules)
    _explain(book.create_sheet(words.label("roster/tables", Locale.ZH, headings.NOTES)))
    for sheet in book.worksheets:
        sheet.freeze_panes = "A2"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0  # as many pages as it takes, each as wide as the sheet
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    book.save(path)


def _fill(sheet: Worksheet, table: str, rules: PackRules) -> None:
    """A header that stays in sight, and columns that know what belongs in them."""
    for at, (column, kind) in enumerate(COLUMNS[table].items(), start=1):
        letter = get_column_letter(at)
        _head(sheet[f"{letter}1"], table, column)
        sheet.column_dimensions[letter].width = WIDTHS.get(kind, WIDTH)
        for row in range(2, ROWS + 2):
            sheet.cell(row, at).number_format = FORMATS.get(kind, TEXT)
        if chosen := _chosen(kind, rules):
            _drop_down(sheet, f"{letter}2:{letter}{ROWS + 1}", chosen)


def _head(cell: Cell, table: str, column: str) -> None:
    """The Chinese name; the English name and the explanations as a comment, so that the header is one row."""
    cell.value = headings.label(table, column)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(horizontal="center")
    cell.fill = NEEDED_FILL if column in NEEDED[table] else OTHER_FILL
    explained = (words.text(f"roster/{table}", locale, part=column) for locale in Locale)
    cell.comment = Comment("\n".join((column, *explained)), "wuyi", height=160, width=320)


def _chosen(kind: str, rules: PackRules) -> tuple[str, ...]:
    """What may be chosen in a column of this kind, in Chinese; nothing where it is written freely."""
    if kind == "kinds":
        kinds = rules.kinds or tuple(Kind)
        return tuple(rules.labels.get(value, {}).get("zh") or words.label(kind, Locale.ZH, value) for value in kinds)
    return headings.labels(kind, OPTIONS[kind], Locale.ZH) if kind in OPTIONS else ()


def _drop_down(sheet: Worksheet, cells: str, chosen: tuple[str, ...]) -> None:
    rule = DataValidation(type="list", formula1=f'"{",".join(chosen)}"', allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = "请从下拉中选", "、".join(chosen)
    rule.add(cells)
    sheet.add_data_validation(rule)


def _explain(sheet: Worksheet) -> None:
    """One line a column: what it is, whether it is needed, an example."""
    sheet.append(["表", "列", "必填", "示例", "填写说明", "Column", "Explanation"])
    for table, columns in COLUMNS.items():
        about = (words.text(f"roster/{table}", locale) for locale in Locale)
        chinese, english = about
        sheet.append([words.label("roster/tables", Locale.ZH, table), "", "", "", chinese, table, english])
        for column, example in zip(columns, EXAMPLES[table], strict=True):
            chinese, english = (words.text(f"roster/{table}", locale, part=column) for locale in Locale)
            needed = "是" if column in NEEDED[table] else ""
            sheet.append(["", headings.label(table, column), needed, example, chinese, column, english])
    for letter, width in zip("ABCDEFG", (8, 14, 6, 20, PROSE, 14, PROSE), strict=True):
        sheet.column_dimensions[letter].width = width
    for number, row in enumerate(sheet.iter_rows(), start=1):
        # Not every program grows a row to what is wrapped in it; a Chinese sign is as wide as two letters.
        longest = max(2 * len(str(row[4].value)), len(str(row[6].value)))
        sheet.row_dimensions[number].height = LINE * (1 + longest // PROSE)
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1 or bool(row[0].value))
