"""How the bot itself stands, for administrators; and one's own settings."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from bot.store import audit, house
from bot.store.database import Database
from bot.store.tables import named
from tests import staged
from tests.desk.test_overview import counted
from tests.talking import Talk
from tests.town import NOW

OUTBOX, INBOX, LEASE = named("outbox"), named("inbox"), named("lease")


@pytest.fixture
def talk(town: Database) -> Talk:
    """The town's people; one of them administers."""
    talk = Talk(town)
    staged.role(talk, "li", "admin", "X")
    return talk


def letter(talk: Talk, token: str, state: str, at: datetime, **more: object) -> None:
    """Something that waits, or did not arrive."""
    row = {
        "token": token, "channel": "telegram", "address": "1", "group": False, "body": b"", "state": state,
        "kind": "reply", "created_at": at, "due_at": at, "attempts": 1, "priority": 1, "why": "", "owner": "", **more,
    }  # fmt: skip
    talk.database.write(lambda c: c.execute(insert(OUTBOX), row))


async def test_all_that_can_be_wrong(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queues, dead letters, quarantine, disk, scheduler and backup; each as it is."""
    letter(talk, "a", "pending", NOW - timedelta(hours=3))
    letter(talk, "b", "dead", NOW - timedelta(days=9))
    letter(talk, "c", "uncertain", NOW - timedelta(days=1))
    row = {"channel": "web", "dedupe": "x", "address": "1", "kind": "text", "body": b"", "received_at": NOW}
    talk.database.write(lambda c: c.execute(insert(INBOX), row | {"state": "quarantined", "why": "x"}))
    monkeypatch.setattr(house, "LITTLE", 2**80)
    (answer,) = await talk.write("li", "健康")
    assert answer.text.splitlines() == [
        "数据库 SQLite 正常；时钟 11月24日 14:58（Asia/Shanghai）",
        "⚠️ 定时任务没有在运行：提醒、公布都停着，请看服务器",
        "待发 1（最早 11月24日 11:58），没送到 1，不确定 1（用 wuyi outbox 处理）",
        "没处理成的来信 1",
        "⚠️ 磁盘不到 1 GB",
        "没有备份的记录（请每晚 wuyi backup）",
    ]


@pytest.mark.parametrize(("seconds", "runs"), [(1, True), (0, False), (-1, False)])
async def test_a_scheduler_is_heard_of(talk: Talk, seconds: int, runs: bool) -> None:  # noqa: FBT001 - a column of the table
    """It runs while its lease does; and a backup that was made is known."""
    lease = {"name": house.TICK, "holder": "p", "fence": 1, "until": NOW + timedelta(seconds=seconds)}
    talk.database.write(lambda c: c.execute(insert(LEASE), lease))
    talk.database.write(lambda c: audit.record(c, NOW - timedelta(days=1), "cli", house.BACKUP, "wuyi.db"))
    (answer,) = await talk.write("li", "健康")
    assert ("定时任务在运行" in answer.text) is runs
    assert answer.text.endswith("\n最近备份 11月23日 14:58")
    talk.at("2026-11-26 14:59")
    (answer,) = await talk.write("li", "健康")
    assert answer.text.endswith("\n⚠️ 最近备份 11月23日 14:58")


async def test_each_channel(talk: Talk) -> None:
    """What waits, what did not arrive within a week, and the newest reason; an older one is forgotten."""
    letter(talk, "a", "pending", NOW)
    letter(talk, "b", "dead", NOW - timedelta(days=8), why="older")
    letter(talk, "c", "dead", NOW - timedelta(days=2), why="blocked" * 30)
    letter(talk, "d", "sent", NOW - timedelta(days=3), sent_at=NOW - timedelta(days=3))
    (answer,) = await talk.write("li", "频道")
    lines = {line.partition("：")[0]: line for line in answer.text.splitlines()}
    assert lines["telegram"] == (
        "telegram：0 个聊天，待发 1，7 天内没送到 1；最近收到 没有，最近发出 11月21日 14:58；⚠️ 11月22日 14:58 "
        + ("blocked" * 30)[: house.LONG]
    )
    assert lines["test"].startswith("test：7 个聊天，待发 0；最近收到 11月24日 14:58，最近发出 没有")


@pytest.mark.parametrize("who", ["zhang", "wang", "zhao", "sun"])
@pytest.mark.parametrize("said", ["健康", "频道"])
async def test_for_administrators_only(talk: Talk, who: str, said: str) -> None:
    """Everybody else is told whom to ask, by role and place."""
    (answer,) = await talk.write(who, said)
    assert answer.text == f"“{said}”由管理员用，您名下没有。\n需要的话，请找示例县的管理员。"


@pytest.mark.parametrize("said", ["健康", "频道", "设置"])
async def test_as_many_questions_however_many_messages(talk: Talk, said: str) -> None:
    """For none and for a hundred."""
    asked = []
    for more in (0, 100):
        for n in range(more):
            letter(talk, f"x{n}", "dead", NOW, why="gone", channel=f"c{n % 5}")
        with counted(talk.database) as statements:
            await talk.write("li", said)
        asked.append(len(statements))
    assert asked[0] == asked[1]


async def test_settings_follow_what_is_said(talk: Talk) -> None:
    """Fewer reminders, all again; who stands in for an administrator sees nothing of the house."""
    for said, told in (("少提醒", "少（"), ("恢复提醒", "全部"), ("少提醒", "少（")):
        await talk.write("zhang", said)
        (answer,) = await talk.write("zhang", "设置")
        assert f"提醒：{told}" in answer.text
    assert "规则包" in (await talk.write("li", "设置"))[0].text
    row = {"person": 1, "role": "admin", "place": "X", "stands_in_for": 2, "recorded_at": NOW}
    talk.database.write(lambda c: c.execute(insert(named("assignment")), row))
    for said in ("设置", "健康"):
        assert "规则包" not in (await talk.write("zhang", said))[0].text
    assert "由管理员用" in (await talk.write("zhang", "健康"))[0].text
