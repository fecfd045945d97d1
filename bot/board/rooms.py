"""The lists and cards behind the login: each read in the visitor's own name, so that nothing else is ever read."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.board.day import Days
from bot.board.frame import Frame
from bot.board.seat import LEADING, Seat
from bot.model import Locale, Role, Sheet
from bot.scoring.ledger import outline
from bot.store import assessments, audit, creation_kept, deadlines, known_cases, ledger_kept, proofs, workload
from bot.store.asking import Asking
from bot.store.authority import roles_at, scope
from bot.store.duties import PLACE
from bot.store.openings import openings
from bot.store.todo import todo

EVERYBODY = frozenset(Role)
MOST = 300
"""So many lines fit a page; the rest is on the pages of the places below."""


@dataclass(frozen=True, slots=True)
class Room:
    """A list: what it shows, and who has it."""

    read: Callable[[Asking, QueryParams], Mapping[str, Any]]
    roles: frozenset[Role]


def cases(asking: Asking, _: QueryParams) -> Mapping[str, Any]:
    """The cases that the chat lists, and how many of each kind are open."""
    found = known_cases.listed(asking, MOST)
    kinds = Counter(each.kind for each in found if each.ended_on is None)
    ordered = sorted(found, key=lambda each: each.ended_on is not None)
    return {"cases": ordered, "kinds": kinds.most_common()}


def applications(asking: Asking, _: QueryParams) -> Mapping[str, Any]:
    """Where each place stands within the creation workflow."""
    return {"courses": creation_kept.courses(asking)["courses"]}


def assessed(asking: Asking, query: QueryParams) -> Mapping[str, Any]:
    """What each place came to by the standard that decides; or one place's sheet, item by item."""
    mine = scope(asking.who.person, LEADING, asking.today)
    levels = list(asking.house.rules.standards)
    here = select(PLACE).join(mine, mine.c.code == PLACE.c.code).where(PLACE.c.level.in_(levels))
    if "place" in query:
        return _one_sheet(asking, here, query)
    rows = asking.connection.execute(here.order_by(PLACE.c.code).limit(MOST)).all()
    known = assessments.reached_of(asking.connection, asking.house, [row.code for row in rows])
    return {"rows": [(row, known.get(row.code)) for row in rows], "sheet": None}


def _one_sheet(asking: Asking, here: Any, query: QueryParams) -> Mapping[str, Any]:  # noqa: ANN401 - a statement
    row = asking.connection.execute(here.where(PLACE.c.code == query["place"])).first()
    if row is None:
        raise HTTPException(404)
    names = asking.house.rules.standards[row.level]
    name = query.get("standard", names[0] if names else "")
    sheet = assessments.sheet_of(asking.connection, asking.house, row, name, asking.today)
    if sheet is None:
        raise HTTPException(404)
    if sheet.begun_on is None:
        sheet = replace(sheet, marks=sheet.before)  # nothing new was begun: what stands is what was submitted
    others = [(each.id, each.said(asking.who.locale)) for each in map(assessments.present, names) if each]
    lines = _lines(sheet, asking.who.locale)
    return {"sheet": sheet, "lines": lines, "score": assessments.scored(sheet), "standards": others, "rows": ()}


def _lines(sheet: Sheet, locale: Locale) -> Sequence[Mapping[str, Any]]:
    """The outline of a standard with what was given: by the facts, by a mark, or by nobody yet."""
    marks = {mark.item: mark for mark in sheet.marks}
    found = []
    for depth, item in sheet.standard:
        mark, answer = marks.get(item.id), sheet.answers.get(item.id)
        given = answer.points if answer else mark.points if mark else None
        found.append({
            "depth": depth, "title": item.said(locale), "head": bool(item.items), "most": item.worth, "given": given,
            "fact": answer is not None, "why": mark.reason if mark else "", "photos": mark.evidence if mark else (),
        })  # fmt: skip
    return found


def ledger(asking: Asking, _: QueryParams) -> Mapping[str, Any]:
    """The problems that the chat lists: what waits for the visitor first."""
    days = asking.house.rules.look_again_days
    found = ledger_kept.problems(asking, MOST)["problems"]
    return {"problems": [(each, outline(each.found_on, each.log, days)) for each in found]}


