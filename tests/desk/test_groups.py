"""In a group: the lead links it to a place, everybody sees counts, and nobody sees a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from bot.handlers import COMMANDS
from bot.model import Address, Inbound, InboundKind, Locale, Outbound, Paper
from bot.store import audit, people
from bot.store.database import Database
from bot.store.tables import named
from tests.talking import Talk
from tests.town import CHANNEL, LONG_AGO, PEOPLE, TODAY

GROUP = Address(CHANNEL, "group-1", group=True)
PLANTED = ("张", "李", "王", "Smith", "样例", "1380000", "秘密", "7-302", "F1124", "S1015")
"""Of people, of what they wrote, and of cases: none of it may ever stand in a group."""


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town's people."""
    return Talk(town)


def in_group(talk: Talk, who: str, said: str, kind: InboundKind = InboundKind.TEXT) -> Inbound:
    """Something said in the group."""
    return replace(talk.inbound(who, kind, said), address=GROUP)


async def say(talk: Talk, who: str, said: str) -> list[str]:
    """The answers in the group to something said there."""
    letters = await talk.send(in_group(talk, who, said))
    assert all(letter.address == GROUP for letter in letters)
    return [letter.text for letter in letters]


async def speak_english(talk: Talk, who: str) -> None:
    """From now on that person is spoken to in English."""
    talk.database.write(lambda c: people.choose_locale(c, PEOPLE[who][0], Locale.EN))


@pytest.mark.parametrize("said", ["绑定 君安社区", "/bind JA", "bind 君安社区", "/绑定  君安社区 "])
async def test_the_lead_links_the_group(talk: Talk, said: str) -> None:
    """By the place's name or code, in either language; it is written down who did it, without a name."""
    (answer,) = await say(talk, "wang", said)
    assert answer.startswith("✅ 本群已绑定 君安社区")
    table = named("group_chat")
    with talk.database.read() as connection:
        row = connection.execute(select(table)).one()
        log = connection.execute(select(named("audit"))).one()
        assert audit.verify(connection) is None
    assert (row.channel, row.address, row.place, row.bound_by) == (CHANNEL, GROUP.id, "JA", 3)
    assert (log.actor, log.action, log.subject, log.detail) == ("p:3", "group bound", "JA", CHANNEL)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("zhang", "绑定 君安社区"),
        ("nobody", "绑定 君安社区"),
        ("wang", "绑定 新苗社区"),
        ("wang", "绑定 星悦城一期"),
        ("wang", "绑定 没有的社区"),
        ("wang", "绑定"),
        ("wang", "绑定 %"),
    ],
)
async def test_nobody_else_links_it(talk: Talk, who: str, said: str) -> None:
    """A worker, a stranger, the lead of another place, or no such place: refused, and nothing is kept."""
    (told,) = await say(talk, who, said)
    assert told.startswith("只有本级负责人和管理员能绑定，请他们在群里发：/bind 地名。")
    with talk.database.read() as connection:
        assert connection.execute(select(named("group_chat"))).all() == []


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("汇总", "君安社区 · 今天（11月24日 14:58）\n昨天以来：没有变化\n应报 3 处，已报 0（0%），按时 0\n"),
        ("/summary", "君安社区 · 今天（11月24日 14:58）"),
        ("本周汇总", "君安社区 · 本周（11月23日 至 11月24日）\n没有变化\n应报 6 次，已报 3（50%），按时 3\n"),
        ("summary last month", "君安社区 · 上月（10月1日 至 10月31日）"),
        (
            "谁没报",
            "君安社区 14:58：应报 3 处，已报 0（0%），按时 0\n君安花园小区、星悦城一期、汉口花园六期",
        ),
    ],
)
async def test_counts_and_places(talk: Talk, said: str, answer: str) -> None:
    """Anybody in the group may ask for some days in counts, and which places lack; whose they are is not told."""
    assert [await say(talk, who, said) for who in ("li", "nobody")] == [
        ["这个群还没绑定社区。请社区负责人在群里发：/bind 社区名"]
    ] * 2
    await say(talk, "wang", "绑定 君安社区")
    for who in ("li", "nobody", "wang"):
        (heard,) = await say(talk, who, said)
        assert heard.startswith(answer)


@pytest.mark.parametrize(("since", "until", "linked"), [(1, None, False), (None, -1, False), (0, 0, True)])
async def test_a_lead_of_other_days(talk: Talk, since: int | None, until: int | None, linked: bool) -> None:  # noqa: FBT001 - a column of the table
    """Who is not the lead yet, or no more, cannot link the group."""
    days = [None if n is None else TODAY + timedelta(days=n) for n in (since, until)]
    values = {"person": 1, "role": "community_lead", "place": "XM", "since": days[0], "until": days[1]}
    talk.database.write(lambda c: c.execute(insert(named("assignment")), {**values, "recorded_at": LONG_AGO}))
    (answer,) = await say(talk, "zhang", "绑定 新苗社区")
    assert answer.startswith("✅") is linked


