"""The stand-in is as strict as Telegram, seen through the library's own client; and how requests find a proxy."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, InvalidToken

from bot.channels.telegram_request import _proxy
from bot.model import Retry, Sent
from tests.telegram.conftest import Make, message
from tests.telegram.standin import Standin


def client(telegram: Standin, token: str = "") -> Bot:
    """The library's client, on httpx."""
    token = token or telegram.token
    return Bot(token, base_url=f"{telegram.url}/bot", base_file_url=f"{telegram.url}/file/bot")


@pytest.fixture
async def bot(telegram: Standin) -> AsyncIterator[Bot]:
    """A client that knows the token."""
    async with client(telegram) as bot:
        yield bot


async def test_it_knows_one_token(telegram: Standin) -> None:
    """Any other is refused."""
    with pytest.raises(InvalidToken):
        async with client(telegram, "1:another-invented-token"):
            pass


@pytest.mark.parametrize(
    ("text", "why"), [("", "empty"), (" \n", "empty"), ("x" * 4097, "too long")], ids=["none", "blank", "long"]
)
async def test_it_limits_a_text(telegram: Standin, bot: Bot, text: str, why: str) -> None:
    """1 to 4096 signs."""
    await telegram.person(7001).write("/start")
    await bot.send_message(7001, "x" * 4096)
    with pytest.raises(BadRequest, match=why):
        await bot.send_message(7001, text)


@pytest.mark.parametrize("data", ["x" * 65, "虚" * 22])
async def test_it_limits_a_buttons_data_in_bytes(telegram: Standin, bot: Bot, data: str) -> None:
    """64 bytes: 21 Chinese signs, not 22."""
    await telegram.person(7001).write("/start")
    await bot.send_message(7001, "x", reply_markup=InlineKeyboardMarkup.from_button(button("虚" * 21)))
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(7001, "x", reply_markup=InlineKeyboardMarkup.from_button(button(data)))


def button(data: str) -> InlineKeyboardButton:
    """A button with this data."""
    return InlineKeyboardButton("x", callback_data=data)


async def test_it_paces_a_chat_and_all_chats(make: Make) -> None:
    """One message a second to a chat, thirty in all: 429, and what it says is what we are told to wait."""
    now = [0.0]
    async with Standin(clock=lambda: now[0]) as telegram:
        channel = make(api_url=telegram.url).channel
        for user in range(7001, 7032):
            await telegram.person(user).write("/start")
        wait = Retry(1, "paced by Telegram")
        assert isinstance(await channel.send(message()), Sent)
        assert await channel.send(message()) == wait
        fates = [await channel.send(message(chat=user)) for user in range(7002, 7032)]
        assert [isinstance(fate, Sent) for fate in fates] == [True] * 29 + [False]
        now[0] = 1.0
        assert isinstance(await channel.send(message()), Sent)


async def test_it_answers_a_tap_once(telegram: Standin, bot: Bot) -> None:
    """The second answer comes too late."""
    li = telegram.person(7001)
    await li.write("/start")
    await li.tap_data("x", 1)
    await bot.answer_callback_query("tap0")
    with pytest.raises(BadRequest, match="too old"):
        await bot.answer_callback_query("tap0")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.telegram.invalid/bot", "http://proxy.invalid:3128"),
        ("https://direct.invalid/bot", None),
        ("http://api.telegram.invalid/bot", None),
        ("https://127.0.0.1:9000/bot", None),
    ],
)
def test_the_environment_names_the_proxy(monkeypatch: pytest.MonkeyPatch, url: str, expected: str | None) -> None:
    """HTTPS_PROXY counts where NO_PROXY does not exempt the host; this machine is always reached directly."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://proxy.invalid:3128")
    monkeypatch.setenv("no_proxy", "direct.invalid")
    assert _proxy(url) == expected
