"""The pages to look at: the chat itself, whom to be, how to get in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, Field, ValidationError, model_validator
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot.channels.port import Take
from bot.channels.web import sample
from bot.channels.web.guard import Pace
from bot.channels.web.pages import language, page
from bot.channels.web.visitors import GUEST, NUMBER, Visitor, Visitors
from bot.desk import links
from bot.model import Address, Inbound, InboundKind
from bot.store.crypto import Keyring

LONGEST = 1000
"""Signs of a link that was copied."""


class Entry(BaseModel):
    """What the login page sends: the token of a link, or a code that was typed, with an id of its own."""

    token: str = Field(default="", max_length=200)
    code: str = Field(default="", max_length=64)
    id: str = Field(default="", pattern=r"^[A-Za-z0-9-]{0,64}$")

    @model_validator(mode="after")
    def _one(self) -> Entry:
        self.code = self.code.strip()
        if bool(self.token) == bool(self.code) or (self.code and not self.id):
            message = "a token, or a code with an id"
            raise ValueError(message)
        return self


class Front:
    """Pages and the ways in."""

    def __init__(
        self, visitors: Visitors, keyring: Keyring, clock: Callable[[], datetime], take: Take, pace: Pace
    ) -> None:
        """``pace`` holds back those who try codes."""
        self._visitors = visitors
        self._keyring = keyring
        self._clock = clock
        self._take = take
        self._pace = pace

    async def chat(self, request: Request) -> Response:
        """The chat; without one, whom to be (over the sample roster), or how to get in."""
        visitor = await self._visitors.who(request)
        if visitor is None:
            return await self._outside(request)
        groups: tuple[sample.Group, ...] = ()
        cards: tuple[sample.Card, ...] = ()
        if visitor.sample:
            person = visitor.person
            cards = await self._visitors.read(lambda connection: sample.cards(connection, self._keyring))
            groups = await self._visitors.read(lambda connection: sample.groups(connection, person))
        code = request.query_params.get("group", "")
        group = sample.named(groups, code)
        if code and group is None:
            raise HTTPException(404)
        return self._chat(request, visitor, cards, groups, group)

    async def known(self, request: Request) -> Response:
        """Whether the browser's cookies open a chat."""
        return JSONResponse({"known": await self._visitors.who(request) is not None})

    async def people(self, request: Request) -> Response:
        """Whom to be; nothing of it is there without the sample roster."""
        if not await self._visitors.sample(request):
            raise HTTPException(404)
        return await self._outside(request)

    async def choose(self, request: Request) -> Response:
        """Be this person of the sample roster from now on."""
        if not await self._visitors.sample(request):
            raise HTTPException(404)
        async with request.form(max_files=0, max_fields=4) as form:
            chosen, lang = str(form.get("person", "")), str(form.get("lang", ""))
        known = NUMBER.fullmatch(chosen)
        if not known or not await self._visitors.write(sample.choose(int(chosen), self._clock())):
            raise HTTPException(404)
        response = RedirectResponse("/chat" + (f"?lang={lang}" if lang in {"zh", "en"} else ""), 303)
        self._visitors.keep(response, "sample", chosen)
        return response

    async def login(self, request: Request) -> Response:
        """The page that a login link opens; the link is used up by its button, not by looking at it."""
        return self._login(request)

    async def enter(self, request: Request) -> Response:
        """Use a link or a code: 204 with a cookie, 403 when the link is of no use, 429 after too many tries.

        A browser without scripts sends the link, copied from the chat, as a form, and is led on at once.
        """
        if not self._pace.allows(request.client.host if request.client else ""):
            raise HTTPException(429)
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return await self._pasted(request)
        try:
            entry = Entry.model_validate_json(await request.body())
        except ValidationError as why:
            raise HTTPException(422) from why
        response = Response(status_code=204)
        if entry.token:
            cookie = await self._visitors.redeem(entry.token)
            if cookie is None:
                raise HTTPException(403)
            self._visitors.keep(response, "session", cookie)
            return response
        cookie, address = self._visitors.guest()
        await self._take(
            Inbound(Address("web", address), f"{address}:{entry.id}", InboundKind.OPEN, entry.code, sender=address)
        )
        self._visitors.keep(response, "guest", cookie)
        return response

    async def _pasted(self, request: Request) -> Response:
        """A link that was copied into the form: on to where it leads, or the page again with what was wrong."""
        async with request.form(max_files=0, max_fields=4) as form:
            link = str(form.get("link", "")).strip()[:LONGEST]
        before, _, token = link.rpartition("#")
        try:
            query = urlsplit(before).query
        except ValueError:
            return self._login(request, 403, wrong=True)
        cookie = await self._visitors.redeem(token) if token else None
        if cookie is None:
            return self._login(request, 403, wrong=True)
        said = parse_qs(query).get("to", [request.query_params.get("to", "")])[0]
        response = RedirectResponse(links.inside(said) or links.CHAT, 303)
        self._visitors.keep(response, "session", cookie)
        return response

    @staticmethod
    def _login(request: Request, status: int = 200, *, wrong: bool = False) -> HTMLResponse:
        to = links.inside(request.query_params.get("to", "")) or links.CHAT
        return page("login", language(request), status, to=to, wrong=wrong)

    async def leave(self, request: Request) -> Response:
        """Go: the session ends, the cookies are taken away."""
        await self._visitors.leave(request)
        response = RedirectResponse("/chat", 303)
        self._visitors.forget(response)
        return response

    async def _outside(self, request: Request) -> HTMLResponse:
        if not await self._visitors.sample(request):
            return page("outside", language(request))
        cards = await self._visitors.read(lambda connection: sample.cards(connection, self._keyring))
        return page("people", language(request), cards=cards, chosen=None, asked=request.query_params.get("lang", ""))

    def _chat(
        self,
        request: Request,
        visitor: Visitor,
        cards: tuple[sample.Card, ...],
        groups: tuple[sample.Group, ...],
        group: sample.Group | None,
    ) -> HTMLResponse:
        me = next((card for card in cards if card.person == visitor.person), None)
        return page(
            "chat",
            language(request, visitor.locale),
            visitor=visitor,
            guest=visitor.address.startswith(GUEST),
            cards=cards,
            chosen=visitor.person,
            me=me,
            groups=groups,
            group=group,
            asked=request.query_params.get("lang", ""),
        )
