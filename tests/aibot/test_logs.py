"""Neither secrets nor anybody's words are ever in the log, in a fate, or in an error."""

from __future__ import annotations

import logging

import pytest

from bot.channels.aibot_handle import load
from bot.model import Paper
from tests.aibot.conftest import Make, buttons, called, message
from tests.aibot.standin import Standin
from tests.wecom import sealing

PLANTED = "planted-words-of-a-person"


async def test_nothing_secret_is_logged_at_any_level(
    aibot: Standin, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """With all logging on, through messages, pictures, failures and refusals."""
    caplog.set_level(logging.DEBUG)
    for name in ("bot", "aiohttp", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    shell, fates = make(wait=0.01), []
    calls = 0

    async def take(inbound: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ValueError(PLANTED)
        await shell.take(inbound)  # type: ignore[arg-type]

    async with called(aibot, shell, take):
        for said in (
            aibot.payload("li", None, "text", text={"content": PLANTED}),
            aibot.payload("li", None, "image", image={"url": aibot.store(b"planted-picture")}),
            aibot.payload("li", None, "image", image={"url": f"{aibot.url}/pictures/planted?sign=planted"}),
            aibot.payload("li", None, "image", image={"url": "planted://planted"}),
            aibot.payload("li", None, PLANTED),
            aibot.payload("li", None, "event", event={"eventtype": PLANTED}),
            aibot.payload("li", None, "event", event={"eventtype": "feedback_event", "content": PLANTED}),
        ):
            await aibot.deliver(said)
        await aibot.deliver('{"msgid": "planted"')
        for number, how in enumerate((None, 502, 504, 404, "lose")):
            await aibot.deliver(aibot.payload("li", None, "text", text={"content": PLANTED}))
            aibot.fail("response", how)
            sent = message(PLANTED, id=number, tap=shell.taken[-1].tap, buttons=buttons(PLANTED, mark=f"m{number}"))
            fates.append(await shell.channel.send(sent))
            fates.append(await shell.channel.send(sent))
        fates.append(await shell.channel.send(message(PLANTED)))
        fates.append(await shell.channel.send(message(PLANTED, tap="planted")))
        fates.append(await shell.channel.send(message(PLANTED, tap=shell.taken[-1].tap, paper=Paper("none", "C"))))
    seen = caplog.text + repr(fates) + repr(shell.channel) + repr(load(shell.taken[-1].tap))
    for secret in (sealing.TOKEN, sealing.AES_KEY, "planted", "response_code", "code-", "13800000001"):
        assert secret not in seen
    assert caplog.records, "the test would show nothing if nothing were logged"
