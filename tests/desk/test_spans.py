"""Days and months in commands: which are understood, and one clear answer where there is nothing to tell."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert

from bot.store.database import Database
from bot.store.tables import named
from tests.talking import Talk


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town's people."""
    return Talk(town)


@pytest.mark.parametrize(
    ("who", "said", "heard"),
    [
        ("wang", "11月汇总", "君安社区 · 本月（11月1日 至 11月24日）"),
        ("wang", "汇总 11月", "君安社区 · 本月（"),
        ("wang", "9月汇总", "君安社区 · 2026年9月（9月1日 至 9月30日）"),
        ("wang", "汇总 11-20", "君安社区 · 周五（11月20日）"),
        ("wang", "汇总 11月20日", "君安社区 · 周五（11月20日）"),
        ("wang", "谁没报 昨天", "君安社区 11月23日：应报 3 处，已报 3"),
        ("wang", "昨天谁没报", "君安社区 11月23日：应报 3 处，已报 3"),
        (
            "wang",
            "谁没报 11月2日 君安社区",
            "君安社区 11月2日：应报 2 处，已报 0（0%），按时 0\n星悦城一期（张*）、汉口",
        ),
        ("wang", "天数 10月1日", "君安社区 截至 2026年10月1日 2 处，没有中断的\n星悦城一期 123 天\n汉口花园六期 51 天"),
        ("zhang", "天数 10月1日", "您名下 截至 2026年10月1日 2 处，没有中断的\n星悦城一期 123 天\n汉口花园六期 51 天"),
        ("zhang", "天数 10月16日", "您名下 截至 2026年10月16日 2 处，中断中 1 处"),
        ("brown", "missing yesterday", "样板街道 23 Nov: 5 of 5 reported"),
        ("brown", "summary 2026-09", "样板街道, September 2026 (1 Sep to 30 Sep)"),
        ("brown", "streaks 20 nov", "样板街道 on 20 Nov 2026: 5 places"),
        ("wang", "汇总 明天", "11月25日 还没到，没有数据。"),
        ("wang", "12月汇总", "12月1日 至 12月31日 还没到，没有数据。"),
        ("wang", "汇总 2025-03", "君安社区从 2026年6月1日 起算，那之前没有数据。"),
        ("wang", "天数 2025年1月1日", "君安社区从 2026年6月1日 起算"),
        ("wang", "谁没报 上周", "这里一次看一天"),
        ("wang", "汇总 13月", "没有“13月”这个日子"),
        ("brown", "summary tomorrow", "25 Nov is still to come"),
    ],
)
async def test_days_of_a_command(talk: Talk, who: str, said: str, heard: str) -> None:
    """On either side of the word, in figures or words; what is to come, or was before all, is said to be so."""
    (told,) = await talk.write(who, said)
    assert told.text.startswith(heard)


async def test_past_days_are_not_called_for(talk: Talk) -> None:
    """A reminder is for today's report only."""
    (told,) = await talk.write("wang", "谁没报 11月2日")
    assert "催报" not in [button.label for row in told.buttons for button in row]


async def test_a_place_of_which_the_code_looks_like_a_day(talk: Talk) -> None:
    """It is the place."""
    place, assignment = named("place"), named("assignment")
    row = {"code": "11-2", "name": "山上社区", "level": "community", "parent": "T", "aliases": ""}
    lead = {"person": 3, "role": "community_lead", "place": "11-2", "recorded_at": talk.now}

    def stage(connection: Connection) -> None:
        connection.execute(insert(place), row)
        connection.execute(insert(assignment), lead)

    talk.database.write(stage)
    (told,) = await talk.write("wang", "汇总 11-2")
    assert told.text.startswith("山上社区 · 今天")


async def test_in_a_group(talk: Talk) -> None:
    """The same in counts; nothing to tell is told as shortly."""
    await talk.write("wang", "绑定 君安社区", "g")
    (told,) = await talk.write("zhang", "9月汇总", "g")
    assert told.text.startswith("君安社区 · 2026年9月")
    (told,) = await talk.write("zhang", "12月汇总", "g")
    assert told.text == "12月1日 至 12月31日 还没到，没有数据。"


@pytest.mark.parametrize(
    ("said", "document"),
    [
        ("9月汇总", "/document monthly JA 2026-09"),
        ("本季度汇总", "/document quarterly JA 2026Q4"),
        ("汇总 11-20", "/document daily-table JA 2026-11-20"),
    ],
)
async def test_the_document_of_these_days(talk: Talk, said: str, document: str) -> None:
    """A month's, a quarter's or a day's, as the days are that were named."""
    (told,) = await talk.write("wang", said)
    assert document in [button.value for row in told.buttons for button in row]
