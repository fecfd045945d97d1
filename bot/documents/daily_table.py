"""创建无疫情社区、小区日报表, in the layout of 篇四: community, number, compound, days; its notes below."""

from __future__ import annotations

from itertools import groupby

from bot.documents.sheet import LINE, ONE_PAGE, SMALL, Page, lines
from bot.documents.written import day, moment, share
from bot.model.documents import DailyTable

WIDTHS = (15, 8, 23, 17, 31)
TITLE = "创建无疫情社区、小区日报表"


def daily_table(value: DailyTable) -> bytes:
    """The table as .xlsx."""
    page = Page.new("日报表", WIDTHS)
    page.title(TITLE)
    page.across(f"填报单位：{value.place}　　　日期：{day(value.day)}")
    page.head("社区（村）", "编号", "小区", "连续无疫情天数", "备注")
    tops = []
    for _, group in groupby(value.rows, key=lambda row: row.community):
        rows = list(group)
        first = page.row + 1
        # The name stands once, over all the rows of its community: those are made high enough for it.
        at_least = max(LINE + 4, lines(rows[0].community, WIDTHS[0]) * LINE / len(rows))
        for row in rows:
            number = int(row.number) if row.number.isdecimal() and row.number.isascii() else row.number
            page.line("", number, row.compound, row.days, row.remark, left=frozenset({3, 5}), at_least=at_least)
            if page.row == first:
                page.put(1, row.community)
        page.merge(first, 1, page.row, 1)
        tops.append(first)
    for text in (_summary(value), *value.notes, f"制表：{value.place}　{moment(value.compiled_at)}，由日报自动汇总"):
        page.across(text, font=SMALL)
    for first in tops if page.high > ONE_PAGE else ():
        page.top(first, 1)
    return page.file()


def _summary(value: DailyTable) -> str:
    """How much of it is reported, always with both numbers, and how many are clean."""
    rows = len(value.rows)
    said = (
        f"合计：{rows} 处，无疫情 {value.clean} 处；应报 {value.expected} 处，"
        f"已报 {value.received} 处（{share(value.received, value.expected)}），"
        f"按时 {value.on_time} 处（{share(value.on_time, value.expected)}）。"
    )
    return said + ("当日未截止，数字以截止后为准。" if value.provisional else "")
