"""A worker's day over Telegram: the real bot, the real library, real HTTP, a real database; webhook and polling."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from pydantic import SecretStr
from sqlalchemy import Connection, insert, select

from bot.app import Bot
from bot.channels.telegram import Telegram
from bot.settings import Settings
from bot.store.schema import migrate
from bot.store.tables import named
from tests.documents.seen import image
from tests.telegram.chats import Person
from tests.telegram.serving import served, until
from tests.telegram.standin import Standin

NOW = datetime(2026, 11, 24, 14, 58, tzinfo=ZoneInfo("Asia/Shanghai"))
Mode = Literal["webhook", "polling"]
LI, WANG = 1, 2
PLACES = (
    ("N", "虚构新区", "township", None),
    ("C", "虚构社区", "community", "N"),
    ("X1", "虚构一期", "compound", "C"),
    ("X2", "虚构花园", "compound", "C"),
    ("X3", "虚构六期", "compound", "C"),
)


def roster(bot: Bot) -> None:
    """Three compounds and the one who reports for them; another of the same community."""

    def job(connection: Connection) -> None:
        rows = [
            {"code": code, "name": name, "level": level, "parent": up, "aliases": ""}
            for code, name, level, up in PLACES
        ]
        connection.execute(insert(named("place")), rows)
        for person, name in ((LI, "虚构李"), (WANG, "虚构王")):
            phone = f"+861380000000{person}"
            secret = {"phone": bot.keyring.seal(phone), "name": bot.keyring.seal(name)}
            row = {"id": person, "phone_hash": bot.keyring.lookup(phone, "phone"), "locale": "zh", "created_at": NOW}
            connection.execute(insert(named("person")), row | secret)
        tasks = [(LI, "X1"), (LI, "X2"), (LI, "X3"), (WANG, "X3")]
        duties = [{"person": who, "role": "grid_worker", "place": code, "recorded_at": NOW} for who, code in tasks]
        connection.execute(insert(named("assignment")), duties)

    bot.database.write(job)


class Town:
    """The bot at work, and the phones that talk to it."""

    def __init__(self, bot: Bot, telegram: Standin) -> None:
        """Made by ``town``."""
        self.bot = bot
        self.telegram = telegram

    async def quiet(self) -> None:
        """Wait until all that was said is stored, confirmed and answered."""
        await self.telegram.confirmed()
        await until(self._sent)

    def _sent(self) -> bool:
        with self.bot.database.read() as connection:
            states = set(connection.execute(select(named("outbox").c.state)).scalars())
        return states <= {"sent"}

    async def says(self, person: Person, text: str) -> str:
        """Write, and give the last message of the bot."""
        await person.write(text)
        await self.quiet()
        return person.sees()[-1].text

    async def taps(self, person: Person, label: str) -> str:
        """Tap, and give the message tapped on, or the one that followed it."""
        await person.tap(label)
        await self.quiet()
        return person.sees()[-1].text

    def rows(self, table: str, *columns: str) -> list[tuple[object, ...]]:
        """What stands in the database."""
        of = named(table)
        with self.bot.database.read() as connection:
            found = connection.execute(select(*(of.c[column] for column in columns)).order_by(*of.primary_key))
            return [tuple(row) for row in found]


@asynccontextmanager
async def town(
    mode: Mode, folder: Path, telegram: Standin, clock: Callable[[], datetime] = lambda: NOW
) -> AsyncIterator[Town]:
    """Everything running, on free ports of the loopback."""
    async with served() as server:
        settings = Settings(
            data_dir=folder,
            secret_key=SecretStr("invented key of invented data"),
            telegram_token=SecretStr(telegram.token),
            telegram_api_url=telegram.url,
            telegram_mode=mode,
            telegram_secret=SecretStr("invented-secret"),
            public_url=server.url,
            telegram_per_second=0,  # the clock stands still here: a pace would wait for ever
        )
        bot = Bot.build(settings, clock)
        migrate(bot.database)
        roster(bot)
        server.app = bot.asgi()
        running = asyncio.create_task(bot.run())
        try:
            await until(lambda: telegram.webhook if mode == "webhook" else telegram.called("getUpdates"))
            yield Town(bot, telegram)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            bot.close()


def photo() -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(out, "JPEG")
    return out.getvalue()


async def enrol(here: Town, person: Person, number: int) -> None:
    """From the invitation's link to the first prompt."""
    channel = here.bot.channels["telegram"]
    assert isinstance(channel, Telegram)
    link = await channel.link(here.bot.invite(number, "telegram"))
    payload = link.partition("?start=")[2]
    notice = await here.says(person, f"/start {payload}")
    assert "个人信息保护法" in notice
    prompt = await here.taps(person, "同意，开始")
    assert "登记好了" in prompt


