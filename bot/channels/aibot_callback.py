"""The route that WeCom calls about the group bot: who may, what it is told at once, and what only after the commit."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson
from starlette.responses import PlainTextResponse, Response

from bot.channels.aibot_send import AT_ONCE, Sender, Servers
from bot.channels.aibot_send import at_once as goes_at_once
from bot.channels.aibot_wire import Arrived, BrokenError, Ignored, StrangeError, decode
from bot.channels.calls import Gate, read_body
from bot.channels.sealed import Envelope, UnreadableError
from bot.channels.wecom_http import LostError, NotSentError, RefusedError

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.channels.aibot_cards import Json
    from bot.channels.aibot_turns import Turn
    from bot.channels.port import KeepPhoto, Take
    from bot.model.messages import Written

LOG = logging.getLogger(__name__)
CHUNK = re.compile(r"[A-Za-z0-9+/=]+", re.ASCII)
PICTURE = 10 * 1024 * 1024
FETCH = 12.0
"""Seconds that a picture may take, the tries together; its address lives for five minutes."""
PAUSES = (0.5, 2.0)
WAIT = 3.5
"""Seconds after a call within which it is answered: WeCom waits for five."""
Refused = Callable[[str, str], Awaitable[None]]
Seen = Callable[[str], Awaitable[bool]]
Said = Callable[[str], Awaitable["tuple[Written, ...]"]]
Phone = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the channel asks of the house."""

    keep_photo: KeepPhoto
    load_photo: Callable[[str], bytes]
    refused: Refused
    """Keeps a callback that cannot be read, with the reason."""
    seen: Seen
    """Whether a message of this name was taken before."""
    said: Said
    """The letters that a message of this name brought into its chat, in order."""
    phone: Phone
    """The phone (E.164) of a member who has not enrolled here, as far as WeCom tells; or nothing."""
    clock: Callable[[], datetime]


