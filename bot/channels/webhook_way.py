"""The way to another program: its name resolved once, its addresses looked at, and one of these then called."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence

import httpx

from bot.model.outward import Network, barred, ip, loopback

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The IP addresses of a name, the best first; raises ``OSError`` where there are none."""


class InwardError(Exception):
    """The name leads into a network of one's own that nobody has allowed."""


async def resolved(host: str, port: int) -> Sequence[str]:
    """As the machine's own resolver has it."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def ways(url: httpx.URL, networks: Collection[Network], resolve: Resolve = resolved) -> Sequence[httpx.URL]:
    """The addresses to be called in place of this one: looked at here, so that no second look-up leads elsewhere.

    Raises:
        InwardError: one of them is barred.
        OSError: the name is not known.
    """
    if loopback(url.host):
        return [url]
    port = url.port or (443 if url.scheme == "https" else 80)
    found = [url.host] if ip(url.host) else await resolve(url.host, port)
    read = [each for name in found if (each := ip(name.partition("%")[0])) is not None]
    if not read or any(barred(each, networks) for each in read):
        raise InwardError
    return [url.copy_with(host=str(each)) for each in read]
