"""From items to an answer: JSON or CSV, a mark of the data's version, and what a cache may do with it."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, get_args, get_origin
from urllib.parse import quote

import orjson
from pydantic import BaseModel
from sqlalchemy import Connection, func, select
from starlette.requests import Request
from starlette.responses import Response

from bot.board.api.reading import Found, Item
from bot.model import PackRules
from bot.store.tables import named

AUDIT, PUBLISHED, REPORT = named("audit"), named("published"), named("report")
JSON, CSV = "application/json", "text/csv"
BOM = "\ufeff"
"""By it Excel knows UTF-8."""
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run as a formula."""
CARRIED = {
    "cache-control": "private, no-cache",
    "vary": "Authorization, Accept",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
"""Nobody keeps an answer for others, and nobody uses a kept one without asking whether it still holds."""
OWN = "api:%"
"""Whose lines in the audit log change nothing: those that say that the API was read."""


def version(connection: Connection) -> str:
    """What changes whenever the data do.

    Each act writes a line of audit, and those come in the order of commits on either database; publishing writes none,
    and is seen by its newest day.
    """
    acts = select(AUDIT.c.id).where(AUDIT.c.actor.not_like(OWN)).order_by(AUDIT.c.id.desc()).limit(1)
    days = select(func.max(PUBLISHED.c.day)).scalar_subquery()
    row = connection.execute(select(acts.scalar_subquery(), days, select(func.max(REPORT.c.id)).scalar_subquery()))
    return repr(tuple(row.one()))


def fingerprint(rules: PackRules) -> str:
    """What changes whenever the pack does, and is the same in every process."""
    body = orjson.dumps(rules, default=_plain, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(body).hexdigest()


def _plain(value: object) -> object:
    """Sets in order, and mappings of any kind.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(type(value).__name__)


def etag(*parts: object) -> str:
    """A strong mark: other data, another caller's rights, another question or another form has another."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def unchanged(request: Request, mark: str) -> bool:
    """Whether the caller has this very answer."""
    said = request.headers.get("if-none-match", "")
    return mark in {each.strip().removeprefix("W/") for each in said.split(",")}


def form(request: Request, wanted: str | None) -> str:
    """The form that was asked for by ``?format=``, else by ``Accept``; JSON where both say nothing."""
    if wanted is not None:
        return CSV if wanted == "csv" else JSON
    accepted = [each.partition(";")[0].strip().lower() for each in request.headers.get("accept", "").split(",")]
    named_here = [each for each in accepted if each in {CSV, JSON}]
    return named_here[0] if named_here else JSON


def written(request: Request, found: Found, model: type[BaseModel], kind: str, mark: str) -> Response:
    """The page, with a link to the next one."""
    headers = {**CARRIED, "etag": mark}
    if found.next is not None:
        onward = request.url.include_query_params(next=found.next)
        headers["link"] = f'<{quote(onward.path)}?{onward.query}>; rel="next"'
    if kind == CSV:
        name = request.url.path.rstrip("/").rpartition("/")[2]
        headers["content-disposition"] = f'attachment; filename="{name}.csv"'
        return Response(table(found.items, model), media_type="text/csv; charset=utf-8", headers=headers)
    body = orjson.dumps({"items": list(found.items), "next": found.next})
    return Response(body, media_type=JSON, headers=headers)


def table(items: Sequence[Item], model: type[BaseModel]) -> str:
    """The items as a sheet: one column a value, what lies deeper under both names; lists as JSON."""
    flat = [dict(_flat(item)) for item in items]
    # Of what depends on the role, a column is there where it may be seen, and something is.
    columns = [name for name, always in _columns(model) if always or any(name in row for row in flat)]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in flat)
    return BOM + out.getvalue()


def _columns(model: type[BaseModel], before: str = "", *, always: bool = True) -> Iterator[tuple[str, bool]]:
    for name, field in model.model_fields.items():
        inner = next((each for each in _kinds(field.annotation) if issubclass(each, BaseModel)), None)
        sure = always and field.is_required()
        if inner is None:
            yield before + name, sure
        else:
            yield from _columns(inner, f"{before}{name}.", always=sure)


def _kinds(annotation: Any) -> Iterator[type]:  # noqa: ANN401 - whatever a field is annotated with
    """The classes of an annotation, optional or not; what is in a list stays there."""
    for each in () if get_origin(annotation) is list else get_args(annotation) or (annotation,):
        if isinstance(each, type):
            yield each


def _flat(item: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in item.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def _cell(value: object) -> str:
    """A value as a spreadsheet shows it, and never runs it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            text = orjson.dumps(value).decode()
        case date():  # a moment is one, too
            text = value.isoformat()
        case _:
            text = str(value)
    return f"'{text}" if text.startswith(RISKY) else text
