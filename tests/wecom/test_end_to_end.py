"""A worker's day over WeCom: the real bot, real HTTP, a real database, and a server that keeps WeCom's rules."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from pydantic import SecretStr
from sqlalchemy import Connection, insert, select

from bot.app import Bot
from bot.desk import digests, letters
from bot.desk.cards import Card
from bot.model import Address
from bot.settings import Settings
from bot.store.schema import migrate
from bot.store.tables import named
from tests.telegram.serving import served, until
from tests.wecom import sealing
from tests.wecom.server import AGENT, SECRET, CodeError
from tests.wecom.standin import Member, Standin

NOW = datetime(2026, 11, 24, 14, 58, tzinfo=ZoneInfo("Asia/Shanghai"))
LI, WANG = 1, 2
PLACES = (
    ("N", "虚构新区", "township", None),
    ("C", "虚构社区", "community", "N"),
    ("X1", "虚构一期", "compound", "C"),
    ("X2", "虚构花园", "compound", "C"),
    ("X3", "虚构六期", "compound", "C"),
)


def roster(bot: Bot) -> None:
    """Three compounds and the one who reports for them; the lead of the community."""

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
        tasks = [
            *((LI, "grid_worker", code) for code in ("X1", "X2", "X3")),
            (WANG, "community_lead", "C"),
        ]
        duties = [{"person": who, "role": role, "place": code, "recorded_at": NOW} for who, role, code in tasks]
        connection.execute(insert(named("assignment")), duties)

    bot.database.write(job)


class Town:
    """The bot at work, and the phones that talk to it."""

    def __init__(self, bot: Bot, wecom: Standin) -> None:
        """Made by ``town``."""
        self.bot = bot
        self.wecom = wecom

    async def quiet(self) -> None:
        """Wait until all that was said is stored, confirmed and answered."""
        await self.wecom.confirmed()
        await until(self._sent)

    def _sent(self) -> bool:
        with self.bot.database.read() as connection:
            states = set(connection.execute(select(named("outbox").c.state)).scalars())
        return states <= {"sent"}

    async def says(self, member: Member, text: str) -> str:
        """Write, and give the last message of the bot."""
        member.write(text)
        await self.quiet()
        return member.sees()[-1].text

    async def taps(self, member: Member, label: str) -> str:
        """Tap, and give the last message, which may be the card tapped on."""
        member.tap(label)
        await self.quiet()
        return member.sees()[-1].text

    def rows(self, table: str, *columns: str) -> list[tuple[object, ...]]:
        """What stands in the database."""
        of = named(table)
        with self.bot.database.read() as connection:
            found = connection.execute(select(*(of.c[column] for column in columns)).order_by(*of.primary_key))
            return [tuple(row) for row in found]


@asynccontextmanager
async def town(
    folder: Path, wecom: Standin, moment: Sequence[datetime] = (NOW,), per_minute: int = 0
) -> AsyncIterator[Town]:
    """Everything running, on free ports of the loopback."""
    async with served() as server:
        settings = Settings(
            data_dir=folder,
            secret_key=SecretStr("invented key of invented data"),
            wecom_corp_id=sealing.CORP,
            wecom_agent_id=AGENT,
            wecom_secret=SecretStr(SECRET),
            wecom_token=SecretStr(sealing.TOKEN),
            wecom_aes_key=SecretStr(sealing.AES_KEY),
            wecom_api_url=wecom.url,
            wecom_per_minute=per_minute,  # 0 where the clock stands still: a pace would wait for ever
            wecom_robots={"C": SecretStr(f"{wecom.url}/cgi-bin/webhook/send?key=robot-c")},
            public_url=server.url,
        )
        bot = Bot.build(settings, lambda: moment[0])
        migrate(bot.database)
        roster(bot)
        server.app = bot.asgi()
        wecom.callback = f"{server.url}/wecom"
        running = asyncio.create_task(bot.run())
        try:
            await until(lambda: wecom.menu)
            yield Town(bot, wecom)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            bot.close()
    assert wecom.violations == []
    assert wecom.dropped == []


def photo() -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(out, "JPEG")
    return out.getvalue()


async def enrol(here: Town, member: Member, number: int) -> None:
    """From the invitation's code to the first prompt."""
    code = here.bot.invite(number, "wecom")
    await here.says(member, f"开始 {code[:4].lower()}-{code[4:]}")
    assert "个人信息保护法" in "".join(each.text for each in member.sees())
    assert "登记好了" in await here.taps(member, "同意，开始")


