"""Neither the token nor anybody's words are ever in the log."""

from __future__ import annotations

import logging

import pytest

from tests.telegram.botapi import ApiError
from tests.telegram.conftest import PICTURE, Make, message
from tests.telegram.serving import until
from tests.telegram.standin import Standin

PLANTED = "planted-words-of-a-person"


async def test_nothing_secret_is_logged_at_any_level(
    telegram: Standin, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """With all logging on, through messages, photos, failures and refusals, no token and no word of anybody."""
    caplog.set_level(logging.DEBUG)
    for name in ("bot", "aiohttp", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    shell = make()
    for method in ("getMe", "getUpdates", "getFile"):
        telegram.fail(method, ApiError(500, PLANTED))
    li = telegram.person(7001, PLANTED)
    async with shell.listening():
        await li.write(PLANTED)
        await li.photo(PICTURE, PLANTED)
        await telegram.arrived({"message": {"message_id": PLANTED}})
        await li.send(new_chat_members=[li.user])
        await telegram.confirmed()
        await shell.channel.send(message(text=PLANTED))
        for method in ("sendMessage", "editMessageText"):
            for error in (ApiError(400, "Bad Request: x"), ApiError(401, "Unauthorized"), ApiError(503, PLANTED)):
                telegram.fail(method, error)
                await shell.channel.send(message(text=PLANTED, edits="1" if "edit" in method else None, tap="tap"))
        telegram.swallow("sendMessage")
        await shell.channel.send(message(text=PLANTED))
        await until(lambda: len(shell.taken) == 2)
    assert "INVENTED-TOKEN" not in caplog.text
    assert PLANTED not in caplog.text
    assert caplog.records, "the test would show nothing if nothing were logged"


async def test_loggers_of_others_that_show_tokens_are_silenced(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library httpx writes URLs with the token at INFO, PTB writes bodies at DEBUG: neither is let through."""
    for name in ("httpx", "httpcore", "telegram"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)
    make()
    for name in ("httpx", "httpcore", "telegram", "telegram.Bot"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING


def test_the_channel_does_not_show_its_token(telegram: Standin, make: Make) -> None:
    """Neither does the bot inside when it is printed in an error."""
    channel = make().channel
    assert telegram.token not in repr(channel._api)
    assert telegram.token not in str(channel._api)
