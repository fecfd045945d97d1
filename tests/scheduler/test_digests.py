"""The day in one message: to leads, townships and offices once after the cutoff, to groups in counts and places."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from bot.desk import digests
from bot.model import Outbound, Paper
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.tables import named
from scheduler.jobs import House
from tests.scheduler.remindings import Reminded
from tests.town import CHANNEL, KEYRING, NOW, TODAY


class Evening(Reminded):
    """The town after a day."""

    def __init__(self, database: Database, folder: Path) -> None:
        """With the house's jobs."""
        super().__init__(database)
        media = MediaStore(folder, KEYRING, database, lambda: NOW)
        self.house = House(database, self.tools, media, self._wake)

    def digest(self, said: str) -> dict[str, str]:
        """A tick; who gets the day, and in which words."""
        self.at(said)
        self.house.send_digests(self.now)
        return {letter.address.id: letter.text for letter in self.arrive("digest")}


@pytest.fixture
def evening(town: Database, tmp_path: Path) -> Evening:
    """The town's people."""
    return Evening(town, tmp_path / "media")


async def test_the_day_in_one_message(evening: Evening) -> None:
    """Ten minutes after the cutoff, once, to each who answers for places; both numbers, and what is missing."""
    evening.at("2026-11-24 15:00")
    await evening.write("li", "全部正常")
    assert evening.digest("2026-11-24 17:09") == {}
    told = evening.digest("2026-11-24 17:10")
    assert sorted(told) == ["brown", "sun", "wang", "zhao"]
    assert told["wang"].splitlines() == [
        "17:10 君安社区日报：应报 3 处，已报 1（33%），按时 1",
        "未报 2 处：君安花园小区、星悦城一期，已提醒本人",
    ]
    assert "君安社区 1/3" in told["zhao"]
    assert "新苗社区" not in told["zhao"], "who is complete takes no line"
    assert told["brown"].startswith("17:10 样板街道: 2 of 5 reported")
    assert evening.digest("2026-11-24 17:11") == evening.digest("2026-11-24 21:29") == {}
    assert sorted(evening.digest("2026-11-25 18:00")) == ["brown", "sun", "wang", "zhao"], "late, but the same day"
    assert evening.digest("2026-11-26 21:30") == {}, "not in the quiet hours, and not the day after"


async def test_who_asked_for_fewer(evening: Evening) -> None:
    """Hears only of a day that lacks something."""
    await evening.write("wang", "少提醒")
    for who, said in (("zhang", "全部正常"), ("li", "全部正常"), ("smith", "all fine")):
        await evening.write(who, said)
    told = evening.digest("2026-11-24 17:10")
    assert sorted(told) == ["brown", "sun", "zhao"]
    assert "全部报齐" in told["zhao"]
    assert evening.digest("2026-11-24 17:25") == {}
    assert "wang" in evening.digest("2026-11-25 17:10")


async def test_a_group_gets_counts_and_no_person(evening: Evening) -> None:
    """Once; of a group without a place of its own nothing."""
    row = {"channel": CHANNEL, "address": "g1", "place": "JA", "bound_at": NOW}
    evening.database.write(lambda c: c.execute(insert(named("group_chat")), row))
    await evening.write("zhang", "全部正常")
    await evening.write("li", "全部正常")
    told = evening.digest("2026-11-24 17:10")
    assert told["g1"].splitlines() == [
        "17:10 君安社区日报：应报 3 处，已报 3（100%），按时 3",
        "全部报齐，辛苦了",
        "详情请私聊机器人",
    ]
    assert "张" not in told["g1"]
    paper = evening.chats["g1"][-1].paper
    assert paper == Paper("board-picture", "JA", "2026-11-24", "png", "看板图-君安社区-2026-11-24.png")
    assert "g1" not in evening.digest("2026-11-24 17:12")


def robot(evening: Evening, day: int, *, mention: bool) -> Outbound:
    """What a robot of the community posts on that day of November."""
    rules = replace(evening.tools.rules, mention_missing=mention)
    tools = replace(evening.tools, rules=rules, robots=("JA",))
    evening.at(f"2026-11-{day} 17:10")
    evening.database.write(lambda c: digests.send(c, tools, evening.now))
    return next(letter for letter in evening.arrive("digest") if letter.address.channel == digests.ROBOT)


