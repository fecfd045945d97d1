"""Addresses of other programs: which of them may be told anything."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

LOCAL = "localhost"


def fault(url: str) -> str:
    """Why nothing may be sent to this address, in a few words; empty: it may."""
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
        return ""
    return "it has to begin with https://"


def loopback(host: str) -> bool:
    """Whether this is written as this machine itself."""
    try:
        return host == LOCAL or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
