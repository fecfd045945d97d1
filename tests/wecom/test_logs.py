"""Neither secrets nor anybody's words are ever in the log, in a fate, or in an error."""

from __future__ import annotations

import logging

import pytest

from bot.channels.wecom import Application
from bot.channels.wecom_api import SecretRefusedError
from bot.model import Paper
from tests.telegram.serving import until
from tests.wecom import sealing
from tests.wecom.conftest import PICTURE, Make, buttons, called, message
from tests.wecom.server import SECRET, CodeError
from tests.wecom.standin import Standin

PLANTED = "planted-words-of-a-person"


async def test_nothing_secret_is_logged_at_any_level(
    wecom: Standin, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """With all logging on, through messages, pictures, failures and refusals."""
    caplog.set_level(logging.DEBUG)
    for name in ("bot", "aiohttp", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    shell, fates = make(), []
    li = wecom.member("li", "13812345678")
    wecom.files["sent"] = ("p.jpg", PICTURE)

    async def take(inbound: object) -> None:
        if len(wecom.statuses[-1]) == 0:
            raise ValueError(PLANTED)
        await shell.take(inbound)  # type: ignore[arg-type]

    async with called(wecom, shell, take):
        await until(lambda: wecom.menu)
        for text in (
            li.message("text", Content=PLANTED), li.message("image", MediaId="sent"), li.message(PLANTED),
            f"<xml>{PLANTED}", li.message("event", Event="view", EventKey=PLANTED),
        ):  # fmt: skip
            await wecom.deliver(text)
        faults: tuple[object, ...] = (
            None, CodeError(40014), CodeError(60020), CodeError(40058), CodeError(-1), 500, 504, 404, "lose",
        )  # fmt: skip
        for number, how in enumerate(faults):
            wecom.fail("message/send", how)
            sent = message(id=number, text=PLANTED, buttons=buttons(PLANTED, mark=f"m{number}"))
            fates.append(await shell.channel.send(sent))
        for how in (None, 500, "lose", CodeError(40201)):
            wecom.fail("message/update_template_card", how)
            fates.append(await shell.channel.send(message(text=PLANTED, edits="planted-code")))
        wecom.fail("media/upload", 500)
        fates.append(await shell.channel.send(message(text=PLANTED, photo="p")))
        fates.append(await shell.channel.send(message(text=PLANTED, paper=Paper("none", "C"))))
    seen = caplog.text + repr(fates) + repr(shell.refused and shell.channel._api)
    for secret in (SECRET, sealing.TOKEN, sealing.AES_KEY, "token-", "planted", "13812345678"):
        assert secret not in seen
    assert caplog.records, "the test would show nothing if nothing were logged"


async def test_a_wrong_secret_ends_the_channel_with_its_mend(make: Make) -> None:
    """The settings are named, the values are not."""
    shell = make(secret="planted" * 5)
    with pytest.raises(SecretRefusedError, match="WUYI_WECOM_SECRET") as refused:
        await shell.channel.listen(shell.take)
    assert "planted" not in str(refused.value)


async def test_a_server_that_is_away_is_waited_for(wecom: Standin, make: Make) -> None:
    """The menu is set once it answers; one that refuses the menu is no reason to stop."""
    shell = make()
    wecom.fail("gettoken", 502)
    wecom.fail("menu/create", CodeError(60011))
    async with shell.listening():
        await until(lambda: wecom.menu)
    assert shell.naps == [1.0, 4.0]
    assert len(wecom.menu["button"]) == 3
    assert wecom.violations == []
    wecom.menu = {}
    for _ in range(5):
        wecom.fail("menu/create", CodeError(60011))
    async with shell.listening():
        await until(lambda: len(shell.naps) == 6)
        assert wecom.menu == {}


def test_an_application_shows_no_secret() -> None:
    """Where it is printed in an error."""
    shown = repr(Application(sealing.CORP, 7, SECRET, sealing.TOKEN, sealing.AES_KEY))
    assert shown == "Application(7)"