async def test_a_lead_invites_in_the_chat_by_a_link(tmp_path: Path, telegram: Standin) -> None:
    """The answer has the link that opens this bot; who opens it has the notice before them."""
    async with town("polling", tmp_path, telegram) as here:
        task = {"person": LI, "role": "township_reviewer", "place": "N", "recorded_at": NOW}
        here.bot.database.write(lambda connection: connection.execute(insert(named("assignment")), task))
        li = telegram.person(7001, "Invented Li")
        await enrol(here, li, LI)
        said = await here.says(li, "邀请 13800000002")
        assert "Telegram：打开 https://t.me/invented_wuyi_bot?start=" in said
        payload = said.partition("?start=")[2].split()[0]
        assert f"/login#code={payload}" in said
        notice = await here.says(telegram.person(7002, "Invented Wang"), f"/start {payload}")
        assert "个人信息保护法" in notice


@pytest.mark.parametrize("mode", ["webhook", "polling"])
async def test_a_workers_day_leaves_the_same_facts_by_either_way(mode: Mode, tmp_path: Path, telegram: Standin) -> None:
    """Enrolment by link, all normal in one tap, a correction with a fever, a photo and a note; then the facts."""
    async with town(mode, tmp_path, telegram) as here:
        li = telegram.person(7001, "Invented Li")
        await enrol(here, li, LI)
        shown = len(li.sees())
        receipt = await here.taps(li, "✅ 全部正常")
        assert "14:58 已报，3 处正常" in receipt
        assert len(li.sees()) == shown, "the prompt itself became the receipt"
        for tapped in ("更正", "重报异常", "虚构花园", "发热", "多人，只报人数", "2 人"):
            said = await here.taps(li, tapped)
        assert "虚构花园 · 发热 2 人" in said
        assert "虚构花园：发热 2 人" in await here.taps(li, "提交")
        await here.taps(li, "补充")
        await li.photo(photo(), "虚构楼道")
        await here.quiet()
        await here.says(li, "虚构备注")
        assert "已补充" in await here.taps(li, "完成")
        taps = [call["callback_query_id"] for call in telegram.called("answerCallbackQuery")]
        assert telegram.answered == taps == [f"tap{number}" for number in range(len(taps))]
        facts = {
            "report": here.rows("report", "place", "status"),
            "case": here.rows("case_", "place"),
            "media": len(here.rows("media", "name")),
            "account": here.rows("account", "channel", "address", "person"),
            "consent": here.rows("consent", "person", "event"),
            "quarantined": [why for (why,) in here.rows("inbox", "why") if why],
        }
        filed = here.rows("filing", "person", "day", "late")
    assert facts == {
        "report": [
            *[(place, "normal") for place in ("X1", "X2", "X3")],
            *[("X1", "normal"), ("X2", "abnormal"), ("X3", "normal")],
        ],
        "case": [("X2",), ("X2",)],
        "media": 1,
        "account": [("telegram", "7001", LI)],
        "consent": [(LI, "accepted")],
        "quarantined": [],
    }
    assert filed == [(LI, NOW.date(), False)] * 3


