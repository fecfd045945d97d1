"""What can be said in the chat, said on a page: the same conversation, its question as a form (no script needed).

A page never does anything beside the desk: what is sent here is a message of the person's own web chat, and what is
shown is what the desk answered. So every rule, every record and every receipt is the one of the chat.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import quote

from pydantic import BaseModel, Field, ValidationError, model_validator
from sqlalchemy import Connection, select
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.board.frame import Frame
from bot.board.offering import offered
from bot.board.seat import Seat
from bot.desk import links
from bot.desk.controls import CONTROLS
from bot.desk.visit import standing
from bot.dialog import Attachment, Choice, Day, Degrees, Find, Number, Points, Question, Text
from bot.handlers import COMMANDS, FLOWS
from bot.model import Address, Inbound, InboundKind, Outbound
from bot.store import answers, codec, conversations
from bot.store.asking import House
from bot.store.tables import named

CHANNEL = "web"
PICTURE = 10 * 1024 * 1024
FORM = 64 * 1024
TEXT = 8000
INBOX, OUTBOX = named("inbox"), named("outbox")


class Said(BaseModel):
    """What a form of the page sends: the token of a button, words, or a picture with words."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    text: str = Field(default="", max_length=TEXT)
    token: str = Field(default="", pattern=r"^[!-~]{0,64}$")
    edits: str = Field(default="", pattern=r"^[0-9]{0,18}$")

    @model_validator(mode="after")
    def _trimmed(self) -> Said:
        self.text = self.text.strip()
        return self


@dataclass(frozen=True, slots=True)
class Asked:
    """How the open question is answered."""

    flow: str
    kind: str
    """``choice`` (by a button only), ``text``, ``long``, ``number`` or ``words``."""
    limit: int
    photos: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """What the desk said last in this chat, and what it asks."""

    letters: tuple[Outbound, ...] = ()
    asked: Asked | None = None


class Doing:
    """``/board/do``: the conversation in hand, and what could be begun."""

    def __init__(self, frame: Frame) -> None:
        """``frame`` has doors."""
        self._frame = frame

    def routes(self) -> list[BaseRoute]:
        """The page of the conversation, and one for each command, with a single button."""
        route = self._frame.route
        return [
            route("/board/do", self.show),
            route("/board/do", self.say, "POST", PICTURE + FORM),
            route("/board/do/{command}", self.offer),
            route("/board/do/{command}", self.begin, "POST"),
        ]

    async def show(self, request: Request, seat: Seat) -> Response:
        """What was said last, with its question as a form."""
        return await self._page(request, seat)

    async def offer(self, request: Request, seat: Seat) -> Response:
        """A button for the command: looking at a page begins nothing."""
        name = _command(request)
        about = request.query_params.get("about", "")
        back = links.inside(request.query_params.get("back", "")) or ""
        return self._frame.page("board_offer", request, seat, command=name, about=about, back=back)

    async def begin(self, request: Request, seat: Seat) -> Response:
        """Give the command, as if it had been written in the chat; then on to what it asks."""
        name = _command(request)
        async with request.form(max_files=0, max_fields=8) as form:
            about = " ".join(str(form.get("about", "")).split())[:200]
            back, number = _back(form), str(form.get("id", ""))
        said = f"/{name} {about}".strip()
        key = number if number.isascii() and 8 <= len(number) <= 64 and number.isalnum() else fresh()  # noqa: PLR2004 - as in ``Said``
        await self._hand_on(seat, Inbound(_chat(seat), f"{seat.address}:{key}", InboundKind.TEXT, said))
        return _on(back)

    async def say(self, request: Request, seat: Seat) -> Response:
        """Answer: a button, words, or a picture. Sent twice, it counts once."""
        async with request.form(max_files=1, max_fields=10) as form:
            try:
                said = Said.model_validate({name: form.get(name, "") for name in Said.model_fields})
            except ValidationError as why:
                raise HTTPException(422) from why
            photo, back = form.get("photo"), _back(form)
            data = await photo.read() if isinstance(photo, UploadFile) else b""
        dedupe, edits = f"{seat.address}:{said.id}", said.edits or None
        if said.token:
            inbound = Inbound(_chat(seat), dedupe, InboundKind.TAP, said.token, edits=edits)
        elif data:
            assert self._frame.doors is not None  # noqa: S101 - or nobody would sit here
            if await self._frame.read(lambda connection: answers.seen(connection, CHANNEL, dedupe)):
                return _on(back)  # a second copy of the picture would belong to no message
            try:
                media = await self._frame.doors.keep_photo(data)
            except ValueError as why:
                return await self._page(request, seat, 422, wrong=str(why), back=back)
            inbound = Inbound(_chat(seat), dedupe, InboundKind.PHOTO, said.text, photo=media)
        elif said.text:
            inbound = Inbound(_chat(seat), dedupe, InboundKind.TEXT, said.text)
        else:
            return await self._page(request, seat, 422, wrong="empty", back=back)
        await self._hand_on(seat, inbound)
        return _on(back)

    async def _hand_on(self, seat: Seat, inbound: Inbound) -> None:
        assert self._frame.doors is not None  # noqa: S101 - or nobody would sit here
        await self._frame.doors.take(replace(inbound, sender=seat.address))

    async def _page(
        self, request: Request, seat: Seat, status: int = 200, *, wrong: str = "", back: str = ""
    ) -> Response:
        house = self._frame.house
        assert house is not None  # noqa: S101 - or nobody would sit here
        turn = await self._frame.read(lambda connection: turn_of(connection, house, seat))
        back = back or links.inside(request.query_params.get("back", "")) or ""
        shown = {"turn": turn, "offered": offered(seat), "back": back, "fresh": fresh()}
        return self._frame.page("board_do", request, seat, status, wrong=wrong, **shown)