async def test_a_workers_day(tmp_path: Path, wecom: Standin) -> None:
    """Enrolment by code, all normal in one tap on a card, which becomes the receipt; a fever, a photo; the facts."""
    async with town(tmp_path, wecom) as here:
        li = wecom.member("li")
        await enrol(here, li, LI)
        shown = len(li.sees())
        prompt = li.sees()[-1]
        receipt = await here.taps(li, "✅ 全部正常")
        assert "14:58 已报，3 处正常" in receipt
        assert (len(li.sees()), prompt.edited > 0, li.sees()[-1] is prompt) == (shown, True, True), "updated, not sent"
        for tapped in ("更正", "重报异常", "虚构花园", "发热", "多人，只报人数", "2 人"):
            said = await here.taps(li, tapped)
        assert "虚构花园 · 发热 2 人" in said
        assert "虚构花园：发热 2 人" in await here.taps(li, "提交")
        await here.taps(li, "补充")
        li.photo(photo())
        await here.quiet()
        await here.says(li, "虚构备注")
        assert "已补充" in await here.taps(li, "完成")
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
        "account": [("wecom", "li", LI)],
        "consent": [(LI, "accepted")],
        "quarantined": [],
    }
    assert filed == [(LI, NOW.date(), False)] * 3


async def test_somebody_whose_phone_wecom_tells_only_accepts_the_notice(tmp_path: Path, wecom: Standin) -> None:
    """Opening the chat shows the notice; one tap, and the day's report is there. A code in hand stays good."""
    async with town(tmp_path, wecom) as here:
        code = here.bot.invite(LI, "telegram")
        li = wecom.member("li", "13800000001")
        li.enter()
        await here.quiet()
        assert "个人信息保护法" in "".join(each.text for each in li.sees())
        assert here.rows("account", "person") == []
        assert "登记好了" in await here.taps(li, "同意，开始")
        assert here.rows("account", "channel", "address", "person") == [("wecom", "li", LI)]
        assert code
        assert [used for (used,) in here.rows("invitation", "used_at") if used] == [NOW]
        other = wecom.member("13800000002")
        assert "个人信息保护法" in await here.says(other, "你好") + "".join(each.text for each in other.sees())
        stranger = wecom.member("nobody", "13900000000")
        stranger.enter()
        await here.quiet()
        assert "邀请码" in stranger.sees()[-1].text
        li.enter()
        await here.quiet()
        assert len(wecom.called("user/get")) == 3, "nobody who has enrolled is looked up"


async def test_a_tap_delivered_again_counts_once(tmp_path: Path, wecom: Standin) -> None:
    """The same tap three times, the last after two days: one report, one receipt, and the same answer."""
    async with town(tmp_path, wecom) as here:
        li = wecom.member("li")
        await enrol(here, li, LI)
        made = li.tap("✅ 全部正常")
        await here.quiet()
        seen, taken = [each.text for each in li.sees()], here.rows("inbox", "id")
        assert await wecom.deliver(made) == [200]
        assert await wecom.deliver(made, wecom.clock() - 2 * 86400) == [200]
        assert await wecom.deliver(made.replace("code-", "kode-"), wecom.clock() - 2 * 86400) == [403] * 4
        await here.quiet()
        assert ([each.text for each in li.sees()], here.rows("inbox", "id")) == (seen, taken)
        assert len(here.rows("filing", "id")) == 1


async def test_a_card_of_somebody_else_does_nothing(tmp_path: Path, wecom: Standin) -> None:
    """A tap with another member's token is answered politely and changes nothing."""
    async with town(tmp_path, wecom) as here:
        li, wang = wecom.member("li"), wecom.member("wang", "13800000002")
        await enrol(here, li, LI)
        wang.enter()
        await here.quiet()
        await here.taps(wang, "同意，开始")
        wang.tap_key(li.sees()[-1], li.sees()[-1].buttons[0][1])
        await here.quiet()
        assert here.rows("report", "place") == []


