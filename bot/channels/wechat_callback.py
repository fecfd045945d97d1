"""The route that WeChat calls: who may, what it acknowledges when, and what is said in the response."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response
from wechatpy.replies import TextReply

from bot.channels.calls import FORBIDDEN, fresh, read_body, signed
from bot.channels.failures import LostError, NotSentError, RefusedError
from bot.channels.plain_xml import NotXmlError, read
from bot.channels.sealed import Envelope, UnreadableError, encrypted
from bot.channels.wechat_wire import Arrived, Decoded, Ignored, Left, StrangeError, decode

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.channels.port import KeepPhoto, Take
    from bot.channels.wechat_api import Api
    from bot.channels.wechat_slots import Slot, Slots

LOG = logging.getLogger(__name__)
PATIENCE = 4.5
"""Seconds after which WeChat is told that the answer comes another way: it waits five."""
FETCH = 12.0
"""Seconds that a picture may take, the tries together: WeChat calls again meanwhile, and joins the first call."""
PAUSES = (0.5, 2.0)
SOON, LATER = 0.003, 0.05
"""Seconds after which the database is asked again, at first and at last."""
DONE = "success"
"""The response that says nothing to the sender."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a message came to before: the letters still on their way, and what of the others went in the response."""

    waiting: tuple[int, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class House:
    """What the callback asks of the house."""

    keep_photo: KeepPhoto
    refused: Callable[[str, str], Awaitable[None]]
    """Keeps a callback that cannot be read, with the reason."""
    seen: Callable[[str], Awaitable[bool]]
    """Whether a message of this name was taken before."""
    answer: Callable[[str], Awaitable[Answer]]
    """What a message of this name came to."""
    settled: Callable[[list[int]], Awaitable[bool]]
    """Whether it is written down of all these letters what became of them."""
    left: Callable[[str], Awaitable[None]]
    """Somebody no longer follows the account."""
    clock: Callable[[], datetime]


class Callback:
    """Takes calls: nothing is acknowledged before it is stored, so that WeChat calls again about what is not."""

    def __init__(self, envelope: Envelope, api: Api, slots: Slots, house: House, patience: float = PATIENCE) -> None:
        """``patience``: seconds until WeChat is told that the answer comes another way."""
        self._envelope = envelope
        self._api = api
        self._slots = slots
        self._house = house
        self._patience = patience
        self.take: Take | None = None

    async def check(self, request: Request) -> Response:
        """WeChat asks whether it is us: say its word, if the signature is its own."""
        if not signed(self._envelope, request, "signature", "") or not fresh(request, self._house.clock()):
            return PlainTextResponse("", HTTPStatus.FORBIDDEN)
        return PlainTextResponse(request.query_params.get("echostr", ""))

    async def deliver(self, request: Request) -> Response:
        """One call: 413, 400 and 403 for what is not WeChat's, 503 when it could not be stored, else 200."""
        body = await read_body(request)
        if body is None:
            return PlainTextResponse("", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        chunk = encrypted(body)
        if chunk is None or FORBIDDEN.search(body):
            return PlainTextResponse("", HTTPStatus.BAD_REQUEST)  # plain mode, too: what is not encrypted is not signed
        if not signed(self._envelope, request, "msg_signature", chunk):
            return PlainTextResponse("", HTTPStatus.FORBIDDEN)
        try:
            return await self._open(request, chunk, fresh=fresh(request, self._house.clock()))
        except Exception as why:  # noqa: BLE001 - whatever it was, it is not stored: WeChat shall call again
            LOG.error("a callback was not stored: %s", type(why).__name__)  # noqa: TRY400 - its text may hold anything
            return PlainTextResponse("", HTTPStatus.SERVICE_UNAVAILABLE)

    async def _open(self, request: Request, chunk: str, *, fresh: bool) -> Response:
        """What is signed: taken, kept, or (too late, and never taken before) turned away."""
        raw = chunk
        try:
            raw = self._envelope.open(chunk)
            decoded = decode(read(raw), raw)
        except (UnreadableError, NotXmlError, StrangeError) as why:
            if not fresh:
                return PlainTextResponse("", HTTPStatus.FORBIDDEN)
            reason = f"{type(why).__name__}: {why}"
            LOG.warning("a callback could not be read: %s", reason)
            await self._house.refused(raw, reason)
            sealed = isinstance(why, UnreadableError)
            return PlainTextResponse("", HTTPStatus.BAD_REQUEST) if sealed else PlainTextResponse(DONE)
        # A genuine retry is answered as the first time, however late; whatever else is old is somebody's recording.
        if not fresh and not (isinstance(decoded, Arrived) and await self._house.seen(decoded.inbound.dedupe)):
            return PlainTextResponse("", HTTPStatus.FORBIDDEN)
        return await self._act(request, decoded)

    async def _act(self, request: Request, decoded: Decoded) -> Response:
        match decoded:
            case Ignored(why):
                LOG.info("left alone: %s", why)
            case Left(user):
                await self._house.left(user)
            case Arrived():
                return await self._answer(request, decoded)
        return PlainTextResponse(DONE)

    async def _answer(self, request: Request, arrived: Arrived) -> Response:
        """Hand the message on; the response has what is said within WeChat's time, sealed, and the same each time."""
        until = asyncio.get_running_loop().time() + self._patience
        name = arrived.inbound.dedupe
        slot = self._slots.of(name, arrived.inbound.sender)
        if slot.work is None:
            slot.work = asyncio.create_task(self._hand_on(arrived, slot))
            slot.work.add_done_callback(_looked_at)
        try:
            await asyncio.shield(slot.work)  # WeChat may hang up and call again; the message is not let go of
        except Exception:
            self._slots.drop(name)
            raise
        with slot.waited_for():
            if not await self._ready(request, slot, until):
                return PlainTextResponse(DONE)
            return self._say(request, arrived, slot)

    async def _ready(self, request: Request, slot: Slot, until: float) -> bool:
        """Whether there is something to be said, and somebody there to hear it."""
        left = until - asyncio.get_running_loop().time()
        if not await slot.ready(left, request.is_disconnected) or not slot.text:
            return False
        await self._written_down(slot, until)
        return not await request.is_disconnected()

    def _say(self, request: Request, arrived: Arrived, slot: Slot) -> Response:
        slot.body = slot.body or self._sealed(arrived, slot.text, request.query_params["nonce"])
        slot.given()
        return Response(slot.body, media_type="application/xml")

    async def _written_down(self, slot: Slot, until: float) -> None:
        """Wait, within WeChat's time, until what is in the response is known to have been said."""
        now = asyncio.get_running_loop().time
        pause = SOON
        while slot.numbers and not await self._house.settled(slot.numbers) and now() < until:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LATER)

    async def _hand_on(self, arrived: Arrived, slot: Slot) -> None:
        """Give a message to the desk, its picture fetched at once; once it is committed, see what is to be said."""
        if self.take is None:
            message = "not listening yet"
            raise RuntimeError(message)
        inbound = arrived.inbound
        # A message taken before is not looked into again: its picture may be gone by now.
        if (arrived.media or arrived.picture) and not await self._house.seen(inbound.dedupe):
            inbound = replace(inbound, photo=await self._fetch(arrived))
        await self.take(inbound)
        answer = await self._house.answer(inbound.dedupe)
        slot.expect(answer.waiting, answer.said)

    async def _fetch(self, arrived: Arrived) -> str | None:
        """The media name of a picture, or None when it cannot be had or kept: then the sender is told so."""
        try:
            async with asyncio.timeout(FETCH):
                for pause in (*PAUSES, None):
                    try:
                        data = await self._api.download(arrived.media, arrived.picture)
                        return None if data is None else await self._house.keep_photo(data)
                    except (ValueError, RefusedError):
                        return None
                    except (NotSentError, LostError) as why:
                        LOG.warning("a picture could not be fetched: %s", type(why).__name__)
                    if pause is not None:
                        await asyncio.sleep(pause)
        except TimeoutError:
            LOG.warning("a picture took too long")
        return None

    def _sealed(self, arrived: Arrived, text: str, nonce: str) -> str:
        """Words as the response that WeChat shows to the sender."""
        stamp = int(self._house.clock().timestamp())
        # The library writes text into CDATA as it is: what would end that is written in two.
        content = text.replace("]]>", "]]]]><![CDATA[>")
        reply = TextReply(source=arrived.account, target=arrived.inbound.sender, time=stamp, content=content)
        chunk = self._envelope.seal(reply.render())
        signature = self._envelope.signature(str(stamp), nonce, chunk)
        return (
            f"<xml><Encrypt><![CDATA[{chunk}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{stamp}</TimeStamp><Nonce><![CDATA[{nonce.replace(']]>', '')}]]></Nonce></xml>"
        )


def _looked_at(task: asyncio.Task[None]) -> None:
    """Look at an error even where nobody waits for it any more: it may hold what was said."""
    if not task.cancelled() and task.exception() is not None:
        LOG.debug("a message was not taken")
