"""The public pages: places, days and counts, rendered here and complete without a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot import words
from bot.board.day import Days, Line
from bot.board.papers import Papers
from bot.model import Level, Locale, PackRules
from bot.store.database import Database
from bot.store.explained import kind_name

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
CARRIED = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "vary": "Accept-Language",
}


class Board:
    """``/board`` and the page of each place."""

    def __init__(
        self,
        database: Database,
        judges: tuple[PackRules, ...],
        clock: Callable[[], datetime],
        locale: Locale,
        papers: Papers | None = None,
    ) -> None:
        """``locale`` is that of a visitor who says nothing of it; ``papers`` are for those who are logged in."""
        self._days = Days(database, judges, clock)
        self._rules = judges[0]
        self._clock = clock
        self._locale = locale
        self._papers = papers

    def routes(self) -> list[BaseRoute]:
        """The pages and their style sheet."""
        return [
            Mount("/board/static", StaticFiles(directory=STATIC)),
            Route("/board", self.all),
            Route("/board/{place}", self.one),
            *([Route("/board/{place}/{kind}", self._papers.show)] if self._papers else []),
        ]

    async def all(self, request: Request) -> Response:
        """Every community with its compounds."""
        today = await self._days.today()
        return self._page("board", request, today=today, tables=today.tables)

    async def one(self, request: Request) -> Response:
        """One place: why its figure is what it is, what has changed since, its compounds, its documents for its own."""
        today, past = await self._days.past(request.path_params["place"])
        line = today.lines.get(request.path_params["place"])
        if line is None or past is None:
            raise HTTPException(404)
        tables = [table for table in today.tables if table.head is line and table.lines != (line,)]
        above = _above(today.lines, line)
        papers = await self._papers.offered(request, line.code) if self._papers else ()
        shown = {"today": today, "line": line, "tables": tables, "above": above, "past": past, "papers": papers}
        return self._page("board_place", request, **shown)

    def _page(self, name: str, request: Request, **values: Any) -> HTMLResponse:  # noqa: ANN401 - whatever the template shows
        locale = self._language(request)
        given = {"locale": locale.value, "now": self._clock(), "rules": self._rules, **values}
        return HTMLResponse(_environment(locale).get_template(f"{name}.html").render(given), headers=CARRIED)

    def _language(self, request: Request) -> Locale:
        asked = request.query_params.get("lang")
        if asked in set(Locale):
            return Locale(asked)
        for accepted in request.headers.get("accept-language", "").split(","):
            for locale in Locale:
                if accepted.strip().lower().startswith(locale):
                    return locale
        return self._locale


def _above(lines: Mapping[str, Line], line: Line) -> list[Line]:
    """What a place lies in, the widest first."""
    found: list[Line] = []
    above = lines.get(line.parent or "")
    while above is not None and len(found) < len(Level):
        found.insert(0, above)
        above = lines.get(above.parent or "")
    return found


@cache
def _environment(locale: Locale) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(words.ROOT / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def day(value: date, today: date) -> str:
        """With the year, where it is not this one."""
        short = words.day(value, locale)
        if value.year == today.year:
            return short
        return f"{value.year}年{short}" if locale is Locale.ZH else f"{short} {value.year}"

    environment.filters["day"] = day
    environment.filters["kind"] = lambda kind, rules: kind_name(rules, kind, locale)
    environment.filters["rule"] = lambda rule: words.label("figures/rules", locale, rule)
    environment.filters["paper"] = lambda kind: words.label("document/kind", locale, kind)
    environment.filters["level"] = lambda level: words.label("levels", locale, level)
    return environment
