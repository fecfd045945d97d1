"""Documents from the board: for those who are logged in and answer for the place, and for nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from urllib.parse import unquote

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request

from bot import board, documents
from bot.board import Papers
from bot.channels.web import Web
from bot.model import Paper
from bot.store.database import Database
from bot.store.tables import named
from tests.documents.records import HOUSE
from tests.town import KEYRING, NOW, RULES

ZHANG, WANG, ZHAO, SUN = 1, 3, 7, 9


@asynccontextmanager
async def looked_at(town: Database, person: int | None) -> AsyncIterator[httpx.AsyncClient]:
    """The board, before the eyes of one person; None: of the public."""

    async def who(_: Request) -> int | None:
        return person

    def make(wanted: Paper) -> bytes:
        with town.read() as connection:
            return documents.render(connection, HOUSE, wanted, NOW)

    papers = Papers(town, lambda: NOW, who, make)
    app = Starlette(routes=board.routes(town, RULES, lambda: NOW, papers=papers))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://wuyi.example") as http:
        yield http


async def test_a_lead_fetches_the_table_from_the_page_of_the_place(town: Database) -> None:
    """The links are on the page; the file is the one of the chat, under its Chinese name, and the audit log has it."""
    async with looked_at(town, WANG) as http:
        page = (await http.get("/board/JA?lang=zh")).text
        assert 'href="/board/JA/daily-table?period=2026-11-24&amp;as=xlsx"' in page
        assert "日报表 2026-11-23" in page
        assert "月报 2026-10" in page
        assert "季报 2026Q3" in page
        assert "/board/JA/application" not in page, "nothing was applied for, so there is no form"
        answer = await http.get("/board/JA/daily-table?period=2026-11-24&as=xlsx")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert unquote(answer.headers["content-disposition"]).endswith("日报表-君安社区-2026-11-24.xlsx")
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    assert sheet["A1"].value == "创建无疫情社区、小区日报表"
    log = named("audit")
    with town.read() as connection:
        last = connection.execute(select(log).order_by(log.c.id.desc()).limit(1)).one()
    assert (last.actor, last.action, last.subject, last.detail) == (
        f"p:{WANG}", "exported", "JA", "daily-table 2026-11-24",
    )  # fmt: skip


@pytest.mark.parametrize(("person", "place"), [(None, "JA"), (ZHANG, "JA"), (WANG, "XM"), (WANG, "T"), (SUN, "22")])
async def test_others_are_shown_nothing_of_it(town: Database, person: int | None, place: str) -> None:
    """The public, a worker, the lead of another community, and of what has no documents of its own: no links."""
    async with looked_at(town, person) as http:
        page = await http.get(f"/board/{place}?lang=en")
        assert page.status_code == 200
        assert "Documents" not in page.text


@pytest.mark.parametrize("person", [None, ZHANG, ZHAO + 100])
async def test_others_get_no_file_by_its_address_either(town: Database, person: int | None) -> None:
    """Whoever may not have it learns no more than of what does not exist."""
    async with looked_at(town, person) as http:
        assert (await http.get("/board/JA/daily-table?period=2026-11-24")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/board/JA/daily-table?period=2026-11-25",
        "/board/JA/daily-table?period=2026-11",
        "/board/JA/daily-table?period=%00",
        "/board/JA/monthly?as=exe",
        "/board/JA/secrets",
        "/board/JA/application",
        "/board/nowhere/monthly",
    ],
)
async def test_what_cannot_be_made_is_not_found(town: Database, path: str) -> None:
    """A day to come, a period of another kind, a kind or a place that there is not, a form that nobody filled in."""
    async with looked_at(town, SUN) as http:
        assert (await http.get(path)).status_code == 404


async def test_the_cookie_of_the_web_chat_says_who_it_is(town: Database) -> None:
    """Over a real roster a browser without a session is nobody."""

    async def keep(data: bytes) -> str:
        return str(data)

    web = Web(town, KEYRING, lambda: NOW, (keep, lambda _: b""), sample=False, base_url="https://wuyi.example")
    scope = {"type": "http", "headers": [], "client": ("127.0.0.1", 1)}
    assert await web.person(Request(scope)) is None
