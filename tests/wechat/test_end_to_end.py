"""A worker's day over an Official Account: the real bot, real HTTP, a real database, a server with WeChat's rules."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr
from sqlalchemy import Connection, select
from starlette.routing import BaseRoute

from bot.app import Bot
from bot.channels.port import Take
from bot.desk import letters
from bot.desk.cards import Card
from bot.model import Address, Fate, Inbound, InboundKind, Limits, Outbound, Sent
from bot.settings import Settings
from bot.store.schema import migrate
from bot.store.tables import named
from scheduler.outbox import Parcel
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
async def town(
    folder: Path, wechat: Standin, moment: Sequence[datetime] = (NOW,), *, fresh: bool = True
) -> AsyncIterator[Town]:
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


async def test_whoever_answers_at_once_is_understood(tmp_path: Path, wechat: Standin) -> None:
    """A number means what the response offered, however soon it comes: what was said is written down before it goes."""
    async with town(tmp_path, wechat) as here:
        li = wechat.follower("li")
        code = here.bot.invite(LI, "wechat")
        li.write(f"开始 {code}")
        await wechat.confirmed()
        for chosen in (
            "同意，开始",
            "✅ 全部正常",
            "更正",
            "重报异常",
            "虚构花园",
            "发热",
            "多人，只报人数",
            "2 人",
            "提交",
        ):
            li.write(li.number(chosen) if chosen != "提交" else chosen)
            await wechat.confirmed()
        assert "虚构花园：发热 2 人" in li.sees()[-1].text
        assert len(li.sees()) == 10
        await here.quiet()


async def test_nothing_is_said_before_it_is_written_down_as_said(tmp_path: Path, wechat: Standin) -> None:
    """However slow the database is: else a number that is typed at once would mean what was offered before."""
    async with town(tmp_path, wechat) as here:
        settle, out, early = here.bot.post._settle, threading.Event(), []

        def slow(parcel: Parcel, fate: Fate, behind: Parcel | None, connection: Connection) -> bool:
            early.append(out.wait(0.2))
            return settle(parcel, fate, behind, connection)

        here.bot.post._settle = slow  # type: ignore[method-assign]
        status, response = await wechat.call(wechat.follower("li").message("text", Content="你好"))
        out.set()
        assert status == 200
        assert "邀请码" in sealing.unseal(response)["Content"]
        assert early == [False]


async def test_a_picture_to_scan_brings_the_invitation(tmp_path: Path, wechat: Standin) -> None:
    """Whoever scans it follows the account and has the notice before them, without typing a code."""
    async with town(tmp_path, wechat) as here:
        channel = here.bot.channels["wechat"]
        link = await channel.link(here.bot.invite(LI, "wechat"))  # type: ignore[attr-defined]
        (ticket,) = wechat.scenes
        assert link == f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket={ticket.replace('=', '%3D')}"
        li = wechat.follower("li")
        li.follow(wechat.scenes[ticket])
        await here.quiet()
        assert "个人信息保护法" in li.sees()[-1].text
        assert "登记好了" in await here.chooses(li, "同意，开始")
        stranger = wechat.follower("nobody")
        stranger.follow("poster-2026")
        await here.quiet()
        assert "邀请码" in stranger.sees()[-1].text
        li.scan("7KQM2XRT")
        await here.quiet()
        assert "日报" in li.sees()[-1].text, "who is known already goes on"


async def test_a_message_delivered_again_counts_once_and_is_answered_alike(tmp_path: Path, wechat: Standin) -> None:
    """Three times, two days later, and by another process after a restart: one report, one receipt, the same words."""
    async with town(tmp_path, wechat) as here:
        li = wechat.follower("li")
        await enrol(here, li, LI)
        said = li.write(li.number("✅ 全部正常"))
        await here.quiet()
        seen, taken = [each.text for each in li.sees()], here.rows("inbox", "id")
        first = await wechat.call(said)
        assert first == await wechat.call(said, wechat.clock() - 2 * 86400)
        assert sealing.unseal(first[1])["Content"] == seen[-1]
        other = said.replace("<MsgId>", "<MsgId>9")
        assert await wechat.call(other, wechat.clock() - 2 * 86400) == (403, "")
    async with town(tmp_path, wechat, fresh=False) as here:
        again = await wechat.call(said)
        assert sealing.unseal(again[1])["Content"] == seen[-1]
        await here.quiet()
        assert ([each.text for each in li.sees()], here.rows("inbox", "id")) == (seen, taken)
        assert len(here.rows("filing", "id")) == 1


async def test_menu_and_paper(tmp_path: Path, wechat: Standin) -> None:
    """A command from the menu; a document is a link that opens for whoever is logged in, and for nobody else."""
    async with town(tmp_path, wechat) as here, httpx.AsyncClient(trust_env=False) as browser:
        wang = wechat.follower("wang")
        await enrol(here, wang, WANG)
        wang.write("文件")
        await here.quiet()
        await here.chooses(wang, "日报表")
        said = await here.chooses(wang, "今天")
        link = next(line for line in said.splitlines() if "://" in line)
        assert (await browser.get(link)).status_code == 404
        login = next(line for line in (await here.says(wang, "网页")).splitlines() if "://" in line)
        address, _, token = login.partition("#")
        entered = await browser.post(address, json={"token": token}, headers={"origin": here.bot.settings.base_url})
        assert entered.status_code == 204
        answer = await browser.get(link)
        assert answer.content.startswith(b"PK")


async def test_what_customer_service_no_longer_takes_goes_another_way(tmp_path: Path) -> None:
    """Five since the last word, counted over a restart; then the person's other chat; a word, or a menu, opens it."""
    moment = [NOW]

    def clock() -> float:
        return moment[0].timestamp()

    def alert(bot: Bot, number: int) -> None:
        def job(connection: Connection) -> None:
            letter = letters.Letter(Card(f"虚构 {number}"), Address("wechat", "li"), LI, kind="notice")
            letters.write(connection, bot.tools.keyring, bot.tools.token, moment[0], letter)

        bot.database.write(job)
        bot.post.wake()

    async with Standin(clock) as wechat:
        async with town(tmp_path, wechat, moment) as here:
            wechat.silent = True  # ``town`` asks at the end whether anything was dropped
            li = wechat.follower("li")
            here.bot.bind(Address("other", "li"), LI)
            await enrol(here, li, LI)
            for number in range(3):
                alert(here.bot, number)
            await here.quiet()
        async with town(tmp_path, wechat, moment, fresh=False) as here:
            other = Other()
            here.bot.add(other)
            for number in range(3, 7):
                alert(here.bot, number)
            await here.quiet()
            pushed = [each.text for each in li.sees() if not each.passive]
            assert pushed == [f"虚构 {number}" for number in range(5)]
            assert other.texts == ["虚构 5", "虚构 6"]
            assert {why for (why,) in here.rows("outbox", "why") if why} == {
                "five messages since their last word: WeChat takes no more"
            }
            moment[0] += timedelta(seconds=1)
            await here.says(li, "菜单")
            alert(here.bot, 7)
            await here.quiet()
            assert li.sees()[-1].text == "虚构 7"
            moment[0] += timedelta(hours=48)
            alert(here.bot, 8)
            await here.quiet()
            assert other.texts[-1] == "虚构 8"
            assert here.rows("account", "channel", "unreachable_at") == [("other", None), ("wechat", None)]
            assert len(wechat.called("message/custom/send")) == 6, "what would be dropped is not sent"
            li.click("帮助")
            await here.quiet()
            for number in range(9, 13):
                alert(here.bot, number)
            await here.quiet()
            assert [each.text for each in li.sees()[-3:]] == ["虚构 9", "虚构 10", "虚构 11"]
            assert other.texts[-1] == "虚构 12"


