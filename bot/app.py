"""The composition root: the one reader of settings, where everything is put together."""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from bot import invited
from bot.clock import Clock, clock_of
from bot.connected import connected, hooks
from bot.desk import Desk
from bot.desk.voice import Tools
from bot.model import Address, Inbound, PackRules, Paper
from bot.scoring import packs
from bot.store import audit, people
from bot.store.backup.keeping import Nightly
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.media import MediaStore
from scheduler.jobs import House
from scheduler.lease import Lease
from scheduler.post import Post
from scheduler.tick import Tick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from starlette.applications import Starlette

    from bot.channels.port import Channel
    from bot.channels.web import Web
    from bot.settings import Settings

TOKEN_BYTES = 9
"""72 random bits, 12 signs: beyond guessing, and short enough for a button on every platform."""
log = logging.getLogger(__name__)


def token() -> str:
    """A new unguessable word."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def code() -> str:
    """A new invitation code."""
    return "".join(secrets.choice(people.ALPHABET) for _ in range(people.CODE_LENGTH))


class Bot:
    """Everything, put together."""

    def __init__(self, settings: Settings, clock: Clock, rules: Sequence[PackRules], database: Database) -> None:
        """Make the inner rooms; channels are added by ``build``. The first of the packs leads."""
        self.settings = settings
        self.clock = clock
        self.rules, *others = rules
        self.packs = tuple(others)
        self.database = database
        self.keyring = Keyring(settings.secret())
        self.media = MediaStore(settings.media_dir, self.keyring, database, clock)
        shared = (self.keyring, self.rules, settings.zone)
        self.channels: dict[str, Channel] = {}
        ways = partial(invited.ways, self.channels)
        self.desk = Desk(database, *shared, clock, token, settings.base_url, self.packs, ways)
        self._chat: Web | None = None
        self.tools = Tools(*shared, token, settings.base_url, self.packs, tuple(settings.wecom_robots))
        lease = Lease(database, token())
        nightly = Nightly(settings.backup_dir, settings.backup_keep) if settings.backup_dir else None
        self.house = House(database, self.tools, self.media, self._wake, lease, backups=nightly)
        self.post = Post(
            database, self.keyring, self.channels, clock, name=token(), tools=self.tools, still=self.house.still
        )
        self.tick = Tick(self.house.jobs(), clock, settings.zone, lease)

    @classmethod
    def build(cls, settings: Settings, clock: Clock | None = None, *, web: bool = True) -> Bot:
        """Open the database (migrated beforehand) and make the channels that the settings name.

        Raises:
            ValueError: a channel's settings contradict each other.
            OSError: the data folder cannot be used.
        """
        rules = [packs.load(name) for name in settings.packs]
        bot = cls(settings, clock or clock_of(settings, fixed=False), rules, Database(settings.url))
        if web:
            bot.add(bot._web())
        if settings.telegram_token is not None:
            bot.add(bot._telegram())
        for channel in connected(settings, bot.desk, bot.media, bot.clock, bot.paper):
            bot.add(channel)
        return bot

    def _wake(self) -> None:
        self.post.wake()

    def add(self, channel: Channel) -> None:
        """Use one more channel."""
        self.channels[channel.name] = channel

    @property
    def sample(self) -> bool:
        """Whether people may choose whom to be: the sample roster, no real channel, this machine only."""
        from bot.roster.bring import is_sample  # noqa: PLC0415 - the roster's readers are not needed otherwise

        if self.settings.real_channel or not self.settings.loopback:
            return False
        with self.database.read() as connection:
            return is_sample(connection)

    def _web(self) -> Channel:
        from bot.channels.web import Web  # noqa: PLC0415 - a channel is loaded when it is used

        web = Web(
            self.database,
            self.keyring,
            self.clock,
            (self.media.keep, self.media.load),
            sample=self.sample,
            base_url=self.settings.base_url,
            load_paper=self.paper,
        )
        self._chat = web
        return web

    def _telegram(self) -> Channel:
        from bot.channels.telegram import Telegram  # noqa: PLC0415 - a channel is loaded when it is used
        from bot.channels.telegram_menus import menus  # noqa: PLC0415 - as above

        settings = self.settings
        secret = settings.telegram_secret
        assert settings.telegram_token is not None  # noqa: S101 - asked by the caller
        return Telegram(
            settings.telegram_token.get_secret_value(),
            settings.telegram_mode,
            None if secret is None else secret.get_secret_value(),
            settings.telegram_api_url,
            settings.public_url,
            self.media.keep,
            self.media.load,
            menus(),
            migrated=self._moved,
            refused=self._unread,
            load_paper=self.paper,
            per_second=settings.telegram_per_second,
        )

    def paper(self, wanted: Paper) -> bytes:
        """Make a document, from what is known now.

        Raises:
            ValueError: there is none to be made.
        """
        from bot import documents  # noqa: PLC0415 - Word and Excel are loaded when they are wanted

        with self.database.read() as connection:
            return documents.render(connection, self.tools.house, wanted, self.clock())

    async def _moved(self, old: str, new: str) -> None:
        """A Telegram group became a supergroup."""
        job = partial(people.move_group, channel="telegram", old=old, new=new)
        await asyncio.wrap_future(self.database.submit(job))

    async def _unread(self, raw: str, why: str) -> None:
        """A Telegram update that nobody can read."""
        await self.desk.keep("telegram", raw, why)

    async def take(self, inbound: Inbound) -> None:
        """Hand a message to the desk, and wake the post once it is committed."""
        await self.desk.take(inbound)
        self.post.wake()

    def asgi(self) -> Starlette:
        """Every page and hook: the channels', the board, health."""
        from starlette.applications import Starlette  # noqa: PLC0415 - the terminal needs no server
        from starlette.responses import RedirectResponse  # noqa: PLC0415 - as above
        from starlette.routing import Route  # noqa: PLC0415 - as above

        from bot import boarding  # noqa: PLC0415 - as above

        routes = [route for channel in self.channels.values() for route in channel.routes()]
        routes += boarding.routes(self, self._chat)
        routes.append(Route("/", RedirectResponse("/board")))
        return Starlette(routes=routes)

    async def run(self) -> None:
        """Listen on every channel, drain the outbox and do what is due by itself, until cancelled.

        Raises:
            ExceptionGroup: a channel cannot go on (a wrong token, say).
        """
        for channel in await asyncio.to_thread(hooks, self.database, self.keyring, self.clock, self.settings):
            self.add(channel)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.post.run())
            tasks.create_task(self.tick.run())
            for channel in self.channels.values():
                tasks.create_task(channel.listen(self.take))

    async def settle(self) -> None:
        """Send until nothing waits any more."""
        await self.post.settle()

    def invite(self, person: int, channel: str | None, actor: str = "cli") -> str:
        """Make a one-time code for a person; earlier ones end."""
        made = code()

        def job(connection: Connection) -> None:
            people.invite(connection, self.keyring, person, made, self.clock(), channel)
            audit.record(connection, self.clock(), actor, "invited", f"p:{person}", channel or "")

        self.database.write(job)
        return made

    def bind(self, address: Address, person: int) -> None:
        """Bind an address to a person on the operator's word (the terminal)."""

        def job(connection: Connection) -> None:
            people.bind(connection, address, person, self.clock())
            audit.record(connection, self.clock(), "cli", "bound", f"p:{person}", address.channel)

        self.database.write(job)

    def close(self) -> None:
        """Finish what is queued and let go of the database."""
        with suppress(RuntimeError):
            self.database.close()
