"""WeCom's group bot (智能机器人), called by webhook: it answers, in groups and alone, and never begins to speak."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.routing import Route

from bot.channels import aibot_cards as cards
from bot.channels.aibot_callback import WAIT, Callback, Hooks
from bot.channels.aibot_send import Sender, Servers
from bot.channels.aibot_wire import NAME
from bot.channels.sealed import Envelope
from bot.model import Fate, Limits, Outbound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute

    from bot.channels.port import Take

PATH = "/aibot"
BYTES_A_SIGN = 3


class Aibot:
    """The channel. Nothing is acknowledged to WeCom before ``take`` returned, and most answers go with that."""

    name = NAME

    def __init__(self, token: str, aes_key: str, hooks: Hooks, base_url: str, *, wait: float = WAIT) -> None:
        """Make the channel; ``base_url`` is where documents can be fetched.

        Raises:
            ValueError: the callback's token is empty, or its key is none.
        """
        envelope = Envelope(token, aes_key, "", settings="WUYI_AIBOT", addressed=False)
        self.limits = Limits(text=cards.CONTENT // BYTES_A_SIGN, buttons=True, buttons_per_row=1, edits=True)
        self._servers = Servers()
        self._sender = Sender(self._servers, hooks.load_photo, lambda: hooks.clock().timestamp(), base_url)
        self._callback = Callback(envelope, self._sender, self._servers, hooks, wait)

    def routes(self) -> Sequence[BaseRoute]:
        """The callback: WeCom's check, and its messages."""
        return [
            Route(PATH, self._callback.check, methods=["GET"]),
            Route(PATH, self._callback.deliver, methods=["POST"]),
        ]

    async def listen(self, take: Take) -> None:
        """Take what the routes bring until cancelled."""
        self._callback.take = take
        try:
            await asyncio.Event().wait()
        finally:
            await self._servers.close()

    async def send(self, outbound: Outbound) -> Fate:
        """Deliver one message, once; never raises."""
        return await self._sender.send(outbound)

    def __repr__(self) -> str:
        """No secrets."""
        return "Aibot()"
