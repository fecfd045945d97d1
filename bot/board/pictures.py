"""The pictures of the board on the page of a place: drawn when they are looked at, and never written to a disk."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.board.frame import CARRIED
from bot.model import Locale, Paper, Role
from bot.model.documents import check
from bot.store import desks, pictured
from bot.store.acts import Act
from bot.store.cases import RefusedError

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.board.day import Days, Line, Shown
    from bot.board.frame import Frame
    from bot.board.seat import Seat

BOARD, CALENDAR, OVERVIEW = "board-picture", "calendar-picture", "overview-picture"
KEPT = 64
"""So many pictures for the public are kept in memory, as long as nothing changes."""


def offered(today: Shown, line: Line, roles: frozenset[Role] = frozenset()) -> Sequence[str]:
    """The kinds that somebody with these roles at the place is shown there; without any, what the public is."""
    below = bool(today.under(line.code))
    large = today.large(line.code)
    own = [CALENDAR] if roles and not large else []
    over = [OVERVIEW] if below and roles & pictured.OVERSEERS else []
    return [*([BOARD] if below and not large else []), *own, *over]


class Pictures:
    """``/board/PLACE/board-picture`` and the others, for whoever may see the page's own figures."""

    def __init__(self, frame: Frame, days: Days, make: Callable[[Paper], bytes]) -> None:
        """``make`` draws; it raises ``ValueError`` where there is nothing to be drawn."""
        self._frame = frame
        self._days = days
        self._make = make
        self._lock = asyncio.Lock()
        self._drawn: OrderedDict[tuple[str, Locale], tuple[str, bytes]] = OrderedDict()

    async def show(self, request: Request) -> Response:
        """The picture; of the board the public's has no counts of reports. 404 for whoever may not have it."""
        seat = await self._frame.seat(request)
        path, locale = request.path_params, self._frame.language(request, seat)
        wanted = Paper(path["kind"], path["place"], request.query_params.get("period", ""), "png", locale=locale)
        try:
            check(wanted, self._frame.clock().date())
            name = await self._name(seat, wanted) if seat else None
            if name is not None:
                return _answer(await asyncio.to_thread(self._make, wanted), desks.called_paper(name, wanted).name)
            return await self._public(wanted)
        except (ValueError, HTTPException):
            return self._frame.wrong(request, seat, HTTPException(404))

    async def _name(self, seat: Seat, wanted: Paper) -> str | None:
        """What the place is called, where the picture is this visitor's to have."""
        act = Act(seat.person, None, seat.now)
        try:
            return (await self._frame.read(lambda c: pictured.check(c, act, wanted.kind, [wanted.place])))[0]
        except RefusedError:
            return None

    async def _public(self, wanted: Paper) -> Response:
        """What the public may see, of this day only: drawn once for as many as come before something changes.

        Raises:
            HTTPException: there is none.
        """
        today = await self._days.today()
        line = today.line(wanted.place)
        if line is None or wanted.period or wanted.kind not in offered(today, line):
            raise HTTPException(404)
        named = desks.called_paper(line.name, replace(wanted, bare=True))
        mark = f"{await self._days.mark()} {self._frame.clock():%H:%M}"
        key = (wanted.place, wanted.locale)
        async with self._lock:  # one at a time: nobody is kept from reporting by those who look
            known = self._drawn.pop(key, None)
            if known is None or known[0] != mark:
                known = mark, await asyncio.to_thread(self._make, named)
            self._drawn[key] = known
            if len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        return _answer(known[1], named.name)


def _answer(data: bytes, name: str) -> Response:
    shown = {"content-disposition": f"inline; filename*=UTF-8''{quote(name)}", **CARRIED}
    return Response(data, media_type="image/png", headers={**shown, "content-security-policy": "default-src 'none'"})
