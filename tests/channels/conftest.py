"""The house, and the drivers, each made when it is first wanted and used by every conversation after."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from tests.channels.aibot import on_aibot
from tests.channels.console import on_console
from tests.channels.house import Driver, House
from tests.channels.telegram import on_telegram
from tests.channels.web import on_web
from tests.channels.wechat import on_wechat
from tests.channels.wecom import on_wecom

DRIVERS: Mapping[str, Callable[[House], AbstractAsyncContextManager[Driver]]] = {
    "telegram": on_telegram,
    "wecom": on_wecom,
    "wechat": on_wechat,
    "aibot": on_aibot,
    "web": on_web,
    "console": on_console,
}
Give = Callable[[str], Awaitable[Driver]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(_town_file: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One for all."""
    house = House(tmp_path_factory.mktemp("house"), _town_file)
    yield house
    house.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def driver(house: House) -> AsyncIterator[Give]:
    """Gives the driver of a channel by its name."""
    made: dict[str, Driver] = {}
    async with AsyncExitStack() as stack:

        async def give(name: str) -> Driver:
            if name not in made:
                made[name] = await stack.enter_async_context(DRIVERS[name](house))
            return made[name]

        yield give
