"""The workbook to fill in: it is read as it is, and as filled."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from bot.roster import template
from bot.roster.sheets import COLUMNS
from tests.roster.conftest import Office

FILLED = {
    "地点": (("C01", "君安社区", "社区", None, "君安", "2026-08-12", None), ("0023", "星悦城一期", "小区", "C01")),
    "人员": (("13800000001", "张三"),),
    "任务": (("13800000001", "网格员", "0023", "2026-01-01", None),),
    "病例": (("S1", "0023", "发现", "疑似", "2026-11-10", None), ("S1", "0023", "离开", None, "2026-11-12")),
    "日报": (("0023", "2026-11-23", "正常", "13800000001", "2026-11-23 15:30"),),
}


def test_a_filled_template_is_imported(office: Office, tmp_path: Path) -> None:
    """Nothing is a warning, nothing is an example, and codes keep their zeros."""
    path = tmp_path / "模板.xlsx"
    template.write(path, office.rules)
    book = openpyxl.load_workbook(path)
    for name, rows in FILLED.items():
        for number, row in enumerate(rows, start=2):
            for at, value in enumerate(row, start=1):
                book[name].cell(number, at).value = value
    book.save(path)
    brought = office.bring(path)
    assert [count.new for count in brought.counts.values()] == [2, 1, 1, 2, 1]
    assert brought.warnings == ()


def test_an_empty_template_changes_nothing(office: Office, tmp_path: Path) -> None:
    """As it is, it holds no rows; the explaining sheet is not read."""
    path = tmp_path / "t.xlsx"
    template.write(path, office.rules)
    brought = office.bring(path)
    assert brought.warnings == ()
    assert not any(count.new or count.same for count in brought.counts.values())


def test_a_clerk_is_helped(office: Office, tmp_path: Path) -> None:
    """Frozen headers with the English as a comment, drop-downs that are short enough, text for codes, all explained."""
    path = tmp_path / "t.xlsx"
    template.write(path, office.rules)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["地点", "人员", "任务", "病例", "日报", "说明"]
    for sheet, (table, columns) in zip(book.worksheets, COLUMNS.items(), strict=False):
        assert sheet.freeze_panes == "A2", table
        for cell, column in zip(sheet[1], columns, strict=True):
            assert cell.comment is not None
            assert cell.comment.text.startswith(f"{column}\n")
    listed = [rule for sheet in book.worksheets for rule in sheet.data_validations.dataValidation]
    assert len(listed) == 5
    assert all(len(rule.formula1) <= 255 for rule in listed)
    assert book["地点"]["A2"].number_format == "@"
    assert book["病例"]["E2"].number_format == "yyyy-mm-dd"
    assert len([row for row in book["说明"].iter_rows(min_row=2) if row[4].value]) == 5 + sum(
        map(len, COLUMNS.values())
    )
