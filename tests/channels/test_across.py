"""One person on several channels: a conversation goes on wherever they are, and is answered there."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import pytest_asyncio

from tests.channels.conftest import Give
from tests.channels.house import Driver, House, Shown

THREE = ("telegram", "wecom", "web")


class Everywhere:
    """Zhang, with a telephone of each kind and a browser."""

    def __init__(self, house: House, on: Mapping[str, Driver]) -> None:
        """Nobody has said anything."""
        self.house = house
        self._on = on
        self._line = 0

    async def does(self, channel: str, what: str, *how: str) -> dict[str, list[Shown]]:
        """Do something on a channel; what is shown to anybody, by channel."""
        self._line += 1
        self.house.turn(self._line)
        await getattr(self._on[channel], what)("zhang", *how)
        await self.house.post.settle()
        return {name: shown for name, each in self._on.items() if (shown := await each.seen())}

    async def goes(self, channel: str, what: str, *how: str) -> Shown:
        """The same, where the answer is one message, to whoever spoke, in the chat where they spoke."""
        shown = await self.does(channel, what, *how)
        assert list(shown) == [channel]
        (answer,) = shown[channel]
        assert answer.to == "zhang"
        return answer


@pytest_asyncio.fixture(loop_scope="session")
async def here(house: House, driver: Give) -> Everywhere:
    """Everybody of the town has a chat on each of the three; the web's is the one bound last."""
    on = {name: await driver(name) for name in THREE}
    house.fresh(on)
    for each in on.values():
        await each.begin()
    return Everywhere(house, on)


@pytest.mark.asyncio(loop_scope="session")
async def test_a_report_begun_on_one_channel_is_finished_on_another(here: Everywhere) -> None:
    """Telegram, then WeCom, then the browser; the receipt comes where the last answer was given, the alert once."""
    await here.goes("telegram", "open", "")
    await here.goes("telegram", "tap", "有异常")
    await here.goes("telegram", "tap", "星悦城一期")
    assert "发热：几栋" in (await here.goes("wecom", "say", "发热")).text
    await here.goes("wecom", "tap", "不知道")
    assert "体温" in (await here.goes("web", "open", "")).text
    assert "请核对" in (await here.goes("web", "tap", "没量")).text
    shown = await here.does("web", "tap", "提交")
    assert list(shown) == ["web"]
    assert {each.to: each.text.splitlines()[0] for each in shown["web"]} == {
        "wang": "⚠️ 新病例",
        "zhang": "✅ 14:58 已报，编号 F1124-01，已通知社区负责人",
    }


@pytest.mark.asyncio(loop_scope="session")
async def test_the_buttons_left_on_the_other_channel(here: Everywhere) -> None:
    """One of a question answered elsewhere meanwhile corrects that answer; one that fits no more is out of date."""
    await here.goes("telegram", "open", "")
    await here.goes("telegram", "tap", "有异常")
    await here.goes("telegram", "tap", "星悦城一期")
    await here.goes("wecom", "say", "发热")
    assert "星悦城一期 · 密接" in (await here.goes("telegram", "tap", "密接")).text
    await here.goes("wecom", "say", "不知道")
    assert "请核对" in (await here.goes("web", "say", "不知道")).text
    late = await here.goes("telegram", "tap", "有异常")
    assert late.text.startswith("这个按钮已经过时了。现在请看这里：")
    assert "星悦城一期 · 密接" in late.text
    assert "几个人" in (await here.goes("wecom", "tap", "多人，只报人数")).text
    assert "密接 2 人" in (await here.goes("web", "say", "2 人")).text
    await here.does("web", "tap", "提交")
    for channel, label in (("telegram", "发热"), ("wecom", "不知道")):
        assert "11月24日 已经报过了" in (await here.goes(channel, "tap", label)).text


@pytest.mark.asyncio(loop_scope="session")
async def test_a_draft_of_one_channel_is_taken_up_on_another(here: Everywhere) -> None:
    """Left for a day on WeCom, offered in the browser, gone on with there; the old card belongs to its day."""
    await here.goes("wecom", "open", "")
    await here.goes("wecom", "tap", "有异常")
    await here.goes("wecom", "tap", "星悦城一期")
    here.house.talk.at("2026-11-25 16:00")
    offer = await here.goes("web", "open", "")
    assert "11月24日" in offer.text
    assert "继续写" in offer.choices
    assert "星悦城一期：什么情况？" in (await here.goes("web", "tap", "继续写")).text
    assert "几栋" in (await here.goes("wecom", "tap", "发热")).text


@pytest.mark.asyncio(loop_scope="session")
async def test_a_tap_delivered_twice_on_two_channels_files_once(here: Everywhere) -> None:
    """The same prompt stands on both; the second tap finds the report there, and changes nothing."""
    await here.goes("telegram", "open", "")
    await here.goes("wecom", "open", "")
    assert "14:58 已报" in (await here.goes("wecom", "tap", "✅ 全部正常")).text
    assert "已经报过了" in (await here.goes("telegram", "tap", "✅ 全部正常")).text
