"""Which facts other programs are told: at their places, as far as their role goes, in the fact's own transaction."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import insert, select, update

from bot.app import Bot
from bot.connected import hooks
from bot.desk import creation_notices
from bot.desk.voice import Tools
from bot.model import Address, InboundKind, Outbound, Role
from bot.settings import Settings
from bot.store import codec, webhooks
from bot.store.database import Database
from bot.store.tables import named
from scheduler.post import Post
from tests.privacy.planted import PLANTED, plant
from tests.talking import Talk
from tests.town import KEYRING, NOW, RULES, TODAY, ZONE, tokens
from tests.webhook.listening import listening, signed

OUTBOX = named("outbox")
ELSEWHERE = "https://platform.example/facts"


def hook(database: Database, role: Role = Role.OFFICE, place: str = "JA", url: str = ELSEWHERE) -> webhooks.Webhook:
    """A program that is told."""
    return database.write(lambda connection: webhooks.add(connection, NOW, url=url, role=role, place=place))


def told(database: Database) -> list[tuple[str, dict[str, Any]]]:
    """What waits for other programs: to which, and what."""
    query = select(OUTBOX.c.address, OUTBOX.c.body).where(OUTBOX.c.channel == "webhook").order_by(OUTBOX.c.id)
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [(row.address, json.loads(codec.load(Outbound, KEYRING.open_bytes(row.body)).text)) for row in rows]


async def test_new_facts_of_cases_are_told(town: Database) -> None:
    """Number, place, kind, event and day of each; above the place and there, not elsewhere; nothing of the person."""
    hook(town)
    hook(town, place="X")
    hook(town, place="XM")
    talk = Talk(town)
    await plant(talk)
    found = told(town)
    assert [to for to, _ in found] == ["1", "2"] * 3
    _, body = found[0]
    assert (body["type"], body["timestamp"]) == ("case.found", "2026-11-24T14:58:00+08:00")
    assert body["data"] == {
        "case": "F1124-01", "place": "24", "kind": "fever", "event": "found", "on": "2026-11-24",
    }  # fmt: skip
    assert len({body["id"] for _, body in found}) == 3
    for trace in (*PLANTED.values(), "隐", "8栋", "样例"):
        assert trace not in str(found)


async def test_what_becomes_of_a_case_is_told_once(town: Database) -> None:
    """A later fact alone, not those before it."""
    talk = Talk(town)
    await plant(talk)
    hook(town)
    talk.at("2026-11-24 15:10")
    for said in ("/case F1124-01", "排除", "今天", "确认"):
        await talk.write("wang", said)
    assert [body["data"]["event"] for _, body in told(town)] == ["ruled_out"]


@pytest.mark.parametrize("role", [Role.ADMIN])
async def test_a_role_that_may_not_see_cases_is_told_none(town: Database, role: Role) -> None:
    """As in the chat."""
    hook(town, role)
    await plant(Talk(town))
    assert told(town) == []


@pytest.mark.parametrize(("role", "case"), [(Role.OFFICE, {"case": "S1015-01"}), (Role.ADMIN, {})])
def test_awards_that_end_are_told(town: Database, role: Role, case: dict[str, str]) -> None:
    """By the rule as by hand; the case for who may know of it."""
    hook(town, role)
    held = {"place": "JA", "step": "awarded", "on": TODAY - timedelta(days=60), "period": "", "case": ""}
    row = held | {"recorded_at": NOW - timedelta(days=60)}
    town.write(lambda connection: connection.execute(insert(named("creation_event")), row))
    tools = Tools(KEYRING, RULES, ZONE, tokens(), "https://wuyi.example")
    for _ in range(2):
        town.write(lambda connection: creation_notices.revoke(connection, tools, NOW))
    ((_, body),) = told(town)
    assert body["type"] == "award.revoked"
    assert body["data"] == {"place": "JA", "step": "revoked", "on": "2026-11-24", **case}


async def test_the_bot_that_runs_tells_by_itself(town: Database, tmp_path: Path) -> None:
    """A worker reports a contact; the other program hears of it while the bot goes on."""
    settings = Settings(
        data_dir=tmp_path, database_url=town.url, secret_key="a secret of the tests, long enough to be one"
    )
    async with listening() as other:
        made = hook(town, url=other.url)
        bot = Bot.build(settings, lambda: NOW, web=False)
        talk = Talk(town)
        work = asyncio.create_task(bot.run())
        for said in ("有异常", "汉口花园六期", "密接", "不知道", "不知道", "提交"):
            await bot.take(talk.inbound("zhang", InboundKind.TEXT, said))
        async with asyncio.timeout(60):
            await other.heard.wait()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        bot.close()
    ((headers, body), *_) = other.came
    assert json.loads(body)["data"]["place"] == "24"
    assert signed(made.secret(KEYRING), headers, body)


async def test_what_a_dead_process_was_sending_is_sent_again(town: Database) -> None:
    """The other program knows it by its id, and takes it once."""
    async with listening() as other:
        hook(town, url=other.url)
        await plant(Talk(town))
        dying = update(OUTBOX).where(OUTBOX.c.channel == "webhook").values(state="sending", owner="dead", attempts=1)
        town.write(lambda connection: connection.execute(dying))
        (channel,) = hooks(town, KEYRING, lambda: NOW)
        post = Post(town, KEYRING, {"webhook": channel}, lambda: NOW, name="two")
        await post.start()
        await post.settle()
        await channel.close()  # type: ignore[attr-defined] # of this channel
    assert sorted(headers["webhook-id"] for headers, _ in other.came) == sorted(body["id"] for _, body in told(town))


async def test_it_goes_through_the_post(town: Database) -> None:
    """A failure is tried again under the same id; what was sent is not sent again; a removed one gets nothing."""
    async with listening() as other:
        made = hook(town, url=other.url)
        await plant(Talk(town))
        (channel,) = hooks(town, KEYRING, lambda: NOW)
        moments = [NOW]
        post = Post(town, KEYRING, {"webhook": channel}, lambda: moments[-1], name="one")
        other.answers.append(web.Response(status=500))
        for later in (0, 60, 120):
            moments.append(NOW + timedelta(seconds=later))
            await post.settle()
        assert len(other.came) == 4
        assert [headers["webhook-id"] for headers, _ in other.came].count(json.loads(other.came[0][1])["id"]) == 2
        assert all(signed(made.secret(KEYRING), headers, body) for headers, body in other.came)
        town.write(lambda connection: webhooks.remove(connection, made.id, NOW))
        letter = Outbound(9, Address("webhook", str(made.id)), "{}")
        assert "removed" in str(await channel.send(letter))
        await channel.close()  # type: ignore[attr-defined] # of this channel
    assert hooks(town, KEYRING, lambda: NOW) == []
