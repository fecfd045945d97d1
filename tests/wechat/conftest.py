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
from bot.channels.wechat import Account, Times, WeChat
from bot.channels.wechat_callback import Answer, House
from bot.channels.wechat_send import Budget
from bot.model import Address, Button, Inbound, Outbound
from tests.telegram.serving import served
from tests.wechat import sealing
from tests.wechat.server import SECRET
from tests.wechat.standin import Standin

PICTURE = b"bytes that stand for a picture"
HASTY = Times(patience=1, again=0.2)
"""For a test in which not all that is expected comes within the time."""
ALONE = Times(again=0.2)
"""For one in which nobody calls again."""


@dataclass
class Shell:
    """A channel with all that the composition would give it; what it did is kept."""

    channel: WeChat = field(init=False)
    naps: list[float] = field(default_factory=list)
    kept: list[bytes] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    taken: list[Inbound] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    """What the house says that a text came to."""
    asked: list[tuple[int, ...]] = field(default_factory=list)
    """Of which letters the channel wanted to know whether they are written down."""
    budget: Budget = field(default_factory=lambda: Budget(5))

    async def take(self, inbound: Inbound) -> None:
        """Remember the message, unless it was taken before: it counts as committed."""
        if not await self.seen(inbound.dedupe):
            self.taken.append(inbound)

    async def seen(self, dedupe: str) -> bool:
        """Whether it was taken before."""
        return any(each.dedupe == dedupe for each in self.taken)

    async def answer(self, dedupe: str) -> Answer:
        """What it came to."""
        (text,) = (each.text for each in self.taken if each.dedupe == dedupe)
        return self.answers.get(text, Answer())

    async def settled(self, numbers: list[int]) -> bool:
        """Whether it is written down of these letters that they went; the second time that it is asked."""
        self.asked.append(tuple(numbers))
        return self.asked.count(tuple(numbers)) > 1

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

    async def left(self, user: str) -> None:
        """Somebody follows no more."""
        self.gone.append(user)

    async def allowed(self, user: str) -> Budget:
        """What may be sent to somebody."""
        assert user
        return self.budget

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


def load(name: str) -> bytes:
    """A picture's bytes; the one called ``gone`` is."""
    if name == "gone":
        raise FileNotFoundError
    return name.encode()


@pytest.fixture
async def wechat() -> AsyncIterator[Standin]:
    """A stand-in on a free port."""
    async with Standin() as standin:
        yield standin


@pytest.fixture
async def make(wechat: Standin) -> AsyncIterator[Make]:
    """Makes channels that talk to the stand-in, and closes them."""
    made: list[Shell] = []

    def shell(*, times: Times = Times(), **more: Any) -> Shell:  # noqa: ANN401, B008 - parts of an Account; frozen
        given: dict[str, Any] = {
            "app_id": sealing.APP, "secret": SECRET, "token": sealing.TOKEN, "aes_key": sealing.AES_KEY,
            "api_url": wechat.url,
        }  # fmt: skip
        new = Shell()
        house = House(
            keep_photo=new.keep,
            refused=new.refuse,
            seen=new.seen,
            answer=new.answer,
            settled=new.settled,
            left=new.left,
            clock=lambda: datetime.fromtimestamp(wechat.clock(), UTC),
        )
        new.channel = WeChat(
            Account(**(given | more)), house, load, new.allowed, menu(),
            base_url="https://wuyi.invalid", sleep=new.nap, seconds=wechat.clock, times=times,
        )  # fmt: skip
        made.append(new)
        return new

    yield shell
    for each in made:
        await each.channel._slots.finish()
        each.channel._api.close()


@asynccontextmanager
async def called(wechat: Standin, shell: Shell, take: Any = None) -> AsyncIterator[str]:  # noqa: ANN401 - a Take
    """The channel listens, and WeChat knows where; gives the address."""
    async with served() as server:
        server.routes(shell.channel.routes())
        wechat.callback = f"{server.url}/wechat"
        async with shell.listening(take):
            yield wechat.callback


def message(user: str = "li", text: str = "虚构", **more: Any) -> Outbound:  # noqa: ANN401 - fields of Outbound
    """A message to a follower."""
    return Outbound(more.pop("id", 1), Address("wechat", user), text, **more)


def buttons(*labels: str, mark: str = "mark") -> tuple[tuple[Button, ...], ...]:
    """A row of buttons each."""
    return tuple((Button(label, label, f"{mark}.{number}"),) for number, label in enumerate(labels))
