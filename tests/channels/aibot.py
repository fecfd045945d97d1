"""The group bot's members, alone with it: sealed JSON over real HTTP, cards and their updates in the answers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial

from bot.channels.aibot import Aibot
from bot.channels.aibot_callback import Hooks
from bot.channels.wecom_cards import SUBMIT
from bot.channels.wecom_markdown import SIGNS
from tests.aibot.standin import Standin
from tests.channels.elsewhere import Elsewhere
from tests.channels.house import PICTURE, House, Shown, names
from tests.channels.numbers import listed
from tests.telegram.serving import served
from tests.town import PEOPLE
from tests.wecom import sealing
from tests.wecom.server import Seen

PLAIN = {ord(shown): chr(sign) for sign, shown in SIGNS.items()}
"""In markdown signs are shown as others of the same look."""
LINK = re.compile(r"\[[^]]+\]\((?P<url>https?://[^)]+)\)")
URL = "https://wuyi.example"
FILE = re.compile(r"\n*文件“(?P<name>.+?)”在这里发不了.*", re.DOTALL)


class OnAibot:
    """One bot, and every member's phone. It never begins to speak: what nobody asked for comes elsewhere."""

    reflows = True
    lists = True
    beside = True
    pictures = True
    captions = True

    def __init__(self, house: House, bot: Standin, channel: Aibot) -> None:
        """Nobody has said anything."""
        self.channel = channel
        self._house = house
        self._bot = bot
        self._members = {who: bot.member(self.address(who)) for who in PEOPLE}
        self._names = names(self)
        self._elsewhere = Elsewhere(house)
        self._known: dict[int, tuple[str, int]] = {}
        self._gone: dict[tuple[str, str], tuple[Seen, str, str]] = {}

    def address(self, who: str) -> str:
        """The member's name in the enterprise."""
        return f"invented.{who}"

    async def begin(self) -> None:
        """Nothing stands on the phones."""
        self._bot.shown.clear()
        self._bot._tasks.clear()
        self._known.clear()
        self._gone.clear()
        self._elsewhere.begin()

    async def say(self, who: str, text: str, group: str = "") -> None:
        """Write."""
        assert not group
        self._members[who].write(text)
        await self._answered()

    async def tap(self, who: str, label: str) -> None:
        """Tap on the newest card with that choice; where the choices fit no card, send the number."""
        for seen in reversed(self._members[who].sees()):
            if label in dict((*seen.buttons, *seen.options)):
                self._members[who].tap(label)
                await self._answered()
                return
            if seen.kind != "card" and label in (marks := listed(seen.text).marks):
                await self.say(who, marks[label])
                return
        if (who, label) in self._gone:
            self._members[who].tap_key(*self._gone[who, label])
            await self._answered()
        else:
            await self._elsewhere.tap(who, label)

    async def photo(self, who: str, caption: str) -> None:
        """Send a picture, perhaps with words."""
        self._members[who].photo(PICTURE, caption)
        await self._answered()

    async def open(self, who: str, code: str) -> None:
        """Open the chat, or send the code."""
        if code:
            await self.say(who, f"开始 {code}")
            return
        self._members[who].enter()
        await self._answered()

    async def seen(self) -> list[Shown]:
        """What stands on the phones otherwise than before; of a card's first line what follows is the whole."""
        found = []
        for user, shown in self._bot.shown.items():
            new = [each for each in shown if self._known.get(id(each)) != (each.text, each.edited)]
            self._known |= {id(each): (each.text, each.edited) for each in new}
            updated = [each for each in new if each.edited]
            whole = [each for each in new if not each.edited]
            for each in updated:
                title = "".join(each.text.split())
                if not any("".join(other.text.translate(PLAIN).split()).startswith(title) for other in whole):
                    found.append(self._shown(user, each))
            found += [self._shown(user, each) for each in whole]
        return found + self._elsewhere.seen()

    async def over(self) -> None:
        """Nothing was too long, too wide or too many."""
        assert self._bot.violations == []
        assert self._bot.refused == []

    async def _answered(self) -> None:
        """The post goes on while WeCom waits: what is said goes in the answer."""
        while self._bot._running:
            await self._house.post.settle()
            if self._bot._running:
                await asyncio.wait(self._bot._running, timeout=0.001)
        await self._house.post.settle()

    def _shown(self, user: str, seen: Seen) -> Shown:
        to = self._names[user]
        if seen.kind != "card":
            read = listed(LINK.sub(r"\g<url>", seen.text).translate(PLAIN))
            file = FILE.search(read.text)
            name = file["name"] if file else ""
            return Shown(to, FILE.sub("", read.text), tuple(read.marks), name, bool(read.marks))
        choices = seen.options or [each for each in seen.buttons if "." in each[1]]
        for label, key in choices:
            self._gone[to, label] = (seen, SUBMIT, key) if seen.options else (seen, key, "")
        return Shown(to, seen.text, tuple(label for label, _ in choices))


@asynccontextmanager
async def on_aibot(house: House) -> AsyncIterator[OnAibot]:
    """The channel at work in front of its stand-in."""
    async with Standin(lambda: house.moment) as standin, served() as server:
        desk = house.talk.desk
        hooks = Hooks(
            keep_photo=house.keep,
            load_photo=house.load,
            refused=partial(desk.keep, "aibot"),
            seen=partial(desk.seen, "aibot"),
            said=partial(desk.answers, "aibot"),
            phone=_nobodys,
            clock=lambda: datetime.fromtimestamp(house.moment, UTC),
        )
        channel = Aibot(sealing.TOKEN, sealing.AES_KEY, hooks, URL)
        server.routes(channel.routes())
        standin.callback = f"{server.url}/aibot"
        listening = asyncio.create_task(channel.listen(house.take))
        await asyncio.sleep(0)
        try:
            yield OnAibot(house, standin, channel)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


async def _nobodys(user: str) -> str:
    del user
    return ""
