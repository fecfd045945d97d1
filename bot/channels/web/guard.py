"""What every request of the web chat has to pass, and what every answer carries."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
CARRIED = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
FOREIGN = "another origin: what people come by is WUYI_PUBLIC_URL, where the program stands behind a proxy"
PORTS = {"http": 80, "https": 443}
SAFE = frozenset({"GET", "HEAD"})
KNOWN = 10_000
"""The most callers a ``Pace`` remembers; the one longest silent is forgotten first."""


Origin = tuple[str, str, int]


class Guard:
    """Refuses what another site sends in a browser's name, and marks every answer as private."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        """Stand before ``app``, which people reach under ``base_url``."""
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to a foreign origin; else pass on, and add the headers to the answer."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in CARRIED.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["method"] not in SAFE and not same_origin(
            Headers(scope=scope), ours(HTTPConnection(scope), self._base_url)
        ):
            await PlainTextResponse(FOREIGN, 403)(scope, receive, marked)
            return
        await self._app(scope, receive, marked)


def ours(connection: HTTPConnection, base_url: str) -> Collection[Origin]:
    """The origins from which our own pages send: scheme, host and port.

    Where people come over https, what came in the clear is somebody else's, whoever relayed it; this machine by a name
    of its own apart. A proxy speaks to us in the clear: that people come over https, ``base_url`` alone tells.
    """
    here = origin_of(f"{connection.url.scheme}://{connection.headers.get('host', '')}")
    named = origin_of(base_url)
    direct = not base_url.startswith("https://") or local(connection)
    return {each for each in (named, here if direct else None) if each is not None}


def origin_of(url: str) -> Origin | None:
    """Its scheme, host and port, the usual port where it names none; None where it is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def same_origin(headers: Headers, allowed: Collection[Origin]) -> bool:
    """Whether our own page sent this: by what the browser says of the site, and by the origin it names.

    A form sent from a page with ``no-referrer`` names the origin ``null``; then the browser's word on the site counts.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None or origin == "null":
        return site is not None
    return origin_of(origin) in allowed


def local(connection: HTTPConnection) -> bool:
    """Whether this machine asks this machine, by a name of its own, with nothing in between.

    A page of another site can make its name point here (DNS rebinding), but then the Host header tells; a proxy on
    this machine would let the whole world in as loopback.
    """
    if connection.client is None or any(name in connection.headers for name in PASSED_ON):
        return False
    return loopback(connection.client.host) and loopback(hostname("//" + connection.headers.get("host", "")))


def hostname(url: str) -> str:
    """The host that a URL names; empty where it is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def loopback(host: str) -> bool:
    """Whether ``host`` is this machine and nothing else."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Pace:
    """How often a caller may come: ``burst`` times at once, then ``per_second`` times a second."""

    def __init__(self, burst: int, per_second: float, seconds: Callable[[], float]) -> None:
        """``seconds`` is a clock that never runs backwards."""
        self._burst = burst
        self._per_second = per_second
        self._seconds = seconds
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, caller: str) -> bool:
        """Count one more; False when it is one too many."""
        now = self._seconds()
        left, since = self._left.pop(caller, (float(self._burst), now))
        left = min(self._burst, left + (now - since) * self._per_second)
        allowed = left >= 1
        self._left[caller] = (left - 1 if allowed else left, now)
        if len(self._left) > KNOWN:
            self._left.popitem(last=False)
        return allowed
