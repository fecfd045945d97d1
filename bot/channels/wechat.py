"""WeChat (微信公众号), an Official Account: callbacks in; out in the response to them, else by customer service."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from bot.channels.failures import LostError, NotSentError, RefusedError
from bot.channels.sealed import KEY, Envelope, UnfitError
from bot.channels.wechat_api import Api
from bot.channels.wechat_callback import PATIENCE, Callback, House
from bot.channels.wechat_send import Budgets, Sender
from bot.channels.wechat_slots import AGAIN, BYTES, Slots
from bot.channels.wechat_wire import NAME
from bot.model import Fate, Limits, Outbound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from starlette.routing import BaseRoute

    from bot.channels.port import Take

    Sleep = Callable[[float], Awaitable[object]]

LOG = logging.getLogger(__name__)
PATH = "/wechat"
PAUSES = (1.0, 4.0, 15.0, 60.0)
"""Seconds between the tries to be introduced."""
BYTES_A_SIGN = 3
UNVERIFIED = 48001
"""The code by which WeChat says that an account of this kind may not do this."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account as its page shows it. ``repr`` shows no secret."""

    app_id: str
    secret: str
    token: str
    aes_key: str
    api_url: str = ""

    def __repr__(self) -> str:
        """Its name only."""
        return f"Account({self.app_id})"

    def envelope(self) -> Envelope:
        """What opens and seals its callbacks.

        Raises:
            UnfitError: the token is empty (then anybody could sign), the key is none, or the account is not named.
        """
        for name, good in (
            ("APP_ID", bool(self.app_id.strip())),
            ("TOKEN", bool(self.token.strip())),
            ("AES_KEY", bool(KEY.fullmatch(self.aes_key))),
        ):
            if not good:
                message = f"WUYI_WECHAT_{name} is missing or of another shape; copy it from 基本配置 (wuyi doctor)"
                raise UnfitError(message)
        return Envelope(self.token, self.aes_key, self.app_id)


@dataclass(frozen=True, slots=True)
class Times:
    """How long, in seconds, WeChat is made to wait, and is waited for."""

    patience: float = PATIENCE
    again: float = AGAIN


class WeChat:
    """The channel. Nothing is acknowledged to WeChat before ``take`` returned."""

    name = NAME
    limits = Limits(text=BYTES // BYTES_A_SIGN, buttons=False, edits=False)

    def __init__(  # noqa: PLR0913 - all of it is the composition root's to give
        self,
        account: Account,
        house: House,
        load_photo: Callable[[str], bytes],
        budget: Budgets,
        menu: dict[str, Any] | None = None,
        *,
        base_url: str = "",
        sleep: Sleep = asyncio.sleep,
        seconds: Callable[[], float] = monotonic,
        times: Times = Times(),
    ) -> None:
        """Make the channel; nothing is sent before ``listen`` or ``send``.

        Raises:
            ValueError: the callback's token is empty, or its key is none.
        """
        envelope = account.envelope()
        self._menu = menu
        self._sleep = sleep
        self._api = Api(account.app_id, account.secret, account.api_url, seconds)
        self._slots = Slots(times.again)
        self._sender = Sender(self._api, self._slots, load_photo, budget, base_url)
        self._callback = Callback(envelope, self._api, self._slots, house, times.patience)

    def routes(self) -> Sequence[BaseRoute]:
        """The callback: WeChat's check, and its messages."""
        return [
            Route(PATH, self._callback.check, methods=["GET"]),
            Route(PATH, self._callback.deliver, methods=["POST"]),
        ]

    async def listen(self, take: Take) -> None:
        """Take what the routes bring until cancelled; meanwhile see that the secret is right, and set the menu.

        Raises:
            SecretRefusedError: the account or the secret is wrong.
        """
        self._callback.take = take
        try:
            await self._introduce()
            await asyncio.Event().wait()
        finally:
            await self._slots.finish()
            self._api.close()

    async def send(self, outbound: Outbound) -> Fate:
        """Deliver one message, once; never raises."""
        return await self._sender.send(outbound)

    async def link(self, code: str) -> str | None:
        """The address of a picture whose scanning brings this code; None where the account may have none."""
        try:
            return await self._api.link(code)
        finally:
            self._api.close()

    async def _introduce(self) -> None:
        """Fetch the token and set the menu, with patience; the bot works without either until it is sent through."""
        for pause in (*PAUSES, None):
            try:
                await self._api.check()
                if self._menu is not None:
                    await self._api.set_menu(self._menu)
            except RefusedError as why:
                LOG.error("WeChat refuses to be set up (errcode %d): see wuyi doctor", why.code)  # noqa: TRY400 - a line to act on
                if why.code == UNVERIFIED:
                    return  # commands can be typed
            except (NotSentError, LostError) as why:
                LOG.warning("WeChat cannot be reached: %s", type(why).__name__)
            else:
                LOG.info("the menu of the Official Account is set")
                return
            if pause is not None:
                await self._sleep(pause)
