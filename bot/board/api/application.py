"""The API as one ASGI application: its resources, how it refuses, and its own description."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.board.api import answer, cases, figures, shapes, works
from bot.board.api import asked as ask
from bot.board.api.description import Description
from bot.board.api.gate import Gate
from bot.board.api.reading import Found, Reading, RefusedError
from bot.board.api.refusals import misread, refusal, unknown
from bot.store import audit
from bot.store.api_tokens import ApiToken
from bot.store.asking import House
from bot.store.database import Database

Read = Callable[[Reading], Found]


@dataclass(frozen=True)
class Desk:
    """Answers one request from one state of the database."""

    database: Database
    house: House
    clock: Callable[[], datetime]

    @cached_property
    def _packs(self) -> tuple[str, ...]:
        return tuple(answer.fingerprint(rules) for rules in self.house.judges)

    def answer(
        self, request: Request, token: ApiToken, asked: ask.Paged, read: Read, model: type[BaseModel]
    ) -> Response:
        """The page in the form that was asked for; 304 where the caller has it."""
        now = self.clock()
        kind = answer.form(request, asked.format)
        with self.database.read() as connection:
            about = (token.role, token.place, request.url.path, request.url.query, kind, now.date(), self._packs)
            mark = answer.etag(answer.version(connection), *about)
            if answer.unchanged(request, mark):
                return Response(status_code=304, headers={**answer.CARRIED, "etag": mark})
            found = read(Reading(connection, self.house, token, asked, now))
        if found.told:
            self._told(token, now, request.url.path, found.told)
        return answer.written(request, found, model, kind, mark)

    def _told(self, token: ApiToken, now: datetime, path: str, count: int) -> None:
        """Write down that something of persons goes out, before it goes."""
        self.database.write(
            lambda connection: audit.record(connection, now, f"api:{token.id}", "api read", path, str(count))
        )


def application(database: Database, house: House, clock: Callable[[], datetime], gate: Gate | None = None) -> FastAPI:
    """Everything below ``/api``."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_exception_handler(RefusedError, refusal)
    app.add_exception_handler(RequestValidationError, misread)
    app.add_exception_handler(HTTPException, unknown)
    _resources(app, Desk(database, house, clock), gate or Gate(database, house.keyring, clock))
    description = Description(app)
    app.add_route("/openapi.json", description.json, include_in_schema=False)
    app.add_route("/docs", description.page, include_in_schema=False)
    return app


def _resources(app: FastAPI, desk: Desk, gate: Gate) -> None:
    """Each resource under its name."""

    def resource(name: str, asked: type[ask.Paged], model: type[BaseModel], read: Callable[..., Found]) -> None:
        def get(request: Request, token: ApiToken, query: ask.Paged, code: str = "") -> Response:
            rest = (code,) if code else ()
            return desk.answer(request, token, query, lambda reading: read(reading, query, *rest), model)

        # Said here, for what is asked differs from resource to resource.
        kinds = {"request": Request, "token": Annotated[ApiToken, Depends(gate)], "query": Annotated[asked, Query()]}
        if "{code}" in name:
            kinds["code"] = Annotated[str, Path(pattern=ask.CODE)]
        app.get(f"/v1/{name}", operation_id=name.rpartition("/")[2], **_told(model))(_typed(get, kinds))

    resource("places", ask.Leveled, shapes.Place, figures.places)
    resource("streaks", ask.Figures, shapes.Streak, figures.streaks)
    resource("coverage", ask.OfDay, shapes.Coverage, figures.coverage)
    resource("reports", ask.OfDay, shapes.Report, figures.reports)
    resource("cases", ask.Since, shapes.Case, cases.cases)
    resource("awards", ask.Leveled, shapes.Award, works.awards)
    resource("ledger", ask.Since, shapes.Problem, works.ledger)
    resource("deadlines", ask.Span, shapes.Deadline, works.due)
    resource("assessments", ask.Leveled, shapes.Assessment, works.assessments)

    resource("places/{code}/history", ask.Days, shapes.HistoryDay, figures.past)


def _typed(get: Callable[..., Response], kinds: dict[str, Any]) -> Callable[..., Response]:
    """The function as the framework is to see it: with these kinds of arguments."""
    given = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in kinds.items()]
    get.__signature__ = inspect.Signature(given)  # type: ignore[attr-defined] # what inspect itself looks for
    return get


def _told(model: type[BaseModel]) -> dict[str, Any]:
    """What a resource answers, for the description."""
    refused = {status: {"model": shapes.Refusal} for status in (401, 403, 404, 422, 429)}
    page = shapes.Page[model]  # type: ignore[valid-type] # a model of that item
    fine = {"model": page, "content": {"text/csv": {"schema": {"type": "string"}}}}
    return {"responses": {200: fine, 304: {"description": ""}, **refused}, "response_class": Response}
