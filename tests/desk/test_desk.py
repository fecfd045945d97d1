"""The desk: once, in one transaction, and nothing is lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, update

from bot.dialog import Choice, Dialog, Flow, Option, Text
from bot.handlers import FLOWS
from bot.model import Address, Brief, InboundKind, Line, Locale, ReportFiled, Status
from bot.store import audit, people
from bot.store.database import Database
from bot.store.tables import named
from tests.talking import Talk
from tests.town import CHANNEL, KEYRING, TODAY


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town's people."""
    return Talk(town)


def count(town: Database, table: str, **where: object) -> int:
    """How many rows of a table are like that."""
    columns = named(table)
    query = select(func.count()).select_from(columns)
    for name, value in where.items():
        query = query.where(columns.c[name] == value)
    with town.read() as connection:
        return connection.execute(query).scalar_one()


async def test_a_normal_day_is_one_tap(talk: Talk) -> None:
    """After the prompt one tap files all places, with a receipt in place of the prompt."""
    await talk.open("zhang")
    tap = replace(
        talk.inbound("zhang", InboundKind.TAP, talk.button("zhang", "✅ 全部正常").token), edits="77", tap="t1"
    )
    (receipt,) = await talk.send(tap)
    assert (receipt.edits, receipt.tap) == ("77", "t1")
    assert receipt.text.startswith("✅ 14:58 已报，3 处正常")
    assert count(talk.database, "report", day=TODAY, status="normal", person=1) == 3


async def test_the_same_message_counts_once(talk: Talk) -> None:
    """Delivered three times, at once and two days later: one filing, and the same answer each time."""
    await talk.open("zhang")
    tap = talk.inbound("zhang", InboundKind.TAP, talk.button("zhang", "✅ 全部正常").token)
    first, *again = await asyncio.gather(*(talk.desk.take(tap) for _ in range(3)))
    talk.now += timedelta(days=2)
    again.append(await talk.desk.take(tap))
    assert first.fresh
    assert [(each.fresh, each.outbound) for each in again] == [(False, first.outbound)] * 3
    assert count(talk.database, "filing", day=TODAY, person=1) == 1


async def test_waiting_turns_share_a_commit(talk: Talk) -> None:
    """Twenty messages that wait together are flushed together."""
    commits = 0

    def committed(_: object) -> None:
        nonlocal commits
        commits += 1

    event.listen(talk.database.engine, "commit", committed)
    inbound = [talk.inbound(who, InboundKind.OPEN) for who in ("zhang", "li", "wang", "smith") * 5]
    await asyncio.gather(*(talk.desk.take(each) for each in inbound))
    assert commits < len(inbound)
    assert count(talk.database, "outbox") == len(inbound)


async def test_somebody_elses_button_does_nothing(talk: Talk) -> None:
    """A tap on a button that was sent to another person is answered politely, and files nothing."""
    await talk.open("zhang")
    token = talk.button("zhang", "✅ 全部正常").token
    (answer,) = await talk.send(talk.inbound("li", InboundKind.TAP, token))
    assert answer.text == "这是发给别人的按钮。"
    assert count(talk.database, "filing", day=TODAY) == 0


@pytest.mark.parametrize(
    "token", ["", "nonsense", "tok00001", "tok00001.", "tok00001.99", "tok00001.-1", "tok00001.²", "无.1"]
)
async def test_a_button_that_never_was(talk: Talk, token: str) -> None:
    """A made-up token is out of date, nothing else."""
    await talk.open("zhang")
    (answer,) = await talk.send(talk.inbound("zhang", InboundKind.TAP, token))
    assert answer.text.startswith("这个按钮已经过时了。")
    assert count(talk.database, "filing", day=TODAY) == 0


async def test_a_person_who_left_cannot_use_old_buttons(talk: Talk) -> None:
    """After the chat was bound to somebody else, the buttons sent to the first person are foreign."""
    await talk.open("zhang")
    token = talk.button("zhang", "✅ 全部正常").token
    talk.database.write(lambda c: people.bind(c, Address(CHANNEL, "zhang"), 2, talk.now))
    (answer,) = await talk.send(talk.inbound("zhang", InboundKind.TAP, token))
    assert answer.text == "这是发给别人的按钮。"


async def test_what_others_reported_meanwhile_stays(talk: Talk) -> None:
    """A place that a colleague reported after the prompt was shown is left as the colleague said."""
    await talk.open("zhang")
    for said in ("有异常", "汉口花园六期", "发热", "多人", "1", "提交"):
        await talk.write("li", said)
    (receipt,) = await talk.tap("zhang", "✅ 全部正常")
    assert "2 处正常" in receipt.text
    with talk.database.read() as connection:
        report = named("report")
        query = select(report.c.status, report.c.person).where(report.c.place == "24", report.c.day == TODAY)
        assert connection.execute(query).all() == [("abnormal", 2)]


async def test_a_word_kept_in_a_longer_conversation(talk: Talk) -> None:
    """In the middle of exceptions the brief is old; the store still lets no “normal” cover a colleague's finding."""
    for said in ("有异常", "星悦城一期", "发热", "多人", "1"):
        await talk.write("zhang", said)
    for said in ("有异常", "汉口花园六期", "发热", "多人", "1", "提交"):
        await talk.write("li", said)
    *_, receipt = await talk.write("zhang", "提交")
    assert "汉口花园六期 没有改动" in receipt.text
    assert "1 处正常" in receipt.text


