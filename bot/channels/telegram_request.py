"""How requests reach the Bot API: aiohttp in place of httpx (a seventh of its cost), and errors that tell fates."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import orjson
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest

if TYPE_CHECKING:
    from telegram.request import RequestData

CONNECT, READ, UPLOAD = 5.0, 10.0, 30.0
"""Seconds for a connection, for an answer, and for an answer after a file went up."""
KEEP_ALIVE = 15.0
"""Seconds an idle connection is kept: shorter than the server does, since a request on a closing one is lost."""
CONNECTIONS = 100
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
FILE_BYTES = 20 * 1024 * 1024
"""What getFile gives at most."""


class NotSentError(NetworkError):
    """The request certainly did not reach the server: no connection came about."""


class ServerFailedError(NetworkError):
    """The server answered that it failed (5xx)."""


class PacedError(NetworkError):
    """The server wants us to wait ``seconds`` (429)."""

    def __init__(self, seconds: float) -> None:
        """PTB's own RetryAfter warns of its deprecation whenever it is made."""
        super().__init__(f"too many requests: wait {seconds} s")
        self.seconds = seconds


class TooBigError(TelegramError):
    """A file is larger than ``FILE_BYTES``."""


class AiohttpRequest(BaseRequest):
    """PTB's network layer on one aiohttp session; open while held (``initialize``) or while a request is under way."""

    def __init__(self) -> None:
        """Nothing is opened before the first request."""
        self._session: aiohttp.ClientSession | None = None
        self._held = False
        self._busy = 0

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer."""
        return READ

    async def initialize(self) -> None:
        """Keep the session open between requests."""
        self._held = True

    async def shutdown(self) -> None:
        """Close the session when the last request under way is done."""
        self._held = False
        await self._close_when_idle()

    async def do_request(  # noqa: PLR0913, PLR0917 - the library's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401 - a float, None or the library's own default
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401 - PTB's signature
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401 - PTB's signature
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401 - PTB's signature
    ) -> tuple[int, bytes]:
        """One request; no error carries the URL, since the token is in it.

        Raises:
            NotSentError: no connection.
            TimedOut: it may have arrived; the answer did not.
            NetworkError: the connection broke; it may have arrived.
            ServerFailedError: 5xx.
            PacedError: 429.
            TooBigError: a download over the cap.
        """
        del write_timeout, pool_timeout  # one limit on the whole stands for both
        files = request_data is not None and request_data.contains_files
        read = (UPLOAD if files else READ) if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        connect = CONNECT if connect_timeout is BaseRequest.DEFAULT_NONE else connect_timeout
        timeout = aiohttp.ClientTimeout(total=read and read + connect, connect=connect, sock_read=read)
        self._busy += 1
        try:
            async with self._open(url).request(method, url, timeout=timeout, **_body(request_data)) as response:
                data = await _limited(response) if method == "GET" else await response.read()
                return _judged(response.status, data)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as why:
            raise NotSentError(type(why).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as why:
            raise NetworkError(type(why).__name__) from None
        finally:
            self._busy -= 1
            await self._close_when_idle()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as JSON; unlike the library's own, an unreadable one is not written to the log.

        Raises:
            TelegramError: it is not JSON.
        """
        try:
            answer = orjson.loads(payload)
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            message = "unreadable answer"
            raise TelegramError(message)
        return answer

    def _open(self, url: str) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE)
            jar = aiohttp.DummyCookieJar()
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=jar, proxy=_proxy(url))
        return self._session

    async def _close_when_idle(self) -> None:
        if not self._held and not self._busy and self._session is not None:
            session, self._session = self._session, None
            await session.close()


def _proxy(url: str) -> str | None:
    """The proxy that the environment names; asked once, since asking for every request is dear."""
    where = urlsplit(url)
    host = where.hostname or ""
    # A Bot API server on this machine is never behind the proxy, whether or not NO_PROXY says so.
    return None if host in LOOPBACK or proxy_bypass(host) else getproxies().get(where.scheme)


def _body(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not data.contains_files:
        return {"data": orjson.dumps(data.parameters), "headers": {"Content-Type": "application/json"}}
    form = aiohttp.FormData(quote_fields=False)  # quoted, a Chinese file name arrives as %E6%97%A5…
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}


async def _limited(response: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for chunk in response.content.iter_any():
        data += chunk
        if len(data) > FILE_BYTES:
            message = "file is too big"
            raise TooBigError(message)
    return bytes(data)


def _judged(status: int, data: bytes) -> tuple[int, bytes]:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise PacedError(_wait(data))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        message = f"HTTP {status}"
        raise ServerFailedError(message)
    return status, data


def _wait(data: bytes) -> float:
    """How long a 429 asks us to wait; a second where it does not say."""
    try:
        return max(0.0, float(orjson.loads(data)["parameters"]["retry_after"]))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return 1.0
