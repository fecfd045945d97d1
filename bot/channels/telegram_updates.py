"""One update → the desk: decoded, its picture fetched, handed on; and the webhook by which updates come."""

from __future__ import annotations

import hmac
import logging
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import PlainTextResponse, Response
from telegram.error import BadRequest, TelegramError

from bot.channels import telegram_wire as wire
from bot.channels.telegram_request import TooBigError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from bot.channels.port import KeepPhoto, Take
    from bot.channels.telegram_api import Api

    Hook = Callable[[str, str], Awaitable[None]]
    Sleep = Callable[[float], Awaitable[object]]

LOG = logging.getLogger(__name__)
BODY = 1024 * 1024
HEADER = "X-Telegram-Bot-Api-Secret-Token"
DOWNLOAD_PAUSES = (1.0, 3.0)


class Updates:
    """Delivers updates to ``take``, once the channel listens."""

    def __init__(
        self, api: Api, keep_photo: KeepPhoto, *, sleep: Sleep, migrated: Hook | None, refused: Hook | None
    ) -> None:
        """``username`` and ``take`` are set once they are known."""
        self._api = api
        self._keep_photo = keep_photo
        self._sleep = sleep
        self._migrated = migrated
        self._refused = refused
        self.take: Take | None = None
        self.username: str | None = None

    async def deliver(self, data: dict[str, Any], raw: str | None = None) -> None:
        """Hand one update on; returns once it is committed, or kept as unreadable, or found to be of no interest.

        Raises:
            Exception: whatever ``take`` or a hook raised; the update is not stored.
        """
        if self.take is None:
            message = "not listening yet"
            raise RuntimeError(message)
        raw = orjson.dumps(data).decode() if raw is None else raw
        try:
            decoded = wire.decode(data, raw, self.username)
        except Exception as error:  # noqa: BLE001 - what is not as promised fails in every way
            LOG.warning("an update could not be read: %s", type(error).__name__)
            await self.refuse(raw, type(error).__name__)
            return
        match decoded:
            case wire.Arrived(inbound, None):
                await self.take(inbound)
            case wire.Arrived(inbound, str(file)):
                await self.take(replace(inbound, photo=await self._fetch(file)))
            case wire.Moved(old, new) if self._migrated is not None:
                await self._migrated(old, new)
            case wire.Ignored(why):
                LOG.info("left alone: %s", why)

    async def refuse(self, raw: str, why: str) -> None:
        """Keep what cannot be read, if anybody does."""
        if self._refused is not None:
            await self._refused(raw, why)

    async def _fetch(self, file: str) -> str | None:
        """The media name of a picture, or None when it cannot be had or kept: then the sender is told so."""
        for pause in (*DOWNLOAD_PAUSES, None):
            try:
                data = await (await self._api.get_file(file)).download_as_bytearray()
                return await self._keep_photo(bytes(data))
            except (BadRequest, TooBigError, ValueError):
                return None
            except TelegramError as why:
                LOG.warning("a picture could not be fetched: %s", type(why).__name__)
            if pause is not None:
                await self._sleep(pause)
        return None


class Webhook:
    """The route that Telegram calls: 200 only once the update is stored, so that it sends again what is not."""

    def __init__(self, updates: Updates, secret: bytes) -> None:
        """``secret`` is what the header must say."""
        self._updates = updates
        self._secret = secret

    async def take(self, request: Request) -> Response:
        """One delivery: 403 for a stranger, 413, 400, 503 when it could not be stored, else 200."""
        if not hmac.compare_digest(request.headers.get(HEADER, "").encode(), self._secret):
            return PlainTextResponse("", HTTPStatus.FORBIDDEN)
        body = await _read(request)
        if body is None:
            return PlainTextResponse("", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            return await self._store(body)
        except Exception as why:  # noqa: BLE001 - whatever it was, it is not stored: Telegram shall keep it
            LOG.error("an update was not stored: %s", type(why).__name__)  # noqa: TRY400 - its text may hold anything
            return PlainTextResponse("", HTTPStatus.SERVICE_UNAVAILABLE)

    async def _store(self, body: bytes) -> Response:
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError:
            data = None
        if isinstance(data, dict) and isinstance(data.get("update_id"), int):
            await self._updates.deliver(data, body.decode())
            return PlainTextResponse("")
        await self._updates.refuse(body.decode(errors="replace"), "not an update")
        return PlainTextResponse("", HTTPStatus.BAD_REQUEST)


async def _read(request: Request) -> bytes | None:
    """The body, or None when it is longer than ``BODY``."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY:
            return None
    return body
