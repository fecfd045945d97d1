"""测评表 (篇二 附件3) of any standard: for the signature as .docx, for sums as .xlsx."""

from __future__ import annotations

from decimal import Decimal

from bot.documents.sheet import HEAD, Page
from bot.documents.word import fill
from bot.documents.written import day, points
from bot.model.documents import AssessmentSheet, SheetLine

WIDTHS = (9, 42, 9, 9, 30)


def assessment_docx(value: AssessmentSheet) -> bytes:
    """The sheet as .docx."""
    return fill("assessment", s=value, total=total(value), worth=worth, given=given)


def assessment_xlsx(value: AssessmentSheet) -> bytes:
    """The sheet as .xlsx, points as numbers."""
    page = Page.new("测评表", WIDTHS)
    page.title(value.title)
    page.across(f"名称：{value.place}　　　{total(value)}　　　测评日期：{day(value.on)}")
    page.head("序号", "测评内容", "分值" if value.points else "要求", "得分" if value.points else "结果", "说明")
    for part in value.parts:
        if part.title:
            page.across(part.title, font=HEAD, line=22.0, boxed=True)
        for line in part.lines:
            marks = (line.points, line.given) if value.points else (worth(line), given(line))
            page.line(line.number, line.item, *marks, line.reason, left=frozenset({2, 5}))
    last = (value.out_of, value.total) if value.points else (f"{value.out_of} 项", f"{value.total} 项")
    page.line("合计", "", *last, _verdict(value), left=frozenset({5}))
    page.merge(page.row, 1, page.row, 2)
    page.across(f"测评人员：{'、'.join(value.assessors)}　　　{day(value.on)}")
    page.across(f"依据：{value.source}")
    return page.file()


def total(value: AssessmentSheet) -> str:
    """总得分, or how many things are met; and whether that is enough."""
    if value.points:
        return f"总得分：{points(value.total)}（{_verdict(value)}）"
    return f"达到：{points(value.total)}/{points(value.out_of)} 项（{_verdict(value)}）"


def _verdict(value: AssessmentSheet) -> str:
    if value.points:
        return f"{'达到' if value.qualifies else '未达到'}创建标准 {points(value.needed)} 分"
    return "全部达到" if value.qualifies else "未全部达到"


def worth(line: SheetLine) -> str:
    """分值; of what must be met that it must."""
    return "达到" if line.points is None else points(line.points)


def given(line: SheetLine) -> str:
    """得分; nothing where nobody judged."""
    if line.given is None or (line.head and line.points is None):
        return ""
    if line.points is None:
        return "达到" if line.given > Decimal() else "未达到"
    return points(line.given)
