"""Who may come in, and how often: a token in the header, and a pace for each."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pyrate_limiter import InMemoryBucket, Rate, RateItem

from bot.board.api.reading import RefusedError
from bot.store import api_tokens
from bot.store.api_tokens import ApiToken
from bot.store.crypto import Keyring
from bot.store.database import Database

MINUTE = 60_000
PACE = 300
"""Requests that one token may make in a minute."""
KNOWN = 1000
"""The most tokens whose pace is remembered; the one longest silent is forgotten first."""
LONGEST = 200
"""Signs that no token of ours has."""
BEARER = HTTPBearer(auto_error=False, scheme_name="token")


class Gate:
    """Finds the token of a request, and counts it."""

    def __init__(
        self, database: Database, keyring: Keyring, clock: Callable[[], datetime], *, per_minute: int = PACE
    ) -> None:
        """Nobody has come yet."""
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._rate = Rate(per_minute, MINUTE)
        self._buckets: OrderedDict[int, InMemoryBucket] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, said: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> ApiToken:
        """The caller's token.

        Raises:
            RefusedError: there is none, or none that is good; or it came too often.
        """
        now = self._clock()
        word = "" if said is None else said.credentials
        token = self._find(word, now) if word.startswith(api_tokens.PREFIX) and len(word) < LONGEST else None
        if token is None:
            raise RefusedError(401, "token")
        self._count(token.id, now)
        if token.used_on != now.date():
            self._database.write(lambda connection: api_tokens.used(connection, token.id, now.date()))
        return token

    def _find(self, word: str, now: datetime) -> ApiToken | None:
        with self._database.read() as connection:
            return api_tokens.find(connection, self._keyring, word, now)

    def _count(self, number: int, now: datetime) -> None:
        item = RateItem(str(number), int(now.timestamp() * 1000))
        with self._lock:
            bucket = self._buckets.setdefault(number, InMemoryBucket([self._rate]))
            self._buckets.move_to_end(number)
            if len(self._buckets) > KNOWN:
                self._buckets.popitem(last=False)
            bucket.leak(item.timestamp)
            if bucket.put(item):
                return
            waits = int(bucket.waiting(item))  # type: ignore[arg-type] # in memory it is no promise
        raise RefusedError(429, "pace", after=max(1, -(-waits // 1000)))
