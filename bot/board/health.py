"""Whether the program is alive, and whether it can do its work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.store.database import Database

PATIENCE = 5.0
"""Seconds that the database has for an answer."""


def routes(database: Database, ticking: Callable[[], bool] | None = None) -> list[Route]:
    """``/healthz`` answers as long as the program runs; ``/readyz`` 503 while the database does not answer.

    A scheduler that does not tick is told of, and no reason to send people elsewhere: their reports are taken.
    """

    async def healthz(_request: Request) -> JSONResponse:
        return _told(200, status="ok")

    async def readyz(_request: Request) -> JSONResponse:
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.to_thread(_ask, database)
        except (SQLAlchemyError, OSError, TimeoutError):
            return _told(503, status="unavailable", database="unreachable")
        told = {} if ticking is None else {"scheduler": "ok" if ticking() else "stopped"}
        return _told(200, status="ok", database="ok", **told)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def _ask(database: Database) -> None:
    with database.read() as connection:
        connection.execute(text("SELECT 1"))


def _told(code: int, **what: str) -> JSONResponse:
    return JSONResponse(what, code, {"cache-control": "no-store"})
