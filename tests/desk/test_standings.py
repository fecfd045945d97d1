"""How one's places stand: the days of few and of many, and the newest assessments with the 80 % rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert

from bot.model import DayState
from bot.store import figures, longest, overview
from bot.store.asking import House, Look
from bot.store.database import Database
from bot.store.tables import named
from bot.understand.periods import period
from tests import staged
from tests.desk.test_overview import counted, grow
from tests.talking import Talk
from tests.town import KEYRING, LONG_AGO, NOW, RULES, TODAY, ZONE


@pytest.mark.parametrize("policy", ["count", "hold", "break"])
@pytest.mark.parametrize("more", [0, 30])
def test_the_longest_and_the_shortest(town: Database, policy: str, more: int) -> None:
    """As the figures have them, place by place, whatever a day without a report comes to under the pack."""
    rules = replace(RULES, unverified=policy)
    staged.case(Talk(town), "C1", "24", "confirmed", "2026-11-23")
    if more:
        town.write(lambda connection: grow(connection, more))
    town.write(lambda connection: figures.refresh(connection, rules))
    look_house = House(KEYRING, rules, ZONE)
    with town.read() as connection:
        look = Look(connection, look_house, NOW)
        told = longest.below(look, "JA")
        codes = ["22", "23", "24", *(f"N{n}" for n in range(more))]
        known = figures.streaks(connection, rules, TODAY, places=codes)
        ahead = overview.overview(look, "JA", period("today", TODAY)).ahead
    assert (told.places, told.broken) == (len(codes), sum(each.state is DayState.BROKEN for each in known))
    days = sorted((each.days for each in known), reverse=True)
    assert [each.days for each in told.high] == days[: 5 if more else 3]
    assert [each.days for each in told.low] == (days[::-1][:5] if more else [])
    assert (told.low or told.high[::-1])[0] == ("24", "汉口花园六期", 0, True)
    left = sorted(14 - each.days for each in known if each.since and 0 < each.days < 14)[:3]
    assert [(day - TODAY).days for _, day in ahead] == left


async def test_of_no_place_at_all(town: Database) -> None:
    """A community without compounds has no days; nor has one whose compounds are all closed, under any policy."""
    place = {"code": "E", "name": "空社区", "level": "community", "parent": "T", "aliases": ""}
    town.write(lambda c: c.execute(insert(named("place")), place))
    talk = Talk(town)
    for said in ("天数 空社区", "天数 E"):
        assert (await talk.write("zhao", said))[0].text == "空社区 0 处"
    assert "应报 0 处，已报 0（100%）" in (await talk.write("zhao", "汇总 空社区"))[0].text
    with town.read() as connection:
        house = House(KEYRING, replace(RULES, unverified="hold"), ZONE)
        assert longest.below(Look(connection, house, NOW), "E").places == 0


async def test_who_does_two_things(town: Database) -> None:
    """A lead who also reports for a compound is told of the community; the widest of one's places comes first."""
    row = {"person": 3, "role": "grid_worker", "place": "25", "recorded_at": LONG_AGO}
    town.write(lambda c: c.execute(insert(named("assignment")), row))
    talk = Talk(town)
    (answer,) = await talk.write("wang", "天数")
    assert answer.text.startswith("君安社区 3 处")
    assert [button.label for line in answer.buttons for button in line][-2:] == ["星悦城二期", "菜单"]
    (answer,) = await talk.tap("wang", "星悦城二期")
    assert answer.text.startswith("星悦城二期 1 处")
    (answer,) = await talk.write("wang", "汇总 星悦城二期")
    assert answer.text.startswith("您的范围里没找到"), "what one reports for is not what one leads"


async def test_roles_reach_as_far_as_they_go(town: Database) -> None:
    """Who works for the office of the county and leads a community sees people in the community only."""
    row = {"person": 9, "role": "community_lead", "place": "XM", "recorded_at": LONG_AGO}
    town.write(lambda c: c.execute(insert(named("assignment")), row))
    talk = Talk(town)
    assert "*" not in (await talk.write("sun", "谁没报"))[0].text
    assert "李*" in (await talk.write("sun", "谁没报 新苗社区"))[0].text
    assert "请留意" not in (await talk.write("wang", "汇总 昨天"))[0].text


async def test_a_stand_in_does_not_lead(town: Database) -> None:
    """Who reports for somebody on leave has none of that person's other rights, and nothing of what they oversee."""
    row = {"person": 1, "role": "community_lead", "place": "XM", "stands_in_for": 2, "recorded_at": LONG_AGO}
    town.write(lambda c: c.execute(insert(named("assignment")), row))
    talk = Talk(town)
    for said in ("汇总", "谁没报 新苗社区", "催报", "评分"):
        assert "您名下没有" in (await talk.write("zhang", said))[0].text


@pytest.mark.parametrize("said", ["天数", "评分"])
async def test_as_many_questions_however_many_places(town: Database, said: str) -> None:
    """For one township with a few places and with two hundred, and three more townships."""
    talk = Talk(town)
    staged.case(talk, "C1", "24", "confirmed", "2026-11-23")
    asked = []
    for more in (0, 200):
        if more:
            town.write(lambda connection: grow(connection, 200))
            row = {"level": "township", "parent": "X", "aliases": ""}
            rows = [{"code": f"T{n}", "name": f"街{n}", **row} for n in range(3)]
            town.write(lambda c, rows=rows: c.execute(insert(named("place")), rows))  # type: ignore[misc]
        with counted(town) as statements:
            await talk.write("sun", said)
        asked.append(len(statements))
    assert asked[0] == asked[1]


async def test_more_assessments_than_a_message_takes(town: Database) -> None:
    """The others are counted; so are those without any."""
    row = {"level": "community", "parent": "T", "aliases": ""}
    rows = [{"code": f"C{n:02}", "name": f"社区{n}", **row} for n in range(20)]
    town.write(lambda c: c.execute(insert(named("place")), rows))
    (answer,) = await Talk(town).write("zhao", "评分")
    assert "另有 12 处" in answer.text
    assert "合格 0/23，还差 19 个" in answer.text