async def test_a_duty_that_ended_files_nothing(talk: Talk) -> None:
    """Who has a place no more when the report is filed, reports nothing of it, whatever was shown before."""
    for said in ("有异常", "星悦城一期", "发热", "多人", "1"):
        await talk.write("zhang", said)
    assignment = named("assignment")
    ended = update(assignment).where(assignment.c.person == 1).values(until=TODAY - timedelta(days=1))
    talk.database.write(lambda c: c.execute(ended))
    (receipt,) = await talk.write("zhang", "提交")
    assert receipt.text.startswith("⚠️ 14:58 没有报上")
    assert count(talk.database, "report", day=TODAY) == 0
    assert count(talk.database, "case_") == 1


@pytest.fixture
def _broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flow whose words need a value that it does not give."""

    def run(brief: Brief) -> Dialog:
        yield from Text("other", brief.note_limit)
        return None

    monkeypatch.setitem(FLOWS, "menu", Flow("menu", run, "daily_report"))


@pytest.mark.usefixtures("_broken")
async def test_what_fails_is_kept_and_answered_once(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    """The raw message stays, sealed; the sender gets one apology; the log names neither words nor person."""
    taken = await talk.desk.take(talk.inbound("zhang", InboundKind.TEXT, "菜单"))
    assert taken.quarantined
    (letter,) = talk.read(taken)
    assert letter.text.startswith("抱歉，这一条没处理成")
    assert count(talk.database, "inbox", state="quarantined") == 1
    assert "菜单" not in caplog.text
    (answer,) = await talk.write("zhang", "日报")
    assert answer.text.startswith("11月24日")


async def test_a_deploy_in_the_middle(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version asks one more question: what was answered stands, the new one is asked, the report is filed."""
    await talk.open("zhang")
    for said in ("有异常", "星悦城一期"):
        await talk.write("zhang", said)
    before = FLOWS["exceptions"]

    def newer(brief: Brief) -> Dialog:
        place = yield from Choice(
            "place/1", tuple(Option(each.code, each.name) for each in brief.owed), {"rest": "normal"}
        )
        yield from Text("other/1", 100, values={"place": brief.owed[0]})
        return ReportFiled(brief.day, (Line(place, Status.ABNORMAL),))

    monkeypatch.setitem(FLOWS, "exceptions", replace(before, run=newer))
    (asked,) = await talk.write("zhang", "刚才问什么")
    assert asked.text == "星悦城一期：请用一句话写清楚。"
    await talk.write("zhang", "电梯坏了")
    assert count(talk.database, "report", place="23", day=TODAY, status="abnormal") == 1


async def test_a_flow_that_is_no_more(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversation whose flow a deploy took away ends; the day's report opens instead."""
    await talk.write("zhang", "请假")
    monkeypatch.delitem(FLOWS, "leave")
    (answer,) = await talk.open("zhang")
    assert answer.text.startswith("11月24日 周二 日报")


async def test_one_person_two_channels(talk: Talk) -> None:
    """A conversation begun in one channel is finished in another."""
    talk.database.write(lambda c: people.bind(c, Address("other", "42"), 1, talk.now))
    await talk.write("zhang", "有异常")
    other = replace(talk.inbound("zhang", InboundKind.TEXT, "星悦城一期"), address=Address("other", "42"), sender="42")
    (answer,) = await talk.send(other)
    assert answer.address == Address("other", "42")
    assert answer.text == "星悦城一期：什么情况？"


async def test_a_stand_in_is_told_in_their_language(talk: Talk) -> None:
    """Leave with a stand-in who speaks English: the notice is in English and names no phone."""
    talk.database.write(lambda c: people.choose_locale(c, 2, Locale.EN))
    for said in ("请假", "明天", "一天", "李*", "提交"):
        letters = await talk.write("zhang", said)
    notice = next(letter for letter in letters if letter.address.id == "li")
    assert notice.text.startswith("张* is on leave and asks you to stand in from 25 Nov to 25 Nov")


async def test_every_fact_leaves_an_audit_line(talk: Talk) -> None:
    """Who did what is written down in a chain that is whole, without a name or a phone."""
    await talk.write("zhang", "都正常")
    await talk.write("zhang", "撤回")
    await talk.write("zhang", "撤回")
    table = named("audit")
    with talk.database.read() as connection:
        rows = connection.execute(select(table.c.actor, table.c.action, table.c.subject).order_by(table.c.id)).all()
        assert audit.verify(connection) is None
    assert [tuple(row) for row in rows] == [
        ("p:1", "report filed", "2026-11-24"),
        ("p:1", "report withdrawn", "2026-11-24"),
    ]


async def test_nothing_that_was_said_lies_open(talk: Talk) -> None:
    """Names, notes and messages are sealed: none of them stands readable in the database file or its log."""
    for said in ("有异常", "星悦城一期", "其他", "秘密的话ABC", "提交"):
        await talk.write("zhang", said)
    path = talk.database.engine.url.database
    assert path is not None
    for file in Path(path).parent.iterdir():
        data = file.read_bytes()
        for planted in ("秘密的话ABC", "张样例", "13800000001"):
            assert planted.encode() not in data, file.name
    filing = named("filing")
    with talk.database.read() as connection:
        note = connection.execute(select(filing.c.note).where(filing.c.day == TODAY)).scalar_one()
    assert KEYRING.open(note) == "星悦城一期：秘密的话ABC"
