"""Addresses of other programs: which of them may be told anything, and which lie within a network of one's own."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

LOCAL = "localhost"
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
INWARD = "it lies within a network of one's own; WUYI_WEBHOOK_NETWORKS names those that may be told"


def fault(url: str, networks: Collection[Network] = ()) -> str:
    """Why nothing may be sent to this address, in a few words; empty: it may, as far as it can be read.

    Where a name leads is seen when it is called.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "it is no address"
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        return "it is no address"
    if parts.username is not None or parts.fragment:
        return "it may hold neither a user name nor a fragment"
    if parts.scheme == "https" or (parts.scheme == "http" and loopback(host)):
        at = ip(host)
        # Loopback that is written out is this machine, and meant.
        return INWARD if at is not None and not loopback(host) and barred(at, networks) else ""
    return "it has to begin with https://"


def barred(at: Address, networks: Collection[Network] = ()) -> bool:
    """Whether an address is none of the open internet (private, link-local, loopback, …) and in none of ``networks``.

    What carries an IPv4 address within is judged by that: it leads there.
    """
    inner = at
    if isinstance(at, ipaddress.IPv6Address):
        inner = at.ipv4_mapped or at.sixtofour or (at.teredo[1] if at.teredo else None) or _translated(at) or at
    if any(each.version == one.version and one in each for each in networks for one in (at, inner)):
        return False
    return not inner.is_global or inner.is_multicast


def ip(host: str) -> Address | None:
    """The IP address that a host is written as; None: it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _translated(at: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address to which a network that speaks IPv6 alone translates this (RFC 6052)."""
    return ipaddress.IPv4Address(int(at) & 0xFFFFFFFF) if at in _TRANSLATED else None


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def loopback(host: str) -> bool:
    """Whether this is written as this machine itself."""
    at = ip(host)
    return host == LOCAL or (at is not None and at.is_loopback)
