"""Traps that a reviewer found: what must not be filed unseen, voided by surprise, or shut anybody out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.model import Brief, InboundKind, LeaveTaken
from bot.store import absence, codec, people
from bot.store.acts import Act
from bot.store.database import Database
from bot.store.tables import named
from tests.desk.test_desk import count
from tests.talking import OUTBOX, Talk
from tests.town import KEYRING, LONG_AGO, TODAY


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town's people."""
    return Talk(town)


async def write(talk: Talk, who: str, *lines: str) -> str:
    """Write line after line; the text of the last answer to them."""
    for line in lines:
        await talk.write(who, line)
    return talk.chats[who][-1].text


async def test_a_number_means_what_was_seen(talk: Talk) -> None:
    """A message that never arrived has no first choice: the 1 belongs to the message before it."""
    await write(talk, "zhang", "菜单", "/report")
    lost = update(OUTBOX).where(OUTBOX.c.id == talk.chats["zhang"][-1].id).values(state="dead")
    talk.database.write(lambda connection: connection.execute(lost))
    answer = await write(talk, "zhang", "1")
    assert answer.startswith("11月24日 周二 日报")
    assert count(talk.database, "filing", day=TODAY) == 0


async def test_more_places_than_were_shown(talk: Talk) -> None:
    """A place that came after the prompt is not reported by the old button: the prompt is shown again."""
    await talk.open("zhang")
    act = Act(2, None, talk.now)
    leave = LeaveTaken(TODAY, TODAY, 1)
    talk.database.write(lambda connection: absence.take_leave(connection, act, leave, {1}))
    (again,) = await talk.tap("zhang", "✅ 全部正常")
    assert again.text.startswith("情况有变化")
    assert "您负责 4 处" in again.text
    assert count(talk.database, "filing", day=TODAY) == 0
    (receipt,) = await talk.tap("zhang", "✅ 全部正常")
    assert "4 处正常" in receipt.text


async def test_a_draft_does_not_undo_what_came_after(talk: Talk) -> None:
    """Two confirmed were reported after the draft was left: to resume it begins anew, and voids nothing."""
    await talk.open("zhang")
    await write(talk, "zhang", "有异常", "星悦城一期", "发热", "多人", "1")
    await write(talk, "zhang", "/report", "有异常", "君安花园小区", "确诊", "多人", "2", "提交")
    answer = await write(talk, "zhang", "继续")
    assert answer.startswith("情况有变化")
    await write(talk, "zhang", "菜单")
    assert count(talk.database, "case_event", event="withdrawn") == 0


async def test_a_draft_grows_too_old(talk: Talk) -> None:
    """After the days that can be made good, a draft cannot be filed by its number either."""
    await talk.open("zhang")
    await write(talk, "zhang", "有异常", "星悦城一期", "发热", "多人", "1", "菜单")
    talk.now += timedelta(days=26)
    assert (await write(talk, "zhang", "/resume 2")).startswith("只能补报")
    assert count(talk.database, "filing", day=TODAY) == 0


async def test_a_leave_that_was_left_begins_anew(talk: Talk) -> None:
    """A leave left unfinished is asked again from the day on which it is resumed."""
    await write(talk, "zhang", "请假", "今天", "菜单")
    talk.now += timedelta(days=2)
    assert (await write(talk, "zhang", "继续")).endswith("哪天开始？")


async def test_a_colleagues_word_outlives_a_withdrawal(talk: Talk) -> None:
    """Who takes the own word back does not take back what a colleague had said of the same place."""
    await write(talk, "li", "有异常", "汉口花园六期", "发热", "多人", "1", "提交")
    await write(talk, "zhang", "都正常", "有异常", "汉口花园六期", "发热", "多人", "1", "提交")
    answer = await write(talk, "zhang", "撤回", "撤回")
    assert "汉口花园六期 按别人报的算" in answer
    report = named("report")
    query = select(report.c.status, report.c.person).where(report.c.place == "24", report.c.day == TODAY)
    with talk.database.read() as connection:
        assert connection.execute(query.order_by(report.c.id.desc())).first() == ("abnormal", 2)
    assert count(talk.database, "case_event", event="withdrawn") == 1
    assert "已报：汉口花园六期" in await write(talk, "zhang", "日报")


async def test_only_ones_own_findings_are_corrected(talk: Talk) -> None:
    """“现在是” shows the sender's own findings; saying them again opens no new case."""
    await write(talk, "li", "有异常", "汉口花园六期", "发热", "多人", "1", "提交")
    await write(talk, "zhang", "都正常", "有异常", "汉口花园六期", "发热", "多人", "1", "提交")
    assert "汉口花园六期 发热 1 人" in await write(talk, "zhang", "更正")
    await write(talk, "zhang", "重报异常", "汉口花园六期", "发热", "多人", "1", "提交")
    assert count(talk.database, "case_event", event="found", on=TODAY) == 2


