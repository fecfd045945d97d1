"""Neither secrets nor anybody's words are ever in the log, in a fate, or in an error."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.channels.wechat_api import SecretRefusedError
from bot.channels.wechat_callback import Answer
from bot.model import Paper
from tests.telegram.serving import until
from tests.wechat import sealing
from tests.wechat.conftest import HASTY, PICTURE, Make, buttons, called, message
from tests.wechat.server import SECRET
from tests.wechat.standin import Standin
from tests.wecom.server import CodeError

PLANTED = "planted-words-of-a-person"


async def test_nothing_secret_is_logged_at_any_level(
    wechat: Standin, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """With all logging on, through messages, pictures, responses, failures and refusals. At WeChat they are in URLs."""
    caplog.set_level(logging.DEBUG)
    for name in ("bot", "aiohttp", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    shell, fates = make(times=HASTY), []
    li = wechat.follower("planted-openid")
    wechat.acted("planted-openid", wrote=True)
    wechat.files["sent"] = PICTURE

    async def take(inbound: object) -> None:
        if len(wechat.statuses[-1]) == 0:
            raise ValueError(PLANTED)
        await shell.take(inbound)  # type: ignore[arg-type]

    def sent(number: int, **more: object) -> object:
        return message("planted-openid", text=PLANTED, id=number, **more)

    async with called(wechat, shell, take):
        await until(lambda: wechat.menu)
        for text in (
            li.message("text", Content=PLANTED), li.message("image", MediaId="sent"), li.message(PLANTED),
            f"<xml>{PLANTED}", li.message("event", Event="VIEW", EventKey=PLANTED), li.message("event", Event=PLANTED),
            li.message("image", MediaId="none", PicUrl=f"http://{PLANTED}.invalid"),
            li.message("event", Event="unsubscribe"),
        ):  # fmt: skip
            await wechat.deliver(text)
        shell.answers["问"] = Answer((1, 2))
        delivery = asyncio.create_task(wechat.deliver(li.message("text", Content="问")))
        await until(lambda: shell.taken[-1].text == "问")
        fates.append(await shell.channel.send(sent(1)))  # type: ignore[arg-type]
        await delivery
        faults: tuple[object, ...] = (
            None, CodeError(40014), CodeError(40164), CodeError(45047), CodeError(-1), CodeError(45009), 500, 504, 404,
            429, "lose",
        )  # fmt: skip
        for number, how in enumerate(faults, 10):
            wechat.fail("message/custom/send", how)
            fates.append(await shell.channel.send(sent(number, buttons=buttons(PLANTED, mark=f"m{number}"))))  # type: ignore[arg-type]
        for how in (500, "lose", CodeError(40004)):
            wechat.fail("media/upload", how)
            fates.append(await shell.channel.send(sent(30, photo="p")))  # type: ignore[arg-type]
        for how in (500, CodeError(40125), "lose", 404):
            wechat.expire()
            wechat.fail("token", how)
            fates.append(await shell.channel.send(sent(40)))  # type: ignore[arg-type]
        fates.append(await shell.channel.send(sent(50, paper=Paper("ledger", "C", name=PLANTED))))  # type: ignore[arg-type]
        assert (await shell.channel.link("plantedcode") or "").startswith("https://mp.weixin.qq.com/")
    nobody = make(api_url="http://127.0.0.1:1")
    fates.append(await nobody.channel.send(sent(60)))  # type: ignore[arg-type]
    seen = (
        caplog.text + repr(fates) + repr((shell.channel._api, shell.channel._api._threads, shell.channel._api._token))
    )
    for secret in (SECRET, sealing.TOKEN, sealing.AES_KEY, "token-", "planted"):
        assert secret not in seen
    assert caplog.records, "the test would show nothing if nothing were logged"


async def test_a_wrong_secret_ends_the_channel_with_its_mend(make: Make) -> None:
    """The settings are named, the values are not."""
    shell = make(secret="planted" * 5)
    with pytest.raises(SecretRefusedError, match="WUYI_WECHAT_APP_SECRET") as refused:
        await shell.channel.listen(shell.take)
    assert "planted" not in str(refused.value)


async def test_a_server_that_is_away_is_waited_for(wechat: Standin, make: Make) -> None:
    """The menu is set once it answers; one that refuses the menu is no reason to stop."""
    shell = make()
    wechat.fail("token", 502)
    wechat.fail("token", CodeError(40164))
    wechat.fail("menu/create", CodeError(40018))
    async with shell.listening():
        await until(lambda: wechat.menu)
    assert shell.naps == [1.0, 4.0, 15.0]
    assert len(wechat.menu["button"]) == 3
    assert wechat.violations == []


async def test_an_account_that_may_have_no_menu_is_not_asked_again(
    wechat: Standin, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says where to look; what is written is answered all the same."""
    shell = make()
    wechat.verified = False
    async with called(wechat, shell):
        await until(lambda: "errcode 48001" in caplog.text)
        assert await wechat.deliver(wechat.follower("li").message("text", Content="虚构")) == [200]
    assert shell.naps == []
    assert len(wechat.called("menu/create")) == 1
    assert await shell.channel.link("7KQM2XRT") is None
