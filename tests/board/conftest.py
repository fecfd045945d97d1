"""A real browser before the whole bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
from starlette.applications import Starlette

from bot.store.database import Database
from tests.board.offices import Office
from tests.web.conftest import chromium, page, phone, served

__all__ = ["chromium", "page", "phone"]


@pytest.fixture
def site(town: Database) -> Iterator[Office]:
    """The town's bot over real HTTP, its web chat listening."""
    offices: list[Office] = []

    def make(url: str) -> Starlette:
        office = Office(town, url=url)
        offices.append(office)

        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            listening = asyncio.create_task(office.bot.channels["web"].listen(office.bot.take))
            yield
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

        return Starlette(routes=office.bot.asgi().routes, lifespan=lifespan)

    with served(make, lambda: None) as _:
        yield offices[0]
    offices[0].bot.close()
