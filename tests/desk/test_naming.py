"""Places in commands are named as in reports: with slips, in pinyin; what is another's is said to be so."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.store.database import Database
from bot.store.tables import named
from tests.talking import Talk
from tests.town import TODAY


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town's people."""
    return Talk(town)


@pytest.mark.parametrize(
    ("who", "said", "heard", "label"),
    [
        ("zhang", "为什么 星悦城一其", "您是说 星悦城一期 吗", "星悦城一期"),
        ("zhang", "为什么 xingyuecheng", "您是说 星悦城一期 吗", "星悦城一期"),
        ("zhang", "历史 君安花元", "您是说 君安花园小区 吗", "君安花园小区"),
        ("zhang", "日历图 君安花圆", "您是说 君安花园小区 吗", "君安花园小区"),
        ("wang", "谁没报 君安社去", "您是说 君安社区 吗", "君安社区"),
        ("wang", "汇总 上周 君安社去", "您是说 君安社区 吗", "君安社区"),
        ("wang", "谁没报 君安", "“君安”是哪一处", "君安社区"),
        ("brown", "missing junanshequ", "Did you mean 君安社区?", "君安社区"),
        ("smith", "why jintan", "Did you mean 金潭村?", "金潭村"),
    ],
)
async def test_a_slip_is_asked_back(talk: Talk, who: str, said: str, heard: str, label: str) -> None:
    """One tap away stands what was meant; nothing is guessed."""
    (asked,) = await talk.write(who, said)
    assert heard in asked.text
    (told, *_) = await talk.write(who, label)
    assert label in told.text
    assert heard not in told.text


async def test_the_days_that_were_named_stay(talk: Talk) -> None:
    """“上周” is not lost with the slip behind it."""
    await talk.write("wang", "汇总 上周 君安社去")
    (told,) = await talk.tap("wang", "君安社区")
    assert told.text.startswith("君安社区 · 上周")


@pytest.mark.parametrize(
    "said", ["为什么 星悦城1期", "为什么 汉口花园", "为什么 （汉口花园）？", "为什么 汉口花园 的情况"]
)
async def test_what_is_clear_is_answered(talk: Talk, said: str) -> None:
    """Figures in another width, a part that is one place's only, words around it."""
    (told,) = await talk.write("zhang", said)
    assert " 天，自 " in told.text


@pytest.mark.parametrize(
    ("who", "said", "heard"),
    [
        ("zhang", "为什么 星悦城二期", "星悦城二期 不在您名下，看不了。要问情况，请找新苗社区的社区负责人。"),
        ("zhang", "天数 25", "星悦城二期 不在您名下"),
        ("wang", "汇总 新苗社区", "新苗社区 不在您名下"),
        (
            "smith",
            "why 星悦城一期",
            "星悦城一期 is not one of your places. To hear about it, ask the community lead of 君安社区.",
        ),
    ],
)
async def test_what_is_anothers(talk: Talk, who: str, said: str, heard: str) -> None:
    """That a place exists is public, and who answers for it is told by role; what is in it is not told."""
    lead = {"person": 2, "role": "community_lead", "place": "XM", "recorded_at": talk.now}
    talk.database.write(lambda connection: connection.execute(named("assignment").insert(), lead))
    (told,) = await talk.write(who, said)
    assert told.text.startswith(heard)
    assert "样例" not in told.text


async def test_whom_nobody_answers_for(talk: Talk) -> None:
    """Then nobody is named; a building and a place that is no more are as unknown as one that never was."""
    place, assignment = named("place"), named("assignment")
    building = {"code": "25-1", "name": "星悦城二期1栋", "level": "building", "parent": "25", "aliases": ""}

    def stage(connection: object) -> None:
        connection.execute(place.insert(), building)  # type: ignore[attr-defined]
        connection.execute(update(place).where(place.c.code == "61").values(closed=TODAY))  # type: ignore[attr-defined]
        leads = assignment.c.role.in_(("community_lead", "township_reviewer", "office"))
        connection.execute(assignment.delete().where(leads))  # type: ignore[attr-defined]

    talk.database.write(stage)
    (told,) = await talk.write("zhang", "为什么 星悦城二期")
    assert told.text == "星悦城二期 不在您名下，看不了。它的天数在公开的看板上，人人能看。"
    for said in ("星悦城二期1栋", "金潭村", "火星"):
        (told,) = await talk.write("zhang", f"为什么 {said}")
        assert told.text.startswith("没找到")
