"""Where a link may lead once somebody is logged in: pages of our own, and nothing that a stranger writes."""

from __future__ import annotations

import re
from urllib.parse import quote

_INSIDE = re.compile(
    r"/board(?:/(?:[\w~:@+-]|%[0-9A-Fa-f]{2})(?:[\w.~:@+-]|%[0-9A-Fa-f]{2})*){0,4}(?:\?[\w.~%=&+-]*)?", re.ASCII
)
"""A path of the board: each part begins with something other than a dot, so none leads upwards."""
LONGEST = 300
CHAT = "/chat"
NAMED = {"me": "/me.json", "board": "/board", "chat": CHAT}
"""The pages that have a short name."""


def inside(said: str) -> str | None:
    """The page of ours that ``said`` names; None where it is none, or one that only looks like it."""
    if said in NAMED:
        return NAMED[said]
    return said if len(said) <= LONGEST and _INSIDE.fullmatch(said) else None


def login(base_url: str, token: str, to: str = "") -> str:
    """The link that logs in and then leads to ``to``, a page of ours by its short name or its path.

    The token stands behind the #: a browser never sends that part, so no log and no preview has it.
    """
    where = f"?to={quote(to, safe='/')}" if to else ""
    return f"{base_url}/login{where}#{token}"