async def test_a_stand_in_does_not_lead(talk: Talk) -> None:
    """Who reports for somebody on leave has none of that person's other rights."""
    values = {"person": 1, "role": "community_lead", "place": "XM", "stands_in_for": 2, "recorded_at": LONG_AGO}
    talk.database.write(lambda c: c.execute(insert(named("assignment")), values))
    (answer,) = await say(talk, "zhang", "绑定 新苗社区")
    assert not answer.startswith("✅")


async def test_an_administrator_links_any_group(talk: Talk) -> None:
    """To any place; and again to another: then the group has that one."""
    values = {"person": 1, "role": "admin", "place": "X", "recorded_at": LONG_AGO}
    talk.database.write(lambda c: c.execute(insert(named("assignment")), values))
    for place in ("新苗社区", "君安社区"):
        (answer,) = await say(talk, "zhang", f"绑定 {place}")
        assert answer.startswith(f"✅ 本群已绑定 {place}")
    with talk.database.read() as connection:
        assert connection.execute(select(named("group_chat").c.place)).scalars().all() == ["JA"]


async def test_two_places_of_one_name(talk: Talk) -> None:
    """Each lead links their own; who may link both must name the code."""
    place = {"code": "J2", "name": "君安社区", "level": "community", "parent": "T", "aliases": ""}
    lead = {"person": 1, "role": "community_lead", "place": "J2", "recorded_at": LONG_AGO}
    admin = {"person": 2, "role": "admin", "place": "X", "recorded_at": LONG_AGO}
    talk.database.write(lambda c: c.execute(insert(named("place")), place))
    talk.database.write(lambda c: c.execute(insert(named("assignment")), [lead, admin]))
    table = named("group_chat")
    for who, said, bound in (
        ("zhang", "君安社区", "J2"),
        ("wang", "君安社区", "JA"),
        ("li", "君安社区", "JA"),
        ("li", "J2", "J2"),
    ):
        await say(talk, who, f"绑定 {said}")
        with talk.database.read() as connection:
            assert connection.execute(select(table.c.place)).scalars().all() == [bound], who


@pytest.mark.parametrize("said", ["看板", "/board", "天数", "看板。", "BOARD"])
async def test_the_board(talk: Talk, said: str) -> None:
    """Counts of the group's place, and the clean days of its compounds."""
    await say(talk, "wang", "绑定 君安社区")
    assert await say(talk, "li", said) == [
        "14:58 君安社区日报：应报 3 处，已报 0（0%），按时 0\n君安花园小区 12 天\n星悦城一期 37 天\n汉口花园六期 105 天"
    ]


@pytest.mark.parametrize("said", ["/board", "看板图", "天数"])
async def test_the_board_goes_with_its_picture(talk: Talk, said: str) -> None:
    """Of the group's place as of now, in the language of whoever asks; of a place without compounds the words alone."""
    await say(talk, "wang", "绑定 君安社区")
    (letter,) = await talk.send(in_group(talk, "li", said))
    name = "看板图-君安社区-2026-11-24.png"
    assert letter.paper == Paper("board-picture", "JA", TODAY.isoformat(), "png", name)
    await speak_english(talk, "li")
    (letter,) = await talk.send(in_group(talk, "li", said))
    assert letter.paper == Paper("board-picture", "JA", TODAY.isoformat(), "png", name, locale=Locale.EN)
    table = named("place")
    talk.database.write(lambda c: c.execute(table.update().where(table.c.parent == "JA").values(closed=TODAY)))
    (letter,) = await talk.send(in_group(talk, "li", said))
    assert letter.paper is None


