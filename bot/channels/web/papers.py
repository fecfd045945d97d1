"""A document that came with a message, for the person to whom it was sent: made when it is opened."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import select
from sqlmodel import col
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.channels.web import sample
from bot.channels.web.visitors import CHANNEL
from bot.model import Outbound, Paper
from bot.store import audit, codec, desks
from bot.store.acts import Act
from bot.store.cases import RefusedError
from bot.store.tables import Outbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection
    from starlette.requests import Request

    from bot.channels.port import LoadPaper
    from bot.channels.web.visitors import Visitors
    from bot.store.crypto import Keyring

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
}
LAST = 2**31 - 1
"""No row has so high a number, and no database a higher one."""
MINUTES = 10
"""So long a browser keeps a picture, rather than have it drawn again at every look at the chat."""


class Papers:
    """The one route on which documents are fetched."""

    def __init__(self, visitors: Visitors, keyring: Keyring, load: LoadPaper, clock: Callable[[], datetime]) -> None:
        """``load`` makes a document."""
        self._clock = clock
        self._visitors = visitors
        self._keyring = keyring
        self._load = load

    async def show(self, request: Request) -> Response:
        """The file; 404 where no such message came to this chat, whether there is one or not."""
        visitor = await self._visitors.who(request)
        if visitor is None:
            raise HTTPException(401)
        number = min(request.path_params["number"], LAST)
        here = (col(Outbox.id) == number, col(Outbox.channel) == CHANNEL)

        def ask(connection: Connection) -> bytes | None:
            groups = sample.groups(connection, visitor.person) if visitor.sample else ()
            addresses = [visitor.address, *(group.address for group in groups)]
            return connection.scalar(select(col(Outbox.body)).where(*here, col(Outbox.address).in_(addresses)))

        body = await self._visitors.read(ask)
        paper = codec.load(Outbound, self._keyring.open_bytes(body)).paper if body is not None else None
        if paper is None:
            raise HTTPException(404)
        try:
            if not paper.is_picture and visitor.person is not None:
                await self._visitors.write(partial(self._allowed, visitor.person, paper))
            data = await asyncio.to_thread(self._load, paper)
        except (ValueError, RefusedError) as why:
            raise HTTPException(404) from why
        how = "inline" if paper.is_picture else "attachment"
        headers = {"content-disposition": f"{how}; filename*=UTF-8''{quote(paper.name)}"}
        if paper.is_picture:
            headers["cache-control"] = f"private, max-age={MINUTES * 60}"
        return Response(data, media_type=TYPES.get(paper.ending, "application/octet-stream"), headers=headers)

    def _allowed(self, person: int, paper: Paper, connection: Connection) -> None:
        """It is made of what is known now, so it is for whoever may have it now; that it is fetched is written down.

        Raises:
            RefusedError: they may not have it any more.
        """
        desks.check(connection, Act(person, None, self._clock()), paper.place, paper.kind)
        audit.record(
            connection, self._clock(), f"p:{person}", "exported", paper.place, f"{paper.kind} {paper.period}".strip()
        )
