"""问题台账 (篇三 三, DOMAIN 6): one line a problem, from found to looked at again."""

from __future__ import annotations

from bot.documents.sheet import SMALL, Page
from bot.documents.written import moment
from bot.model.documents import LedgerTable

WIDTHS = (11, 16, 11.5, 34, 12.5, 10, 12.5, 12.5, 12.5, 12.5, 12, 7)
HEADS = (
    "编号", "地点", "发现方式", "问题", "发现日期", "责任人",
    "整改期限", "整改日期", "销号日期", "回头看", "状态", "超期",
)  # fmt: skip


def ledger(value: LedgerTable) -> bytes:
    """The ledger as .xlsx."""
    page = Page.new("问题台账", WIDTHS, landscape=True)
    page.title("疫情防控问题整改台账")
    page.across(f"单位：{value.place}　　　期间：{value.period.title}　　　制表：{moment(value.compiled_at)}")
    page.head(*HEADS)
    for row in value.rows:
        state = row.state if row.rounds == 1 else f"{row.state}（第 {row.rounds} 次挂账）"
        page.line(
            row.code, row.place, row.how, row.words, row.found_on, row.responsible or "在岗人员", row.due,
            row.rectified_on, row.closed_on, row.looked_again_on, state, "超期" if row.overdue else "",
            left=frozenset({4}),
        )  # fmt: skip
    if not value.rows:
        page.across("本期没有挂账的问题。", boxed=True, horizontal="center")
    overdue = sum(row.overdue for row in value.rows)
    page.across(f"合计：{len(value.rows)} 件，超期未整改 {overdue} 件。", font=SMALL)
    return page.file()
