"""Polling: the offset moves on only over what is committed."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.telegram_polling import CONFLICT, TokenRefusedError, by_chat
from bot.model import Inbound
from tests.telegram.botapi import ApiError
from tests.telegram.conftest import Make
from tests.telegram.serving import until
from tests.telegram.standin import Standin


def offsets(telegram: Standin) -> list[int | None]:
    """The offsets that were asked for, each once, in order."""
    return list(dict.fromkeys(call.get("offset") for call in telegram.called("getUpdates")))


async def test_updates_are_taken_and_then_confirmed(telegram: Standin, make: Make) -> None:
    """A webhook left over is taken away, waiting updates stay; each is taken once and confirmed by the next offset."""
    shell = make()
    await telegram.person(7001).write("before")
    telegram.webhook = {"url": "http://127.0.0.1:1/old"}
    async with shell.listening():
        await telegram.confirmed()
        await telegram.person(7001).write("after")
        await telegram.confirmed()
    assert [(inbound.text, inbound.dedupe) for inbound in shell.taken] == [("before", "1"), ("after", "2")]
    assert telegram.called("deleteWebhook") == [{"drop_pending_updates": False}]
    assert offsets(telegram) == [None, 2, 3]


async def test_an_update_that_is_not_stored_comes_again(telegram: Standin, make: Make) -> None:
    """The offset stays before it, though others of the same round were committed; then it is taken, in order."""
    shell, down = make(), [True]

    async def take(inbound: Inbound) -> None:
        if inbound.address.id == "7001" and down:
            down.clear()
            raise OSError
        await shell.take(inbound)

    for text in ("a1", "a2"):
        await telegram.person(7001).write(text)
    await telegram.person(7002).write("b1")
    async with shell.listening(take):
        await telegram.confirmed()
    first_time = [inbound.text for inbound in shell.taken]
    assert first_time[0] == "b1"
    assert [text for text in first_time if text != "b1"] == ["a1", "a2"]
    assert offsets(telegram) == [None, 1, 4]
    assert shell.naps == [1.0]


async def test_chats_go_side_by_side_and_each_in_order(telegram: Standin, make: Make) -> None:
    """While one chat's turn is under way the other's is too; a chat's second waits for its first."""
    shell = make()
    started: list[str] = []
    both = asyncio.Event()

    async def take(inbound: Inbound) -> None:
        started.append(inbound.text)
        if len(started) == 2:
            both.set()
        await both.wait()
        await shell.take(inbound)

    for text in ("a1", "a2"):
        await telegram.person(7001).write(text)
    await telegram.person(7002).write("b1")
    async with shell.listening(take):
        await telegram.confirmed()
    assert sorted(started[:2]) == ["a1", "b1"]
    assert started[2] == "a2"


async def test_nothing_is_confirmed_when_it_stops_in_the_middle(telegram: Standin, make: Make) -> None:
    """A process that dies while it stores has confirmed nothing; the next one gets the update."""
    begun = asyncio.Event()

    async def stuck(_: Inbound) -> None:
        begun.set()
        await asyncio.Event().wait()

    await telegram.person(7001).write("虚构")
    async with make().listening(stuck):
        await begun.wait()
    shell = make()
    async with shell.listening():
        await telegram.confirmed()
    assert [inbound.text for inbound in shell.taken] == ["虚构"]


async def test_it_waits_longer_each_time_telegram_fails_and_says_a_conflict_once(
    telegram: Standin, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """5xx, conflict and 429 are waited out: doubling pauses, or as long as Telegram asks."""
    shell = make()
    telegram.fail("getMe")
    telegram.fail("getUpdates", ApiError(502, "Bad Gateway"))
    telegram.fail("getUpdates", ApiError(429, "Too Many Requests", retry_after=9))
    for _ in range(3):
        telegram.fail("getUpdates", ApiError(409, "Conflict: terminated by other getUpdates request"))
    async with shell.listening():
        await telegram.person(7001).write("虚构")
        await telegram.confirmed()
    assert shell.naps == [1.0, 1.0, 9.0, 2.0, 4.0, 8.0]
    assert caplog.text.count(CONFLICT) == 1
    assert len(shell.taken) == 1


async def test_a_wrong_token_ends_it_with_the_mend(make: Make) -> None:
    """Listening ends with an error that says where to get a token, and does not show this one."""
    shell = make(token="1:planted-token")
    with pytest.raises(TokenRefusedError, match="@BotFather") as caught:
        await shell.channel.listen(shell.take)
    assert "planted" not in str(caught.value)


async def test_a_token_taken_back_while_polling_ends_it_too(telegram: Standin, make: Make) -> None:
    """The same, when Telegram refuses it later."""
    telegram.fail("getUpdates", ApiError(401, "Unauthorized"))
    shell = make()
    with pytest.raises(TokenRefusedError):
        await shell.channel.listen(shell.take)


async def test_the_link_opens_the_bot_with_a_code(telegram: Standin, make: Make) -> None:
    """The bot's name is asked for once; when it cannot be had, the error says what to do."""
    telegram.fail("getMe")
    channel = make().channel
    with pytest.raises(ConnectionError, match="try again"):
        await channel.link("CODE-1")
    assert channel.known_link("CODE-1") == ""
    for code in ("CODE-1", "CODE_2"):
        assert await channel.link(code) == f"https://t.me/invented_wuyi_bot?start={code}"
    assert channel.known_link("CODE_3") == "https://t.me/invented_wuyi_bot?start=CODE_3"
    assert len(telegram.called("getMe")) == 2
    with pytest.raises(TokenRefusedError, match="@BotFather"):
        await make(token="1:planted-token").channel.link("CODE")


async def test_an_update_nobody_can_read_is_kept_and_does_not_hold_up_the_rest(telegram: Standin, make: Make) -> None:
    """The broken one goes to the hook, its neighbours are taken."""
    shell = make()
    await telegram.arrived({"message": {"message_id": 1, "chat": "?"}})
    await telegram.person(7001).write("虚构")
    async with shell.listening():
        await telegram.confirmed()
        await until(lambda: shell.refused)
    assert [inbound.text for inbound in shell.taken] == ["虚构"]
    assert len(shell.refused) == 1


def test_updates_are_grouped_by_chat_in_order() -> None:
    """Messages and taps of a chat go together; what has no chat goes together as well."""
    chat = {"chat": {"id": 5}}
    updates = [
        {"update_id": 1, "message": chat},
        {"update_id": 2, "message": {"chat": {"id": 6}}},
        {"update_id": 3, "callback_query": {"message": chat}},
        {"update_id": 4, "invented": {}},
        {"update_id": 5, "message": {"chat": None}},
        {"update_id": 6, "my_chat_member": chat},
    ]
    assert sorted([update["update_id"] for update in group] for group in by_chat(updates)) == [[1, 3, 6], [2], [4, 5]]
