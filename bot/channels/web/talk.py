"""What the page asks for and sends while one talks; every answer is for the visitor's own chats only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from pydantic import BaseModel, Field, ValidationError, model_validator
from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.channels.port import KeepPhoto, Take
from bot.channels.web import sample
from bot.channels.web.guard import Pace
from bot.channels.web.news import News
from bot.channels.web.transcript import Page, Transcript
from bot.channels.web.visitors import CHANNEL, Visitor, Visitors
from bot.model import Address, Inbound, InboundKind
from bot.store import answers

LoadPhoto = Callable[[str], bytes]
TEXT = 8000
"""Characters of one message."""


class Said(BaseModel):
    """A message as the page sends it: a text, or the token of a button with the message that it stood under."""

    id: str = Field(pattern=r"^[A-Za-z0-9-]{8,64}$")
    text: str = Field(default="", max_length=TEXT)
    token: str = Field(default="", pattern=r"^[!-~]{0,64}$")
    edits: str | None = Field(default=None, pattern=r"^[0-9]{1,18}$")
    group: str = Field(default="", max_length=64)

    @model_validator(mode="after")
    def _one(self) -> Said:
        if bool(self.token) == bool(self.text.strip()):
            message = "a text or a token"
            raise ValueError(message)
        return self


class Caption(BaseModel):
    """What comes with a picture."""

    id: str = Field(pattern=r"^[A-Za-z0-9-]{8,64}$")
    text: str = Field(default="", max_length=TEXT)
    group: str = Field(default="", max_length=64)


class Talk:
    """The chat's own little interface."""

    def __init__(  # noqa: PLR0913, PLR0917 - made in one place, by the channel
        self,
        visitors: Visitors,
        transcript: Transcript,
        news: News,
        clock: Callable[[], datetime],
        take: Take,
        photos: tuple[KeepPhoto, LoadPhoto],
        pace: Pace,
        strangers: Pace,
    ) -> None:
        """``pace`` holds back a chat that floods; ``strangers``, by host, those who have enrolled in none."""
        self._visitors = visitors
        self._transcript = transcript
        self._news = news
        self._clock = clock
        self._take = take
        self._keep_photo, self._load_photo = photos
        self._pace = pace
        self._strangers = strangers

    async def say(self, request: Request) -> Response:
        """Hand a text or a tap on: 204 once it is stored; a repeat of the same id counts once."""
        visitor = await self._admitted(request)
        body = await request.body()
        try:
            said = Said.model_validate_json(body)
        except ValidationError as why:
            raise HTTPException(422) from why
        address = await self._address(visitor, said.group)
        kind, text = (InboundKind.TAP, said.token) if said.token else (InboundKind.TEXT, said.text.strip())
        return await self._hand_on(
            Inbound(
                address,
                dedupe=_dedupe(visitor, address, said.id),
                kind=kind,
                text=text,
                sender=visitor.address,
                edits=said.edits,
                raw=body.decode(),
            )
        )

    async def show(self, request: Request) -> Response:
        """Keep a picture and hand it on; 422 with ``too_large`` or ``not_a_picture`` when it is none."""
        visitor = await self._admitted(request)
        if visitor.person is None:
            raise HTTPException(403)  # of strangers no picture is kept
        async with request.form(max_files=1, max_fields=4) as form:
            try:
                caption = Caption.model_validate({name: form.get(name, "") for name in Caption.model_fields})
            except ValidationError as why:
                raise HTTPException(422) from why
            photo = form.get("photo")
            if not isinstance(photo, UploadFile):
                raise HTTPException(422)
            address = await self._address(visitor, caption.group)
            dedupe = _dedupe(visitor, address, caption.id)
            if await self._visitors.read(lambda connection: answers.seen(connection, CHANNEL, dedupe)):
                return Response(status_code=204)  # a second copy of the picture would belong to no message
            try:
                media = await self._keep_photo(await photo.read())
            except ValueError as why:
                return JSONResponse({"error": str(why)}, 422)
        return await self._hand_on(
            Inbound(
                address,
                dedupe=dedupe,
                kind=InboundKind.PHOTO,
                text=caption.text.strip(),
                photo=media,
                sender=visitor.address,
            )
        )

    async def open(self, request: Request) -> Response:
        """The page was opened: the first time in a day that is a message, which the bot answers with what is due."""
        visitor = await self._visitor(request)
        address = Address(CHANNEL, visitor.address)
        dedupe = _dedupe(visitor, address, f"open-{self._clock():%Y%m%d}")
        if not await self._visitors.read(lambda connection: answers.seen(connection, CHANNEL, dedupe)):
            return await self._hand_on(Inbound(address, dedupe, InboundKind.OPEN, sender=visitor.address))
        return Response(status_code=204)

    async def messages(self, request: Request) -> Response:
        """The newest messages, 204 when they are still those of ``after``, or older ones with ``before``."""
        visitor = await self._visitor(request)
        address = await self._address(visitor, request.query_params.get("group", ""))
        now, before = self._clock(), request.query_params.get("before", "")

        def ask(connection: Connection) -> tuple[str, Page | None]:
            version = "-".join(str(part) for part in self._transcript.mark(connection, address.id)).replace(" ", "T")
            if request.query_params.get("after") == version:
                return version, None
            return version, self._transcript.page(connection, address.id, visitor, now, before)

        try:
            version, page = await self._visitors.read(ask)
        except ValueError as why:
            raise HTTPException(422) from why
        if page is None:
            return Response(status_code=204)
        for message in page.messages:
            message["at"] = message["at"].astimezone(now.tzinfo)
        return _json({"version": version, "today": now.date(), "messages": page.messages, "older": page.older})

    async def events(self, request: Request) -> Response:
        """A stream that tells that there is something new, and nothing of what it is."""
        visitor = await self._visitor(request)
        self._known_or_paced(request, visitor)
        address = await self._address(visitor, request.query_params.get("group", ""))
        if self._news.full(address.id):
            raise HTTPException(429)

        async def mark() -> object:
            return await self._visitors.read(lambda connection: self._transcript.mark(connection, address.id))

        unbuffered = {"x-accel-buffering": "no"}
        return StreamingResponse(self._news.stream(address.id, mark), 200, unbuffered, "text/event-stream")

    async def media(self, request: Request) -> Response:
        """A picture of the visitor's own messages or reports; 404 for any other, whether there is one or not."""
        visitor = await self._visitor(request)
        name = request.path_params["name"]

        def ask(connection: Connection) -> bool:
            groups = sample.groups(connection, visitor.person) if visitor.sample else ()
            addresses = [visitor.address, *(group.address for group in groups)]
            return self._transcript.shows(connection, addresses, visitor.person, name)

        if not await self._visitors.read(ask):
            raise HTTPException(404)
        try:
            data = await asyncio.to_thread(self._load_photo, name)
        except FileNotFoundError as why:
            raise HTTPException(404) from why
        return Response(data, media_type="image/jpeg")

    async def accept(self, inbound: Inbound) -> None:
        """What a page other than the chat says in somebody's name, at their pace: 429 when it is too much."""
        self._paced(inbound.address.id)
        await self._hand_on(inbound)

    async def _visitor(self, request: Request) -> Visitor:
        if (visitor := await self._visitors.who(request)) is None:
            raise HTTPException(401)
        return visitor

    async def _admitted(self, request: Request) -> Visitor:
        visitor = await self._visitor(request)
        self._known_or_paced(request, visitor)
        self._paced(visitor.address)
        return visitor

    def _known_or_paced(self, request: Request, visitor: Visitor) -> None:
        """A cookie costs nothing: whoever is enrolled nowhere is counted by where they come from."""
        if visitor.person is None and not self._strangers.allows(request.client.host if request.client else ""):
            raise HTTPException(429, headers={"retry-after": "5"})

    def _paced(self, address: str) -> None:
        if not self._pace.allows(address):
            raise HTTPException(429, headers={"retry-after": "2"})

    async def _address(self, visitor: Visitor, group: str) -> Address:
        if not group:
            return Address(CHANNEL, visitor.address)
        if visitor.sample:
            groups = await self._visitors.read(lambda connection: sample.groups(connection, visitor.person))
            if found := sample.named(groups, group):
                return Address(CHANNEL, found.address, group=True)
        raise HTTPException(404)

    async def _hand_on(self, inbound: Inbound) -> Response:
        await self._take(inbound)
        self._news.ring(inbound.address.id)
        return Response(status_code=204)


def _dedupe(visitor: Visitor, address: Address, message: str) -> str:
    """The same for every delivery of one message; two members of a group cannot have the same."""
    return f"{address.id}:{visitor.address}:{message}" if address.group else f"{address.id}:{message}"


def _json(value: dict[str, Any]) -> Response:
    return Response(orjson.dumps(value), media_type="application/json")
