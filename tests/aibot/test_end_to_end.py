"""A worker's day over the group bot: the real bot, real HTTP, a database, and a server that keeps WeCom's rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection

from bot.app import Bot
from bot.desk import letters
from bot.desk.cards import Card
from bot.model import Address
from bot.settings import Settings
from bot.store import people
from bot.store.reached import reached
from tests.aibot.conftest import NOW, photo, town
from tests.aibot.standin import Standin
from tests.telegram.serving import until
from tests.wecom import sealing
from tests.wecom.server import AGENT, SECRET
from tests.wecom.standin import Standin as Application
from tests.wecom.test_end_to_end import LI, WANG

REPORTED = [("X1", "normal"), ("X2", "abnormal"), ("X3", "normal")]


def application(wecom: Application) -> dict[str, Any]:
    """The settings of an application beside the bot."""
    return {
        "wecom_corp_id": sealing.CORP, "wecom_agent_id": AGENT, "wecom_secret": SecretStr(SECRET),
        "wecom_token": SecretStr(sealing.TOKEN), "wecom_aes_key": SecretStr(sealing.AES_KEY),
        "wecom_api_url": wecom.url, "wecom_per_minute": 0,
    }  # fmt: skip


async def test_a_workers_day(tmp_path: Path, aibot: Standin) -> None:
    """Enrolment by code, all normal in one tap on a card, which becomes the receipt; a fever, a photo; the facts."""
    async with town(tmp_path, aibot) as here:
        li = aibot.member("li")
        await here.enrol(li, LI)
        shown = len(li.sees())
        prompt = li.sees()[-1]
        receipt = await here.taps(li, "✅ 全部正常")
        assert "14:58 已报，3 处正常" in receipt
        assert (len(li.sees()), prompt.edited > 0, li.sees()[-1] is prompt) == (shown, True, True), "updated, not sent"
        for tapped in ("更正", "重报异常", "虚构花园", "发热", "多人，只报人数", "2 人"):
            said = await here.chooses(li, tapped)
        assert "虚构花园 · 发热 2 人" in said
        assert "虚构花园：发热 2 人" in await here.chooses(li, "提交")
        await here.chooses(li, "补充")
        li.photo(photo(), "虚构备注", photo("blue"))
        await here.quiet()
        assert "照片 2 张" in li.sees()[-1].text
        assert "已补充" in await here.chooses(li, "完成")
        facts = {
            "report": here.rows("report", "place", "status"),
            "case": here.rows("case_", "place"),
            "media": len(here.rows("media", "name")),
            "account": here.rows("account", "channel", "address", "person"),
            "consent": here.rows("consent", "person", "event"),
            "quarantined": [why for (why,) in here.rows("inbox", "why") if why],
        }
        filed = here.rows("filing", "person", "day", "late")
        assert here.states() == {"sent"}
    assert facts == {
        "report": [
            *[(place, "normal") for place in ("X1", "X2", "X3")],
            *[("X1", "normal"), ("X2", "abnormal"), ("X3", "normal")],
        ],
        "case": [("X2",), ("X2",)],
        "media": 2,
        "account": [("aibot", "li", LI)],
        "consent": [(LI, "accepted")],
        "quarantined": [],
    }
    assert filed == [(LI, NOW.date(), False)] * 3
    assert all(len(tries) == 1 for tries in aibot.replies)


async def test_a_group_and_its_board(tmp_path: Path, aibot: Standin) -> None:
    """The lead binds it; whoever says the bot's name gets counts and places, and never a person."""
    async with town(tmp_path, aibot) as here:
        li, wang, passer = (aibot.member(name) for name in ("li", "wang", "passer"))
        group = aibot.group("wr1", li, wang, passer)
        await here.enrol(li, LI)
        await here.enrol(wang, WANG)
        assert "只有" in await here.says(li, "/bind 虚构社区", group)
        assert "已绑定 虚构社区" in await here.says(wang, "/bind 虚构社区", group)
        board = await here.says(passer, "天数", group)
        assert board.startswith("14:58 虚构社区日报：应报 3 处，已报 0（0%），按时 0\n虚构一期 328 天")
        assert await here.says(li, "", group) == board, "the name alone asks for the board, too"
        assert await here.says(li, "/report", group) == "请到和我的私聊里说，这里不谈个人的事。"
        seen = len(group.sees())
        group.say(passer, "大家辛苦了")
        await here.quiet()
        assert len(group.sees()) == seen, "people who talk to each other are not answered"
        said = "".join(each.text for each in group.sees())
    assert not any(planted in said for planted in ("虚构李", "虚构王", "1380000", "li", "wang", ".png"))