async def test_the_board_is_seen_as_a_photo(tmp_path: Path, telegram: Standin) -> None:
    """Drawn from what is known when it leaves; the words below it, and the way on to the days of a compound."""
    async with town("webhook", tmp_path, telegram) as here:
        li = telegram.person(7001, "Invented Li")
        await enrol(here, li, LI)
        said = await here.says(li, "看板")
        first = li.sees()[-1].photo
        assert said == "虚构一期、虚构花园、虚构六期，11月24日 连续无疫天数"
        await here.taps(li, "日历图")
        await here.taps(li, "虚构花园")
        second = li.sees()[-1].photo
        assert first is not None
        assert second is not None
        assert [image(data).width for data in (first, second)] == [1080, 1080]
        assert first != second


@pytest.mark.parametrize("mode", ["webhook", "polling"])
async def test_a_reminder_becomes_the_receipt(mode: Mode, tmp_path: Path, telegram: Standin) -> None:
    """Half an hour before the cutoff the bot writes by itself; one tap files the report, in the same message."""
    now = [NOW]
    async with town(mode, tmp_path, telegram, lambda: now[0]) as here:
        li = telegram.person(7001, "Invented Li")
        await enrol(here, li, LI)
        now[0] = NOW.replace(hour=16, minute=30)
        await here.bot.tick.tick()
        await here.quiet()
        assert "还没报 3 处：虚构一期、虚构花园、虚构六期" in li.sees()[-1].text
        shown = len(li.sees())
        receipt = await here.taps(li, "✅ 全部正常")
        assert "16:30 已报，3 处正常" in receipt
        assert len(li.sees()) == shown, "the reminder itself became the receipt"
        await here.bot.tick.tick()
        await here.quiet()
        assert len(li.sees()) == shown
        assert here.rows("report", "place", "status") == [(place, "normal") for place in ("X1", "X2", "X3")]


async def test_a_message_delivered_again_counts_once(tmp_path: Path, telegram: Standin) -> None:
    """The same update three times: one report, and no second receipt."""
    async with town("webhook", tmp_path, telegram) as here:
        li = telegram.person(7001)
        await enrol(here, li, LI)
        number = await li.tap("✅ 全部正常")
        await here.quiet()
        seen = [message.text for message in li.sees()]
        taken = here.rows("inbox", "id")
        assert taken[-1][0]
        again = telegram.sent[number]
        for _ in range(2):
            await telegram.again(again)
            await here.quiet()
        assert [message.text for message in li.sees()] == seen
        assert here.rows("inbox", "id") == taken
        assert len(here.rows("filing", "id")) == 1


async def test_a_button_of_somebody_else_does_nothing(tmp_path: Path, telegram: Standin) -> None:
    """A tap with another person's token, from another chat, is answered and changes nothing."""
    async with town("polling", tmp_path, telegram) as here:
        li, wang = telegram.person(7001), telegram.person(7002)
        await enrol(here, li, LI)
        await enrol(here, wang, WANG)
        prompt = li.sees()[-1]
        await wang.tap_data(prompt.buttons[0][0][1], wang.sees()[-1].id)
        await here.quiet()
        assert here.rows("report", "place") == []


async def test_an_edit_whose_answer_is_lost_comes_once(tmp_path: Path, telegram: Standin) -> None:
    """An edit that arrived though its answer was lost is tried again: one receipt in the end, one filing."""
    async with town("webhook", tmp_path, telegram) as here:
        li = telegram.person(7001)
        await enrol(here, li, LI)
        telegram.swallow("editMessageText")
        await li.tap("✅ 全部正常")
        await telegram.confirmed()
        await until(lambda: "已报" in li.sees()[-1].text)
        assert [message.text.count("14:58 已报") for message in li.sees()].count(1) == 1
        assert len(here.rows("filing", "id")) == 1
