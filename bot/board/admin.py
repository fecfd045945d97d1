"""Pages for whoever looks after the bot: the roster brought in, people invited, what did not arrive, what did not read.

They call what the command line calls; who did it stands in the audit log.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.board.frame import Frame
from bot.board.seat import Seat
from bot.store import dead_letters, quarantine

WORKBOOK = 20 * 1024 * 1024
FORM = 64 * 1024
ENDINGS = (".xlsx", ".xls", ".csv")
_STRANGE = re.compile(r"[^\w.()-]")
"""What a name of a file has no need of."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was refused: where it is, and why, in the reader's language."""

    where: str
    row: int | None
    column: str
    reason: Mapping[str, str]
    """By locale."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a workbook."""

    refused: Mapping[str, str] | None = None
    """By locale: why nothing was imported; None: nothing was wrong."""
    bad: Sequence[BadRow] = ()
    warnings: Sequence[BadRow] = ()
    counts: Sequence[tuple[Mapping[str, str], int, int, int]] = ()
    """Of each table its name by locale, and how many rows are new, changed, and as they were."""


@dataclass(frozen=True, slots=True)
class Invited:
    """A one-time code, and where it can be used."""

    code: str
    days: int
    lines: Sequence[str]


Invite = Callable[[str, str | None, str], Awaitable[Invited | None]]
"""Invite the person of a phone, on a channel or on any, in somebody's name; None: nobody has that phone."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the composition root lends: the same functions as the command line has."""

    bring: Callable[[Path, str, bool], Imported]
    """Import a file: the path, who does it, and whether it is only tried."""
    invite: Invite
    channels: Sequence[str] = ()


class Admin:
    """``/board/admin/…``: not there for anybody else."""

    def __init__(self, frame: Frame, tools: Tools) -> None:
        """``frame`` has doors."""
        self._frame = frame
        self._tools = tools

    def routes(self) -> list[BaseRoute]:
        """Each page with what its form sends."""
        route = self._frame.route
        return [
            route("/board/admin", self.all),
            route("/board/admin/import", self.importing),
            route("/board/admin/import", self.bring, "POST", WORKBOOK + FORM),
            route("/board/admin/invite", self.inviting),
            route("/board/admin/invite", self.invite, "POST"),
            route("/board/admin/outbox", self.outbox),
            route("/board/admin/outbox", self.change, "POST"),
        ]

    async def all(self, request: Request, seat: Seat) -> Response:
        """Where to go."""
        _admitted(seat)
        return self._frame.page("board_admin", request, seat)

    async def importing(self, request: Request, seat: Seat) -> Response:
        """The form for a workbook."""
        _admitted(seat)
        return self._frame.page("board_import", request, seat, came=None, tried=True)

    async def bring(self, request: Request, seat: Seat) -> Response:
        """Check a workbook, or import it: every bad row with its sheet, row, column and reason."""
        _admitted(seat)
        async with request.form(max_files=1, max_fields=4) as form:
            file, tried = form.get("file"), form.get("do") != "import"
            name = Path(file.filename or "").name if isinstance(file, UploadFile) else ""
            if not isinstance(file, UploadFile) or not name.lower().endswith(ENDINGS):
                return self._frame.page("board_import", request, seat, 422, came="file", tried=tried)
            data = await file.read()
        came = await asyncio.to_thread(self._bring, name, data, f"p:{seat.person}", tried=tried)
        status = 422 if came.refused else 200
        return self._frame.page("board_import", request, seat, status, came=came, tried=tried, file=name)

    def _bring(self, name: str, data: bytes, actor: str, *, tried: bool) -> Imported:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / _STRANGE.sub("_", name)[-80:]
            path.write_bytes(data)
            return self._tools.bring(path, actor, tried)

    async def inviting(self, request: Request, seat: Seat) -> Response:
        """The form for a phone."""
        _admitted(seat)
        return self._frame.page("board_invite", request, seat, invited=None, unknown=False, **self._channels())

    async def invite(self, request: Request, seat: Seat) -> Response:
        """A one-time code, shown once: neither it nor the phone stands in an address."""
        _admitted(seat)
        async with request.form(max_files=0, max_fields=4) as form:
            phone, channel = str(form.get("phone", ""))[:40], str(form.get("channel", ""))
        wanted = channel if channel in self._tools.channels else None
        invited = await self._tools.invite(phone, wanted, f"p:{seat.person}")
        shown = {"invited": invited, "unknown": invited is None, **self._channels()}
        return self._frame.page("board_invite", request, seat, 422 if invited is None else 200, **shown)

    def _channels(self) -> Mapping[str, Any]:
        return {"channels": self._tools.channels}

    async def outbox(self, request: Request, seat: Seat) -> Response:
        """What did not arrive, may have arrived, or waits; and the messages that nobody could handle."""
        _admitted(seat)
        state = request.query_params.get("state", dead_letters.STATES[0])
        if state not in dead_letters.STATES:
            raise HTTPException(404)
        house = self._frame.house
        assert house is not None  # noqa: S101 - or nobody would sit here

        def ask(connection: Connection) -> Mapping[str, Any]:
            found = dead_letters.listed(connection, house.keyring, state)
            return {"found": found, "held": quarantine.listed(connection, house.keyring)}

        values = await self._frame.read(ask)
        shown = {"state": state, "states": dead_letters.STATES, "zone": house.zone, **values}
        return self._frame.page("board_outbox", request, seat, **shown)

    async def change(self, request: Request, seat: Seat) -> Response:
        """Send one message again, or give it up; one that changed meanwhile stays as it is."""
        _admitted(seat)
        async with request.form(max_files=0, max_fields=4) as form:
            number, act = str(form.get("id", "")), str(form.get("do", ""))
            state = str(form.get("state", ""))
        if not number.isascii() or not number.isdigit() or len(number) > 18 or act not in {"resend", "drop"}:  # noqa: PLR2004 - no number of ours is longer
            raise HTTPException(422)
        change = dead_letters.resend if act == "resend" else dead_letters.drop
        job = partial(_changed, change=change, number=int(number), seat=seat)
        if not await self._frame.write(job):
            raise HTTPException(409)
        known = state if state in dead_letters.STATES else dead_letters.STATES[0]
        return RedirectResponse(f"/board/admin/outbox?state={known}", 303)


def _changed(connection: Connection, change: Callable[..., None], number: int, seat: Seat) -> bool:
    try:
        change(connection, [number], seat.now, f"p:{seat.person}")
    except LookupError:
        return False
    return True


def _admitted(seat: Seat) -> None:
    if not seat.admin:
        raise HTTPException(404)
