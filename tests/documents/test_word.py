"""The .docx files, read back: every field is in them, and nothing but text; and the templates that make them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Length

from bot.documents import word as filling
from bot.documents.assessment import assessment_docx
from bot.documents.prose import application, monthly, quarterly
from bot.model.reports import Organisation, Prevention, Supervision
from tests.documents.reading import grid, paragraphs, word
from tests.documents.samples import (
    APPLICATION,
    ASSESSMENT,
    CHECKLIST,
    FULL_APPLICATION,
    LONG_TEXT,
    MONTHLY,
    QUARTERLY,
)

TEMPLATES = sorted(filling.FOLDER.glob("*.docx"))
NOTHING = replace(
    MONTHLY,
    until=MONTHLY.period.until,
    organisation=Organisation(0, 0, 0, 0),
    prevention=Prevention(0, 0, 0, 0, 0, 0, (), 0, 0, 0, 14, 0, None),
    supervision=Supervision(0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    progress=(),
    reviewed=(),
    praised=(),
    criticised=(),
    unverified=(),
)


def centimetres(*lengths: Length | None) -> list[float]:
    """As a ruler shows them."""
    return [round(each.cm, 1) for each in lengths if each is not None]


def test_the_application_has_the_fields_of_the_form() -> None:
    """篇二: 乡镇名称, 单位负责人, 职务, 联系电话, 工作经验及主要做法, 申报单位意见 (签章), 年月日."""
    file = word(application(APPLICATION))
    assert paragraphs(file) == ["创建无疫乡镇、无疫村、无疫社区申报表"]
    rows = grid(file.tables[0])
    assert rows[0] == ["乡镇名称", "样板街道", "样板街道", "申报对象", "君安社区", "君安社区"]
    assert rows[1] == ["单位负责人", "王样例", "职务", "党总支书记", "联系电话", "13800000003"]
    assert "".join(rows[2][0].split()) == "工作经验及主要做法（600字以内）"
    assert rows[2][1] == APPLICATION.text
    assert "".join(rows[3][0].split()) == "申报单位意见"
    assert rows[3][1].split("\n") == [APPLICATION.opinion, "（签章）", "2026年11月24日"]


def test_the_text_of_an_application_stays_whole() -> None:
    """600 characters in paragraphs; signs that mean something to Word or to Jinja are signs."""
    tricky = "甲 & 乙 <b>不是标记</b> {{ f.phone }} {% raw %} \x07铃\ud800"
    form = replace(FULL_APPLICATION, opinion=tricky)
    rows = grid(word(application(form)).tables[0])
    assert len(LONG_TEXT) == 600
    assert rows[2][1] == LONG_TEXT
    assert rows[3][1].startswith("甲 & 乙 <b>不是标记</b> {{ f.phone }} {% raw %} 铃\n")


def test_the_assessment_lists_every_item() -> None:
    """In the order of the form, with points, what was given, and why."""
    file = word(assessment_docx(ASSESSMENT))
    assert paragraphs(file) == [
        "创建无疫乡镇、无疫村、无疫社区测评表",
        "名称：君安社区　　　总得分：89.5（达到创建标准 80 分）",
        "测评人员：王*、李*",
        "2026年11月24日",
        "依据：篇二 附件3，第 1 版",
    ]
    rows = grid(file.tables[0])
    assert rows[0] == ["序号", "测评内容", "分值", "得分", "说明"]
    assert [row[2] for row in rows[1:]] == ["5", "20", "15", "15", "10", "10", "10", "5", "5", "5", "100"]
    assert rows[-1] == ["合计", "合计", "100", "89.5", ""]
    assert rows[6] == ["6", "防控宣传", "10", "7.5", "二期公告栏的宣传单已过期，正在更换"]


def test_a_list_of_what_must_be_met_has_its_parts() -> None:
    """Each part with a heading over the whole width; met, not met, or left open."""
    rows = grid(word(assessment_docx(CHECKLIST)).tables[0])
    assert rows[0][2:4] == ["要求", "结果"]
    assert rows[1] == ["组织管理"] * 5
    assert rows[3] == ["防控措施"] * 5
    assert [row[3] for row in rows if row[2] == "达到"] == ["达到", "达到", "未达到", ""]
    assert rows[-1] == ["合计", "合计", "4 项", "2 项", ""]


def test_the_monthly_report_speaks_in_figures() -> None:
    """The three sections of 篇三, each figure from the value."""
    file = word(monthly(MONTHLY))
    text = "\n".join(paragraphs(file))
    for said in (
        "（样板街道　2026年11月）",
        "2026年11月（数据截至 2026年11月24日），样板街道对照创建标准",
        "有 26 名网格员、楼栋长和单位联络员，负责 42 处",
        "红榜表扬 9 次，黑榜批评 2 次",
        "防控信息 214 条",
        "摸排 2036 人次",
        "问题 87 个",
        "应报 960 处次，已报 951 处次（99%），按时 938 处次（97%）",
        "有 2 处存在未报告的日子，共 9 处次，未经核实，见附表 4。",
        "疑似 1 例、密接 3 例、发热 5 例。截至 2026年11月24日，尚有 1 例",
        "40 处小区（村）中 39 处无疫情，其中连续无疫满 14 天的 36 处；样板街道整体连续无疫 0 天。",
        "开展检查 12 次。对创建对象明查、暗访 4 次。",
        "开展挂账检查 20 次",
        "发现问题 18 个，整改销号 15 个；截至 2026年11月24日，尚有 3 个未销号，其中 1 个超过整改期限",
        "再查再督 3 次，回头看问题 11 个。未整改到位或反弹、重新挂账 1 个。",
    ):
        assert said in text
    progress, reviewed, mentioned, unverified = map(grid, file.tables)
    assert progress[1] == ["君安社区", "社区", "已申报", "2026年11月20日", "89.5"]
    assert progress[5] == ["金潭村", "村", "未申报", "", ""]
    assert reviewed[2] == ["海悦社区", "撤销命名", "2026年11月12日", "密接 M1112-01，连续无疫中断"]
    assert [row[:2] for row in mentioned[1:]] == [["表扬", "尚荣社区"], ["批评", "跃进社区"]]
    assert unverified[1:] == [["融创融公馆", "24", "3"], ["金桥汇二期", "24", "6"]]


def test_a_report_of_nothing_says_that_there_was_nothing() -> None:
    """No sentence with a nought in it where a word is plainer, no empty table, no share of nothing."""
    file = word(monthly(NOTHING))
    text = "\n".join(paragraphs(file))
    for said in (
        "2026年11月，样板街道对照",
        "尚未落实日报责任人",
        "本期红黑榜没有记录",
        "本期没有登记宣传条数",
        "本期没有登记摸排人次",
        "本期没有登记解决的群众诉求",
        "已报 0 处次（—）",
        "本期没有发现病例",
        "没有未转出或解除的病例",
        "没有未销号的问题",
        "本期没有回头看记录",
    ):
        assert said in text
    assert "整体连续无疫" not in text
    assert "每日均有报告" not in text
    assert all(set(grid(table)[1]) == {"本期没有记录"} for table in file.tables)


def test_a_month_that_was_reported_in_full_says_so() -> None:
    """Only then."""
    full = replace(MONTHLY.prevention, received=960)
    text = "\n".join(paragraphs(word(monthly(replace(MONTHLY, prevention=full, unverified=())))))
    assert "每日均有报告。" in text
    assert "每日均有报告。" not in "\n".join(paragraphs(word(monthly(replace(MONTHLY, unverified=())))))


def test_the_quarterly_report_has_its_months() -> None:
    """Beside all that a month has."""
    file = word(quarterly(QUARTERLY))
    assert "（样板街道　2026年第四季度）" in paragraphs(file)
    assert grid(file.tables[0])[1:] == [
        ["2026年10月", "1240", "1237", "6", "14", "13"],
        ["2026年11月", "960", "951", "9", "18", "15"],
    ]
    assert "见附表 5。" in "\n".join(paragraphs(file))


@pytest.mark.parametrize("path", TEMPLATES, ids=[path.stem for path in TEMPLATES])
def test_a_template_is_set_up_as_offices_do(path: Path) -> None:
    """A4 with the usual margins, Chinese fonts named as such, a page number, headers that repeat, rows in one piece."""
    file = Document(str(path))
    (section,) = file.sections
    assert centimetres(section.page_width, section.page_height) == [21.0, 29.7]
    assert centimetres(section.left_margin, section.right_margin) == [2.8, 2.6]
    if path.stem != "application":  # a form of one page: its text needs the room
        assert centimetres(section.top_margin, section.bottom_margin) == [3.7, 3.5]
    assert "PAGE" in section.footer._element.xml
    for run in (run for each in file.paragraphs for run in each.runs):
        fonts = run._element.rPr.rFonts if run._element.rPr is not None else None
        assert fonts is None or fonts.get(qn("w:eastAsia"))
    assert file.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    for table in file.tables:
        assert table.alignment is not None
        header, *rows = table.rows
        assert path.stem == "application" or header._tr.trPr.find(qn("w:tblHeader")) is not None
        whole = [row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows]
        assert whole.count(False) == (path.stem == "application")  # 600 characters may go on overleaf


def test_a_template_that_was_spoilt_names_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever edited it reads which file it is, and what is wrong; a name that is not there is never left blank."""
    shutil.copy(filling.FOLDER / "application.docx", tmp_path)
    monkeypatch.setattr(filling, "FOLDER", tmp_path)
    for wrong, why in (("{{ f.telephone }}", "telephone"), ("{% if %}", "Expected an expression")):
        file = Document(str(tmp_path / "application.docx"))
        file.paragraphs[0].text = wrong
        file.save(str(tmp_path / "application.docx"))
        with pytest.raises(ValueError, match=f"templates/documents/application.docx: .*{why}"):
            application(APPLICATION)