async def test_menu_paper_and_robot(tmp_path: Path, wecom: Standin) -> None:
    """A command from the menu; a document as a file, the board as an image; the day's counts pushed into the group."""
    moment = [NOW]
    async with town(tmp_path, wecom, moment) as here:
        wang = wecom.member("wang", "13800000002")
        wang.enter()
        await here.quiet()
        await here.taps(wang, "同意，开始")
        wang.click("待办")
        await here.quiet()
        wang.write("文件")
        await here.quiet()
        await here.taps(wang, "日报表")
        await here.taps(wang, "今天")
        await until(lambda: any(each.kind == "file" for each in wang.sees()))
        (file,) = (each.media for each in wang.sees() if each.kind == "file")
        assert file is not None
        assert file[0].endswith(".xlsx")
        assert file[1].startswith(b"PK")
        wang.write("看板")
        await until(lambda: any(each.kind == "image" for each in wang.sees()))
        (picture,) = (each.media for each in wang.sees() if each.kind == "image")
        assert picture is not None
        assert (picture[0][-4:], picture[1][1:4]) == (".png", b"PNG")
        moment[0] = NOW.replace(hour=17, minute=10)
        here.bot.database.write(lambda connection: digests.send(connection, here.bot.tools, moment[0]))
        here.bot.post.wake()
        await until(lambda: len(wecom.groups["robot-c"]) > 1)
        pushed, drawn = wecom.groups["robot-c"]
        assert pushed["markdown"]["content"].startswith("**17:10 虚构社区日报：应报 3 处，已报 0（0%），按时 0**")
        assert base64.b64decode(drawn["image"]["base64"]).startswith(b"\x89PNG")
        (addressed,) = [row for row in here.rows("outbox", "channel", "address") if row[0] == "robot"]
        assert addressed == ("robot", "C"), "the key is not in the database"


async def test_a_picture_is_fetched_at_once(tmp_path: Path, wecom: Standin) -> None:
    """A server that fails once is asked again; of what is no picture the sender is told, and nothing stays open."""
    async with town(tmp_path, wecom) as here:
        li = wecom.member("li")
        await enrol(here, li, LI)
        await here.taps(li, "✅ 全部正常")
        wecom.fail("media/get", 502)
        li.photo(photo())
        await here.quiet()
        assert len(here.rows("media", "name")) == 1
        li.photo(b"no picture at all")
        await here.quiet()
        assert len(here.rows("media", "name")) == 1
        assert "照片" in li.sees()[-1].text


async def test_whoever_gets_more_than_wecom_takes_gets_all_of_it(tmp_path: Path) -> None:
    """Eighty messages at once, with faults and a token that ends: none dropped, none doubled, in their order."""
    moment = [NOW]

    def clock() -> float:
        return moment[0].timestamp()

    async with Standin(clock) as wecom, town(tmp_path, wecom, moment, 30) as here:
        li = wecom.member("li")
        here.bot.bind(Address("wecom", "li"), LI)

        def job(connection: Connection) -> None:
            tools = here.bot.tools
            for number in range(80):
                letter = letters.Letter(Card(f"虚构 {number}"), Address("wecom", "li"), LI, kind="notice")
                letters.write(connection, tools.keyring, tools.token, NOW, letter)

        here.bot.database.write(job)
        for how in (502, None, CodeError(-1), CodeError(42001), 503):
            wecom.fail("message/send", how)
        for _ in range(200):
            moment[0] += timedelta(seconds=10)
            here.bot.post.wake()
            await asyncio.sleep(0.05)
            await until(lambda: not here.bot.post._tasks)  # time stands still while anything is on its way
            if moment[0] == NOW + timedelta(seconds=60):
                wecom.expire()
            if here._sent():
                break
        assert [each.text for each in li.sees()] == [f"虚构 {number}" for number in range(80)]
        assert moment[0] >= NOW + timedelta(seconds=120), "thirty a minute, and no more"
