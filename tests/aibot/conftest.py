"""The stand-in, a channel that talks to it, and the whole bot behind it.

For a conversation of one's own: ``async with town(folder, aibot) as here``, then ``await here.says(member, "日报")``
and ``await here.taps(member, "✅ 全部正常")``, which give what the phone shows last (``chooses`` taps, or writes the
number); or ``await aibot.deliver(payload)`` for any callback, which gives the replies as they were opened.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from pydantic import SecretStr
from sqlalchemy import select

from bot.app import Bot
from bot.channels.aibot import Aibot
from bot.channels.aibot_callback import WAIT, Hooks
from bot.model import Address, Button, Inbound, Outbound
from bot.model.messages import Written
from bot.settings import Settings
from bot.store.schema import migrate
from bot.store.tables import named
from tests.aibot.standin import Group, Member, Standin
from tests.telegram.serving import served, until
from tests.wecom import sealing
from tests.wecom.test_end_to_end import roster

NOW = datetime(2026, 11, 24, 14, 58, tzinfo=ZoneInfo("Asia/Shanghai"))
PICTURE = b"bytes that stand for a picture"


@dataclass
class Shell:
    """A channel with all that the composition would give it; what it did is kept."""

    channel: Aibot = field(init=False)
    kept: list[bytes] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    taken: list[Inbound] = field(default_factory=list)
    written: dict[str, list[Written]] = field(default_factory=dict)
    """By message, the letters that it brings."""

    async def take(self, inbound: Inbound) -> None:
        """Remember the message, unless it was taken before: it counts as committed."""
        if not await self.seen(inbound.dedupe):
            self.taken.append(inbound)

    async def seen(self, dedupe: str) -> bool:
        """Whether it was taken before."""
        return any(each.dedupe == dedupe for each in self.taken)

    async def said(self, dedupe: str) -> tuple[Written, ...]:
        """What a message brought."""
        return tuple(self.written.get(dedupe, ()))

    async def phone(self, user: str) -> str:
        """Whose phone a member's is."""
        return {"li": "+8613800000001"}.get(user, "")

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
async def aibot() -> AsyncIterator[Standin]:
    """A stand-in on a free port."""
    async with Standin() as standin:
        yield standin


@pytest.fixture
def make(aibot: Standin) -> Make:
    """Makes channels that talk to the stand-in."""

    def shell(*, wait: float = WAIT, token: str = sealing.TOKEN, aes_key: str = sealing.AES_KEY) -> Shell:
        new = Shell()
        hooks = Hooks(
            keep_photo=new.keep,
            load_photo=load,
            refused=new.refuse,
            seen=new.seen,
            said=new.said,
            phone=new.phone,
            clock=lambda: datetime.fromtimestamp(aibot.clock(), UTC),
        )
        new.channel = Aibot(token, aes_key, hooks, "https://wuyi.invalid", wait=wait)
        return new

    return shell


@asynccontextmanager
async def called(aibot: Standin, shell: Shell, take: Any = None) -> AsyncIterator[str]:  # noqa: ANN401 - a Take
    """The channel listens, and WeCom knows where; gives the address."""
    async with served() as server:
        server.routes(shell.channel.routes())
        aibot.callback = f"{server.url}/aibot"
        async with shell.listening(take):
            yield aibot.callback


def buttons(*labels: str, mark: str = "mark") -> tuple[tuple[Button, ...], ...]:
    """A row of buttons each."""
    return tuple((Button(label, label, f"{mark}.{number}"),) for number, label in enumerate(labels))


def message(text: str = "虚构", **more: Any) -> Outbound:  # noqa: ANN401 - fields of Outbound
    """An answer to a member."""
    return Outbound(more.pop("id", 1), more.pop("address", Address("aibot", "li")), text, **more)


class Town:
    """The bot at work, and the phones that talk to it."""

    def __init__(self, bot: Bot, aibot: Standin) -> None:
        """Made by ``town``."""
        self.bot = bot
        self.aibot = aibot

    async def quiet(self) -> None:
        """Wait until all that was said is stored, confirmed and answered."""
        await self.aibot.confirmed()
        await until(lambda: self.states() <= {"sent", "dead", "cancelled"})

    def states(self) -> set[str]:
        """How far the letters are."""
        return {str(state) for (state,) in self.rows("outbox", "state")}

    async def says(self, member: Member, text: str, group: Group | None = None) -> str:
        """Write, alone or in a group, and give the last message of the bot there."""
        if group is None:
            member.write(text)
        else:
            group.say(member, text)
        await self.quiet()
        return (group or member).sees()[-1].text

    async def taps(self, member: Member, label: str, *, flat: bool = False) -> str:
        """Tap, and give the last message, which may be the card tapped on."""
        member.tap(label, flat=flat)
        await self.quiet()
        return member.sees()[-1].text

    async def chooses(self, member: Member, label: str) -> str:
        """Tap the choice where it is on a card, else write its number; give the last message."""
        last = member.sees()[-1]
        if any(label == each for each, _ in (*last.buttons, *last.options)):
            return await self.taps(member, label)
        numbered = [line.partition(". ") for line in last.text.splitlines()]
        found = next((number for number, _, named in numbered if named == label), None)
        assert found is not None, f"no choice {label!r} in {last.text}"
        return await self.says(member, found)

    async def enrol(self, member: Member, person: int) -> None:
        """From the invitation's code to the first prompt."""
        code = self.bot.invite(person, "aibot")
        assert "个人信息保护法" in await self.says(member, f"开始 {code[:4].lower()}-{code[4:]}")
        assert "登记好了" in await self.chooses(member, "同意，开始")

    def rows(self, table: str, *columns: str) -> list[tuple[object, ...]]:
        """What stands in the database."""
        of = named(table)
        with self.bot.database.read() as connection:
            found = connection.execute(select(*(of.c[column] for column in columns)).order_by(*of.primary_key))
            return [tuple(row) for row in found]


@asynccontextmanager
async def town(
    folder: Path,
    aibot: Standin,
    moment: Sequence[datetime] = (NOW,),
    fill: Callable[[Bot], None] = roster,
    **more: Any,  # noqa: ANN401 - of Settings
) -> AsyncIterator[Town]:
    """Everything running, on free ports of the loopback; ``more`` are settings of other channels.

    An empty roster is filled by ``fill``.
    """
    async with served() as server:
        given: dict[str, Any] = {
            "data_dir": folder,
            "secret_key": SecretStr("invented key of invented data"),
            "aibot_token": SecretStr(sealing.TOKEN),
            "aibot_aes_key": SecretStr(sealing.AES_KEY),
            "public_url": server.url,
        }
        bot = Bot.build(Settings(**(given | more)), lambda: moment[0])
        migrate(bot.database)
        if not named_people(bot):
            fill(bot)
        server.app = bot.asgi()
        aibot.callback = f"{server.url}/aibot"
        running = asyncio.create_task(bot.run())
        channel = bot.channels["aibot"]
        assert isinstance(channel, Aibot)
        await until(lambda: channel._callback.take is not None)
        try:
            yield Town(bot, aibot)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            bot.close()
    assert aibot.violations == []


def named_people(bot: Bot) -> int:
    """How many are in the roster: it is filled once a folder."""
    with bot.database.read() as connection:
        return len(connection.execute(select(named("person").c.id)).all())


def photo(colour: str = "grey") -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()
