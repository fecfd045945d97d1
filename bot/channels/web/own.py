"""One's own data as a file, for whoever came in by a login link of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.visitors import Visitors
from bot.store import audit, own_data
from bot.store.crypto import Keyring


class Own:
    """The one page of it; ``Guard`` sees that no cache keeps the answer."""

    def __init__(self, visitors: Visitors, keyring: Keyring, clock: Callable[[], datetime]) -> None:
        """``clock`` is aware, in the programme's zone, in which the file tells its times."""
        self._visitors = visitors
        self._keyring = keyring
        self._clock = clock

    async def export(self, request: Request) -> Response:
        """All that is kept about the visitor; 404 for anybody who has not come in by a link."""
        visitor = await self._visitors.who(request)
        if visitor is None or visitor.person is None or visitor.sample:
            raise HTTPException(404)
        person, now = visitor.person, self._clock()
        zone = now.tzinfo
        assert isinstance(zone, ZoneInfo)  # noqa: S101 - the clock of the house is in its zone

        def job(connection: Connection) -> bytes:
            audit.record(connection, now, f"p:{person}", "own data exported", f"p:{person}")
            data = own_data.export(connection, self._keyring, person, zone)
            return orjson.dumps(data, option=orjson.OPT_INDENT_2)

        body = await asyncio.shield(self._visitors.write(job))
        headers = {"content-disposition": 'attachment; filename="wuyi-me.json"'}
        return Response(body, media_type="application/json", headers=headers)
