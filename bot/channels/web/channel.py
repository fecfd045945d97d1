"""The web chat as a channel: its routes, and what becomes of a message for it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.port import KeepPhoto, LoadPaper, Take, no_papers
from bot.channels.web.front import Front
from bot.channels.web.guard import Guard, Pace
from bot.channels.web.news import News
from bot.channels.web.own import Own
from bot.channels.web.papers import Papers
from bot.channels.web.talk import LoadPhoto, Talk
from bot.channels.web.transcript import Transcript
from bot.channels.web.visitors import CHANNEL, Visitor, Visitors
from bot.model import Fate, Inbound, Limits, Outbound, Sent
from bot.store.crypto import Keyring
from bot.store.database import Database

STATIC = Path(__file__).parent.parent / "static"
BODY = 64 * 1024
PICTURE = 10 * 1024 * 1024
FORM = 64 * 1024
"""What a form with a picture has besides the picture."""
Endpoint = Callable[[Request], Awaitable[Response]]
_log = logging.getLogger(__name__)


class Web:
    """A chat in the browser, over this program's own HTTP server."""

    name: ClassVar[str] = CHANNEL
    limits: ClassVar[Limits] = Limits(text=8000, buttons=True, buttons_per_row=3, edits=True, label=30)

    def __init__(  # noqa: PLR0913 - the composition root hands over what a channel needs
        self,
        database: Database,
        keyring: Keyring,
        clock: Callable[[], datetime],
        photos: tuple[KeepPhoto, LoadPhoto],
        *,
        sample: bool,
        base_url: str,
        seconds: Callable[[], float] = time.monotonic,
        load_paper: LoadPaper = no_papers,
    ) -> None:
        """Make the channel.

        Args:
            database: where sessions are kept, and what was said is read.
            keyring: seals and hashes.
            clock: the moment, aware, in the programme's zone.
            photos: what keeps a picture, and what gives it back.
            sample: the roster is the sample: whoever sits at this machine may be anybody of it.
            base_url: where people reach the pages; ``https`` makes the cookies ``__Host-`` and secure.
            seconds: a clock that never runs backwards, for the pace.
            load_paper: what makes a document.
        """
        self._taking: Take | None = None
        self._base_url = base_url
        self._news = News()
        visitors = Visitors(database, keyring, clock, base_url=base_url, sample=sample)
        self._front = Front(visitors, keyring, clock, self._take, Pace(10, 1 / 60, seconds))
        self._visitors = visitors
        self._own = Own(visitors, keyring, clock)
        self._papers = Papers(visitors, keyring, load_paper, clock)
        paces = Pace(30, 1.0, seconds), Pace(60, 0.5, seconds)
        self._talk = Talk(visitors, Transcript(keyring), self._news, clock, self._take, photos, *paces)

    def routes(self) -> Sequence[BaseRoute]:
        """``/chat``, ``/login`` and ``/media``."""
        front, talk = self._front, self._talk
        guard = Middleware(Guard, base_url=self._base_url)
        route = partial(_guarded, guard)
        return (
            Mount("/chat/static", _Static(directory=STATIC), middleware=[guard]),
            route("/chat", front.chat),
            route("/chat/known", front.known),
            route("/chat/people", front.people),
            route("/chat/person", front.choose, "POST"),
            route("/chat/leave", front.leave, "POST"),
            route("/login", front.login),
            route("/login", front.enter, "POST"),
            route("/chat/open", talk.open, "POST"),
            Route("/chat/messages", talk.messages, middleware=[guard, Middleware(GZipMiddleware)]),
            route("/chat/messages", talk.say, "POST"),
            route("/chat/photos", talk.show, "POST", body=PICTURE + FORM),
            route("/chat/events", talk.events),
            route("/media/{name}", talk.media),
            route("/chat/papers/{number:int}", self._papers.show),
            route("/me.json", self._own.export),
        )

    async def person(self, request: Request) -> int | None:
        """Who sits at this browser, by its cookies; None where nobody is logged in."""
        visitor = await self._visitors.who(request)
        return visitor.person if visitor else None

    async def visitor(self, request: Request) -> Visitor | None:
        """The same with their name, language and chat; None also where nobody has enrolled in this browser yet."""
        visitor = await self._visitors.who(request)
        return visitor if visitor and visitor.person is not None else None

    async def accept(self, inbound: Inbound) -> None:
        """Hand on what somebody said on another page of ours, at the pace of the chat, which shows it too."""
        await self._talk.accept(inbound)

    async def listen(self, take: Take) -> None:
        """Let messages in until cancelled; then the open streams end, so that the server can stop."""
        self._taking = take
        try:
            await asyncio.Event().wait()
        finally:
            self._taking = None
            self._news.close()

    async def send(self, outbound: Outbound) -> Fate:
        """Ring the bell: the row in the outbox is the message, and the page comes for it."""
        self._news.ring(outbound.address.id)
        return Sent(outbound.edits or str(outbound.id))

    async def _take(self, inbound: Inbound) -> None:
        if self._taking is None:
            raise HTTPException(503, headers={"retry-after": "2"})
        try:
            await self._taking(inbound)
        except Exception as why:  # noqa: BLE001 - whatever it is, it is not stored
            # The browser keeps the message and sends it again. What went wrong may quote it: only the kind is logged.
            _log.error("a message was not stored: %s", type(why).__name__)
            raise HTTPException(503, headers={"retry-after": "2"}) from None


class _Static(StaticFiles):
    """Files that the browser may keep but has to ask about, so that a new release is seen at once."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """As it comes, with its own word on keeping."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["cache-control"] = "no-cache"
        return response


def _guarded(guard: Middleware, path: str, endpoint: Endpoint, method: str = "GET", *, body: int = BODY) -> Route:
    return Route(path, endpoint, methods=[method], middleware=[guard], max_body_size=body)
