"""Telegram's people: updates over real HTTP to the webhook, answers from what the Bot API's stand-in shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from bot.channels.telegram import Telegram
from tests.channels.house import DRAWN, PICTURE, House, Shown, names
from tests.telegram.botapi import USERNAME
from tests.telegram.chats import Seen
from tests.telegram.serving import served, until
from tests.telegram.standin import Standin
from tests.town import PEOPLE

FIRST = 7000
GROUP = -7100
SENDS = frozenset({"sendMessage", "sendPhoto", "sendDocument"})


class OnTelegram:
    """One bot, and everybody's phone."""

    reflows = False
    lists = False
    beside = False
    pictures = True
    captions = True

    def __init__(self, telegram: Standin, channel: Telegram) -> None:
        """Nobody has said anything."""
        self.channel = channel
        self._telegram = telegram
        self._people = {who: telegram.person(int(self.address(who))) for who in PEOPLE}
        self._names = {**names(self), str(GROUP): "group"}
        self._calls = 0
        self._last: dict[int, int] = {}
        self._gone: dict[tuple[str, str], tuple[str, int]] = {}
        """By person and label: what the newest button of that label carried, and under which message."""

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        """Every call of the Bot API: its method, and what it brought."""
        return self._telegram.calls

    def address(self, who: str) -> str:
        """A number."""
        return str(FIRST + PEOPLE[who][0])

    async def begin(self) -> None:
        """Everybody has started the bot once, or it could not write first; nothing stands in the chats."""
        self._telegram.chats.log = {**{int(self.address(who)): [] for who in PEOPLE}, GROUP: []}
        self._telegram._taps.clear()
        self._calls = len(self._telegram.calls)
        self._last.clear()
        self._gone.clear()

    async def say(self, who: str, text: str, group: str = "") -> None:
        """Write; in a group by a command, or with the bot's name before it, for it hears nothing else there."""
        if group:
            said = text if text.startswith("/") else f"@{USERNAME} {text}"
            await self._people[who].write(said, GROUP)
        else:
            await self._people[who].write(text)
        await self._telegram.confirmed()

    async def tap(self, who: str, label: str) -> None:
        """Tap the newest button of that label; one that has just been replaced, as a screen that lags lets one."""
        there = {label for seen in self._people[who].sees() for label in seen.labels}
        if label in there or (who, label) not in self._gone:
            await self._people[who].tap(label)
        else:
            await self._people[who].tap_data(*self._gone[who, label])
        await self._telegram.confirmed()

    async def photo(self, who: str, caption: str) -> None:
        """Send a photo."""
        await self._people[who].photo(PICTURE, caption)
        await self._telegram.confirmed()

    async def open(self, who: str, code: str) -> None:
        """Press Start, perhaps behind a link."""
        await self.say(who, f"/start {code}".rstrip())

    async def seen(self) -> list[Shown]:
        """What each call of the Bot API has left in the chats."""
        calls = self._telegram.calls[self._calls :]
        self._calls = len(self._telegram.calls)
        found = []
        for method, data in calls:
            if method == "editMessageText":
                seen = self._telegram.chats.find(int(data["chat_id"]), int(data["message_id"]))
                assert seen is not None
                found.append(self._shown(data["chat_id"], seen))
            elif method in SENDS:
                found.append(self._shown(data["chat_id"], self._next(int(data["chat_id"]))))
        return found

    async def over(self) -> None:
        """Every button that was tapped has stopped spinning."""
        await self.channel._sender.finish()
        assert all(self._telegram._taps.values())

    def _next(self, chat: int) -> Seen:
        last = self._last.get(chat, 0)
        seen = next(each for each in self._telegram.chats.log[chat] if each.id > last and not each.mine)
        self._last[chat] = seen.id
        return seen

    def _shown(self, chat: object, seen: Seen) -> Shown:
        who = self._names.get(str(chat), str(chat))
        self._gone |= {(who, label): (data, seen.id) for row in seen.buttons for label, data in row}
        paper = seen.document[0] if seen.document and seen.document[1].startswith(b"PK") else ""
        paper = ".png" if seen.photo is not None and seen.photo.startswith(DRAWN) else paper
        return Shown(who, seen.text, tuple(seen.labels), paper)


@asynccontextmanager
async def on_telegram(house: House) -> AsyncIterator[OnTelegram]:
    """The channel at work in front of its stand-in."""
    async with Standin() as standin, served() as server:
        channel = Telegram(
            standin.token, "webhook", "invented-secret", standin.url, server.url, house.keep, house.load,
            load_paper=house.paper, per_second=0,
        )  # fmt: skip
        server.routes(channel.routes())
        listening = asyncio.create_task(channel.listen(house.take))
        await until(lambda: standin.webhook)
        try:
            yield OnTelegram(standin, channel)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
