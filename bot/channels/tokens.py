"""An access token that all calls share: fetched early, once however many ask, and anew when it is refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from bot.channels.failures import LostError, NotSentError, RefusedError

T = TypeVar("T")
LOG = logging.getLogger(__name__)
EARLY = 300.0
"""So many seconds before its end a token is no longer used."""
BRIEF = 60.0
"""A token that ends sooner than ``EARLY`` is used for half of its life, so many seconds at most."""


class Token:
    """One platform's token. ``repr`` and errors never show it."""

    def __init__(
        self, fetch: Callable[[], Awaitable[dict[str, Any]]], expired: frozenset[int], clock: Callable[[], float]
    ) -> None:
        """``fetch`` asks for a new one; ``expired`` are the codes by which the platform says that one is over."""
        self._fetch = fetch
        self._expired = expired
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def get(self, refused: str = "") -> str:
        """The token, fetched where there is none, where it ends soon, or where it is the one just refused.

        However many ask at once, it is fetched once.

        Raises:
            NotSentError: it cannot be had now; whatever it was for was not sent.
            RefusedError: the platform will not give one.
        """
        async with self._lock:
            if self._token and self._token != refused and self._clock() < self._until:
                return self._token
            try:
                said = await self._fetch()
                self._token, life = str(said["access_token"]), float(said.get("expires_in", 7200))
            except LostError as why:
                raise NotSentError(str(why)) from None
            except (KeyError, TypeError, ValueError):
                message = "the platform gave no token"
                raise NotSentError(message) from None
            self._until = self._clock() + (life - EARLY if life > 2 * EARLY else min(life / 2, BRIEF))
            return self._token

    async def under(self, call: Callable[[str], Awaitable[T]]) -> T:
        """What a call under the token gives; once more, and no oftener, where the token was over.

        Raises:
            NotSentError, LostError, RefusedError: as ``call`` does.
        """
        token = await self.get()
        try:
            return await call(token)
        except RefusedError as why:
            if why.code not in self._expired:
                raise
        LOG.info("a token was over before its time; another is fetched")
        token = await self.get(token)
        try:
            return await call(token)
        except RefusedError as why:
            if why.code in self._expired:
                message = "the platform refuses the token that it has just given"
                raise NotSentError(message) from None
            raise

    def __repr__(self) -> str:
        """No secrets."""
        return "Token()"
