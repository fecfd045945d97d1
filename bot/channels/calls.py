"""What every callback of WeCom's and WeChat's has to pass before it is believed: size, signature, time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.channels.sealed import Envelope

BODY = 64 * 1024
FRESH = 300
"""Seconds that a call may be away from our clock, either way."""
STAMP = re.compile(r"\d{1,12}", re.ASCII)
FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


async def read_body(request: Request) -> bytes | None:
    """The body, or None when it is longer than ``BODY``."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY:
            return None
    return body


def signed(envelope: Envelope, request: Request, name: str, chunk: str) -> bool:
    """Whether the parameter ``name`` signs the chunk (nothing at all is a chunk, too) with this time and nonce."""
    said = (request.query_params.get(part, "") for part in (name, "timestamp", "nonce"))
    signature, timestamp, nonce = said
    return bool(signature and nonce and STAMP.fullmatch(timestamp)) and envelope.signed(
        signature, timestamp, nonce, chunk
    )


class Gate:
    """Asks every call of WeCom's about signature and time; the chunks are of one envelope."""

    def __init__(self, envelope: Envelope, clock: Callable[[], datetime]) -> None:
        """``clock`` is ours."""
        self._envelope = envelope
        self._clock = clock

    def signed(self, request: Request, chunk: str) -> bool:
        """Whether WeCom signed this chunk for this call."""
        return bool(chunk) and signed(self._envelope, request, "msg_signature", chunk)

    def fresh(self, request: Request) -> bool:
        """Whether a call that is signed was made just now."""
        return fresh(request, self._clock())


def fresh(request: Request, now: datetime) -> bool:
    """Whether a call that is signed is of these minutes."""
    return abs(now.timestamp() - int(request.query_params["timestamp"])) <= FRESH
