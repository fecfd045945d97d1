"""The stand-in, and channels that talk to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from bot.channels.telegram import Menu, Telegram
from bot.model import Address, Button, Inbound, Outbound
from tests.telegram.standin import Standin

SECRET = "invented-secret-0"
MENUS = (Menu("private", "", (("report", "invented"),)), Menu("group", "zh", (("status", "虚构"),)))
PICTURE = b"bytes that stand for a picture"


@dataclass
class Shell:
    """A channel with all that the composition would give it; what it did is kept."""

    channel: Telegram
    naps: list[float] = field(default_factory=list)
    kept: list[bytes] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    taken: list[Inbound] = field(default_factory=list)

    async def take(self, inbound: Inbound) -> None:
        """Remember the message: it counts as committed."""
        self.taken.append(inbound)

    @asynccontextmanager
    async def listening(self, take: Any = None) -> AsyncIterator[None]:  # noqa: ANN401 - a Take
        """Listen inside the block."""
        task = asyncio.create_task(self.channel.listen(take or self.take))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


Make = Callable[..., Shell]


@pytest.fixture
async def telegram() -> AsyncIterator[Standin]:
    """A stand-in on a free port."""
    async with Standin() as standin:
        yield standin


@pytest.fixture
def make(telegram: Standin) -> Make:
    """Makes channels that talk to the stand-in."""

    def shell(
        mode: Literal["polling", "webhook"] = "polling",
        public_url: str = "http://127.0.0.1:1",
        **more: Any,  # noqa: ANN401 - options of Telegram or Outbound
    ) -> Shell:
        async def nap(seconds: float) -> None:
            made.naps.append(seconds)
            await asyncio.sleep(0)

        async def keep(data: bytes) -> str:
            made.kept.append(data)
            if data != PICTURE:
                reason = "not_a_picture"
                raise ValueError(reason)
            return "invented-media-name"

        async def migrated(old: str, new: str) -> None:
            made.moved.append((old, new))

        async def refused(raw: str, why: str) -> None:
            made.refused.append((raw, why))

        given: dict[str, Any] = {"token": telegram.token, "secret": SECRET, "api_url": telegram.url} | more
        channel = Telegram(
            mode=mode,
            public_url=public_url,
            keep_photo=keep,
            load_photo=lambda name: name.encode(),
            commands=MENUS,
            sleep=nap,
            migrated=migrated,
            refused=refused,
            **given,
        )
        made = Shell(channel)
        return made

    return shell


def message(chat: int = 7001, text: str = "虚构", **more: Any) -> Outbound:  # noqa: ANN401 - fields of Outbound
    """A message to a chat."""
    return Outbound(more.pop("id", 1), Address("telegram", str(chat), group=chat < 0), text, **more)


def buttons(*labels: str) -> tuple[tuple[Button, ...], ...]:
    """One row of buttons."""
    return (tuple(Button(label, label, f"token.{number}") for number, label in enumerate(labels)),)