async def test_whoever_leaves_is_unreachable_until_they_come_back(tmp_path: Path, wechat: Standin) -> None:
    """By the event, or by the server's word."""
    async with town(tmp_path, wechat) as here:
        li = wechat.follower("li")
        await enrol(here, li, LI)
        li.leave()
        await here.quiet()
        assert here.rows("account", "unreachable_at") == [(NOW,)]
        li.follow()
        await here.quiet()
        assert here.rows("account", "unreachable_at") == [(None,)]


async def test_a_conversation_begun_here_ends_elsewhere_and_the_other_way(tmp_path: Path, wechat: Standin) -> None:
    """It is the person's, not the chat's."""
    async with town(tmp_path, wechat) as here:
        other = Other()
        here.bot.add(other)
        li = wechat.follower("li")
        await enrol(here, li, LI)
        here.bot.bind(Address("other", "li"), LI)
        await here.chooses(li, "有异常")
        await here.says(li, "虚构花园")
        await other.says(here, "发热")
        await other.says(here, "多人，只报人数")
        await here.says(li, "2 人")
        assert "虚构花园：发热 2 人" in await here.says(li, "提交")
        assert here.rows("case_", "place") == [("X2",), ("X2",)]


async def test_many_at_once_with_connections_that_break(tmp_path: Path, wechat: Standin) -> None:
    """Each has every answer once: in the first response, in a later one, or by customer service."""
    async with town(tmp_path, wechat) as here:
        phones = [wechat.follower(f"stranger-{number}") for number in range(24)]
        wechat.broken.extend(number % 3 == 0 for number in range(48))
        for _ in range(2):
            for phone in phones:
                phone.write("你好")
            await here.quiet()
        assert [len(phone.sees()) for phone in phones] == [2] * 24
        assert here.rows("inbox", "why") == [("",)] * 48
        assert any(0 in statuses for statuses in wechat.statuses)


class Other:
    """Another channel, on which somebody is as well."""

    name = "other"
    limits = Limits(buttons=False, edits=False)

    def __init__(self) -> None:
        """Nothing was sent."""
        self.texts: list[str] = []
        self._numbers = itertools.count(1)

    def routes(self) -> Sequence[BaseRoute]:
        """None."""
        return ()

    async def listen(self, take: Take) -> None:
        """Never called: it is added late."""
        raise NotImplementedError

    async def send(self, outbound: Outbound) -> Sent:
        """Keep it."""
        self.texts.append(outbound.text)
        return Sent()

    async def says(self, here: Town, text: str) -> str:
        """Write there."""
        name = f"other-{next(self._numbers)}"
        await here.bot.take(Inbound(Address("other", "li"), name, InboundKind.TEXT, text, sender="li"))
        await here.quiet()
        return self.texts[-1]
