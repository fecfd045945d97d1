"""The terminal as a channel: choices become numbers; a test double that a person can use."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.model import Address, Fate, Inbound, InboundKind, Limits, Outbound, Sent

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from bot.channels.port import Take


class Console:
    """Reads lines, prints replies; ``--json`` prints one object a reply."""

    name = "console"
    limits = Limits(buttons=False, edits=False)

    def __init__(self, address: str, shown_as: str, token: Callable[[], str], *, as_json: bool = False) -> None:
        """Speak as the person behind ``address``; ``shown_as`` is what ``to`` says."""
        self._address = Address(self.name, address)
        self._shown_as = shown_as
        self._token = token
        self._json = as_json

    def routes(self) -> Sequence[BaseRoute]:
        """None: nobody calls a terminal."""
        return ()

    async def listen(self, take: Take) -> None:
        """Open the chat, then hand over line after line until the input ends."""
        await take(self._inbound(InboundKind.OPEN, ""))
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip():
                await take(self._inbound(InboundKind.TEXT, line.strip()))

    def _inbound(self, kind: InboundKind, said: str) -> Inbound:
        return Inbound(self._address, self._token(), kind, said, raw=said)

    async def send(self, outbound: Outbound) -> Fate:
        """Print it; of a document the name: ``wuyi export`` writes the file."""
        buttons = [button for row in outbound.buttons for button in row]
        if self._json:
            choices = [{"label": button.label, "value": button.value} for button in buttons]
            reply: dict[str, object] = {"text": outbound.text, "choices": choices, "to": self._shown_as}
            if outbound.paper is not None:
                reply["file"] = outbound.paper.name
            sys.stdout.write(json.dumps(reply, ensure_ascii=False) + "\n")
        else:
            numbered = [f"  {choice}" for choice in outbound.listed]
            file = [f"[{outbound.paper.name}]"] if outbound.paper is not None else []
            sys.stdout.write("\n".join((outbound.text, *file, *numbered, "", "")))
        sys.stdout.flush()
        return Sent(str(outbound.id))
