"""The pages of the web chat, through templates that escape everything."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot import words
from bot.model import Locale

VARY = {"vary": "Cookie, Accept-Language"}


def page(name: str, locale: Locale, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 - whatever the template shows
    """The page ``name`` in this language."""
    text = _environment().get_template(f"{name}.html").render(locale=locale.value, **values)
    return HTMLResponse(text, status, VARY)


def language(request: Request, known: Locale | None = None) -> Locale:
    """What ``?lang=`` asks for; else what is known of the person; else the browser's first language of ours."""
    asked = request.query_params.get("lang")
    if asked in set(Locale):
        return Locale(asked)
    if known is not None:
        return known
    for accepted in request.headers.get("accept-language", "").split(","):
        for locale in Locale:
            if accepted.strip().lower().startswith(locale):
                return locale
    return Locale.ZH


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(words.ROOT / "pages")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["role"] = lambda role, locale: words.label("roles", Locale(locale), role)
    return environment
