"""The .xlsx files, read back: what stands where, that text is text, and how they are set up for print."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from bot.documents.assessment import assessment_xlsx
from bot.documents.daily_table import daily_table
from bot.documents.ledger import ledger
from bot.documents.sheet import LINE
from bot.model.documents import DailyRow
from tests.documents.reading import sheet, values
from tests.documents.samples import ASSESSMENT, CHECKLIST, COMPOUNDS, DAILY, LEDGER

TRICKS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "#N/A", "\t=1", "\r=1"]


def test_the_daily_table_has_the_layout_of_the_source() -> None:
    """篇四: a community over its compounds, numbers from 22 to 61, then the notes."""
    page = sheet(daily_table(DAILY))
    rows = values(page)
    assert rows[0][0] == "创建无疫情社区、小区日报表"
    assert rows[1][0] == "填报单位：样板街道　　　日期：2026年11月24日"
    assert rows[2] == ["社区（村）", "编号", "小区", "连续无疫情天数", "备注"]
    assert rows[3] == ["君安社区", 22, "君安花园小区", 12, "确诊 S1110-01，11月12日转出或解除，次日起算"]
    assert rows[4][:4] == [None, 23, "星悦城一期", 37]
    assert [row[1] for row in rows[3:43]] == list(range(22, 62))
    assert rows[42][:4] == ["金潭村", 61, "金潭村", 122]
    assert rows[43][0] == "合计：40 处，无疫情 39 处；应报 40 处，已报 39 处（97%），按时 38 处（95%）。"
    assert [row[0][:2] for row in rows[44:48]] == ["1、", "2、", "3、", "4、"]
    assert rows[48][0] == "制表：样板街道　2026年11月24日 17:05，由日报自动汇总"


def test_a_community_is_one_cell_over_its_compounds() -> None:
    """As in 篇四; one with a single compound needs no merging."""
    page = sheet(daily_table(DAILY))
    merged = {str(each) for each in page.merged_cells.ranges if each.min_col == each.max_col == 1}
    first, expected = 4, set()
    for compounds in COMPOUNDS.values():
        if len(compounds) > 1:
            expected.add(f"A{first}:A{first + len(compounds) - 1}")
        first += len(compounds)
    assert merged == expected


def test_a_name_over_more_than_a_page_begins_at_the_top() -> None:
    """In the middle of its rows the end of a page might cut it; a table of one page has it there."""
    assert sheet(daily_table(DAILY))["A4"].alignment.vertical == "top"
    assert sheet(daily_table(replace(DAILY, rows=DAILY.rows[:3])))["A4"].alignment.vertical == "center"


def test_a_day_before_its_cutoff_says_so() -> None:
    """The figures may still change; and a number of the roster that is none is written as it is."""
    rows = (replace(DAILY.rows[0], number="A-01"),)
    page = values(sheet(daily_table(replace(DAILY, rows=rows, provisional=True))))
    assert page[3][1] == "A-01"
    assert page[4][0].endswith("当日未截止，数字以截止后为准。")


@pytest.mark.parametrize("said", TRICKS)
def test_no_text_is_a_formula(said: str) -> None:
    """Whatever somebody wrote stays what they wrote, in every column that holds text."""
    rows = (DailyRow(said, said, said, 1, DAILY.rows[0].state, said),)
    page = sheet(daily_table(replace(DAILY, rows=rows, place=said)))
    told = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in told} == {"s", "n"}
    plain = said.replace("\t", " ").replace("\r", "\n")
    assert [page.cell(4, column).value for column in (1, 2, 3, 5)] == [plain] * 4
    marked = [bool(page.cell(4, column).quotePrefix) for column in (1, 2, 3, 5)]
    assert marked == [plain[0] in "=+-@＝"] * 4


def test_the_ledger_follows_each_problem() -> None:
    """Days are days; who is not named is whoever works there; a problem that came back says how often."""
    page = sheet(ledger(LEDGER))
    rows = values(page)
    assert rows[2][0] == "编号"
    assert rows[3][:4] == ["W1103-01", "星悦城一期", "体验式", "北门卡口没有人测温，外来快递车直接开进小区"]
    assert rows[3][4] == datetime(2026, 11, 3)  # noqa: DTZ001 - a workbook knows no time zones
    assert page["E4"].number_format == "yyyy-mm-dd"
    assert rows[4][10:] == ["待整改", "超期"]
    assert rows[5][5] == "在岗人员"
    assert rows[5][10] == "待销号（第 2 次挂账）"
    assert page["D6"].data_type == "s"
    assert rows[6][0] == "合计：3 件，超期未整改 1 件。"
    assert page.page_setup.orientation == "landscape"


def test_a_ledger_without_problems_says_so() -> None:
    """An empty table could be a mistake."""
    assert values(sheet(ledger(replace(LEDGER, rows=()))))[3][0] == "本期没有挂账的问题。"


def test_the_assessment_has_its_points_as_numbers() -> None:
    """So that somebody can add them up."""
    rows = values(sheet(assessment_xlsx(ASSESSMENT)))
    assert rows[1][0] == "名称：君安社区　　　总得分：89.5（达到创建标准 80 分）　　　测评日期：2026年11月24日"
    assert rows[2] == ["序号", "测评内容", "分值", "得分", "说明"]
    assert rows[8] == ["6", "防控宣传", 10, 7.5, "二期公告栏的宣传单已过期，正在更换"]
    assert sum(row[2] for row in rows[3:13]) == 100
    assert sum(row[3] for row in rows[3:13]) == float(ASSESSMENT.total)
    assert rows[13] == ["合计", None, 100, 89.5, "达到创建标准 80 分"]
    assert rows[14][0] == "测评人员：王*、李*　　　2026年11月24日"


def test_a_list_of_what_must_be_met_has_no_points() -> None:
    """Met, not met, or judged by nobody."""
    rows = values(sheet(assessment_xlsx(CHECKLIST)))
    assert rows[2][2:4] == ["要求", "结果"]
    assert rows[3][0] == "组织管理"
    assert [row[3] for row in rows[4:9] if row[2]] == ["达到", "达到", "未达到", None]
    assert rows[9] == ["合计", None, "4 项", "2 项", "未全部达到"]


def test_too_few_points_are_said_to_be_too_few() -> None:
    """What is missing is not left for the reader to find out."""
    rows = values(sheet(assessment_xlsx(replace(ASSESSMENT, total=Decimal("79.5"), qualifies=False))))
    assert "总得分：79.5（未达到创建标准 80 分）" in rows[1][0]


@pytest.mark.parametrize("data", [daily_table(DAILY), assessment_xlsx(ASSESSMENT), ledger(LEDGER)])
def test_a_sheet_is_set_up_for_print(data: bytes) -> None:
    """A4, as wide as the page, its header on each page and in sight; every cell of the table has its lines."""
    page = sheet(data)
    assert str(page.page_setup.paperSize) == "9"
    assert page.sheet_properties.pageSetUpPr is not None
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.print_title_rows == "$1:$3"
    assert page.freeze_panes == "A4"
    assert page.oddFooter is not None
    assert page.oddFooter.center.text == "— &P —"
    assert {cell.border.left.style for cell in page[4]} == {"thin"}
    assert all(cell.alignment.wrap_text for cell in page[4])


def test_rows_grow_with_what_stands_in_them() -> None:
    """A long name gets its lines, in its own column and over merged rows; no row is higher than Excel can have it."""
    name = "一个名称特别长、长到一行绝对写不下的小区" * 3
    rows = (replace(DAILY.rows[0], compound=name), replace(DAILY.rows[1], community=name), DAILY.rows[2])
    page = sheet(daily_table(replace(DAILY, rows=rows)))
    heights = [page.row_dimensions[number].height for number in (4, 5, 6)]
    assert heights[0] >= 6 * LINE
    assert heights[1] >= 9 * LINE
    assert heights[2] < 2 * LINE
    page = sheet(ledger(replace(LEDGER, rows=(replace(LEDGER.rows[0], words="长" * 500),))))
    assert page["D4"].font.size == 9
    assert page["B4"].font.size == 12
    assert 24 * LINE * 9 / 12 < page.row_dimensions[4].height <= 409
