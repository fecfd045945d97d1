"""Calls to WeCom's servers over httpx, with time-outs, and errors that tell fates and no secrets."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from bot.channels.failures import LostError, NotSentError, PacedError, RefusedError
from bot.model import Fate, Retry, Uncertain, Undeliverable

__all__ = ["Http", "LostError", "NotSentError", "PacedError", "RefusedError", "fate"]

CONNECT, READ, UPLOAD = 5.0, 10.0, 30.0
"""Seconds for a connection, for an answer, and for an answer after a file went up."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PATIENCE = 60.0
"""Seconds to wait where WeCom wants fewer calls and does not say for how long."""
BUSY = -1
"""The code by which it says that it is busy just now."""
TOO_MANY = frozenset({45009, 45011, 45033})
"""Codes by which it says that there were too many calls."""
OURS = frozenset({40001, 40013, 40056, 40091, 41001, 41002, 41004, 48002, 60011, 60020, 301002})
"""Codes by which it refuses the application, and not a message: the operator mends it, and nothing is lost."""
NOBODY = frozenset({40003, 60111, 81013, 82001})
"""Codes by which it says that there is no such member, or none whom the application may write to."""


def fate(why: Exception) -> Fate:
    """What an error says of a message.

    Raises:
        Exception: one that is none of these.
    """
    match why:
        case PacedError():
            return Retry(why.seconds, str(why))
        case NotSentError():
            return Retry(why=str(why))
        case LostError():
            return Uncertain(str(why))
        case RefusedError(code=code) if code in OURS:
            return Retry(why=str(why))
        case RefusedError(code=code):
            return Undeliverable(str(why), gone=code in NOBODY)
    raise why


class Http:
    """One pool of connections to one server, opened when it is first needed."""

    def __init__(self, root: str) -> None:
        """``root`` is the server's address; nothing is opened yet."""
        for chatty in ("httpx", "httpcore"):  # below WARNING they write addresses, and with these tokens and keys
            logger = logging.getLogger(chatty)
            logger.setLevel(max(logger.level, logging.WARNING))
        self._root = root.rstrip("/")
        self._client: httpx.AsyncClient | None = None

    async def call(self, method: str, path: str, timeout: float = READ, **more: Any) -> dict[str, Any]:  # noqa: ANN401, ASYNC109 - httpx's own arguments
        """Call, and give the JSON of an answer without ``errcode``, or with 0.

        Raises:
            NotSentError: it had no effect.
            LostError: nobody knows.
            RefusedError: WeCom said no.
        """
        answer = await self._ask(method, path, timeout, **more)
        code = _code(answer.content)
        if code is None:
            message = f"an answer that is none (status {answer.status_code})"
            raise LostError(message)
        if code == BUSY:
            message = "WeCom is busy"
            raise NotSentError(message)
        if code in TOO_MANY:
            raise PacedError(PATIENCE)
        if code:
            raise RefusedError(code)
        return dict(orjson.loads(answer.content))

    async def fetch(self, path: str, most: int, **more: Any) -> bytes | None:  # noqa: ANN401 - httpx's own arguments
        """Download a file of at most so many bytes; None where it is larger.

        Raises:
            NotSentError, LostError: it did not come.
            RefusedError: WeCom said no, which it says with 200, in JSON, in place of the file.
        """
        data = b""
        try:
            async with self._opened().stream("GET", self._root + path, **more) as answer:
                _judge(answer)
                if answer.is_client_error:  # it is not there (any more): asking again would not bring it
                    raise RefusedError(answer.status_code)
                if answer.status_code != HTTPStatus.OK:
                    message = f"a file did not come (status {answer.status_code})"
                    raise LostError(message)
                async for chunk in answer.aiter_bytes():
                    data += chunk
                    if len(data) > most:
                        return None
        except httpx.HTTPError as why:
            message = f"a file did not come: {type(why).__name__}"
            raise LostError(message) from None
        if data.startswith(b"{") and (code := _code(data)):
            raise RefusedError(code)
        return data

    async def close(self) -> None:
        """Let go of the connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _ask(self, method: str, path: str, seconds: float, **more: Any) -> httpx.Response:  # noqa: ANN401
        try:
            answer = await self._opened().request(
                method, self._root + path, timeout=httpx.Timeout(seconds, connect=CONNECT), **more
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as why:
            message = f"no connection to WeCom: {type(why).__name__}"
            raise NotSentError(message) from None
        except (httpx.HTTPError, httpx.InvalidURL) as why:
            message = f"no answer from WeCom: {type(why).__name__}"
            raise LostError(message) from None
        _judge(answer)
        return answer

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            local = urlsplit(self._root).hostname in LOOPBACK
            limits = httpx.Limits(max_connections=50, keepalive_expiry=15)
            self._client = httpx.AsyncClient(
                trust_env=not local, limits=limits, timeout=httpx.Timeout(READ, connect=CONNECT), follow_redirects=False
            )
        return self._client


def _code(data: bytes) -> int | None:
    """The ``errcode`` of an answer, 0 where there is none; None: it is no answer of WeCom's."""
    try:
        return int(orjson.loads(data).get("errcode", 0))
    except (ValueError, TypeError, AttributeError):
        return None


def _judge(answer: httpx.Response) -> None:
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        said = answer.headers.get("retry-after", "")
        raise PacedError(float(said) if said.isascii() and said.isdigit() else PATIENCE)
    if answer.status_code == HTTPStatus.GATEWAY_TIMEOUT:
        message = "WeCom's gateway lost the answer"
        raise LostError(message)
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        message = f"WeCom's server failed ({answer.status_code})"
        raise NotSentError(message)
