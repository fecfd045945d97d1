"""Plain words at the desk: nothing counts before it is confirmed, a group hears nothing, and help is one tap away."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from bot.model import Address, Inbound, InboundKind
from bot.store.database import Database
from bot.store.tables import named
from tests.talking import Talk
from tests.town import CHANNEL, TODAY

GROUP = Address(CHANNEL, "group-1", group=True)
CHAIN = """#接龙
11月24日日报
例 君安花园小区 正常
1. 张三 星悦城一期 正常
2. 李四 君安花园小区 3栋 发热1人 38.5
3. 王五 汉口花园六期 已报
4. 赵六 星悦城二期 密接1人"""


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town's people."""
    return Talk(town)


def reported(talk: Talk) -> dict[str, str]:
    """What stands reported today, by place."""
    report = named("report")
    query = select(report.c.place, report.c.status).where(report.c.day == TODAY).order_by(report.c.id)
    with talk.database.read() as connection:
        return {row.place: row.status for row in connection.execute(query)}


def cases(talk: Talk) -> int:
    """How many cases there are."""
    with talk.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(named("case_"))).scalar_one())


def in_group(talk: Talk, who: str, said: str) -> Inbound:
    """Something said in the group."""
    return replace(talk.inbound(who, InboundKind.TEXT, said), address=GROUP)


async def test_a_pasted_chain(talk: Talk) -> None:
    """Its items become one draft; what belongs to others is left out and named; it counts once it is submitted."""
    before = cases(talk)
    (card,) = await talk.write("zhang", CHAIN)
    assert card.text.splitlines() == [
        "我理解为（请核对）：",
        "星悦城一期 正常",
        "君安花园小区 3栋 · 发热 1 人 38.5℃",
        "还没报：汉口花园六期",
        "不由您报，没有算进去：星悦城二期",
    ]
    assert (reported(talk), cases(talk)) == ({}, before)
    await talk.tap("zhang", "提交")
    assert (reported(talk), cases(talk)) == ({"23": "normal", "22": "abnormal"}, before + 1)


@pytest.mark.parametrize("said", ["没有发热，密接2人，在星悦城一期", "君安花园小区疑似1人", "汉口花园六期正常"])
@pytest.mark.parametrize("then", ["放弃", "菜单", "取消", "嗯嗯", "星悦城一期"])
async def test_nothing_counts_without_a_yes(talk: Talk, said: str, then: str) -> None:
    """Whatever is said instead of yes: nothing is filed."""
    before = cases(talk)
    await talk.write("zhang", said)
    await talk.write("zhang", then)
    assert (reported(talk), cases(talk)) == ({}, before)


async def test_a_report_in_a_group(talk: Talk) -> None:
    """The group hears that it arrived and no more; the draft waits in private, and is filed from there."""
    letters = await talk.send(in_group(talk, "zhang", "君安花园小区3栋501发热1人38.5"))
    group = [letter for letter in letters if letter.address == GROUP]
    private = [letter for letter in letters if letter.address.id == "zhang"]
    assert [letter.text for letter in group] == ["收到，已拟成草稿私信发给您；在私聊里核对、提交了才算数。"]
    assert [letter.buttons for letter in group] == [()]
    assert [letter.text for letter in private] == ["您在群里写的，我拟了一份 11月24日 的草稿，还没有报上去。"]
    (card,) = await talk.tap("zhang", "核对草稿")
    assert card.text.splitlines()[1] == "君安花园小区 3栋501 · 发热 1 人 38.5℃"
    assert reported(talk) == {}
    await talk.tap("zhang", "提交")
    assert reported(talk) == {"22": "abnormal"}


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("zhang", "大家辛苦了"),
        ("zhang", "都正常"),
        ("zhang", "有没有发热的？"),
        ("zhang", "星月城一期正常"),
        ("zhang", "星悦城二期发热1人"),
        ("wang", "君安花园小区正常"),
        ("stranger", "君安花园小区正常"),
    ],
)
async def test_people_talk_to_each_other(talk: Talk, who: str, said: str) -> None:
    """What is no clear report of one's own place is none of the bot's business in a group."""
    assert await talk.send(in_group(talk, who, said)) == []


async def test_a_report_in_a_group_by_somebody_without_a_chat(talk: Talk) -> None:
    """Who cannot be reached in private is asked to come there, where the draft waits."""
    account = named("account")
    talk.database.write(
        lambda connection: connection.execute(
            update(account).where(account.c.address == "li").values(channel="console")
        )
    )
    said = replace(in_group(talk, "li", "星悦城二期正常"), address=Address("console", "group-2", group=True))
    (letter,) = await talk.send(said)
    assert letter.text == "收到，已拟成草稿，还没有报上去：请打开和我的私聊，发“日报”，核对、提交了才算数。"


