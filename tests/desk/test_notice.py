"""A case noticed outside the daily report: places that are no more, or not one's own, and days that cannot be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.store.database import Database
from bot.store.tables import named
from tests.talking import Talk
from tests.town import TODAY

PLACE = named("place")


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town, where 汉口花园六期 was closed a week ago."""
    closed = update(PLACE).where(PLACE.c.code == "24").values(closed=TODAY - timedelta(days=7))
    town.write(lambda connection: connection.execute(closed))
    return Talk(town)


def cases(talk: Talk) -> int:
    """How many there are."""
    with talk.database.read() as connection:
        return len(connection.execute(select(named("case_"))).all())


async def test_a_closed_place_is_said_to_be_closed(talk: Talk) -> None:
    """It is found by its name, and another is asked for; nothing is lost, nothing is entered."""
    (asked,) = await talk.write("wang", "上报病例")
    assert "汉口花园六期" not in [button.label for row in asked.buttons for button in row]
    (answer,) = await talk.write("wang", "汉口花园六期")
    assert answer.text.startswith("汉口花园六期 已停用，请另选一处。")
    (kinds,) = await talk.write("wang", "星悦城一期")
    assert kinds.text == "星悦城一期：什么情况？"
    assert cases(talk) == 1


async def test_a_place_that_closes_meanwhile(talk: Talk) -> None:
    """Closed between the question and the answer: refused with the day, and nothing is entered."""
    for said in ("上报病例", "君安花园小区", "疑似", "不知道"):
        await talk.write("wang", said)
    closed = update(PLACE).where(PLACE.c.code == "22").values(closed=TODAY)
    talk.database.write(lambda connection: connection.execute(closed))
    (answer,) = await talk.write("wang", "提交")
    assert answer.text.startswith("⚠️ 没有记下：君安花园小区 自 11月24日 起停用")
    assert cases(talk) == 1


async def test_several_places_are_offered(talk: Talk) -> None:
    """Words that mean several places bring them as buttons; a tap on one goes on."""
    values = {"code": "26", "name": "星悦城三期", "level": "compound", "parent": "JA", "aliases": ""}
    talk.database.write(lambda connection: connection.execute(insert(PLACE), values))
    await talk.write("wang", "上报病例")
    (answer,) = await talk.write("wang", "星悦城")
    assert [button.label for row in answer.buttons for button in row] == ["星悦城一期", "星悦城三期"]
    (kinds,) = await talk.tap("wang", "星悦城三期")
    assert kinds.text == "星悦城三期：什么情况？"


async def test_a_place_of_somebody_else_is_not_found(talk: Talk) -> None:
    """A lead searches among the places below their own."""
    await talk.write("wang", "上报病例")
    (answer,) = await talk.write("wang", "星悦城二期")
    assert "没找到“星悦城二期”" in answer.text


async def test_a_day_to_come_is_no_day_to_find_somebody(talk: Talk) -> None:
    """One clear reply, and the report is still there to be submitted."""
    for said in ("上报病例", "星悦城一期", "疑似", "不知道", "补充", "不是今天发现的"):
        await talk.write("wang", said)
    (answer,) = await talk.write("wang", "12月24日")
    assert answer.text.startswith("12月24日 不行")
    await talk.write("wang", "11月22日")
    *_, receipt = await talk.write("wang", "提交")
    assert "编号 S1122-01" in receipt.text
