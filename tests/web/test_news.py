"""The stream that says that there is something new."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels.web import news
from bot.channels.web.news import News
from bot.model import Outbound
from tests.web.town import LI, Town, own


class Marks:
    """A chat whose mark changes when told to."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self.value = 0

    async def __call__(self) -> object:
        """The mark."""
        return self.value


async def begun(stream: AsyncIterator[str]) -> AsyncIterator[str]:
    """The stream after its first line."""
    assert (await anext(stream)).startswith("retry:")
    return stream


async def test_the_bell_rings_in_its_own_chat_only() -> None:
    """A message of another chat says nothing here."""
    bells = News()
    stream = await begun(bells.stream("1", Marks()))
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bells.ring("2")
    assert not waiting.done()
    bells.ring("1")
    assert await waiting == "event: news\ndata:\n\n"


async def test_what_another_process_wrote_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a bell the database is looked at; without news a sign of life is given."""
    monkeypatch.setattr(news, "LOOK", 0.001)
    marks = Marks()
    stream = await begun(News().stream("1", marks))
    assert await anext(stream) == ": still here\n\n"
    marks.value = 1
    assert "news" in await anext(stream)


async def test_a_stream_ends_by_itself_and_when_the_program_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """No stream is for ever: the browser comes back with its cookie, and the server can stop."""
    bells = News()
    stream = await begun(bells.stream("1", Marks()))
    waiting = asyncio.ensure_future(anext(stream, "over"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bells.close()
    assert await waiting == "over"
    monkeypatch.setattr(news, "LOOK", 0.001)
    monkeypatch.setattr(news, "LOOKS", 2)
    assert [line async for line in News().stream("1", Marks())] == ["retry: 2000\n\n"]


async def test_one_chat_has_so_many_streams(town: Town) -> None:
    """A ninth window of the same chat is refused a stream, and looks by itself instead."""
    bells = News()
    streams = [await begun(bells.stream("1", Marks())) for _ in range(news.LISTENERS)]
    assert bells.full("1")
    assert not bells.full("2")
    town.web._talk._news = bells
    async with town.browser(cookie=f"wuyi_sample={LI}") as http:
        assert (await http.get("/chat/events")).status_code == 429
    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]
    assert not bells.full("1")


async def test_send_rings(town: Town) -> None:
    """What the post sends is heard by who listens to that chat."""
    stream = await begun(town.web._news.stream(str(LI), Marks()))
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await town.web.send(Outbound(7, own(LI), "x"))
    assert "news" in await waiting
