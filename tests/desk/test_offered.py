"""What is offered right now is meant before a command of the same word; what is always there stays so."""

from __future__ import annotations

import pytest

from bot.store.database import Database
from tests.talking import Talk


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town's people."""
    return Talk(town)


async def test_an_alert_is_acknowledged_in_words(talk: Talk) -> None:
    """“收到” under an alert is its button, and not a command without a case; also while something is asked."""
    await talk.write("wang", "居家隔离")
    for said in ("有异常", "星悦城一期", "发热", "不知道", "没量", "提交"):
        await talk.write("zhang", said)
    told, answer = await talk.write("wang", "收到")
    assert told.address.id == "zhang"
    assert answer.text.startswith("✅ 14:58 F1124-01 已收到，上报人会看到")


async def test_taking_back(talk: Talk) -> None:
    """“撤销” drops what is in hand; with nothing in hand, it takes the day's report back, and asks before."""
    for first in ("上报病例", "请假", "挂账"):
        await talk.write("zhang", first)
        (letter,) = await talk.write("zhang", "撤销")
        assert letter.text == "好的，先不报了。"
    await talk.write("zhang", "都正常")
    (asked,) = await talk.write("zhang", "撤销")
    assert [button.label for row in asked.buttons for button in row] == ["撤回", "不撤"]
    (taken,) = await talk.write("zhang", "撤销")
    assert taken.text.startswith("已撤回")


async def test_taking_back_what_was_reported_last(talk: Talk) -> None:
    """It may have been of another day: that day is named, and today's report stays."""
    await talk.write("zhang", "都正常")
    for said in ("/fix 2026-11-23", "✅ 全部正常"):
        await talk.write("zhang", said)
    (asked,) = await talk.write("zhang", "撤销")
    assert "11月23日" in asked.text
    (taken,) = await talk.write("zhang", "撤回")
    assert "11月23日" in taken.text
    (shown,) = await talk.write("zhang", "日报")
    assert "已经报过了" in shown.text


@pytest.mark.parametrize(
    ("who", "first", "said", "heard"),
    [
        ("wang", "汇总", "导出", "做好了"),
        ("brown", "history 23", "Day by day", "星悦城一期, 24 Nov: day by day"),
        ("zhang", "发现病例", "菜单", "更多…"),
        ("zhang", "上报病例", "取消", "好的，先不报了。"),
    ],
)
async def test_words_of_other_commands(talk: Talk, who: str, first: str, said: str, heard: str) -> None:
    """What stands under the message is what is meant by its words; what is always there is always meant."""
    await talk.write(who, first)
    (*_, answer) = await talk.write(who, said)
    labels = [button.label for row in answer.buttons for button in row]
    assert answer.text.startswith(heard) or heard in labels
