"""An application of ours under uvicorn, in the test's own event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

PATIENCE = 20.0


class Served:
    """A server whose application is given after its address is known."""

    def __init__(self, url: str) -> None:
        """``url`` is where it listens."""
        self.url = url
        self.app: ASGIApp = Starlette()

    def routes(self, routes: Sequence[BaseRoute]) -> None:
        """Serve these routes."""
        self.app = Starlette(routes=list(routes))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on to the application of the moment."""
        await self.app(scope, receive, send)


class Quiet(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def served() -> AsyncIterator[Served]:
    """Listen on a free port of the loopback inside the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        application = Served(f"http://127.0.0.1:{listener.getsockname()[1]}")
        config = uvicorn.Config(application, lifespan="off", log_config=None, access_log=False, ws="none")
        server = Quiet(config)
        task = asyncio.create_task(server.serve([listener]))
        await until(lambda: server.started)
        try:
            yield application
        finally:
            server.should_exit = True
            await task


async def until(happened: Callable[[], object]) -> None:
    """Let the others run until it has happened.

    Raises:
        TimeoutError: it did not.
    """
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 - what is waited for is in another program's hands
            await asyncio.sleep(0.002)
