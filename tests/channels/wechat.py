"""WeChat's followers: sealed callbacks over real HTTP, answers in their responses, and choices by number or letter."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from bot.channels import wechat_house
from bot.channels.click_menu import menu
from bot.channels.wechat import Account, WeChat
from tests.channels.elsewhere import Elsewhere
from tests.channels.house import PICTURE, House, Shown, names
from tests.channels.numbers import listed
from tests.telegram.serving import served, until
from tests.town import PEOPLE
from tests.wechat import sealing
from tests.wechat.server import SECRET, Follower, Seen
from tests.wechat.standin import Standin

FILE = re.compile(r"📄 (?P<name>.+)\n.+\nhttps://wuyi\.example/board/\S+\n*")
"""No files go here: where a document can be had."""


class OnWeChat:
    """One account, and everybody's phone. Whom it may not write to (they have not written) is reached elsewhere."""

    reflows = False
    lists = True
    beside = True
    pictures = True
    captions = False

    def __init__(self, house: House, wechat: Standin, channel: WeChat) -> None:
        """Nobody has said anything."""
        self.channel = channel
        self._house = house
        self._wechat = wechat
        self._phones = {who: wechat.follower(self.address(who)) for who in PEOPLE}
        self._names = names(self)
        self._elsewhere = Elsewhere(house)
        self._count: dict[str, int] = {}
        self._last: dict[str, dict[str, str]] = {}

    def address(self, who: str) -> str:
        """What WeChat calls a follower."""
        return f"oInvented-{who}"

    async def begin(self) -> None:
        """Everybody follows, and has not written."""
        for one in self._wechat.people:
            self._wechat.people[one] = Follower()
        self._count.clear()
        self._last.clear()
        self._elsewhere.begin()

    async def say(self, who: str, text: str, group: str = "") -> None:
        """Write."""
        assert not group
        self._phones[who].write(text)
        await self._answered()

    async def tap(self, who: str, label: str) -> None:
        """Write the number, or the letter, of the choice in the newest list."""
        if label in self._last.get(who, {}):
            await self.say(who, self._last[who][label])
        else:
            await self._elsewhere.tap(who, label)

    async def photo(self, who: str, caption: str) -> None:
        """Send a picture; no words go with one."""
        assert not caption
        self._phones[who].photo(PICTURE)
        await self._answered()

    async def open(self, who: str, code: str) -> None:
        """Follow the account, perhaps by a picture with a code."""
        self._phones[who].follow(code)
        await self._answered()

    async def seen(self) -> list[Shown]:
        """What stands on the phones that did not before."""
        found = []
        for user, follower in self._wechat.people.items():
            new = follower.shown[self._count.get(user, 0) :]
            self._count[user] = len(follower.shown)
            found += [self._shown(user, each) for each in new]
        return found + self._elsewhere.seen()

    async def over(self) -> None:
        """Nothing was too long, and every call was answered."""
        assert self._wechat.violations == []
        assert self._wechat.dropped == []
        assert self._wechat.failed == []

    async def _answered(self) -> None:
        """The post goes on while WeChat waits: what is said goes in the response."""
        while self._wechat._deliveries:
            await self._house.post.settle()
            if self._wechat._deliveries:
                await asyncio.wait(self._wechat._deliveries, timeout=0.001)

    def _shown(self, user: str, seen: Seen) -> Shown:
        read = listed(seen.text)
        self._last[self._names[user]] = read.marks
        file = FILE.search(read.text)
        name = file["name"] if file else ""
        return Shown(self._names[user], FILE.sub("", read.text), tuple(read.marks), name, bool(read.marks))


@asynccontextmanager
async def on_wechat(house: House) -> AsyncIterator[OnWeChat]:
    """The channel at work in front of its stand-in."""
    async with Standin(lambda: house.moment) as standin, served() as server:
        hooks, _ = wechat_house.house(
            house.talk.desk, house.keep, lambda: datetime.fromtimestamp(house.moment, UTC), "https://wuyi.example"
        )
        # What may still be said is counted on the town's clock, on which it was said.
        _, budget = wechat_house.house(house.talk.desk, house.keep, lambda: house.talk.now, "https://wuyi.example")
        account = Account(sealing.APP, SECRET, sealing.TOKEN, sealing.AES_KEY, standin.url)
        channel = WeChat(
            account, hooks, house.load, budget, menu(), base_url="https://wuyi.example", seconds=lambda: house.moment
        )
        server.routes(channel.routes())
        standin.callback = f"{server.url}/wechat"
        listening = asyncio.create_task(channel.listen(house.take))
        await until(lambda: standin.menu)
        try:
            yield OnWeChat(house, standin, channel)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
