"""Another program that is told of facts: a real server on this machine, which keeps what it gets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Listener:
    """What came, and what is to be answered next; 200 where nothing is said."""

    url: str = ""
    came: list[tuple[dict[str, str], str]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something has come."""

    async def hear(self, request: web.Request) -> web.StreamResponse:
        """Keep it, and answer."""
        self.came.append(({name.lower(): value for name, value in request.headers.items()}, await request.text()))
        self.heard.set()
        return self.answers.pop(0) if self.answers else web.Response()


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """The program, on a port that was free."""
    listener = Listener()
    app = web.Application()
    app.router.add_post("/{way:.*}", listener.hear)
    app.router.add_get("/{way:.*}", listener.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/facts"
    try:
        yield listener
    finally:
        await runner.cleanup()


def signed(secret: str, headers: dict[str, str], body: str) -> bool:
    """Whether this was signed with the secret, computed as the specification writes it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    made = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(headers["webhook-signature"], f"v1,{made}")