class Callback:
    """Takes calls: 200 only once a message is stored; and then with the answer, if it is ready in time."""

    def __init__(self, envelope: Envelope, sender: Sender, servers: Servers, hooks: Hooks, wait: float = WAIT) -> None:
        """``wait`` is how long an answer is waited for, in seconds from the call."""
        self._envelope = envelope
        self._gate = Gate(envelope, hooks.clock)
        self._sender = sender
        self._servers = servers
        self._hooks = hooks
        self._wait = wait
        self._busy: dict[str, asyncio.Task[Turn]] = {}
        self.take: Take | None = None

    async def check(self, request: Request) -> Response:
        """WeCom asks whether it is us: decrypt its word, and say it."""
        word = request.query_params.get("echostr", "")
        if not self._gate.signed(request, word) or not self._gate.fresh(request):
            return _empty(HTTPStatus.FORBIDDEN)
        try:
            return PlainTextResponse(self._envelope.open(word))
        except UnreadableError:
            LOG.error("WeCom's check cannot be opened: WUYI_AIBOT_AES_KEY is not the right one")  # noqa: TRY400 - a line to act on
            return _empty(HTTPStatus.BAD_REQUEST)

    async def deliver(self, request: Request) -> Response:
        """One call: 413, 400 and 403 for what is not WeCom's, 503 when it could not be stored, else 200."""
        until = asyncio.get_running_loop().time() + self._wait
        body = await read_body(request)
        if body is None:
            return _empty(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        chunk = encrypted(body)
        if chunk is None:
            return _empty(HTTPStatus.BAD_REQUEST)
        if not self._gate.signed(request, chunk):
            return _empty(HTTPStatus.FORBIDDEN)
        try:
            return await self._open(request, chunk, until)
        except Exception as why:  # noqa: BLE001 - whatever it was, it is not stored: WeCom shall call again
            LOG.error("a callback was not stored: %s", type(why).__name__)  # noqa: TRY400 - its text may hold anything
            return _empty(HTTPStatus.SERVICE_UNAVAILABLE)

    async def _open(self, request: Request, chunk: str, until: float) -> Response:
        """What is signed: taken and answered, kept, or (too late, and never taken before) turned away."""
        fresh, raw = self._gate.fresh(request), chunk
        try:
            raw = self._envelope.open(chunk)
            decoded = decode(raw, int(self._hooks.clock().timestamp()))
        except (UnreadableError, BrokenError, StrangeError) as why:
            if not fresh:
                return _empty(HTTPStatus.FORBIDDEN)
            await self._keep(raw, f"{type(why).__name__}: {why}")
            return _empty(HTTPStatus.OK if isinstance(why, StrangeError) else HTTPStatus.BAD_REQUEST)
        if isinstance(decoded, Ignored):
            LOG.info("left alone: %s", decoded.why)
            return _empty(HTTPStatus.OK if fresh else HTTPStatus.FORBIDDEN)
        once = decoded.inbound.dedupe
        # A genuine retry is answered as the first time, however late; whatever else is old is somebody's recording.
        if not fresh and not await self._hooks.seen(once):
            return _empty(HTTPStatus.FORBIDDEN)
        task = self._busy.get(once)
        if task is None:
            task = self._busy[once] = asyncio.create_task(self._hand_on(decoded))
            task.add_done_callback(partial(self._over, once))
        turn = await asyncio.shield(task)  # WeCom may hang up and call again; the message is not let go of
        answer = await turn.wait(max(0.0, until - asyncio.get_running_loop().time()), request.is_disconnected)
        return _empty(HTTPStatus.OK) if answer is None else self._sealed(answer, request.query_params["nonce"])

    def _sealed(self, answer: Json, nonce: str) -> Response:
        """The answer in its envelope, signed for this call."""
        stamp = int(self._hooks.clock().timestamp())
        chunk = self._envelope.seal(orjson.dumps(answer).decode())
        signature = self._envelope.signature(str(stamp), nonce, chunk)
        body = {"encrypt": chunk, "msgsignature": signature, "timestamp": stamp, "nonce": nonce}
        return Response(orjson.dumps(body), media_type="application/json")

    async def _keep(self, raw: str, reason: str) -> None:
        LOG.warning("a callback could not be read: %s", reason)
        await self._hooks.refused(raw, reason)

    def _over(self, once: str, task: asyncio.Task[Turn]) -> None:
        """Forget a message that is done; its error is looked at even where WeCom has hung up."""
        self._busy.pop(once, None)
        if not task.cancelled() and task.exception() is not None:
            LOG.debug("a message was not taken")

    async def _hand_on(self, arrived: Arrived) -> Turn:
        """Give a message to the desk, its picture fetched at once; returns when it is committed.

        A message taken before brings nothing new: what answered it is known, or still on its way.
        """
        if self.take is None:
            message = "not listening yet"
            raise RuntimeError(message)
        handle, known = arrived.handle, self._sender.turns.find(arrived.handle.once)
        if known is not None:
            return known
        # Opened before it is taken: its letters may be on their way before the commit is told here.
        turn = self._sender.turns.open(handle)
        try:
            letters = await self._taken(arrived)
        except BaseException:
            self._sender.turns.forget(handle.once)
            raise
        mine = [each for each in letters if goes_at_once(handle, each.outbound)]
        coming = [each.outbound.id for each in mine if each.waiting]
        turn.expect(coming, [each.outbound for each in mine if each.state == "uncertain" or each.ref == AT_ONCE])
        return turn

    async def _taken(self, arrived: Arrived) -> list[Written]:
        """Take what is new of a message, and give the letters that it brought."""
        new = [part for part in arrived.parts if not await self._hooks.seen(part[0].dedupe)]
        if new and arrived.strange:
            await self._keep(arrived.inbound.raw, arrived.strange)
        known = not new or arrived.inbound.address.group or not arrived.ours
        phone = "" if known else await self._hooks.phone(arrived.inbound.sender)
        photos = await asyncio.gather(*(self._fetch(url) for _, url in new))
        for (inbound, _), photo in zip(new, photos, strict=True):
            assert self.take is not None  # noqa: S101 - asked by the caller
            await self.take(replace(inbound, photo=photo, phone=phone))
        return [each for inbound, _ in arrived.parts for each in await self._hooks.said(inbound.dedupe)]

    async def _fetch(self, url: str) -> str | None:
        """The media name of a picture, or None when it cannot be had or kept: then the sender is told so."""
        if not url:
            return None
        try:
            http, rest = await self._servers.at(url)
            async with asyncio.timeout(FETCH):
                for pause in (*PAUSES, None):
                    try:
                        data = await http.fetch(rest, PICTURE)
                        return None if data is None else await self._hooks.keep_photo(self._envelope.open_file(data))
                    except (NotSentError, LostError) as why:
                        LOG.warning("a picture could not be fetched: %s", type(why).__name__)
                    if pause is not None:
                        await asyncio.sleep(pause)
        except (ValueError, RefusedError, UnreadableError) as why:
            LOG.info("a picture could not be read: %s", type(why).__name__)
        except TimeoutError:
            LOG.warning("a picture took too long")
        return None


def encrypted(body: bytes) -> str | None:
    """The ``encrypt`` of a callback's body; None: not one."""
    try:
        said = orjson.loads(body)
    except ValueError:
        return None
    chunk = said.get("encrypt") if isinstance(said, dict) else None
    return chunk if isinstance(chunk, str) and CHUNK.fullmatch(chunk) else None


def _empty(status: HTTPStatus) -> Response:
    return PlainTextResponse("", status)