async def test_a_report_by_a_line_in_a_group(tmp_path: Path, aibot: Standin) -> None:
    """A short word there; alone with the bot the draft waits, and counts once it was submitted."""
    async with town(tmp_path, aibot) as here:
        li = aibot.member("li")
        group = aibot.group("wr1", li)
        await here.enrol(li, LI)
        said = await here.says(li, "虚构花园3栋 发热1人 38.5，其他正常", group)
        assert said == "收到，已拟成草稿，还没有报上去：请打开和我的私聊，发“日报”，核对、提交了才算数。"
        assert here.rows("report", "place") == []
        assert "没写完：" in await here.says(li, "日报")
        assert "虚构花园 3栋 · 发热 1 人 38.5℃" in await here.chooses(li, "继续写")
        await here.chooses(li, "提交")
        assert sorted(here.rows("report", "place", "status")) == REPORTED
    assert "38.5" not in "".join(each.text for each in group.sees())


async def test_what_began_in_a_group_is_finished_in_the_application(tmp_path: Path, aibot: Standin) -> None:
    """Whoever has the application gets the draft there: where the bot may speak without being spoken to."""
    async with Application(NOW.timestamp) as wecom:
        async with town(tmp_path, aibot, **application(wecom)) as here:
            wecom.callback = aibot.callback.replace("/aibot", "/wecom")
            await until(lambda: wecom.menu)
            here.bot.bind(Address("wecom", "li"), LI)
            here.bot.bind(Address("aibot", "li"), LI)
            phone, group = wecom.member("li"), aibot.group("wr1", aibot.member("li"))
            said = await here.says(group.members[0], "虚构花园3栋 发热1人 38.5，其他正常", group)
            assert said == "收到，已拟成草稿私信发给您；在私聊里核对、提交了才算数。"
            for label in ("核对草稿", "提交"):
                phone.tap(label)
                await wecom.confirmed()
                await here.quiet()
            assert "14:58 已报" in phone.sees()[-1].text
            assert sorted(here.rows("report", "place", "status")) == REPORTED
        assert wecom.violations == []


async def test_a_reminder_goes_where_the_bot_may_speak(tmp_path: Path, aibot: Standin) -> None:
    """The application, whichever chat was bound last; whoever has the group bot alone counts as not to be reached."""
    async with Application(NOW.timestamp) as wecom, town(tmp_path, aibot, **application(wecom)) as here:
        wecom.member("li")
        here.bot.bind(Address("wecom", "li"), LI)
        here.bot.bind(Address("aibot", "li"), LI)
        here.bot.bind(Address("aibot", "wang"), WANG)
        with here.bot.database.read() as connection:
            assert people.addresses_of(connection, LI) == (Address("wecom", "li"),)
            assert set(reached(connection, NOW)) == {LI}
            assert people.address_of(connection, WANG) is None

        def job(connection: Connection) -> None:
            tools = here.bot.tools
            letter = letters.Letter(Card("虚构提醒"), Address("aibot", "li"), LI, kind="reminder")
            letters.write(connection, tools.keyring, tools.token, NOW, letter)

        here.bot.database.write(job)
        here.bot.post.wake()
        await here.quiet()
        assert here.rows("outbox", "channel", "state") == [("aibot", "dead"), ("wecom", "sent")]
        assert wecom.shown["li"][-1].text == "虚构提醒"
        assert here.rows("account", "unreachable_at") == [(None,)] * 3, "the chat itself is well"