async def test_a_conversation_that_does_not_read_is_over(talk: Talk) -> None:
    """A brief that a newer program wrote shuts nobody out."""
    await write(talk, "zhang", "请假")
    conversation = named("conversation")
    spoilt = KEYRING.seal(codec.dump(Brief(talk.now, TODAY, talk.now)).replace(b'"zh"', b'"xx"'))
    talk.database.write(lambda connection: connection.execute(update(conversation).values(brief=spoilt)))
    assert (await write(talk, "zhang", "日报")).startswith("11月24日")


@pytest.mark.parametrize("said", ["/me", "语言", "language", "/forget", "日报", "网页"])
async def test_nothing_before_the_notice_is_accepted(talk: Talk, said: str) -> None:
    """A stranger with a code sees the notice again, whatever else is asked for; it is no wrong code either."""
    talk.database.write(lambda c: people.invite(c, KEYRING, 5, "7KQM2XRT", talk.now, None))
    await write(talk, "new", "7KQM2XRT")
    assert "使用前请看清楚" in await write(talk, "new", said)
    assert count(talk.database, "attempt") == 0


@pytest.mark.parametrize("said", ["9" * 5000, "/resume 99999999999999999999", "\udc80", "a\0b", "/report 昨日天"])
async def test_odd_text_is_answered(talk: Talk, said: str) -> None:
    """Numbers beyond reason, halves of signs, NUL: one clear reply, no quarantine."""
    assert await write(talk, "zhang", said)
    (tapped,) = await talk.send(replace(talk.inbound("zhang", InboundKind.TAP, said), dedupe="odd"))
    assert tapped.text


async def test_a_day_in_words_can_be_made_good(talk: Talk) -> None:
    """``/report 昨天`` and ``/report 11-23`` open that day, not today."""
    for said in ("/report 昨天", "/report 11-23"):
        assert "11月23日" in await write(talk, "zhang", said)


async def test_a_clock_set_back(talk: Talk) -> None:
    """The correction is the last word, though the clock went back between the two."""
    await write(talk, "zhang", "有异常", "星悦城一期", "发热", "多人", "1", "提交")
    talk.now -= timedelta(minutes=8)
    await write(talk, "zhang", "更正", "都正常", "是")
    assert "星悦城一期 正常" in await write(talk, "zhang", "日报")


async def test_places_of_one_name(talk: Talk) -> None:
    """Two buildings of one name are told apart, and a label wins over a position."""
    places = [("23-1", "1栋", "23"), ("22-1", "1栋", "22"), ("23-3", "2", "23")]
    rows = [
        {"code": code, "name": name, "level": "building", "parent": parent, "aliases": ""}
        for code, name, parent in places
    ]
    duty = [{"person": 3, "role": "building_leader", "place": code, "recorded_at": LONG_AGO} for code, *_ in places]
    talk.database.write(lambda connection: connection.execute(insert(named("place")), rows))
    talk.database.write(lambda connection: connection.execute(insert(named("assignment")), duty))
    await write(talk, "wang", "有异常")
    labels = [button.label for row in talk.chats["wang"][-1].buttons for button in row]
    assert labels == ["星悦城一期 1栋", "君安花园小区 1栋", "2"]
    assert (await write(talk, "wang", "2")).startswith("2：")


async def test_minus_one_person_is_none(talk: Talk) -> None:
    """“-1” is no number of persons: the sign is not read past."""
    for said in ("-1", "1.5"):
        assert "没看懂" in await write(talk, "zhang", "/report", "有异常", "星悦城一期", "发热", "多人", said)


async def test_a_photo_while_the_report_is_checked(talk: Talk) -> None:
    """It is taken as if its button had been tapped before."""
    await talk.open("zhang")
    await write(talk, "zhang", "有异常", "星悦城一期", "发热", "多人", "1")
    (answer,) = await talk.photo("zhang")
    assert answer.text.startswith("已收：照片 1 张")
    assert "照片 1 张已收" in await write(talk, "zhang", "完成", "提交")


async def test_the_receipt_stays(talk: Talk) -> None:
    """What a button under the receipt opens is a new message; the proof is not written over."""
    await talk.open("zhang")
    await talk.tap("zhang", "✅ 全部正常")
    tap = talk.inbound("zhang", InboundKind.TAP, talk.button("zhang", "更正").token)
    (answer,) = await talk.send(replace(tap, edits="5"))
    assert answer.edits is None