@pytest.mark.parametrize("place", ["T", "X"])
async def test_the_board_of_a_township(talk: Talk, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All compounds and villages below it are listed, however deep, up to so many; a closed one is not."""
    here = {"channel": CHANNEL, "address": GROUP.id, "place": place, "bound_by": 3, "bound_at": LONG_AGO}
    talk.database.write(lambda c: c.execute(insert(named("group_chat")), here))
    (board,) = await say(talk, "wang", "看板")
    names = [line.split()[0] for line in board.splitlines()[1:]]
    assert names == ["君安花园小区", "星悦城一期", "汉口花园六期", "星悦城二期", "金潭村"]
    table = named("place")
    talk.database.write(lambda c: c.execute(table.update().where(table.c.code == "23").values(closed=TODAY)))
    monkeypatch.setattr("bot.desk.groups.MOST", 2)
    (board,) = await say(talk, "wang", "看板")
    assert [line.split()[0] for line in board.splitlines()[1:]] == ["君安花园小区", "汉口花园六期"]


async def test_the_board_follows_the_reports(talk: Talk) -> None:
    """What was reported counts at once, what was late is not on time, and an exception breaks its compound."""
    await say(talk, "wang", "绑定 君安社区")
    for said in ("有异常", "星悦城一期", "确诊", "多人", "1", "提交"):
        await talk.write("zhang", said)
    (board,) = await say(talk, "nobody", "看板")
    assert board.startswith("14:58 君安社区日报：应报 3 处，已报 3（100%），按时 3")
    assert "星悦城一期 中断中" in board
    await talk.write("zhang", "撤回")
    await talk.write("zhang", "撤回")
    talk.at("2026-11-24 18:00")
    await talk.write("zhang", "日报")
    await talk.write("zhang", "全部正常")
    (board,) = await say(talk, "wang", "看板")
    assert board.startswith("18:00 君安社区日报：应报 3 处，已报 3（100%），按时 0")


async def test_a_group_of_no_place(talk: Talk) -> None:
    """It is told how to get one."""
    (answer,) = await say(talk, "zhang", "汇总")
    assert answer.startswith("这个群还没绑定社区。")


async def test_english(talk: Talk) -> None:
    """Who has chosen English is answered in English, here too."""
    await speak_english(talk, "wang")
    assert (await say(talk, "wang", "/board"))[0].startswith("This group is not linked to a place yet.")
    assert (await say(talk, "zhang", "/board"))[0].startswith("这个群还没绑定社区。")
    assert (await say(talk, "wang", "bind 新苗社区"))[0].startswith("Only who leads that place")
    assert (await say(talk, "wang", "Bind 君安社区"))[0].startswith("✅ This group is linked to 君安社区.")
    (board,) = await say(talk, "wang", "board")
    assert board.startswith("14:58 君安社区: 0 of 3 reported (0 %), 0 on time\n君安花园小区: 12 days")
    assert await say(talk, "wang", "/me") == ["Please tell me in our private chat; nothing personal is discussed here."]


@pytest.mark.parametrize(
    "name", sorted({*COMMANDS, "web", "cancel", "back", "what"} - {"board", "streaks", "summary", "missing"})
)
async def test_commands_belong_in_private(talk: Talk, name: str) -> None:
    """A command about oneself is answered with a hint, opens nothing and tells nothing."""
    assert await say(talk, "zhang", f"/{name}") == ["请到和我的私聊里说，这里不谈个人的事。"]
    with talk.database.read() as connection:
        assert connection.execute(select(named("conversation"))).all() == []


@pytest.mark.parametrize(
    "said",
    [
        *("大家好", "日报", "都正常", "全部正常", "7KQM-2XRT", "1", "", "！！", "/nothing"),
        *("今天 谁值班？", "today we meet at five", "汇总 一下昨天的"),
    ],
)
async def test_people_talking_to_each_other(talk: Talk, said: str) -> None:
    """Nothing is answered, nothing is taken for a report or a code, and it is not kept in quarantine."""
    await talk.open("zhang")
    assert await say(talk, "zhang", said) == []
    inbox = named("inbox")
    with talk.database.read() as connection:
        assert set(connection.execute(select(inbox.c.state)).scalars()) == {"done"}
        assert connection.execute(select(named("filing")).where(named("filing").c.day == TODAY)).all() == []


async def test_other_things_in_a_group(talk: Talk) -> None:
    """A photo, a made-up tap, the chat opened: nothing is answered; a private button does nothing there."""
    await talk.open("zhang")
    token = talk.button("zhang", "✅ 全部正常").token
    for kind, text in (
        (InboundKind.PHOTO, ""),
        (InboundKind.OPEN, ""),
        (InboundKind.TAP, token),
        (InboundKind.TAP, "x.1"),
    ):
        assert await talk.send(in_group(talk, "zhang", text, kind)) == []
    with talk.database.read() as connection:
        assert connection.execute(select(named("filing")).where(named("filing").c.day == TODAY)).all() == []


async def test_no_person_ever_stands_in_a_group(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever people report, write and fail at: no name, phone, note or case of theirs is said to the group."""
    await say(talk, "wang", "绑定 君安社区")
    for said in ("有异常", "星悦城一期", "确诊", "2", "备注", "秘密：7-302 张样例 13800000001", "完成", "提交"):
        await talk.write("zhang", said)
    for said in ("请假", "明天", "一天", "李*", "提交"):
        await talk.write("zhang", said)
    for who in (*PEOPLE, "nobody"):
        for said in (
            "看板",
            "汇总",
            "谁没报",
            "上周汇总",
            "/me",
            "/places",
            "/reports",
            "绑定 张样例",
            "秘密：7-302 张样例",
            "/web",
            "/found",
        ):
            await say(talk, who, said)
    monkeypatch.setattr("bot.desk.groups._place", None)
    taken = await talk.desk.take(in_group(talk, "zhang", "看板"))
    assert (taken.quarantined, taken.outbound) == (True, ())
    outbox = named("outbox")
    with talk.database.read() as connection:
        ids = connection.execute(select(outbox.c.id).where(outbox.c.group)).scalars().all()
    said_there = [letter for letter in all_letters(talk) if letter.address.group]
    assert len(said_there) == len(ids) > len(PEOPLE)
    for letter in said_there:
        assert not letter.buttons
        assert [word for word in PLANTED if word in letter.text] == [], letter.text


def all_letters(talk: Talk) -> list[Outbound]:
    """Everything that was said to anybody."""
    return [letter for chat in talk.chats.values() for letter in chat]