async def test_a_member_of_the_application_only_accepts_the_notice(tmp_path: Path, aibot: Standin) -> None:
    """Whoever the application knows, by enrolment or by phone, needs no code; of another enterprise nobody is known."""
    async with Application(NOW.timestamp) as wecom, town(tmp_path, aibot, **application(wecom)) as here:
        here.bot.bind(Address("wecom", "li"), LI)
        wecom.member("wang", "13800000002")
        li, wang = aibot.member("li"), aibot.member("wang")
        stranger = aibot.payload("li", None, "text", text={"content": "你好"})
        await aibot.deliver({**stranger, "from": {"userid": "li", "corpid": "wwanother"}})
        assert "邀请码" in li.sees()[-1].text
        li.enter()
        await here.quiet()
        assert "个人信息保护法" in li.sees()[-1].text
        assert "登记好了" in await here.chooses(li, "同意，开始")
        assert "个人信息保护法" in await here.says(wang, "你好")
        await here.says(wang, "1")
        here_now = here.rows("account", "channel", "address", "person")
    assert here_now == [("wecom", "li", LI), ("aibot", "li", LI), ("aibot", "wang", WANG)]


async def test_an_answer_outlives_the_process(tmp_path: Path, aibot: Standin) -> None:
    """WeCom asks again after a restart: the same answer, from the database; the message counts once."""
    async with town(tmp_path, aibot) as here:
        li = aibot.member("li")
        await here.enrol(li, LI)
        await here.says(li, "日报")
        said, first = aibot.sent[-1], aibot.replies[-1][0]
        inbox = len(here.rows("inbox", "id"))
    async with town(tmp_path, aibot) as here:
        chunk = sealing.seal(json.dumps(said, ensure_ascii=False), corp="")
        body = json.dumps({"encrypt": chunk}).encode()
        again = await aibot.post(body, sealing.query(chunk, NOW.timestamp()))
        assert len(here.rows("inbox", "id")) == inbox
    assert again.body == first.body is not None


async def test_the_chat_opened(tmp_path: Path, aibot: Standin) -> None:
    """A stranger is asked for a code; whoever is known gets the day's prompt on a card. Strange things get one word."""
    async with town(tmp_path, aibot) as here:
        li = aibot.member("li")
        li.enter()
        await here.quiet()
        assert "邀请码" in li.sees()[-1].text
        await here.enrol(li, LI)
        li.enter()
        await here.quiet()
        assert next(label for label, _ in li.sees()[-1].buttons) == "✅ 全部正常"
        aibot.arrive(aibot.payload("li", None, "hologram"))
        await here.quiet()
        assert "看得懂文字、按钮和照片" in li.sees()[-1].text
        aibot.arrive(aibot.payload("li", None, "event", event={"eventtype": "unheard_of"}))
        await here.quiet()
        kept = [why for (why,) in here.rows("inbox", "why") if why]
    assert kept == ["a message of an unknown kind", "StrangeError: an event of an unknown kind"]


def test_a_missing_half_is_named(tmp_path: Path) -> None:
    """In one sentence, before anything starts."""
    for given, lacking in (("aibot_token", "WUYI_AIBOT_AES_KEY"), ("aibot_aes_key", "WUYI_AIBOT_TOKEN")):
        key: dict[str, Any] = {given: SecretStr("planted"), "secret_key": SecretStr("invented"), "data_dir": tmp_path}
        with pytest.raises(ValueError, match=f"{lacking} is missing") as refused:
            Bot.build(Settings(**key))
        assert "planted" not in str(refused.value)