def turn_of(connection: Connection, house: House, seat: Seat) -> Turn:
    """The answers to the newest message of this chat, and the question that is open in it."""
    newest = select(INBOX.c.id).where(INBOX.c.channel == CHANNEL, INBOX.c.address == seat.address)
    number = connection.execute(newest.order_by(INBOX.c.id.desc()).limit(1)).scalar()
    here = (OUTBOX.c.inbox == number, OUTBOX.c.channel == CHANNEL, OUTBOX.c.address == seat.address)
    query = select(OUTBOX.c.id, OUTBOX.c.body, OUTBOX.c.conversation).where(*here).order_by(OUTBOX.c.id)
    rows = connection.execute(query).all()
    letters = tuple(replace(codec.load(Outbound, house.keyring.open_bytes(row.body)), id=row.id) for row in rows)
    number = next((row.conversation for row in reversed(rows) if row.conversation), None)
    return Turn(letters, _open(connection, house, seat, number) if number else None)


def _open(connection: Connection, house: House, seat: Seat, number: int) -> Asked | None:
    """How the question of this conversation is answered; None where it is over, or does not read any more."""
    with suppress(ValidationError):
        kept = conversations.by_id(connection, house.keyring, f"p:{seat.person}", number)
        ask = standing(kept).ask if kept and kept.state == "open" and kept.flow in FLOWS else None
        return _asked(kept.flow, ask) if kept and ask else None
    return None


def _asked(flow: str, ask: Question) -> Asked:
    photos = isinstance(ask, Attachment | Points) and ask.photos > 0
    if isinstance(ask, Choice):
        return Asked(flow, "words" if ask.near else "choice", 0, photos=False)
    if isinstance(ask, Text | Attachment):
        return Asked(flow, "long", ask.limit, photos)
    kind = "number" if isinstance(ask, Number | Degrees) else "words"
    assert isinstance(ask, Number | Degrees | Points | Day | Find)  # noqa: S101 - there are no others
    return Asked(flow, kind, 0, photos)


def _command(request: Request) -> str:
    name = str(request.path_params["command"])
    if name not in COMMANDS and name not in CONTROLS:
        raise HTTPException(404)
    return name


def _chat(seat: Seat) -> Address:
    return Address(CHANNEL, seat.address)


def _back(form: FormData) -> str:
    return links.inside(str(form.get("back", ""))) or ""


def _on(back: str) -> Response:
    """On to the conversation, by a GET: whoever reloads the page says nothing twice."""
    return RedirectResponse(f"/board/do?back={quote(back, safe='')}" if back else "/board/do", 303)


def fresh() -> str:
    """A name for the message of one form."""
    return secrets.token_hex(12)
