"""Slips of the pen in the day's report: a wrong “正常” is worse than one more tap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.model import Doubt
from bot.store.database import Database
from bot.store.tables import named
from bot.understand.drafts import understand
from tests.talking import Talk
from tests.understand.lines import ALL, TODAY

CLEAR = ("全部正常", "都正常", "正常了", "全都正常", "一切正常", "正 常", "✅全部正常！")
SLIPS = (
    "全部正长", "都正长", "正长", "一切正长", "zhengchang", "quanbu zhengchang", "zheng chang", "zc", "正尝", "证常",
    "nomal", "all noraml",
)  # fmt: skip
WRONG = (
    "发烧了", "不正常", "有人发烧", "不正长", "都不正常", "不太正常", "bu zhengchang", "isn't normal", "not all normal",
    "正常不了", "不是都正常", "发热", "阳了", "一个都不正常", "谈不上正常",
)  # fmt: skip


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town's people."""
    return Talk(town)


def filed(talk: Talk) -> int:
    """How many words on places stand of today."""
    report = named("report")
    with talk.database.read() as connection:
        query = select(func.count()).select_from(report).where(report.c.day == TODAY)
        return int(connection.execute(query).scalar_one())


@pytest.mark.parametrize("asked", [True, False], ids=["asked", "unasked"])
@pytest.mark.parametrize("said", CLEAR)
async def test_what_is_clear_counts(talk: Talk, said: str, asked: bool) -> None:  # noqa: FBT001 - both are tested alike
    """One line, and the day is reported."""
    if asked:
        await talk.open("zhang")
    await talk.write("zhang", said)
    assert filed(talk) == 3


@pytest.mark.parametrize("asked", [True, False], ids=["asked", "unasked"])
@pytest.mark.parametrize("said", SLIPS)
async def test_a_slip_is_shown_before_it_counts(talk: Talk, said: str, asked: bool) -> None:  # noqa: FBT001 - as above
    """As with the name of a place: what is meant is shown with a question mark, and filed when its writer says so."""
    if asked:
        await talk.open("zhang")
    (card,) = await talk.write("zhang", said)
    assert "正常(?)" in card.text
    assert filed(talk) == 0
    await talk.tap("zhang", "提交")
    assert filed(talk) == 3


@pytest.mark.parametrize("asked", [True, False], ids=["asked", "unasked"])
@pytest.mark.parametrize("said", WRONG)
async def test_what_is_not_normal_is_asked_about(talk: Talk, said: str, asked: bool) -> None:  # noqa: FBT001 - as above
    """It leads to the question where, as a tap on “有异常” does, and files nothing."""
    if asked:
        await talk.open("zhang")
    (card,) = await talk.write("zhang", said)
    assert "哪一处" in card.text
    assert filed(talk) == 0


@pytest.mark.parametrize(("who", "heard"), [("zhang", "哪一处"), ("wang", "哪一处"), ("sun", "您名下没有")])
async def test_not_normal_after_the_report(talk: Talk, who: str, heard: str) -> None:
    """Who has reported is asked what is new; a lead, of whose place it is; an office reports no case."""
    await talk.write("zhang", "都正常")
    (*_, card) = await talk.write(who, "不正常")
    assert heard in card.text


@pytest.mark.parametrize(
    "said", ["除了一期，其他都正常", "全部正常（星悦城一期除外）", "全部正常除了星悦城一期", "除星悦城一期外都正常"]
)
async def test_what_is_excepted_is_asked_about(talk: Talk, said: str) -> None:
    """On whichever side it stands, a place that is excepted is not one of the others."""
    (card,) = await talk.write("zhang", said)
    assert card.text == "星悦城一期：什么情况？"


@pytest.mark.parametrize("said", ["正常？", "都正常?", "全部正常？", "✅ 全部正常？"])
@pytest.mark.parametrize("asked", [True, False], ids=["asked", "unasked"])
async def test_a_question_is_no_report(talk: Talk, said: str, asked: bool) -> None:  # noqa: FBT001 - as above
    """Whoever asks has not reported."""
    if asked:
        await talk.open("zhang")
    await talk.write("zhang", said)
    assert filed(talk) == 0


@pytest.mark.parametrize("said", ["没得啥子事", "莫得问题", "冇事", "都蛮好", "都正常，谢谢", "收到，今天都正常"])
async def test_people_have_their_own_words(talk: Talk, said: str) -> None:
    """Dialect, and kind words around it."""
    (card,) = await talk.write("zhang", said)
    assert card.text == "我理解为（请核对）：\n星悦城一期、君安花园小区、汉口花园六期 正常"


NOT = (
    "不",
    "不太",
    "不大",
    "不是",
    "没有",
    "没",
    "未",
    "非",
    "不怎么",
    "不算",
    "不是很",
    "bu ",
    "不能算",
    "未必",
    "不都",
    "并不",
)
OK = ("正常", "正长", "zhengchang", "正 常", "都正常", "很正常")


@given(
    st.sampled_from(["", "星悦城一期", "今天", "我们小区", "星悦城一期和君安花园都", "3栋"]),
    st.sampled_from(NOT),
    st.sampled_from(OK),
    st.sampled_from(["", "了", "。", "的", "啊", "！"]),
)
def test_a_denied_normal_is_never_normal(before: str, no: str, ok: str, behind: str) -> None:
    """Whatever stands around it, in the draft nothing is normal without a question mark."""
    draft = understand(f"{before}{no}{ok}{behind}", ALL, TODAY)
    assert not draft.rest
    assert all(line.status != "normal" or Doubt.STATUS in line.doubts for line in draft.lines), draft
