"""The web chat's people: a browser's requests, and the messages that the page asks for."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
from sqlalchemy import select
from starlette.applications import Starlette

from bot.channels.web import Web
from bot.channels.web.visitors import GUEST
from bot.store.tables import named
from tests.channels.house import DRAWN, PICTURE, House, Shown, names
from tests.town import KEYRING, PEOPLE

URL = "https://wuyi.example"
OUTBOX = named("outbox")
NEW = frozenset({"new", "newton"})
"""Those who have no chat yet."""


class OnWeb:
    """A browser for everybody, in which they once gave their code."""

    reflows = False
    lists = False
    beside = False
    pictures = True
    captions = True

    def __init__(self, house: House, channel: Web, browsers: dict[str, httpx.AsyncClient]) -> None:
        """Nobody has said anything."""
        self.channel = channel
        self._house = house
        self._browsers = browsers
        self._names = names(self)
        self._ids = itertools.count(10_000_000)
        self._last = 0
        self._pages: dict[str, dict[str, dict[str, Any]]] = {}
        self._gone: dict[tuple[str, str], dict[str, str]] = {}
        """By person and label: what the newest button of that label sends."""

    def address(self, who: str) -> str:
        """What the cookie stands for."""
        return GUEST + KEYRING.lookup(who, "guest").hex()[:32]

    async def begin(self) -> None:
        """The cookies are there, and nothing stands on the pages."""
        self._last = 0
        self._pages.clear()
        self._gone.clear()
        for who, browser in self._browsers.items():
            browser.cookies.clear()
            if who not in NEW:
                browser.cookies.set("__Host-wuyi_guest", who, domain="wuyi.example")

    async def say(self, who: str, text: str, group: str = "") -> None:
        """Write into the chat; before there is one, into the field for a code."""
        assert not group
        if self._browsers[who].cookies:
            await self._post(who, text=text)
        else:
            await self._enter(who, text)

    async def tap(self, who: str, label: str) -> None:
        """Tap the newest button of that label."""
        for message in reversed(self._pages.get(who, {}).values()):
            for each in itertools.chain(*message.get("buttons", [])):
                if each["label"] == label:
                    await self._post(who, token=each["token"], edits=message["key"][1:])
                    return
        await self._post(who, **self._gone[who, label])  # a page that lags still shows it

    async def photo(self, who: str, caption: str) -> None:
        """Send a picture."""
        fields = {"id": str(next(self._ids)), "text": caption}
        answer = await self._browsers[who].post("/chat/photos", data=fields, files={"photo": ("a.jpg", PICTURE)})
        assert answer.status_code == httpx.codes.NO_CONTENT, answer.text

    async def open(self, who: str, code: str) -> None:
        """Load the page, or give the code."""
        if code:
            await self._enter(who, code)
            return
        answer = await self._browsers[who].post("/chat/open")
        assert answer.status_code == httpx.codes.NO_CONTENT, answer.text

    async def seen(self) -> list[Shown]:
        """What the page of everybody to whom something went shows otherwise than before."""
        query = select(OUTBOX.c.id, OUTBOX.c.address).where(OUTBOX.c.id > self._last, OUTBOX.c.channel == "web")
        with self._house.database.read() as connection:
            rows = connection.execute(query.order_by(OUTBOX.c.id)).all()
        self._last = max([self._last, *(row.id for row in rows)])
        found = []
        for address in dict.fromkeys(row.address for row in rows):
            found += await self._look(self._names[address])
        return found

    async def over(self) -> None:
        """The page has no rules beyond its own requests'."""

    async def _look(self, who: str) -> list[Shown]:
        answer = await self._browsers[who].get("/chat/messages")
        assert answer.status_code == httpx.codes.OK, answer.text
        before = self._pages.get(who, {})
        page = {each["key"]: each for each in answer.json()["messages"] if each["who"] == "bot"}
        self._pages[who] = page
        changed = [each for key, each in page.items() if before.get(key, {}).get("version") != each["version"]]
        return [await self._shown(who, each) for each in sorted(changed, key=lambda each: int(each["version"]))]

    async def _shown(self, who: str, message: dict[str, Any]) -> Shown:
        for each in itertools.chain(*message["buttons"]):
            self._gone[who, each["label"]] = {"token": each["token"], "edits": message["key"][1:]}
        choices = tuple(each["label"] for each in itertools.chain(*message["buttons"]))
        name = ""
        if message["paper"]:
            file = await self._browsers[who].get(f"/chat/papers/{message['paper']['number']}")
            name = message["paper"]["name"] if file.content.startswith((b"PK", DRAWN)) else ""
        return Shown(who, message["text"], choices, name)

    async def _post(self, who: str, **said: str) -> None:
        answer = await self._browsers[who].post("/chat/messages", json={"id": str(next(self._ids)), **said})
        assert answer.status_code == httpx.codes.NO_CONTENT, answer.text

    async def _enter(self, who: str, code: str) -> None:
        answer = await self._browsers[who].post("/login", json={"id": str(next(self._ids)), "code": code})
        assert answer.status_code == httpx.codes.NO_CONTENT, answer.text
        cookie = answer.cookies["__Host-wuyi_guest"]
        self._browsers[who].cookies.clear()
        self._browsers[who].cookies.set("__Host-wuyi_guest", cookie, domain="wuyi.example")
        self._names[self.address(cookie)] = who


@asynccontextmanager
async def on_web(house: House) -> AsyncIterator[OnWeb]:
    """The channel at work, and browsers that say what browsers say."""
    channel = Web(
        house.database, KEYRING, lambda: house.talk.now, (house.keep, house.load),
        sample=False, base_url=URL, seconds=lambda: house.moment, load_paper=house.paper,
    )  # fmt: skip
    transport = httpx.ASGITransport(Starlette(routes=list(channel.routes())))
    said = {"sec-fetch-site": "same-origin", "origin": URL}
    listening = asyncio.create_task(channel.listen(house.take))
    await asyncio.sleep(0)
    browsers = {who: httpx.AsyncClient(transport=transport, base_url=URL, headers=said) for who in PEOPLE}
    try:
        yield OnWeb(house, channel, browsers)
    finally:
        for browser in browsers.values():
            await browser.aclose()
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
