"""The board: places, days and counts for everybody; the page of a place has more for those who answer for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.board.calendar import Week, told, weeks
from bot.board.day import Days, Line, Shown
from bot.board.frame import Frame
from bot.board.papers import Papers
from bot.board.pictures import Pictures, offered
from bot.board.seat import LEADING, Seat
from bot.model import Level
from bot.model.messages import PICTURES
from bot.store.authority import roles_at

STATIC = Path(__file__).parent / "static"


class Board:
    """``/board`` and the page of each place."""

    def __init__(self, frame: Frame, days: Days, papers: Papers | None = None) -> None:
        """``papers`` are for those who are logged in."""
        self._frame = frame
        self._days = days
        self._papers = papers
        self._pictures = Pictures(frame, days, papers.make) if papers else None

    def routes(self) -> list[BaseRoute]:
        """The pages and their style sheet. What has a fixed path must come before them."""
        return [
            Mount("/board/static", StaticFiles(directory=STATIC)),
            Route("/board", self.all),
            Route("/board/{place}", self.one),
            *([Route("/board/{place}/{kind}", self.file)] if self._papers else []),
        ]

    async def file(self, request: Request) -> Response:
        """A picture or a document of a place."""
        assert self._papers is not None  # noqa: S101 - or there is no such route
        assert self._pictures is not None  # noqa: S101 - as above
        shown = request.path_params["kind"] in PICTURES
        return await (self._pictures.show(request) if shown else self._papers.show(request))

    async def all(self, request: Request) -> Response:
        """Every community with its compounds; of a large town the communities."""
        today, seat = await asyncio.gather(self._days.today(), self._frame.seat(request))
        return self._frame.page("board", request, seat, today=today, tables=today.tables)

    async def one(self, request: Request) -> Response:
        """One place: its figure and why, what has changed since, what lies below; for its own people their calendar."""
        code, wanted = request.path_params["place"], "past" in request.query_params
        seat = await self._frame.seat(request)
        today, past = await self._days.past(code, wanted=wanted)
        line = today.line(code)
        if line is None:
            return self._frame.wrong(request, seat, HTTPException(404))
        asked = _day(request.query_params.get("day", ""), today.day)
        own = await self._own(seat, line, asked, quick=past is None) if seat else None
        shown: dict[str, Any] = {
            "today": today, "line": line, "under": today.under(code), "above": _above(today, line),
            "past": past, "own": own, "pictures": self._drawn(today, line, own),
            "papers": await self._papers.offered(request, code) if self._papers else (),
        }  # fmt: skip
        return self._frame.page("board_place", request, seat, **shown)

    def _drawn(self, today: Shown, line: Line, own: Mapping[str, Any] | None) -> Sequence[str]:
        """The pictures that this visitor is shown on the page."""
        return offered(today, line, own["roles"] if own else frozenset()) if self._pictures else ()

    async def _own(self, seat: Seat, line: Line, day: date | None, *, quick: bool) -> Mapping[str, Any] | None:
        """What the page has for somebody who works at the place, or above it; None for others."""
        house = self._frame.house
        assert house is not None  # noqa: S101 - who is logged in looks at a house

        def ask(connection: Connection) -> Mapping[str, Any] | None:
            roles = roles_at(connection, seat.person, line.code, seat.now.date())
            if not roles:
                return None
            weeks_: tuple[Week, ...] = weeks(connection, house, line.code, seat.now.date(), quick=quick)
            place = (connection, house, line.code)
            why = None if quick else told(*place, seat.now.date(), seat.now, seat.locale).now
            of_day = told(*place, day, seat.now, seat.locale) if day and not quick else None
            return {"weeks": weeks_, "why": why, "day": of_day, "leads": bool(roles & LEADING), "roles": roles}

        return await self._frame.read(ask)


def _day(said: str, today: date) -> date | None:
    """The day that an address names, if it has come."""
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if day <= today else None


def _above(today: Shown, line: Line) -> list[Line]:
    """What a place lies in, the widest first."""
    found: list[Line] = []
    above = today.line(line.parent or "")
    while above is not None and len(found) < len(Level):
        found.insert(0, above)
        above = today.line(above.parent or "")
    return found
