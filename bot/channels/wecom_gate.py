"""Who may call: what every callback of WeCom's is asked before anything in it is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.channels.wecom_crypto import Envelope

BODY = 64 * 1024
FRESH = 300
"""Seconds that a call may be away from our clock, either way."""
STAMP = re.compile(r"\d{1,12}", re.ASCII)


class Gate:
    """Looks at signature and time, of one envelope."""

    def __init__(self, envelope: Envelope, clock: Callable[[], datetime]) -> None:
        """``clock`` is ours."""
        self._envelope = envelope
        self._clock = clock

    def signed(self, request: Request, chunk: str) -> bool:
        """Whether WeCom signed this chunk for this call."""
        said = (request.query_params.get(name, "") for name in ("msg_signature", "timestamp", "nonce"))
        signature, timestamp, nonce = said
        return bool(chunk and signature and nonce and STAMP.fullmatch(timestamp)) and self._envelope.signed(
            signature, timestamp, nonce, chunk
        )

    def fresh(self, request: Request) -> bool:
        """Whether a call that is signed was made just now."""
        return abs(self._clock().timestamp() - int(request.query_params["timestamp"])) <= FRESH


async def read(request: Request) -> bytes | None:
    """The body, or None when it is longer than ``BODY``."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY:
            return None
    return body