async def test_help_is_asked_for_once_a_day(talk: Talk) -> None:
    """The lead hears of it once, whoever asks twice is answered twice; a lead with nobody above is told so."""
    first = await talk.write("zhang", "找人帮忙")
    again = await talk.write("zhang", "找人帮忙")
    assert [letter.address.id for letter in first] == ["wang", "zhang"]
    assert [letter.address.id for letter in again] == ["zhang"]
    (alone,) = await talk.write("wang", "找人帮忙")
    assert alone.text.startswith("现在没有联系得上的负责人")


async def test_three_misses_at_a_question(talk: Talk) -> None:
    """A person is offered at a question, too; an answer that is understood begins the count anew."""
    await talk.open("zhang")
    for said in ("什么呀", "咦"):
        (letter,) = await talk.write("zhang", said)
        assert "找人" not in letter.text
        assert "要不要请人帮忙" not in letter.text
    (letter,) = await talk.write("zhang", "哎")
    assert "要不要请人帮忙" in letter.text
    await talk.write("zhang", "有异常")
    (letter,) = await talk.write("zhang", "哎哟")
    assert "要不要请人帮忙" not in letter.text


@pytest.mark.parametrize(
    ("said", "heard"), [("第二个", "哪一处"), ("最后一个", "哪天开始"), ("选1", "已报"), ("第九个", "没听懂")]
)
async def test_choices_by_their_order(talk: Talk, said: str, heard: str) -> None:
    """The choices of an open question are answered by their order in words."""
    await talk.open("zhang")
    (letter,) = await talk.write("zhang", said)
    assert heard in letter.text


async def test_yesterday_in_words(talk: Talk) -> None:
    """A missed day is made good, as late as it is."""
    report, filing = named("report"), named("filing")
    for table in (report, filing):
        talk.database.write(
            lambda connection, table=table: connection.execute(table.delete().where(table.c.day != TODAY))  # type: ignore[misc]
        )
    (card,) = await talk.write("zhang", "昨天星悦城一期密接1人，其他都正常")
    assert card.text.startswith("我理解为（请核对，11月23日）：")
    (*_, receipt) = await talk.tap("zhang", "提交")
    assert "11月23日（迟报）" in receipt.text


async def test_a_report_in_words_that_was_left_is_offered_again(talk: Talk) -> None:
    """Something else was opened over it: nothing was filed, and nothing is lost."""
    await talk.write("zhang", "星悦城一期发热1人38.5")
    await talk.write("zhang", "菜单")
    (report,) = await talk.write("zhang", "日报")
    assert "没写完" in report.text
    (again, *_) = await talk.tap("zhang", "继续写")
    assert "38.5" in again.text


async def test_a_figure_that_is_no_temperature_is_named(talk: Talk) -> None:
    """It may be a slip for one: it is shown, and not left out in silence."""
    (asked,) = await talk.write("zhang", "星悦城一期发热1人28.5")
    assert asked.text == "“28.5”不像体温。星悦城一期发热的，体温是多少？"
    (draft,) = await talk.tap("zhang", "38.5℃")
    assert "发热 1 人 38.5℃" in draft.text
    assert "28.5" not in draft.text
    await talk.tap("zhang", "放弃")
    await talk.write("zhang", "星悦城一期发热1人29度")
    (draft,) = await talk.write("zhang", "没量")
    assert "“29度”不像体温" in draft.text


async def test_a_place_with_a_number_that_was_not_understood_is_not_simply_normal(talk: Talk) -> None:
    """“星悦城一期 37，其他正常”: that it is one of the others is marked, for something was said of it."""
    (draft,) = await talk.write("zhang", "星悦城一期 37，其他正常")
    assert "正常(?)" in draft.text


NUMBERS = (
    "星悦城一期3栋 45度", "星悦城一期 3.85", "星悦城一期 385", "星悦城一期 37", "星悦城一期 37，其他正常", "都正常 7",
    "星悦城一期发热1人100度", "星悦城一期 36.5，君安花园正常", "星悦城一期发热1人38.5，电话13812345678",
    "星悦城一期密接2人，一共56户", "星悦城一期发热1人38.5 39.2", "体温28.5", "君安花园密接1人2.5",
)  # fmt: skip


@pytest.mark.parametrize("said", NUMBERS)
async def test_no_number_is_lost_in_silence(talk: Talk, said: str) -> None:
    """Each figure stands in the answer: as what it was read as, or as what was not understood."""
    (answer,) = await talk.write("zhang", said)
    for figure in re.findall(r"\d+(?:\.\d+)?", said):
        assert figure in answer.text, answer.text
