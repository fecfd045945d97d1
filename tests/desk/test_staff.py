"""Who works where, and codes that are made in the chat: for those below, and for nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from bot.store import audit
from bot.store.database import Database
from bot.store.tables import named
from tests.desk.test_overview import counted, grow
from tests.talking import Talk
from tests.town import LONG_AGO, NOW, TODAY

ASSIGNMENT = named("assignment")


def task(town: Database, person: int, role: str, place: str, **more: object) -> None:
    """Another task of a person."""
    row = {"person": person, "role": role, "place": place, "recorded_at": LONG_AGO, **more}
    town.write(lambda c: c.execute(insert(ASSIGNMENT), row))


async def test_the_code_lets_that_person_in(town: Database) -> None:
    """Once; a newer code ends it. Who made it stands in the log, without a name or the code."""
    talk = Talk(town)
    (answer,) = await talk.write("zhao", "邀请 13800000005")
    (earlier,) = re.findall(r"：(\w{4}-\w{4})\n", answer.text)
    (answer,) = await talk.write("zhao", "邀请 138-0000-0005")
    (code,) = re.findall(r"：(\w{4}-\w{4})\n", answer.text)
    assert code != earlier
    assert f"#code={code.replace('-', '')}" in answer.text
    assert "码" in (await talk.write("new", earlier))[0].text
    await talk.write("new", code)
    assert "同意" in talk.chats["new"][-1].text
    with town.read() as connection:
        log = connection.execute(select(named("audit"))).all()
        assert [(row.actor, row.action, row.subject, row.detail) for row in log] == [("p:7", "invited", "p:5", "")] * 2
        assert audit.verify(connection) is None


@pytest.mark.parametrize("written", ["开始 {}", "start {}", "{}"])
async def test_a_code_may_be_written_where_no_link_brings_it(town: Database, written: str) -> None:
    """As the invitation says, and alone."""
    talk = Talk(town)
    (answer,) = await talk.write("zhao", "邀请 13800000005")
    (code,) = re.findall(r"：(\w{4}-\w{4})\n", answer.text)
    for other in ("start language", "hello telegram"):  # words of eight letters
        (asked,) = await talk.write("newton", other)
        assert "7KQM-2XRT" in asked.text
    (notice,) = await talk.write("new", written.format(code))
    assert "同意" in notice.text


@pytest.mark.parametrize(
    ("who", "phone", "why"),
    [
        ("zhao", "13800000001", "已经加入"),
        ("zhao", "13800000007", "同级"),
        ("zhao", "13800000009", "没有“****0009”"),
        ("wang", "13800000005", "没有“****0005”"),
        ("brown", "13800000007", "your level"),
    ],
)
async def test_nobody_gets_more_than_they_have(town: Database, who: str, phone: str, why: str) -> None:
    """A code is as good as the person: not for those beside, above or elsewhere, nor for who has a chat."""
    (answer,) = await Talk(town).write(who, f"邀请 {phone}")
    assert why in answer.text
    with town.read() as connection:
        assert connection.execute(select(named("invitation"))).all() == []


@pytest.mark.parametrize(("role", "place"), [("grid_worker", "61"), ("office", "X"), ("admin", "XM"), ("office", "25")])
async def test_who_has_another_task(town: Database, role: str, place: str) -> None:
    """Whoever has a task outside, or an office's anywhere, is an administrator's to invite."""
    task(town, 3, "community_lead", "XM")
    task(town, 5, role, place)
    talk = Talk(town)
    (answer,) = await talk.write("wang", "/invite p:5")
    assert "管理员" in answer.text
    with town.read() as connection:
        assert connection.execute(select(named("invitation"))).all() == []
    task(town, 4, "admin", "X")
    (answer,) = await talk.write("smith", "invite 13800000005")
    assert "Code for 陈*" in answer.text


async def test_who_leads_two_communities(town: Database) -> None:
    """Invites for both."""
    task(town, 3, "community_lead", "XM")
    (answer,) = await Talk(town).write("wang", "邀请 13800000005")
    assert "陈*（138****0005）的邀请码" in answer.text


async def test_an_administrator_invites_who_has_a_new_phone(town: Database) -> None:
    """Anybody of the roster below the administrator's place."""
    task(town, 4, "admin", "X")
    (answer,) = await Talk(town).write("smith", "invite 13800000001")
    assert "Code for 张*" in answer.text


async def test_several_of_one_name(town: Database) -> None:
    """Are offered with their phones, masked; a name that is written otherwise is the same name."""
    person = named("person")
    with town.read() as connection:
        name = connection.execute(select(person.c.name).where(person.c.id == 5)).scalar_one()
    town.write(lambda c: c.execute(person.update().where(person.c.id == 6).values(name=name)))
    talk = Talk(town)
    (answer,) = await talk.write("zhao", "邀请 陈 新来")
    assert answer.text.startswith("叫“陈*”的有几位")
    (answer,) = await talk.tap("zhao", "陈* 138****0006")
    assert "陈*（138****0006）的邀请码" in answer.text


async def test_who_is_away_and_who_stands_in(town: Database) -> None:
    """Until when, and who; whoever is back is not away."""
    leave = named("leave")
    rows = [
        {"person": 1, "since": TODAY, "until": TODAY + timedelta(days=2), "stand_in": 2, "recorded_at": NOW},
        {"person": 2, "since": TODAY, "until": TODAY, "stand_in": None, "recorded_at": NOW},
    ]
    town.write(lambda c: c.execute(insert(leave), rows))
    with town.read() as connection:
        second = connection.execute(select(leave.c.id).where(leave.c.person == 2)).scalar_one()
    end = {"leave": second, "on": TODAY, "recorded_at": NOW}
    town.write(lambda c: c.execute(insert(named("leave_end")), end))
    (answer,) = await Talk(town).write("wang", "人员")
    assert "君安社区 3 人，1 人请假" in answer.text
    assert "请假到 11月26日，李* 代报" in answer.text
    assert "样例" not in answer.text


async def test_as_many_questions_however_many_people(town: Database) -> None:
    """For three and for six hundred; in so many a name is not searched, a phone is."""
    talk, asked = Talk(town), []
    for more in (0, 600):
        if more:
            town.write(lambda connection: grow(connection, 600))
        for said in ("人员", "邀请 13800000099"):
            with counted(town) as statements:
                await talk.write("wang", said)
            asked.append(len(statements))
    assert asked[:2] == asked[2:]
    assert "君安社区 603 人" in talk.chats["wang"][-2].text
    assert "另有 591 人" in talk.chats["wang"][-2].text
    assert "没有“人*”" in (await talk.write("wang", "邀请 人七"))[0].text
