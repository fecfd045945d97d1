"""The town's people at their browsers: the whole bot behind real routes, logged in by real links."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from pathlib import Path

import httpx
from pydantic import SecretStr
from sqlalchemy import insert

from bot.app import Bot
from bot.settings import Settings
from bot.store import people
from bot.store.database import Database
from bot.store.tables import named
from tests.town import KEYRING, LONG_AGO, NOW

URL = "http://127.0.0.1:8000"
SECRET = "a secret of the tests, long enough to be one"
ZHANG, LI, WANG, ZHAO, SUN = 1, 2, 3, 7, 9
_number = itertools.count(1)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """It is the town's own moment."""
        self.now: datetime = NOW

    def __call__(self) -> datetime:
        """The moment."""
        return self.now


@dataclass
class Office:
    """A bot over the town's database, with the web chat and the board."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    url: str = URL
    folder: Path | None = None
    """Where pictures lie; beside the database where it is a file."""

    def __post_init__(self) -> None:
        """Put the bot together as ``wuyi run`` does."""
        where = self.database.engine.url.render_as_string(hide_password=False)
        port = int(self.url.rpartition(":")[2]) if self.url.startswith("http://127") else 8000
        public = "" if self.url.startswith("http://127") else self.url
        folder = self.folder or Path(str(self.database.engine.url.database)).parent
        settings = Settings(
            database_url=where, secret_key=SecretStr(SECRET), port=port, public_url=public, data_dir=folder
        )
        self.bot = Bot.build(settings, self.clock)

    def link(self, person: int) -> str:
        """A fresh login token."""
        token = f"word-{next(_number)}"
        self.database.write(lambda connection: people.login_link(connection, KEYRING, person, token, self.clock.now))
        return token

    def assign(self, person: int, role: str, place: str) -> None:
        """Give somebody a task."""
        row = {"person": person, "role": role, "place": place, "recorded_at": LONG_AGO}
        self.database.write(lambda connection: connection.execute(insert(named("assignment")), row))

    @asynccontextmanager
    async def browser(self, person: int | None, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        """A browser in which ``person`` is logged in; None: nobody is."""
        web = self.bot.channels["web"]
        listening = asyncio.create_task(web.listen(self.bot.take))
        await asyncio.sleep(0)
        transport = httpx.ASGITransport(self.bot.asgi())
        said = {"sec-fetch-site": "same-origin", "origin": self.url, "accept-language": "zh"} | headers
        try:
            async with httpx.AsyncClient(transport=transport, base_url=self.url, headers=said) as http:
                if person is not None:
                    assert (await http.post("/login", json={"token": self.link(person)})).status_code == 204
                yield http
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            self.bot.close()


@asynccontextmanager
async def at_work(database: Database, person: int | None, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at their browser."""
    async with Office(database).browser(person, **headers) as http:
        yield http


def text(page: str) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def buttons(page: str) -> Mapping[str, Mapping[str, str]]:
    """What each answer on the page of a conversation would send, by its words."""
    found: dict[str, dict[str, str]] = {}
    for form in re.findall(r'<form class="answers".*?</form>', page, re.DOTALL):
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
        for token, label in re.findall(r'<button name="token" value="([^"]*)">(.*?)</button>', form):
            found[unescape(label)] = hidden | {"token": token}
    return found


async def press(http: httpx.AsyncClient, page: str, label: str) -> str:
    """Press a button of the conversation; the page that follows."""
    known = buttons(page)
    assert label in known, f"no {label!r} among {list(known)}"
    return (await follow(http, "/board/do", known[label])).text


async def follow(http: httpx.AsyncClient, path: str, data: Mapping[str, str]) -> httpx.Response:
    """Send a form, and go where the answer leads."""
    answer = await http.post(path, data=dict(data))
    assert answer.status_code == 303, (answer.status_code, text(answer.text)[:300])
    page = await http.get(answer.headers["location"])
    assert page.status_code == 200
    return page
