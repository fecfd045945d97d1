"""Telegram, through python-telegram-bot: webhook or polling in, the Bot API out."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette.routing import Route
from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.channels import telegram_wire as wire
from bot.channels.port import no_papers
from bot.channels.telegram_api import DEFAULT_ROOT, Api
from bot.channels.telegram_polling import Polling, TokenRefusedError, pauses
from bot.channels.telegram_send import Sender
from bot.channels.telegram_updates import Updates, Webhook
from bot.model import Fate, Limits, Outbound, Pace, Rate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.routing import BaseRoute

    from bot.channels.port import KeepPhoto, LoadPaper, Take

    Hook = Callable[[str, str], Awaitable[None]]
    Sleep = Callable[[float], Awaitable[object]]

LOG = logging.getLogger(__name__)
PATH = "/telegram"
WANTED = ["message", "callback_query", "my_chat_member"]
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
UNFIT = (
    "WUYI_TELEGRAM_SECRET is missing or unfit: webhook mode needs 1 to 256 letters, digits, - or _, "
    'e.g. from python -c "import secrets; print(secrets.token_urlsafe(32))"'
)
NO_ADDRESS = "Telegram: WUYI_PUBLIC_URL is not https, so no webhook was set; set it, or use WUYI_TELEGRAM_MODE=polling"
MOST = 30
"""So many messages a second Telegram takes of one bot, unless its owner has paid for more."""
CHATTY = ("httpx", "httpcore", "telegram")
"""Loggers that write tokens or people's words below WARNING."""


@dataclass(frozen=True, slots=True)
class Menu:
    """The commands that Telegram offers in a kind of chat, in a language (empty: in any that has none of its own)."""

    scope: Literal["private", "group"]
    language: str
    commands: tuple[tuple[str, str], ...]
    """Name (a-z, 0-9, _) and description of each."""


def paced(per_second: int) -> Pace:
    """How fast Telegram takes messages: so many in all, one a second in a chat, twenty a minute in a group."""
    second, minute = Rate(1, 1), Rate(20, 60)
    return Pace((Rate(per_second, 1),), (second,), (second, minute)) if per_second else Pace()


class Telegram:
    """The channel. Nothing is acknowledged to Telegram before ``take`` returned."""

    name = wire.NAME

    def __init__(  # noqa: PLR0913, PLR0917 - all of it is the composition root's to give
        self,
        token: str,
        mode: Literal["polling", "webhook"],
        secret: str | None,
        api_url: str,
        public_url: str,
        keep_photo: KeepPhoto,
        load_photo: Callable[[str], bytes],
        commands: Sequence[Menu] = (),
        *,
        sleep: Sleep = asyncio.sleep,
        migrated: Hook | None = None,
        refused: Hook | None = None,
        load_paper: LoadPaper = no_papers,
        per_second: int = MOST,
    ) -> None:
        """Make the channel; nothing is sent before ``listen`` or ``send``.

        ``migrated(old, new)`` hears of a group's new id; ``refused(raw, why)`` keeps an update that cannot be read.
        Of ``per_second`` messages no more go, and one a second to a chat; 0: as fast as they come.

        Raises:
            ValueError: webhook mode without a secret that Telegram accepts.
        """
        if mode == "webhook" and not SECRET.fullmatch(secret or ""):
            raise ValueError(UNFIT)
        for chatty in CHATTY:
            logger = logging.getLogger(chatty)
            logger.setLevel(max(logger.level, logging.WARNING))
        self.limits = Limits(text=wire.TEXT, buttons=True, buttons_per_row=3, edits=True, pace=paced(per_second))
        self._mode = mode
        self._secret = secret or ""
        self._public_url = public_url.rstrip("/")
        self._reachable = public_url.startswith("https://") or (api_url or DEFAULT_ROOT).rstrip("/") != DEFAULT_ROOT
        self._menus = commands
        self._sleep = sleep
        self._api = Api(token, api_url)
        self._sender = Sender(self._api, load_photo, migrated, load_paper)
        self._updates = Updates(self._api, keep_photo, sleep=sleep, migrated=migrated, refused=refused)

    def routes(self) -> Sequence[BaseRoute]:
        """The webhook, in webhook mode."""
        if self._mode == "polling":
            return []
        return [Route(PATH, Webhook(self._updates, self._secret.encode()).take, methods=["POST"])]

    async def listen(self, take: Take) -> None:
        """Tell Telegram where or how we listen, then receive until cancelled.

        Raises:
            TokenRefusedError: the token is wrong.
        """
        self._updates.take = take
        await self._api.hold()
        try:
            await self._insist(self.introduce)
            await self._insist(self._arrange)
            await self._offer_menus()
            if self._mode == "polling":
                await Polling(self._api, self._updates.deliver, WANTED, self._sleep).run()
            await asyncio.Event().wait()
        finally:
            await self._sender.finish()
            await self._api.release()

    async def send(self, outbound: Outbound) -> Fate:
        """Deliver one message, once; never raises."""
        return await self._sender.send(outbound)

    async def introduce(self) -> str:
        """Ask Telegram for the bot's name, once.

        Raises:
            TelegramError: it did not say.
        """
        if self._updates.username is None:
            self._updates.username = (await self._api.get_me()).username or ""
        return self._updates.username

    async def link(self, code: str) -> str:
        """The link that opens a chat with the bot and hands it ``code`` (1 to 64 letters, digits, - or _).

        Raises:
            TokenRefusedError: the token is wrong.
            ConnectionError: Telegram did not tell the bot's name.
        """
        try:
            name = await self.introduce()
        except InvalidToken:
            raise TokenRefusedError from None
        except TelegramError as why:
            message = f"Telegram cannot be asked for the bot's name ({type(why).__name__}); try again"
            raise ConnectionError(message) from why
        return _link(name, code)

    def known_link(self, code: str) -> str:
        """The same link without asking anybody; empty as long as the bot's name is not known."""
        name = self._updates.username
        return _link(name, code) if name else ""

    async def _insist(self, step: Callable[[], Awaitable[object]]) -> None:
        """Repeat a step until Telegram takes it."""
        for pause in pauses():
            try:
                await step()
            except InvalidToken:
                raise TokenRefusedError from None
            except (BadRequest, Forbidden) as why:
                LOG.error("Telegram refuses to be set up: %s", why.message)  # noqa: TRY400 - a line to act on
            except TelegramError as why:
                LOG.warning("Telegram cannot be reached: %s", type(why).__name__)
            else:
                return
            await self._sleep(pause)

    async def _arrange(self) -> None:
        if self._mode == "polling":
            await self._api.delete_webhook(drop_pending_updates=False)
        elif self._reachable:
            await self._api.set_webhook(self._public_url + PATH, secret_token=self._secret, allowed_updates=WANTED)
        else:
            LOG.warning(NO_ADDRESS)

    async def _offer_menus(self) -> None:
        """Set the command menus; a bot without them works as well."""
        scopes = {"private": BotCommandScopeAllPrivateChats(), "group": BotCommandScopeAllGroupChats()}
        for menu in self._menus:
            commands = [BotCommand(name, text) for name, text in menu.commands]
            try:
                await self._api.set_my_commands(commands, scopes[menu.scope], menu.language or None)
            except TelegramError as why:
                LOG.warning("the command menu was not set: %s", type(why).__name__)


def _link(name: str, code: str) -> str:
    return f"https://t.me/{name}?start={code}"
