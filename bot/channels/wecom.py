"""WeCom (企业微信), an application of the enterprise's own: callbacks in, ``message/send`` out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from bot.channels import wecom_cards as cards
from bot.channels.port import no_papers
from bot.channels.sealed import Envelope
from bot.channels.wecom_api import Api
from bot.channels.wecom_callback import Callback
from bot.channels.wecom_contacts import Contacts
from bot.channels.wecom_http import LostError, NotSentError, RefusedError
from bot.channels.wecom_send import Sender
from bot.channels.wecom_wire import NAME
from bot.model import Fate, Limits, Outbound, Pace, Rate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from starlette.routing import BaseRoute

    from bot.channels.port import KeepPhoto, LoadPaper, Take
    from bot.channels.wecom_callback import Refused, Seen
    from bot.channels.wecom_contacts import Known, Normalise

    Sleep = Callable[[float], Awaitable[object]]

LOG = logging.getLogger(__name__)
PATH = "/wecom"
MENU = "/cgi-bin/menu/create"
MOST = 30
"""So many messages a minute WeCom takes for a member; what is more it drops, and says nothing."""
HOURLY = 1000
PAUSES = (1.0, 4.0, 15.0, 60.0)
"""Seconds between the tries to be introduced."""
BYTES_A_SIGN = 3


@dataclass(frozen=True, slots=True)
class Application:
    """The application as its page in the management console shows it. ``repr`` shows no secret."""

    corp_id: str
    agent: int
    secret: str
    token: str
    aes_key: str
    api_url: str = ""

    def __repr__(self) -> str:
        """Its number only."""
        return f"Application({self.agent})"


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the channel asks of the house."""

    keep_photo: KeepPhoto
    load_photo: Callable[[str], bytes]
    refused: Refused
    """Keeps a callback that cannot be read, with the reason."""
    seen: Seen
    """Whether a message of this name was taken before."""
    known: Known
    """Whether somebody has enrolled as that member."""
    normalise: Normalise
    """A phone as E.164, or None."""
    clock: Callable[[], datetime]
    load_paper: LoadPaper = no_papers


def paced(per_minute: int) -> Pace:
    """How fast WeCom takes messages to one member."""
    return Pace(chat=(Rate(per_minute, 60), Rate(max(HOURLY, per_minute), 3600))) if per_minute else Pace()


class WeCom:
    """The channel. Nothing is acknowledged to WeCom before ``take`` returned."""

    name = NAME

    def __init__(  # noqa: PLR0913 - all of it is the composition root's to give
        self,
        application: Application,
        hooks: Hooks,
        menu: dict[str, Any] | None = None,
        *,
        per_minute: int = MOST,
        sleep: Sleep = asyncio.sleep,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """Make the channel; nothing is sent before ``listen`` or ``send``.

        To one member no more than ``per_minute`` messages go; 0: as fast as they come.

        Raises:
            ValueError: the callback's token is empty, or its key is none.
        """
        envelope = Envelope(application.token, application.aes_key, application.corp_id)
        self.limits = Limits(
            text=cards.TEXT // BYTES_A_SIGN, buttons=True, buttons_per_row=1, edits=True, pace=paced(per_minute)
        )
        self._agent = application.agent
        self._menu = menu
        self._sleep = sleep
        self._api = Api(application.corp_id, application.secret, application.api_url, seconds)
        self._sender = Sender(self._api, application.agent, hooks.load_photo, hooks.load_paper, per_minute, seconds)
        self._contacts = partial(Contacts, self._api, normalise=hooks.normalise, clock=seconds)
        self._callback = Callback(
            envelope, self._api, self.contacts(hooks.known), hooks.keep_photo, hooks.refused, hooks.seen, hooks.clock
        )

    def routes(self) -> Sequence[BaseRoute]:
        """The callback: WeCom's check, and its messages."""
        return [
            Route(PATH, self._callback.check, methods=["GET"]),
            Route(PATH, self._callback.deliver, methods=["POST"]),
        ]

    async def listen(self, take: Take) -> None:
        """Take what the routes bring until cancelled; meanwhile see that the secret is right, and set the menu.

        Raises:
            SecretRefusedError: the enterprise or the secret is wrong.
        """
        self._callback.take = take
        try:
            await self._introduce()
            await asyncio.Event().wait()
        finally:
            await self._api.close()

    def contacts(self, known: Known) -> Contacts:
        """Whose phone a member's is, as the application is told; ``known`` says of whom nobody has to ask."""
        return self._contacts(known=known)

    async def send(self, outbound: Outbound) -> Fate:
        """Deliver one message, once; never raises."""
        return await self._sender.send(outbound)

    async def _introduce(self) -> None:
        """Fetch the token and set the menu, with patience; the bot works without either until it is sent through."""
        for pause in (*PAUSES, None):
            try:
                await self._api.check()
                if self._menu is not None:
                    await self._api.call("POST", MENU, params={"agentid": self._agent}, json=self._menu)
            except RefusedError as why:
                LOG.error("WeCom refuses to be set up (errcode %d): see wuyi doctor", why.code)  # noqa: TRY400 - a line to act on
            except (NotSentError, LostError) as why:
                LOG.warning("WeCom cannot be reached: %s", type(why).__name__)
            else:
                return
            if pause is not None:
                await self._sleep(pause)
