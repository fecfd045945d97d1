"""What every page of the board has around it: the language, the headers, and who looks at it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot import words
from bot.board.offering import may
from bot.board.seat import Doors, Seat, seat
from bot.desk import links
from bot.handlers import COMMANDS
from bot.model import Locale, PackRules
from bot.store.asking import Asking, House
from bot.store.database import Database
from bot.store.explained import kind_name

T = TypeVar("T")
_SOURCES = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
PUBLIC = f"{_SOURCES}; form-action 'none'"
PRIVATE = f"{_SOURCES}; form-action 'self'; script-src 'self'; connect-src 'self'"
"""Nothing that stands in a page itself is ever run; a script only refreshes what is shown."""
CARRIED = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "vary": "Cookie, Accept-Language",
}
BODY = 64 * 1024
Endpoint = Callable[[Request, Seat], Awaitable[Response]]


class Frame:
    """Renders pages; knows who looks at them."""

    def __init__(  # noqa: PLR0913, PLR0917 - what every page is made of
        self,
        database: Database,
        rules: PackRules,
        clock: Callable[[], datetime],
        locale: Locale,
        house: House | None = None,
        doors: Doors | None = None,
    ) -> None:
        """``locale`` is that of a visitor who says nothing of it; without ``doors`` nobody is ever logged in."""
        self._database = database
        self.rules = rules
        self.clock = clock
        self._locale = locale
        self.house = house
        self.doors = doors

    async def seat(self, request: Request) -> Seat | None:
        """Who looks at this page; None: the public."""
        viewer = await self.doors.who(request) if self.doors else None
        if viewer is None or viewer.person is None:
            return None
        now = self.clock()
        someone = await self.read(lambda connection: seat(connection, viewer, now))
        return None if someone is None else replace(someone, locale=self.language(request, someone))

    async def read(self, question: Callable[[Connection], T]) -> T:
        """Ask the database, off the event loop."""

        def ask() -> T:
            with self._database.read() as connection:
                return question(connection)

        return await asyncio.to_thread(ask)

    async def ask(self, seat: Seat, question: Callable[[Asking], T], subject: str = "") -> T:
        """Ask the store in somebody's name: what they may not see is not read."""
        assert self.house is not None  # noqa: S101 - who is logged in looks at a house
        house = self.house
        return await self.read(lambda connection: question(seat.asking(connection, house, subject)))

    async def write(self, job: Callable[[Connection], T]) -> T:
        """Write, and wait for the commit."""
        return await asyncio.wrap_future(self._database.submit(job))

    def page(
        self,
        name: str,
        request: Request,
        seat: Seat | None,
        status: int = 200,
        **values: Any,  # noqa: ANN401 - whatever the template shows
    ) -> HTMLResponse:
        """The page ``name`` in the visitor's language."""
        locale = self.language(request, seat)
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        other = Locale.EN if locale is Locale.ZH else Locale.ZH
        given = {
            "swap": f"?{request.url.include_query_params(lang=other.value).query}",
            "locale": locale.value, "now": self.clock(), "rules": self.rules, "seat": seat,
            "here": links.inside(here) or "/board", **values,
        }  # fmt: skip
        policy = PRIVATE if self.doors else PUBLIC
        text = environment(locale).get_template(f"{name}.html").render(given)
        return HTMLResponse(text, status, {**CARRIED, "content-security-policy": policy})

    def wrong(self, request: Request, seat: Seat | None, why: HTTPException) -> HTMLResponse:
        """What went wrong, and what to do, in words."""
        answer = self.page("board_wrong", request, seat, why.status_code, failed=why.status_code)
        answer.headers.update(why.headers or {})
        return answer

    def language(self, request: Request, seat: Seat | None = None) -> Locale:
        """What ``?lang=`` asks for; else the person's; else the browser's first language of ours."""
        asked = request.query_params.get("lang")
        if asked in set(Locale):
            return Locale(asked)
        if seat is not None:
            return seat.locale
        for accepted in request.headers.get("accept-language", "").split(","):
            for locale in Locale:
                if accepted.strip().lower().startswith(locale):
                    return locale
        return self._locale

    def route(self, path: str, endpoint: Endpoint, method: str = "GET", body: int = BODY) -> Route:
        """A page for those who are logged in; others are shown how to come in, and nothing else."""

        async def seated(request: Request) -> Response:
            someone = await self.seat(request)
            if someone is None:
                return self.page("board_login", request, None, 401)
            try:
                return await endpoint(request, someone)
            except HTTPException as why:
                return self.wrong(request, someone, why)

        assert self.doors is not None  # noqa: S101 - a house without doors has no such pages
        return Route(path, seated, methods=[method], middleware=[Middleware(self.doors.guard)], max_body_size=body)


def on_day(value: date, today: date, locale: Locale) -> str:
    """A day, with the year where it is not this one."""
    short = words.day(value, locale)
    if value.year == today.year:
        return short
    return f"{value.year}年{short}" if locale is Locale.ZH else f"{short} {value.year}"


@cache
def environment(locale: Locale) -> Environment:
    """The templates of the pages, with their filters; everything that is filled in is escaped."""
    made = Environment(
        loader=FileSystemLoader(words.ROOT / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"commands": frozenset(COMMANDS), "may": may}
    made.filters.update(
        day=lambda value, today: on_day(value, today, locale),
        clock=lambda value: f"{value:%H:%M}",
        kind=lambda kind, rules: kind_name(rules, kind, locale),
        rule=lambda rule: words.label("figures/rules", locale, rule),
        paper=lambda kind: words.label("document/kind", locale, kind),
        drawing=lambda kind: words.label("picture/kind", locale, kind),
        level=lambda level: words.label("levels", locale, level),
        role=lambda role: words.label("roles", locale, role),
        command=lambda name: words.label("commands", locale, name),
        event=lambda event: words.label("events", locale, event),
        field=lambda field: words.label("opened/field", locale, field),
        why_opened=lambda reason: words.label("opened/reason", locale, reason),
        explain=lambda values: words.text("figures/explain", locale, values),
        points=lambda value: f"{Decimal(value).normalize():f}",
        code=lambda value: quote(value, safe=""),
    )
    return made