async def test_a_robot_calls_those_who_owe_where_the_pack_allows_it(evening: Evening) -> None:
    """By their WeCom name, else by phone; nobody in words, nobody who has reported, is away, or wants it later."""
    account = {"channel": "wecom", "address": "zhang-in-wecom", "person": 1, "bound_at": NOW}
    evening.database.write(lambda c: c.execute(insert(named("account")), account))
    plain = robot(evening, 24, mention=False)
    assert (plain.mentions, "@" in plain.text) == ((), False)
    called = robot(evening, 25, mention=True)
    assert called.mentions == ("zhang-in-wecom", "+8613800000002")
    assert called.text.splitlines()[1].endswith("请 @ 到的各位尽快上报")
    assert not any(planted in called.text for planted in ("zhang", "张", "李", "138"))
    evening.at("2026-11-26 15:00")
    await evening.write("li", "全部正常")
    assert robot(evening, 26, mention=True).mentions == ("zhang-in-wecom",)
    row = {"person": 1, "until": evening.now + timedelta(days=1, hours=1), "recorded_at": NOW}
    evening.database.write(lambda c: c.execute(insert(named("snooze")), row))
    assert robot(evening, 27, mention=True).mentions == ("+8613800000002",)
    day = evening.now.date() + timedelta(days=1)
    leave = {"person": 1, "since": day, "until": day, "recorded_at": NOW}
    evening.database.write(lambda c: c.execute(insert(named("leave")), leave))
    assert robot(evening, 28, mention=True).mentions == ("+8613800000002",)


async def test_a_group_in_which_the_bot_only_answers_gets_no_digest(evening: Evening) -> None:
    """It would go nowhere, every evening."""
    row = {"channel": "aibot", "address": "wr1", "place": "JA", "bound_at": NOW}
    evening.database.write(lambda c: c.execute(insert(named("group_chat")), row))
    assert "wr1" not in evening.digest("2026-11-24 17:10")


async def test_nobody_could_be_reminded(evening: Evening) -> None:
    """Somebody away without a stand-in, somebody without a chat: their places are missing, and it says why."""
    leave = {"person": 2, "since": TODAY, "until": TODAY, "recorded_at": NOW}
    evening.database.write(lambda c: c.execute(insert(named("leave")), leave))
    await evening.write("smith", "all fine")
    told = evening.digest("2026-11-24 17:10")
    assert told["wang"].splitlines()[1].endswith("汉口花园六期，已提醒本人"), "a colleague was, who has it as well"
    assert told["zhao"].splitlines()[1] == (
        "未报 4 处：君安花园小区、星悦城一期、汉口花园六期、星悦城二期，其中 1 处没有人可提醒（请假无人代，或没有绑定）"
    )
    assert "for 1 of them nobody could be reminded" in told["brown"]
    evening.at("2026-11-25 10:00")
    for who, said in (("zhang", "全部正常"), ("smith", "all fine")):
        await evening.write(who, said)
    leave |= {"since": evening.now.date(), "until": evening.now.date()}
    evening.database.write(lambda c: c.execute(insert(named("leave")), leave))
    assert evening.digest("2026-11-25 17:10")["zhao"].splitlines()[1] == (
        "未报 1 处：星悦城二期，没有人可提醒（请假无人代，或没有绑定）"
    )


async def test_a_place_that_has_not_begun(evening: Evening) -> None:
    """It is not expected before its days are counted, so that a complete day is said to be complete."""
    place = named("place")
    later = update(place).where(place.c.code == "22").values(start=TODAY + timedelta(days=7))
    evening.database.write(lambda c: c.execute(later))
    for who in ("zhang", "li"):
        await evening.write(who, "全部正常")
    assert evening.digest("2026-11-24 17:10")["wang"].splitlines() == [
        "17:10 君安社区日报：应报 2 处，已报 2（100%），按时 2",
        "全部报齐，辛苦了",
    ]


async def test_cases_of_the_day(evening: Evening) -> None:
    """What was found, by kind, and what waits for a diagnosis."""
    await evening.write("zhang", "上报病例")
    for said in ("星悦城一期", "发热", "不知道", "38度5", "提交"):
        letters = await evening.write("zhang", said)
        if any("编号" in letter.text for letter in letters):
            break
    told = evening.digest("2026-11-24 17:10")
    assert "发热 1" in told["wang"]
    assert "待诊断 1 例" in told["wang"]
    assert digests.MOST
