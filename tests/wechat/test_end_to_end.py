"""A worker's day over an Official Account: the real bot, real HTTP, a real database, and a server with WeChat's rules."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select

from bot.app import Bot
from bot.settings import Settings
from bot.store.schema import migrate
from bot.store.tables import named
from tests.telegram.serving import served, until
from tests.wechat import sealing
from tests.wechat.server import SECRET
from tests.wechat.standin import Phone, Standin
from tests.wecom.test_end_to_end import LI, NOW, WANG, photo, roster


class Town:
    """The bot at work, and the phones that talk to it."""

    def __init__(self, bot: Bot, wechat: Standin) -> None:
        """Made by ``town``."""
        self.bot = bot
        self.wechat = wechat

    async def quiet(self) -> None:
        """Wait until all that was said is stored, confirmed and answered."""
        await self.wechat.confirmed()
        await until(self._settled)

    def _settled(self) -> bool:
        with self.bot.database.read() as connection:
            states = set(connection.execute(select(named("outbox").c.state)).scalars())
        return states <= {"sent", "dead"}

    async def says(self, phone: Phone, text: str) -> str:
        """Write, and give the last message of the account."""
        phone.write(text)
        await self.quiet()
        return phone.sees()[-1].text

    async def chooses(self, phone: Phone, label: str) -> str:
        """Write the number of a choice."""
        return await self.says(phone, phone.number(label))

    def rows(self, table: str, *columns: str) -> list[tuple[object, ...]]:
        """What stands in the database."""
        of = named(table)
        with self.bot.database.read() as connection:
            found = connection.execute(select(*(of.c[column] for column in columns)).order_by(*of.primary_key))
            return [tuple(row) for row in found]


@asynccontextmanager
async def town(folder: Path, wechat: Standin, moment: Sequence[datetime] = (NOW,), *, fresh: bool = True) -> AsyncIterator[Town]:
    """Everything running, on free ports of the loopback."""
    async with served() as server:
        settings = Settings(
            data_dir=folder,
            secret_key=SecretStr("invented key of invented data"),
            wechat_app_id=sealing.APP,
            wechat_app_secret=SecretStr(SECRET),
            wechat_token=SecretStr(sealing.TOKEN),
            wechat_aes_key=SecretStr(sealing.AES_KEY),
            wechat_api_url=wechat.url,
            public_url=server.url,
        )
        bot = Bot.build(settings, lambda: moment[0])
        if fresh:
            migrate(bot.database)
            roster(bot)
        server.app = bot.asgi()
        wechat.callback = f"{server.url}/wechat"
        wechat.menu = {}
        running = asyncio.create_task(bot.run())
        try:
            await until(lambda: wechat.menu)
            yield Town(bot, wechat)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            bot.close()
    assert wechat.violations == []
    assert wechat.dropped == []
    assert wechat.failed == []


async def enrol(here: Town, phone: Phone, number: int) -> None:
    """From the invitation's code to the first prompt."""
    code = here.bot.invite(number, "wechat")
    await here.says(phone, f"开始 {code[:4].lower()}-{code[4:]}")
    assert "个人信息保护法" in "".join(each.text for each in phone.sees())
    assert "登记好了" in await here.chooses(phone, "同意，开始")


async def test_a_workers_day(tmp_path: Path, wechat: Standin) -> None:
    """Enrolment by code, all normal by its number; a fever, a photo; all of it in the responses; the facts."""
    async with town(tmp_path, wechat) as here:
        li = wechat.follower("li")
        await enrol(here, li, LI)
        assert "14:58 已报，3 处正常" in await here.chooses(li, "✅ 全部正常")
        for chosen in ("更正", "重报异常", "虚构花园", "发热", "多人，只报人数", "2 人"):
            said = await here.chooses(li, chosen)
        assert "虚构花园 · 发热 2 人" in said
        assert "虚构花园：发热 2 人" in await here.says(li, "提交")
        await here.chooses(li, "补充")
        li.photo(photo())
        await here.quiet()
        await here.says(li, "虚构备注")
        assert "已补充" in await here.chooses(li, "完成")
        assert all(each.passive for each in li.sees())
        assert wechat.called("message/custom/send") == []
        facts = {
            "case": here.rows("case_", "place"),
            "media": len(here.rows("media", "name")),
            "account": here.rows("account", "channel", "address", "person"),
            "consent": here.rows("consent", "person", "event"),
            "quarantined": [why for (why,) in here.rows("inbox", "why") if why],
            "sent": set(here.rows("outbox", "state", "ref")),
        }
    assert facts == {
        "case": [("X2",), ("X2",)],
        "media": 1,
        "account": [("wechat", "li", LI)],
        "consent": [(LI, "accepted")],
        "quarantined": [],
        "sent": {("sent", "passive")},
    }
