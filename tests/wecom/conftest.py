"""The stand-in, and channels that talk to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.click_menu import menu
from bot.channels.wecom import Application, Hooks, WeCom
from bot.model import Address, Button, Inbound, Outbound, Paper
from bot.roster import phones
from tests.telegram.serving import served
from tests.wecom import sealing
from tests.wecom.server import AGENT, SECRET
from tests.wecom.standin import Standin

PICTURE = b"bytes that stand for a picture"


@dataclass
class Shell:
    """A channel with all that the composition would give it; what it did is kept."""

    channel: WeCom = field(init=False)
    naps: list[float] = field(default_factory=list)
    kept: list[bytes] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    taken: list[Inbound] = field(default_factory=list)
    enrolled: set[str] = field(default_factory=set)

    async def take(self, inbound: Inbound) -> None:
        """Remember the message, unless it was taken before: it counts as committed."""
        if not await self.seen(inbound.dedupe):
            self.taken.append(inbound)

    async def seen(self, dedupe: str) -> bool:
        """Whether it was taken before."""
        return any(each.dedupe == dedupe for each in self.taken)

    async def knows(self, user: str) -> bool:
        """Whether that member has enrolled."""
        return user in self.enrolled

    async def keep(self, data: bytes) -> str:
        """Keep a picture."""
        self.kept.append(data)
        if data != PICTURE:
            reason = "not_a_picture"
            raise ValueError(reason)
        return "invented-media-name"

    async def refuse(self, raw: str, why: str) -> None:
        """Keep what cannot be read."""
        self.refused.append((raw, why))

    async def nap(self, pause: float) -> None:
        """Sleep no longer than a moment."""
        self.naps.append(pause)
        await asyncio.sleep(0)

    @asynccontextmanager
    async def listening(self, take: Any = None) -> AsyncIterator[None]:  # noqa: ANN401 - a Take
        """Listen inside the block."""
        task = asyncio.create_task(self.channel.listen(take or self.take))
        await asyncio.sleep(0)
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


Make = Callable[..., Shell]


def paper(wanted: Paper) -> bytes:
    """Make a document; there is none of the kind ``none``."""
    if wanted.kind == "none":
        message = "there is none"
        raise ValueError(message)
    return b"bytes of " + wanted.kind.encode()


def load(name: str) -> bytes:
    """A picture's bytes; the one called ``gone`` is."""
    if name == "gone":
        raise FileNotFoundError
    return name.encode()


@pytest.fixture
async def wecom() -> AsyncIterator[Standin]:
    """A stand-in on a free port."""
    async with Standin() as standin:
        yield standin


@pytest.fixture
async def make(wecom: Standin) -> AsyncIterator[Make]:
    """Makes channels that talk to the stand-in, and closes them."""
    made: list[Shell] = []

    def shell(*, per_minute: int = 30, **more: Any) -> Shell:  # noqa: ANN401 - parts of an Application
        given: dict[str, Any] = {
            "corp_id": sealing.CORP, "agent": AGENT, "secret": SECRET, "token": sealing.TOKEN,
            "aes_key": sealing.AES_KEY, "api_url": wecom.url,
        }  # fmt: skip
        new = Shell()
        hooks = Hooks(
            keep_photo=new.keep,
            load_photo=load,
            refused=new.refuse,
            seen=new.seen,
            known=new.knows,
            normalise=phones.normalise,
            clock=lambda: datetime.fromtimestamp(wecom.clock(), UTC),
            load_paper=paper,
        )
        new.channel = WeCom(
            Application(**(given | more)), hooks, menu(), per_minute=per_minute, sleep=new.nap, seconds=wecom.clock
        )
        made.append(new)
        return new

    yield shell
    for each in made:
        await each.channel._api.close()


@asynccontextmanager
async def called(wecom: Standin, shell: Shell, take: Any = None) -> AsyncIterator[str]:  # noqa: ANN401 - a Take
    """The channel listens, and WeCom knows where; gives the address."""
    async with served() as server:
        server.routes(shell.channel.routes())
        wecom.callback = f"{server.url}/wecom"
        async with shell.listening(take):
            yield wecom.callback


def message(user: str = "li", text: str = "虚构", **more: Any) -> Outbound:  # noqa: ANN401 - fields of Outbound
    """A message to a member."""
    return Outbound(more.pop("id", 1), Address("wecom", user), text, **more)


def buttons(*labels: str, mark: str = "mark") -> tuple[tuple[Button, ...], ...]:
    """A row of buttons each."""
    return tuple((Button(label, label, f"{mark}.{number}"),) for number, label in enumerate(labels))
