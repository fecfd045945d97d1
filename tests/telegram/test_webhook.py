"""The webhook: who may call it, and what it acknowledges when."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.telegram import NO_ADDRESS, Telegram
from bot.model import Inbound, InboundKind
from tests.telegram.conftest import PICTURE, SECRET, Make, Shell
from tests.telegram.serving import served, until
from tests.telegram.standin import Standin

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
UPDATE = {
    "update_id": 901,
    "message": {
        "message_id": 11,
        "date": 1790000000,
        "chat": {"id": 7001, "type": "private", "first_name": "Invented"},
        "from": {"id": 7001, "is_bot": False, "first_name": "Invented"},
        "text": "虚构",
    },
}


@asynccontextmanager
async def calling(shell: Shell) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the channel's routes, while the channel listens."""
    shell.channel._updates.take = shell.take
    transport = httpx.ASGITransport(Starlette(routes=shell.channel.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://invented") as client:
        yield client


@pytest.mark.parametrize("secret", [None, "", "blank here", "x" * 257, "虚构"])
def test_without_a_fit_secret_there_is_no_webhook(make: Make, secret: str | None) -> None:
    """The channel refuses to be made, and says how to mend it."""
    with pytest.raises(ValueError, match=r"WUYI_TELEGRAM_SECRET .*token_urlsafe"):
        make("webhook", secret=secret)
    assert isinstance(make("polling", secret=secret).channel, Telegram)


@pytest.mark.parametrize("header", [None, "", "wrong", SECRET + "0", SECRET[:-1], "虚构".encode()])
async def test_a_stranger_is_refused_before_the_body_is_read(make: Make, header: str | bytes | None) -> None:
    """Without the secret in the header: 403, and nothing is taken or kept."""
    shell = make("webhook")
    async with calling(shell) as client:
        headers = {} if header is None else {"X-Telegram-Bot-Api-Secret-Token": header}
        answer = await client.post("/telegram", json=UPDATE, headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, shell.taken, shell.refused) == (403, [], [])


async def test_an_update_is_acknowledged_after_it_was_taken(make: Make) -> None:
    """200 comes after ``take`` returned; the raw body is what arrived."""
    shell = make("webhook")
    async with calling(shell) as client:
        body = json.dumps(UPDATE)
        answer = await client.post("/telegram", content=body, headers=HEADERS)
    assert (answer.status_code, answer.content) == (200, b"")
    assert [(inbound.text, inbound.raw) for inbound in shell.taken] == [("虚构", body)]


async def test_what_is_not_stored_is_not_acknowledged(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """When ``take`` raises, or nobody listens yet: 503, so that Telegram sends it again."""
    shell = make("webhook")

    async def broken(_: Inbound) -> None:
        message = "planted words"
        raise RuntimeError(message)

    async with calling(shell) as client:
        for take in (broken, None):
            shell.channel._updates.take = take
            assert (await client.post("/telegram", json=UPDATE, headers=HEADERS)).status_code == 503
    assert "an update was not stored: RuntimeError" in caplog.text
    assert "planted words" not in caplog.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"update_id": "1"}', b"\xff\xfe", b"7"])
async def test_what_is_no_update_is_refused_and_kept(make: Make, body: bytes) -> None:
    """Malformed: 400, and the hook gets the raw text."""
    shell = make("webhook")
    async with calling(shell) as client:
        assert (await client.post("/telegram", content=body, headers=HEADERS)).status_code == 400
    assert shell.refused == [(body.decode(errors="replace"), "not an update")]


async def test_an_update_that_cannot_be_decoded_is_kept_and_acknowledged(make: Make) -> None:
    """Sending it again would change nothing, and hold up that chat."""
    shell = make("webhook")
    async with calling(shell) as client:
        body = '{"update_id": 902, "message": {"message_id": 1}}'
        assert (await client.post("/telegram", content=body, headers=HEADERS)).status_code == 200
    assert shell.refused == [(body, "KeyError")]
    assert shell.taken == []


async def test_a_body_over_a_mebibyte_is_refused(make: Make) -> None:
    """413, and nothing of it is kept."""
    shell = make("webhook")
    async with calling(shell) as client:
        answer = await client.post("/telegram", content=b" " * (1024 * 1024 + 1), headers=HEADERS)
    assert (answer.status_code, shell.refused) == (413, [])


async def test_telegram_is_told_where_to_call_and_calls(telegram: Standin, make: Make) -> None:
    """From setWebhook to the message taken, over HTTP; one that was not stored is delivered again."""
    async with served() as server:
        shell = make("webhook", server.url)
        server.routes(shell.channel.routes())
        waiting = await telegram.person(7002).write("sent before")
        tries: list[Inbound] = []

        async def take(inbound: Inbound) -> None:
            tries.append(inbound)
            if len(tries) == 2:
                raise OSError
            await shell.take(inbound)

        async with shell.listening(take):
            await until(lambda: telegram.menus and len(shell.taken) == 1)
            number = await telegram.person(7001).write("虚构")
            await telegram.confirmed()
        assert telegram.statuses[number] == [503, 200]
        assert [inbound.text for inbound in shell.taken] == ["sent before", "虚构"]
        assert telegram.webhook == {
            "url": f"{server.url}/telegram",
            "secret_token": SECRET,
            "allowed_updates": ["message", "callback_query", "my_chat_member"],
        }
        assert waiting == 1


async def test_the_menus_are_offered_by_scope_and_language(telegram: Standin, make: Make) -> None:
    """Each menu is set for its kind of chat and its language."""
    shell = make("webhook")
    async with shell.listening():
        await until(lambda: len(telegram.menus) == 2)
    private, group = telegram.menus
    assert (private["scope"], private.get("language_code")) == ({"type": "all_private_chats"}, None)
    assert (group["scope"], group.get("language_code")) == ({"type": "all_group_chats"}, "zh")
    assert group["commands"] == [{"command": "status", "description": "虚构"}]


async def test_without_https_nothing_is_set_at_telegrams_own_server(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Telegram calls https only: the log says what to set."""
    channel = make("webhook", "http://127.0.0.1:1", api_url="").channel
    await channel._arrange()
    assert NO_ADDRESS in caplog.text
    set_to: list[str] = []

    async def set_webhook(url: str, **_: object) -> bool:
        set_to.append(url)
        return True

    channel = make("webhook", "https://wuyi.invalid/", api_url="").channel
    with monkeypatch.context() as patch:
        patch.setattr(type(channel._api), "set_webhook", lambda _, url, **more: set_webhook(url, **more))
        await channel._arrange()
    assert set_to == ["https://wuyi.invalid/telegram"]


async def test_a_photo_is_fetched_and_kept_before_it_is_taken(telegram: Standin, make: Make) -> None:
    """The largest size comes through getFile; what cannot be fetched or kept is still a photo."""
    async with served() as server:
        shell = make("webhook", server.url)
        server.routes(shell.channel.routes())
        async with shell.listening():
            await until(lambda: telegram.webhook)
            li = telegram.person(7001)
            await li.photo(PICTURE, "楼道")
            await telegram.confirmed()
            await li.photo(b"no picture")
            await telegram.confirmed()
            await li.photo(b"x" * (20 * 1024 * 1024 + 1), size=1000)
            await telegram.confirmed()
            await li.send(photo=[{"file_id": "gone", "file_unique_id": "u", "width": 9, "height": 9}])
            await telegram.confirmed()
    assert [inbound.photo for inbound in shell.taken] == ["invented-media-name", None, None, None]
    assert {inbound.kind for inbound in shell.taken} == {InboundKind.PHOTO}
    assert (shell.taken[0].text, shell.kept) == ("楼道", [PICTURE, b"no picture"])


async def test_a_download_that_fails_is_tried_three_times(telegram: Standin, make: Make) -> None:
    """Twice with a pause; after that the sender is told, rather than holding up the chat for ever."""
    shell = make("webhook")
    shell.channel._updates.take = shell.take
    picture = {"photo": [{"file_id": telegram.store_file(PICTURE), "file_unique_id": "u", "width": 9, "height": 9}]}
    update = {"update_id": 903, "message": {**UPDATE["message"], **picture, "text": None}}  # type: ignore[dict-item]
    for failures in (2, 3):
        for _ in range(failures):
            telegram.fail("getFile")
        await shell.channel._updates.deliver(update)
    assert [inbound.photo for inbound in shell.taken] == ["invented-media-name", None]
    assert shell.naps == [1, 3, 1, 3]


async def test_a_moved_group_is_told_to_the_hook(make: Make) -> None:
    """The notice itself goes no further."""
    shell = make("webhook")
    chat = {"id": -5001, "type": "group", "title": "Invented"}
    notice = {"message_id": 1, "date": 1790000000, "chat": chat, "migrate_to_chat_id": -1005001}
    async with calling(shell) as client:
        answer = await client.post("/telegram", json={"update_id": 904, "message": notice}, headers=HEADERS)
    assert (answer.status_code, shell.moved, shell.taken) == (200, [("-5001", "-1005001")], [])
