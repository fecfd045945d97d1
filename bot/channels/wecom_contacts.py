"""Whose phone a member's is, as far as WeCom tells: then no code has to be typed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TYPE_CHECKING

from bot.channels.wecom_http import LostError, NotSentError, RefusedError

if TYPE_CHECKING:
    from bot.channels.wecom_api import Api

LOG = logging.getLogger(__name__)
AGAIN = 3600.0
"""So many seconds what was found, or was not, is not asked for again."""
MOST = 5000
Known = Callable[[str], Awaitable[bool]]
Normalise = Callable[[str], str | None]


class Contacts:
    """Asks ``user/get`` about members who have not enrolled. WeCom gives a phone to few applications."""

    def __init__(self, api: Api, known: Known, normalise: Normalise, clock: Callable[[], float] = monotonic) -> None:
        """``known`` says whether somebody has enrolled as that member; ``normalise`` gives a phone as E.164."""
        self._api = api
        self._known = known
        self._normalise = normalise
        self._clock = clock
        self._found: dict[str, tuple[float, str]] = {}

    async def phone(self, user: str) -> str:
        """The member's phone (E.164), or nothing: they have enrolled, or WeCom does not say."""
        if await self._known(user):
            return ""
        now = self._clock()
        until, phone = self._found.get(user, (0.0, ""))
        if now < until:
            return phone
        try:
            said = await self._api.call("GET", "/cgi-bin/user/get", timeout=2.0, params={"userid": user})
        except RefusedError:
            said = {}
        except (NotSentError, LostError) as why:
            LOG.info("a member could not be looked up: %s", type(why).__name__)
            return ""
        # An enterprise may use phones as its members' names; it is the administrator who gives these.
        found = self._normalise(str(said.get("mobile") or "")) or self._normalise(user) or ""
        while len(self._found) >= MOST:
            del self._found[next(iter(self._found))]
        self._found[user] = (now + AGAIN, found)
        return found
