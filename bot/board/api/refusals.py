"""How a request is refused: one sentence that says what is wrong and what to write, in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot import words
from bot.board.api.reading import RefusedError
from bot.model import Locale

SHOWN = 40
"""So much of what was written is shown back."""
STATUS_WORDS: Mapping[int, str] = {HTTPStatus.NOT_FOUND: "no_resource", HTTPStatus.METHOD_NOT_ALLOWED: "method"}


def language(request: Request) -> Locale:
    """What ``?lang=`` asks for, else the first language of ours that is accepted, else Chinese."""
    asked = request.query_params.get("lang")
    if asked in set(Locale):
        return Locale(asked)
    for accepted in request.headers.get("accept-language", "").split(","):
        for locale in Locale:
            if accepted.strip().lower().startswith(locale):
                return locale
    return Locale.ZH


def refusal(request: Request, why: Exception) -> Response:
    """What the program itself refuses."""
    assert isinstance(why, RefusedError)  # noqa: S101 - registered for this kind
    return _said(request, why)


def misread(request: Request, why: Exception) -> Response:
    """A parameter that does not read: the first of them, by its name."""
    assert isinstance(why, RequestValidationError)  # noqa: S101 - registered for this kind
    first: Mapping[str, Any] = why.errors()[0]
    field = str(first["loc"][-1])[:SHOWN]
    reason = "extra" if first["type"] == "extra_forbidden" else "wrong"
    return _said(request, RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, reason, field))


def unknown(request: Request, why: Exception) -> Response:
    """No such resource, or one that cannot be written to."""
    assert isinstance(why, HTTPException)  # noqa: S101 - registered for this kind
    refused = RefusedError(why.status_code, STATUS_WORDS.get(why.status_code, "other"))
    return _said(request, refused, why.headers)


def _said(request: Request, why: RefusedError, more: Mapping[str, str] | None = None) -> Response:
    locale = language(request)
    expected = words.label("api/expected", locale, why.field) if why.field else ""
    shown = {"why": why.why, "field": why.field, "expected": expected, **why.values}
    body = {"error": words.text("api/refused", locale, shown)}
    if why.field:
        body["field"] = why.field
    headers = {
        **(more or {}),
        "cache-control": "no-store",
        "content-language": locale.value,
        "vary": "Authorization, Accept-Language",
        "x-content-type-options": "nosniff",
    }
    if why.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    if "after" in why.values:
        headers["retry-after"] = str(why.values["after"])
    return Response(orjson.dumps(body), why.status, headers, "application/json")
