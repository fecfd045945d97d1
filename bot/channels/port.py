"""What every channel promises."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from starlette.routing import BaseRoute

from bot.model import Fate, Inbound, Limits, Outbound, Paper

Take = Callable[[Inbound], Awaitable[None]]
"""Hand a message to the desk; returns once it is committed, so that the platform may be told. Raises when it is not
stored: then the platform must not be told, and will deliver it again."""

KeepPhoto = Callable[[bytes], Awaitable[str]]
"""Check, re-encode and keep a picture; gives its media name. Raises ``ValueError`` with the reason for the sender."""

LoadPaper = Callable[[Paper], bytes]
"""Make a document; it takes its time, so it is called in a thread. Raises ``ValueError`` where there is none."""


def no_papers(paper: Paper) -> bytes:
    """Where nobody makes documents."""
    message = f"no {paper.kind} here"
    raise ValueError(message)


class Channel(Protocol):
    """A platform. ``send`` never raises: what may have happened to a message is its ``Fate``."""

    @property
    def name(self) -> str:
        """What addresses on this channel are marked with."""
        ...

    @property
    def limits(self) -> Limits:
        """What it can carry."""
        ...

    def routes(self) -> Sequence[BaseRoute]:
        """The HTTP routes that the platform calls; none for one that is polled."""
        ...

    async def listen(self, take: Take) -> None:
        """Receive until cancelled. ``take`` is also what the routes hand their messages to."""
        ...

    async def send(self, outbound: Outbound) -> Fate:
        """Deliver one message, once."""
        ...
