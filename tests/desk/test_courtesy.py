"""A kind word back: it answers nothing, files nothing, and loses nothing that is asked."""

from __future__ import annotations

import pytest

from bot.store.database import Database
from tests.talking import Talk


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town's people."""
    return Talk(town)


@pytest.mark.parametrize(
    ("who", "said", "heard"),
    [
        ("zhang", "谢谢", "不客气，您辛苦了。"),
        ("zhang", "好的", "好的。"),
        ("zhang", "收到", "好的。"),
        ("smith", "thanks", "You are welcome."),
        ("smith", "ok", "Fine."),
    ],
)
async def test_with_nothing_asked(talk: Talk, who: str, said: str, heard: str) -> None:
    """One line; who owes the day's report has it one tap away, who has reported has no button to look at."""
    (answer,) = await talk.write(who, said)
    assert (answer.text, len(answer.buttons)) == (heard, 1)
    await talk.tap(who, answer.buttons[0][0].label)
    await talk.write(who, "normal")
    (answer,) = await talk.write(who, said)
    assert (answer.text, answer.buttons) == (heard, ())


async def test_a_question_stays_asked(talk: Talk) -> None:
    """“谢谢” and “好的” at the report's question are no report; the question is said again."""
    (question,) = await talk.open("zhang")
    for said, heard in (("谢谢", "不客气，您辛苦了。"), ("好的", "好的。")):
        (answer,) = await talk.write("zhang", said)
        assert answer.text == f"{heard}\n\n{question.text}"
        assert answer.buttons[0][0].label == "✅ 全部正常"


async def test_ok_answers_what_it_answers(talk: Talk) -> None:
    """Where “好的” is a choice's own word it is that choice; thanks are never what was asked for, such as a door."""
    await talk.write("zhang", "星悦城一期发热1人38.5")
    (*_, receipt) = await talk.write("zhang", "ok")
    assert "已报" in receipt.text
    await talk.write("zhang", "挂账")
    await talk.write("zhang", "星悦城一期")
    (answer,) = await talk.write("zhang", "谢谢")
    assert answer.text.startswith("不客气")
    assert "发现了什么" in answer.text


async def test_seen_is_not_lost(talk: Talk) -> None:
    """“收到” long after the alert: the case is offered, for its reporter waits to hear that it was seen."""
    await talk.write("zhang", "星悦城一期发热1人38.5")
    await talk.write("zhang", "提交")
    await talk.write("wang", "菜单")
    (asked,) = await talk.write("wang", "收到")
    assert asked.text.startswith("收到的是哪一例")
    (*_, answer) = await talk.write("wang", "F1124-01")
    assert "已收到，上报人会看到" in answer.text


@pytest.mark.parametrize("said", ["修改", "改一下", "更正", "填错了", "我要改"])
async def test_changing_a_report(talk: Talk, said: str) -> None:
    """After the report it leads to the correction; before it, to the report."""
    (answer,) = await talk.write("zhang", said)
    assert "日报 · 17:00 截止" in answer.text
    await talk.write("zhang", "都正常")
    (answer,) = await talk.write("zhang", said)
    assert "不改了" in [button.label for row in answer.buttons for button in row]