def due(asking: Asking, _: QueryParams) -> Mapping[str, Any]:
    """What is due, what the visitor still owes of it, and what else waits for them."""
    waiting = [(each, datetime.fromisoformat(each.due) if each.due else None) for each in todo(asking)["todo"]]
    return {"deadlines": deadlines.listed(asking)["deadlines"], "waiting": waiting}


def people(asking: Asking, query: QueryParams) -> Mapping[str, Any]:
    """Who works where, how complete the reports are, and how much of their week the bot takes."""
    return {"staff": workload.staff(asking, query.get("place", "")), "place": query.get("place", "")}


ROOMS: Mapping[str, Room] = {
    "cases": Room(cases, EVERYBODY),
    "applications": Room(applications, LEADING),
    "assessments": Room(assessed, LEADING),
    "ledger": Room(ledger, EVERYBODY),
    "deadlines": Room(due, EVERYBODY),
    "people": Room(people, LEADING),
}


class Rooms:
    """``/board/my/…``, and one case."""

    def __init__(self, frame: Frame, days: Days) -> None:
        """``frame`` has doors; ``days`` is the board of today."""
        self._frame = frame
        self._days = days

    def routes(self) -> list[BaseRoute]:
        """The lists, a case, and what a script asks to know whether anything is new."""
        return [
            self._frame.route("/board/my-mark", self.mark),
            self._frame.route("/board/my/{room}", self.room),
            self._frame.route("/board/case/{case}", self.case),
            self._frame.route("/board/proof/{media}", self.proof),
        ]

    async def mark(self, request: Request, _: Seat) -> Response:
        """304 while nothing has changed since the ``etag`` that the page had; no figure travels either way."""
        tag = f'"{await self._days.mark()}"'
        known = request.headers.get("if-none-match") == tag
        return Response(status_code=304 if known else 200, headers={"etag": tag, "cache-control": "no-store"})

    async def room(self, request: Request, seat: Seat) -> Response:
        """A list; 404 for whoever has no such room, as for one that there is not."""
        name = request.path_params["room"]
        room = ROOMS.get(name)
        if room is None or not seat.roles & room.roles:
            raise HTTPException(404)
        query = request.query_params
        values = await self._frame.ask(seat, lambda asking: room.read(asking, query))
        return self._frame.page(f"board_{name}", request, seat, today=seat.now.date(), **values)

    async def case(self, request: Request, seat: Seat) -> Response:
        """One case, masked as the table has it; what is sealed is opened by the desk, one by one, for a reason."""
        code = request.path_params["case"]
        house = self._frame.house
        assert house is not None  # noqa: S101 - or nobody would sit here

        def ask(asking: Asking) -> Mapping[str, Any]:
            card = known_cases.card(asking)["case"]
            leads = card is not None and bool(LEADING & _roles(asking.connection, seat, card.case.place))
            seen = openings(asking.connection, house.keyring, card.case.code) if card and leads else ()
            return {"card": card, "opened": seen}

        values = await self._frame.ask(seat, ask, code)
        if values["card"] is None:
            raise HTTPException(404)
        return self._frame.page("board_case", request, seat, today=seat.now.date(), **values)

    async def proof(self, request: Request, seat: Seat) -> Response:
        """A picture that shows why an item of an assessment has its points; that it was looked at is written down."""
        name, house, doors = request.path_params["media"], self._frame.house, self._frame.doors
        assert house is not None  # noqa: S101 - or nobody would sit here
        assert doors is not None  # noqa: S101 - as above

        def look(connection: Connection) -> bool:
            place = proofs.shown(seat.asking(connection, house), LEADING, name)
            if place is not None:
                audit.record(connection, seat.now, f"p:{seat.person}", "picture seen", place, "assessment")
            return place is not None

        if not await self._frame.write(look):
            raise HTTPException(404)
        try:
            data = await asyncio.to_thread(doors.load_photo, name)
        except FileNotFoundError as why:
            raise HTTPException(404) from why
        return Response(data, media_type="image/jpeg", headers={"cache-control": "no-store"})


def _roles(connection: Connection, seat: Seat, place: str) -> frozenset[Role]:
    return roles_at(connection, seat.person, place, seat.now.date())
