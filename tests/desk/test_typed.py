"""Commands as people type them: with signs around them, slashes of any width, politely, the place on either side."""

from __future__ import annotations

import pytest

from bot.store.database import Database
from tests.talking import Talk


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town's people."""
    return Talk(town)


MISSING = "君安社区 14:58：应报 3 处"
SUMMARY = "君安社区 · 今天"


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("谁没报？", MISSING),
        (" 谁 没 报 ！", MISSING),
        ("帮我看看谁没报", MISSING),
        ("麻烦看下谁还没报呀", MISSING),
        ("谁没报，君安社区", MISSING),
        ("谁没报（君安社区）", MISSING),
        ("君安社区谁没报？", MISSING),
        ("／谁没报", MISSING),
        ("/谁没报 君安社区", MISSING),
        ("/missing@wuyi_bot", MISSING),
        ("／汇总", SUMMARY),
        ("/汇总", SUMMARY),
        ("ｓｕｍｍａｒｙ", SUMMARY),
        ("请看一下汇总", SUMMARY),
        ("看看君安社区的汇总", SUMMARY),
        ("汇总，谢谢", SUMMARY),
        ("昨天的汇总发一下", "君安社区 · 昨天"),
        ("请问星悦城一期为什么是37天？", "星悦城一期\n\n37 天"),
        ("/什么都不是", "没听懂"),
        ("不要汇总", "没听懂"),
    ],
)
async def test_what_a_lead_types(talk: Talk, said: str, heard: str) -> None:
    """One word is meant, and heard."""
    (*_, told) = await talk.write("wang", said)
    assert told.text.startswith(heard)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("我要请假", "哪天开始"),
        ("请问怎么报", "每天 17:00 前报一次"),
        ("给我看看我的小区", "您负责 3 处"),
        ("帮我打开菜单", ""),
        ("星悦城一期正常，君安花园正常，汇总", "我理解为"),
        ("为什么 " + "很" * 80, "没听懂"),
    ],
)
async def test_what_a_worker_types(talk: Talk, said: str, heard: str) -> None:
    """The same; a report that ends with a command's word is a report, and talk is no command."""
    (*_, told) = await talk.write("zhang", said)
    assert told.text.startswith(heard)


async def test_please_show_me(talk: Talk) -> None:
    """And in English."""
    for said in ("Please show me the summary.", "can you show me the summary", "summary please", "/summary"):
        (told,) = await talk.write("brown", said)
        assert told.text.startswith("样板街道, today")
