"""wechatpy's client of an Official Account, its faults wrapped: one try, an end to waiting, errors without secrets.

It is synchronous, so it works in threads of its own; with ``auto_retry`` it would ask for ever about a token that is
refused, and upload an empty file at the second try; its own token fetch has one address and no end to waiting.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from requests import exceptions as gone
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from bot.channels.failures import LostError, NotSentError, PacedError, RefusedError

CONNECT, READ, UPLOAD = 5.0, 10.0, 30.0
"""Seconds for a connection, for an answer, and for an answer after a file went up."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CHATTY = ("urllib3", "requests", "wechatpy", "httpx", "httpcore")
"""Below WARNING these write addresses, and the secrets in them."""
THREADS = 8
PATIENCE = {45011: 60.0, 45009: 600.0}
"""Seconds to wait where WeChat had too many calls this minute, or today."""
BUSY = -1
Said = dict[str, Any]
Ask = Callable[[Any], Any]
"""What is asked of a ``WeChatClient``."""


class Client(WeChatClient):  # type: ignore[misc] # the library has no types
    """The library's client, for one server, with one try."""

    def __init__(self, app_id: str, secret: str, root: str) -> None:
        """``root`` is the server's address."""
        super().__init__(app_id, secret, timeout=(CONNECT, READ), auto_retry=False)
        self.API_BASE_URL = f"{root}/cgi-bin/"
        self._http.trust_env = urlsplit(root).hostname not in LOOPBACK
        self._http.max_redirects = 0

    def fetch_access_token(self) -> Said:
        """Ask for a token, and leave it to the caller to keep it."""
        # As a list: to a dict the library would add the token that is to be had here.
        params = [("grant_type", "client_credential"), ("appid", self.appid), ("secret", self.secret)]
        return self.get("token", params=params)  # type: ignore[no-any-return]

    def use(self, token: str) -> None:
        """Call under this token."""
        self.session.set(self.access_token_key, token)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()


class Threads:
    """A client a thread, and no thread before it is needed. ``repr`` shows no secret."""

    def __init__(self, app_id: str, secret: str, root: str) -> None:
        """Nothing is opened yet."""
        for chatty in CHATTY:
            logger = logging.getLogger(chatty)
            logger.setLevel(max(logger.level, logging.WARNING))
        self._make = partial(Client, app_id, secret, root)
        self._pool: ThreadPoolExecutor | None = None
        self._mine = threading.local()
        self._made: list[Client] = []

    async def run(self, what: Ask, token: str = "") -> Said:
        """What the client says when it is asked, under this token.

        Raises:
            NotSentError: it had no effect.
            LostError: nobody knows.
            RefusedError: WeChat said no.
        """
        if self._pool is None:
            self._pool = ThreadPoolExecutor(THREADS, "wechat")
        try:
            said = await asyncio.get_running_loop().run_in_executor(self._pool, self._do, what, token)
        except (WeChatClientException, gone.RequestException, ValueError, TypeError) as why:
            raise failure(why) from None  # its own words hold the address, and this the token
        if not isinstance(said, dict):
            message = "an answer that is none"
            raise LostError(message)
        return said

    def close(self) -> None:
        """Let go of threads and connections; a later call makes new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
        made, self._made, self._mine = self._made, [], threading.local()
        for client in made:
            client.close()

    def _do(self, what: Ask, token: str) -> Any:  # noqa: ANN401 - the library has no types
        client = getattr(self._mine, "client", None)
        if client is None:
            client = self._mine.client = self._make()
            self._made.append(client)
        client.use(token)
        return what(client)

    def __repr__(self) -> str:
        """No secrets."""
        return "Threads()"


def failure(why: Exception) -> Exception:
    """What an error of the library says of the call."""
    if isinstance(why, WeChatClientException):
        return _refused(why.errcode) if why.errcode is not None else _failed(why.response)
    # A connection that never came about is told apart from one that broke by what lies within.
    within = getattr(why.args[0], "reason", None) if why.args else None
    never = isinstance(
        why, gone.ConnectTimeout | gone.ProxyError | gone.InvalidURL | gone.InvalidSchema | gone.MissingSchema
    )
    if never or type(within).__name__ in {"NewConnectionError", "NameResolutionError"}:
        return NotSentError(f"no connection to WeChat: {type(why).__name__}")
    return LostError(f"no answer from WeChat: {type(why).__name__}")


def _refused(code: int) -> Exception:
    if code == BUSY:
        return NotSentError("WeChat is busy")
    return PacedError(PATIENCE[code]) if code in PATIENCE else RefusedError(code)


def _failed(answer: Any) -> Exception:  # noqa: ANN401 - requests' Response
    status = int(answer.status_code)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        said = str(answer.headers.get("retry-after", ""))
        return PacedError(float(said) if said.isascii() and said.isdigit() else PATIENCE[45011])
    if status < HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.GATEWAY_TIMEOUT:
        return LostError(f"an answer that is none (status {status})")
    return NotSentError(f"WeChat's server failed ({status})")
