"""``wuyi run``: the bot with every configured channel, its pages and its post."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import socket
import sys
from collections.abc import Awaitable, Callable

import click
import uvicorn

from bot.app import Bot
from bot.clock import clock_of
from bot.commands.refuse import connect, read_settings, refusals
from bot.roster import sample
from bot.scoring import packs
from bot.settings import Settings
from bot.store import configured, figures, keycheck
from bot.store.configured import Wanted
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.schema import migrate

LOG = logging.getLogger(__name__)
SWITCH = 0.0005
"""Seconds after which a busy thread lets another on: the one that writes must not keep the one that answers waiting."""


@click.command()
def run() -> None:
    """Start the bot: every configured channel, the pages, the post. Ctrl-C stops it; nothing is lost."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = read_settings()
    server_socket = _listen(settings)
    with refusals():
        _prepare(settings)
        try:
            bot = Bot.build(settings, clock_of(settings, fixed=False))
        except ValueError as why:
            raise click.ClickException(str(why)) from why
        try:
            sys.setswitchinterval(SWITCH)
            gc.freeze()  # what was loaded to start with is never garbage
            with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=_loop) as runner:
                runner.run(_serve(bot, server_socket))
        finally:
            bot.close()
            server_socket.close()


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything else is touched.

    Raises:
        click.ClickException: it is taken, or not ours to use.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    server_socket = socket.socket(family, socket.SOCK_STREAM)
    server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server_socket.bind((settings.host, settings.port))
    except OSError as why:
        server_socket.close()
        where = f"{settings.host}:{settings.port}"
        message = f"{where} cannot be used ({why.strerror}); stop what runs there, or set WUYI_PORT to a free port"
        raise click.ClickException(message) from why
    return server_socket


def _loop() -> asyncio.AbstractEventLoop:
    """The faster loop where it exists (not on Windows)."""
    try:
        import uvloop  # noqa: PLC0415 - it does not exist everywhere
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _prepare(settings: Settings) -> None:
    """Bring the database up to date; without a roster and without a real channel, load the sample."""
    try:
        keyring = Keyring(settings.secret())
    except OSError as why:
        message = f"the data folder {settings.data_dir} cannot be written ({why.strerror}); set WUYI_DATA_DIR"
        raise click.ClickException(message) from why
    with contextlib.closing(connect(settings)) as database:
        migrate(database)
        database.write(lambda connection: keycheck.confirm(connection, keyring))
        rules = [packs.load(name) for name in settings.packs]
        if not settings.real_channel:
            sample.load(database, keyring, rules[0], clock_of(settings, fixed=False)())
        _tell(settings, database)
        # The figures of a pack that was changed are worked out once, before anybody waits for them.
        database.write(lambda connection: figures.refresh(connection, rules))


def _tell(settings: Settings, database: Database) -> None:
    """Have the programs told that the settings name, and those no more that they named before."""
    wanted = [Wanted(each.url.get_secret_value(), each.role, each.place) for each in settings.webhooks]
    now = clock_of(settings, fixed=False)()
    for place in database.write(
        lambda connection: configured.bring(connection, now, wanted, settings.webhook_networks)
    ):
        LOG.warning("WUYI_WEBHOOKS: the roster has no place %s; its webhook is told nothing (wuyi doctor)", place)


class Server(uvicorn.Server):
    """A server that lets the bot finish before it waits for open connections: a chat page holds one for ever."""

    finish: Callable[[], Awaitable[None]]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the bot finish, then stop."""
        await self.finish()
        await super().shutdown(sockets)


async def _serve(bot: Bot, server_socket: socket.socket) -> None:
    """Serve until stopped; a channel that cannot go on stops everything with its reason."""
    config = uvicorn.Config(bot.asgi(), log_level="warning", access_log=False, lifespan="off", server_header=False)
    server = Server(config)
    host, port = server_socket.getsockname()[:2]
    base = bot.settings.public_url.rstrip("/") or f"http://{host}:{port}"
    click.echo(f"wuyi: chat {base}/chat · board {base}/board · channels: {', '.join(bot.channels)}")
    work = asyncio.create_task(bot.run())

    async def finish() -> None:
        await bot.post.finish()
        work.cancel()
        await asyncio.wait({work})

    server.finish = finish
    serving = asyncio.create_task(server.serve(sockets=[server_socket]))
    await asyncio.wait({work, serving}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    with contextlib.suppress(KeyboardInterrupt):
        await serving
    click.echo("wuyi: stopped; what still waits to be sent goes out at the next start")
    if not work.cancelled() and (why := work.exception()) is not None:
        while isinstance(why, BaseExceptionGroup):
            why = why.exceptions[0]
        raise click.ClickException(str(why)) from why
