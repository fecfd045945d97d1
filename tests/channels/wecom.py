"""WeCom's members: sealed callbacks over real HTTP, answers from what the server's stand-in shows on their phones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from bot.channels.click_menu import menu
from bot.channels.wecom import Application, Hooks, WeCom
from bot.channels.wecom_cards import SUBMIT
from bot.roster import phones
from tests.channels.house import DRAWN, PICTURE, House, Shown, names
from tests.channels.numbers import listed
from tests.telegram.serving import served, until
from tests.town import PEOPLE
from tests.wecom import sealing
from tests.wecom.server import AGENT, SECRET, Seen
from tests.wecom.standin import Standin

HOUR = 3600.0


class OnWeCom:
    """One application, and every member's phone."""

    reflows = True
    lists = False
    beside = False
    pictures = True
    captions = False

    def __init__(self, house: House, wecom: Standin, channel: WeCom) -> None:
        """Nobody has said anything."""
        self.channel = channel
        self._house = house
        self.wecom = wecom
        self._members = {who: wecom.member(self.address(who)) for who in PEOPLE}
        self._names = names(self)
        self._calls = 0
        self._edited: dict[int, int] = {}
        self._count: dict[str, int] = {}
        self._gone: dict[tuple[str, str], tuple[Seen, str, str]] = {}
        """By person and choice: the newest card that had it, and what it sends."""

    def address(self, who: str) -> str:
        """The member's name in the enterprise."""
        return f"invented.{who}"

    async def begin(self) -> None:
        """Nothing stands on the phones."""
        self.wecom.shown.clear()
        self.wecom._tasks.clear()
        self._calls = len(self.wecom.calls)
        self._count.clear()
        self._edited.clear()
        self._gone.clear()

    async def say(self, who: str, text: str, group: str = "") -> None:
        """Write."""
        assert not group
        self._members[who].write(text)
        await self.wecom.confirmed()

    async def tap(self, who: str, label: str) -> None:
        """Tap on the newest card with that choice; where the choices fit no card, send the number."""
        for seen in reversed(self._members[who].sees()):
            if label in dict((*seen.buttons, *seen.options)):
                self._members[who].tap(label)
                await self.wecom.confirmed()
                return
            if seen.kind == "text" and label in (marks := listed(seen.text).marks):
                await self.say(who, marks[label])
                return
        seen, key, option = self._gone[who, label]  # a screen that lags still shows it
        self._members[who].tap_key(seen, key, option)
        await self.wecom.confirmed()

    async def photo(self, who: str, caption: str) -> None:
        """Send a picture; no words go with one."""
        assert not caption
        self._members[who].photo(PICTURE)
        await self.wecom.confirmed()

    async def open(self, who: str, code: str) -> None:
        """Open the chat, another hour than the last time, or send the code."""
        if code:
            await self.say(who, f"开始 {code}")
            return
        self._house.moment += HOUR
        self._members[who].enter()
        await self.wecom.confirmed()

    async def seen(self) -> list[Shown]:
        """What each call has left on the phones. A card made grey says nothing that was not there before."""
        calls = self.wecom.calls[self._calls :]
        self._calls = len(self.wecom.calls)
        found = []
        for method, body in calls:
            if method == "message/send":
                user = body["touser"]
                seen = self.wecom.shown[user][self._count.get(user, 0)]
                self._count[user] = self._count.get(user, 0) + 1
                self._edited[id(seen)] = seen.edited
                found.append(self._shown(user, seen))
            elif method == "message/update_template_card":
                found += self._updated(body)
        return found

    def _updated(self, body: dict[str, Any]) -> list[Shown]:
        (user,) = body["userids"]
        changed = [each for each in self.wecom.shown[user] if self._edited.get(id(each), 0) != each.edited]
        for each in changed:
            self._edited[id(each)] = each.edited
            assert each.grey or each.buttons
        return [self._shown(user, each) for each in changed if "template_card" in body]

    async def over(self) -> None:
        """Nothing was too long, too wide, too many or too fast for WeCom."""
        assert self.wecom.violations == []
        assert self.wecom.dropped == []

    def _shown(self, user: str, seen: Seen) -> Shown:
        to = self._names[user]
        if seen.kind == "file":
            assert seen.media is not None
            return Shown(to, paper=seen.media[0] if seen.media[1].startswith(b"PK") else "")
        if seen.kind == "image":
            assert seen.media is not None
            return Shown(to, paper=".png" if seen.media[1].startswith(DRAWN) else "")
        if seen.kind == "text":
            read = listed(seen.text)
            return Shown(to, read.text, tuple(read.marks), numbered=bool(read.marks))
        for label, key in seen.options or seen.buttons:
            self._gone[to, label] = (seen, SUBMIT, key) if seen.options else (seen, key, "")
        labels = [label for label, _ in (seen.options or seen.buttons)]
        return Shown(to, seen.text, tuple(labels))


@asynccontextmanager
async def on_wecom(house: House) -> AsyncIterator[OnWeCom]:
    """The channel at work in front of its stand-in."""
    async with Standin(lambda: house.moment) as standin, served() as server:
        hooks = Hooks(
            keep_photo=house.keep,
            load_photo=house.load,
            refused=_refused,
            seen=lambda dedupe: house.talk.desk.seen("wecom", dedupe),
            known=lambda sender: house.talk.desk.knows("wecom", sender),
            normalise=phones.normalise,
            clock=lambda: datetime.fromtimestamp(house.moment, UTC),
            load_paper=house.paper,
        )
        application = Application(sealing.CORP, AGENT, SECRET, sealing.TOKEN, sealing.AES_KEY, standin.url)
        channel = WeCom(application, hooks, menu(), per_minute=0, seconds=lambda: house.moment)
        server.routes(channel.routes())
        standin.callback = f"{server.url}/wecom"
        listening = asyncio.create_task(channel.listen(house.take))
        await until(lambda: standin.menu)
        try:
            yield OnWeCom(house, standin, channel)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


async def _refused(raw: str, why: str) -> None:
    message = f"a callback of the stand-in's could not be read: {why}: {raw}"
    raise AssertionError(message)
