"""The documents of a place, on its page, for those who are logged in here and may have them (PRODUCT 10)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from urllib.parse import quote

from sqlalchemy import Connection, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.model import Paper
from bot.model.documents import check
from bot.scoring.quarters import before, quarter
from bot.store import audit, desks
from bot.store.acts import Act
from bot.store.cases import RefusedError
from bot.store.database import Database
from bot.store.duties import PLACE

ONE_DAY = timedelta(days=1)
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
}
Who = Callable[[Request], Awaitable[int | None]]
"""Whose browser this is: the person's number, None where nobody is logged in."""


class Papers:
    """What the chat sends as files, to be fetched from the board; the public page knows nothing of it."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], who: Who, make: Callable[[Paper], bytes]
    ) -> None:
        """``make`` raises ``ValueError`` where there is nothing to be made; ``clock`` is in the programme's zone."""
        self.make = make
        self._database = database
        self._clock = clock
        self._who = who

    async def offered(self, request: Request, place: str) -> Sequence[Paper]:
        """Those that this visitor may have of the place; none where nobody is known, or not theirs."""
        person = await self._who(request)
        if person is None:
            return ()

        def ask() -> Sequence[Paper]:
            with self._database.read() as connection:
                return self._offered(connection, Act(person, None, self._clock()), place)

        return await asyncio.to_thread(ask)

    async def show(self, request: Request) -> Response:
        """The file, and a line in the audit log; 404 for whoever may not have it, as for what does not exist."""
        person = await self._who(request)
        path, query = request.path_params, request.query_params
        wanted = Paper(path["kind"], path["place"], query.get("period", ""), query.get("as", ""))
        try:
            if person is None:
                raise HTTPException(404)
            check(wanted, self._clock().date())
            named = await asyncio.to_thread(self._allowed, person, wanted)
            data = await asyncio.to_thread(self.make, named)
        except (ValueError, RefusedError) as why:
            raise HTTPException(404) from why
        headers = {
            "content-disposition": f"attachment; filename*=UTF-8''{quote(named.name)}",
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        return Response(data, media_type=TYPES[named.ending], headers=headers)

    def _offered(self, connection: Connection, act: Act, place: str) -> Sequence[Paper]:
        level = connection.execute(select(PLACE.c.level).where(PLACE.c.code == place)).scalar()
        if level not in set(desks.LEVELS):
            return ()
        try:
            name = desks.entitled(connection, act, place)
        except RefusedError:
            return ()
        wanted = usual(place, act.now.date())
        there = {kind for kind in {paper.kind for paper in wanted} if desks.rests(connection, place, kind)}
        return [desks.called_paper(name, paper) for paper in wanted if paper.kind in there]

    def _allowed(self, person: int, wanted: Paper) -> Paper:
        """The paper under its name; that it is fetched is written down first.

        Raises:
            RefusedError: it is not theirs, or nothing stands in it yet.
        """
        now = self._clock()

        def job(connection: Connection) -> Paper:
            name = desks.check(connection, Act(person, None, now), wanted.place, wanted.kind)
            detail = f"{wanted.kind} {wanted.period}".strip()
            audit.record(connection, now, f"p:{person}", "exported", wanted.place, detail)
            return desks.called_paper(name, wanted)

        return self._database.write(job)


def usual(place: str, today: date) -> tuple[Paper, ...]:
    """What an office fetches: the table of today and yesterday, the newest forms, the running reports and the last."""
    last_month = f"{today.replace(day=1) - ONE_DAY:%Y-%m}"
    now, last = quarter(today), before(quarter(today))
    return (
        *(Paper("daily-table", place, day.isoformat(), "xlsx") for day in (today, today - ONE_DAY)),
        *(Paper("assessment", place, "", ending) for ending in ("docx", "xlsx")),
        Paper("application", place, "", "docx"),
        *(Paper("monthly", place, month, "docx") for month in (f"{today:%Y-%m}", last_month)),
        *(Paper("quarterly", place, each, "docx") for each in (now, last)),
        *(Paper("ledger", place, each, "xlsx") for each in (now, last)),
    )
