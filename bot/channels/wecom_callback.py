"""The route that WeCom calls: who may, what it acknowledges, and when."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response

from bot.channels.calls import FORBIDDEN, Gate, read_body
from bot.channels.plain_xml import NotXmlError, read
from bot.channels.sealed import Envelope, UnreadableError, encrypted
from bot.channels.wecom_http import LostError, NotSentError, RefusedError
from bot.channels.wecom_wire import Arrived, Ignored, StrangeError, decode

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.channels.port import KeepPhoto, Take
    from bot.channels.wecom_api import Api
    from bot.channels.wecom_contacts import Contacts

LOG = logging.getLogger(__name__)
FETCH = 12.0
"""Seconds that a picture may take, the tries together: WeCom calls again meanwhile, and joins the first call."""
PAUSES = (0.5, 2.0)
Refused = Callable[[str, str], Awaitable[None]]
Seen = Callable[[str], Awaitable[bool]]


class Callback:
    """Takes calls: 200 only once a message is stored, so that WeCom calls again about what is not."""

    def __init__(  # noqa: PLR0913, PLR0917 - all of it is the channel's to give
        self,
        envelope: Envelope,
        api: Api,
        contacts: Contacts,
        keep_photo: KeepPhoto,
        refused: Refused,
        seen: Seen,
        clock: Callable[[], datetime],
    ) -> None:
        """``refused(raw, why)`` keeps what cannot be read; ``seen(dedupe)`` says whether a message was taken before."""
        self._envelope = envelope
        self._api = api
        self._contacts = contacts
        self._keep_photo = keep_photo
        self._refused = refused
        self._seen = seen
        self._gate = Gate(envelope, clock)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self.take: Take | None = None

    async def check(self, request: Request) -> Response:
        """WeCom asks whether it is us: decrypt its word, and say it."""
        word = request.query_params.get("echostr", "")
        if not self._gate.signed(request, word) or not self._gate.fresh(request):
            return _answer(HTTPStatus.FORBIDDEN)
        try:
            return PlainTextResponse(self._envelope.open(word))
        except UnreadableError:
            LOG.error("WeCom's check cannot be opened: WUYI_WECOM_AES_KEY or WUYI_WECOM_CORP_ID is not the right one")  # noqa: TRY400 - a line to act on
            return _answer(HTTPStatus.BAD_REQUEST)

    async def deliver(self, request: Request) -> Response:
        """One call: 413, 400 and 403 for what is not WeCom's, 503 when it could not be stored, else 200."""
        body = await read_body(request)
        if body is None:
            return _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        chunk = encrypted(body)
        if chunk is None or FORBIDDEN.search(body):
            return _answer(HTTPStatus.BAD_REQUEST)  # plain mode, too: what is not encrypted is not signed
        if not self._gate.signed(request, chunk):
            return _answer(HTTPStatus.FORBIDDEN)
        try:
            return await self._open(chunk, fresh=self._gate.fresh(request))
        except Exception as why:  # noqa: BLE001 - whatever it was, it is not stored: WeCom shall call again
            LOG.error("a callback was not stored: %s", type(why).__name__)  # noqa: TRY400 - its text may hold anything
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE)

    async def _open(self, chunk: str, *, fresh: bool) -> Response:
        """What is signed: taken, kept, or (too late, and never taken before) turned away."""
        raw = chunk
        try:
            raw = self._envelope.open(chunk)
            decoded = decode(read(raw), raw)
        except (UnreadableError, NotXmlError, StrangeError) as why:
            if not fresh:
                return _answer(HTTPStatus.FORBIDDEN)
            reason = f"{type(why).__name__}: {why}"
            LOG.warning("a callback could not be read: %s", reason)
            await self._refused(raw, reason)
            return _answer(HTTPStatus.BAD_REQUEST if isinstance(why, UnreadableError) else HTTPStatus.OK)
        if isinstance(decoded, Ignored):
            LOG.info("left alone: %s", decoded.why)
            return _answer(HTTPStatus.OK if fresh else HTTPStatus.FORBIDDEN)
        once = decoded.inbound.dedupe
        # A genuine retry is answered as the first time, however late; whatever else is old is somebody's recording.
        if not fresh and not await self._seen(once):
            return _answer(HTTPStatus.FORBIDDEN)
        task = self._busy.get(once)
        if task is None:
            task = self._busy[once] = asyncio.create_task(self._hand_on(decoded))
            task.add_done_callback(partial(self._over, once))
        await asyncio.shield(task)  # WeCom may hang up and call again; the message is not let go of
        return _answer(HTTPStatus.OK)

    def _over(self, once: str, task: asyncio.Task[None]) -> None:
        """Forget a message that is done; its error is looked at even where WeCom has hung up."""
        self._busy.pop(once, None)
        if not task.cancelled() and task.exception() is not None:
            LOG.debug("a message was not taken")

    async def _hand_on(self, arrived: Arrived) -> None:
        """Give a message to the desk, its picture fetched at once; returns when it is committed."""
        if self.take is None:
            message = "not listening yet"
            raise RuntimeError(message)
        inbound = arrived.inbound
        # A message taken before is not looked into again: its picture may be gone by now.
        if not await self._seen(inbound.dedupe):
            phone = await self._contacts.phone(inbound.sender)
            photo = await self._fetch(arrived.fetch) if arrived.fetch else None
            inbound = replace(inbound, photo=photo, phone=phone)
        await self.take(inbound)

    async def _fetch(self, media: str) -> str | None:
        """The media name of a picture, or None when it cannot be had or kept: then the sender is told so."""
        try:
            async with asyncio.timeout(FETCH):
                for pause in (*PAUSES, None):
                    try:
                        data = await self._api.download(media)
                        return None if data is None else await self._keep_photo(data)
                    except (ValueError, RefusedError):
                        return None
                    except (NotSentError, LostError) as why:
                        LOG.warning("a picture could not be fetched: %s", type(why).__name__)
                    if pause is not None:
                        await asyncio.sleep(pause)
        except TimeoutError:
            LOG.warning("a picture took too long")
        return None


def _answer(status: HTTPStatus) -> Response:
    """The passive answer is always empty: what is said goes through ``message/send``."""
    return PlainTextResponse("", status)
