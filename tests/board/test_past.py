"""A place's page: published and restated figures where they differ, with the kind of fact, and never whose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

import httpx
import pytest
from sqlalchemy import Connection, insert
from starlette.applications import Starlette

from bot import board
from bot.scoring.packs import load
from bot.store import figures, published
from bot.store.asking import House
from bot.store.database import Database
from bot.store.tables import named
from tests.town import KEYRING, NOW, RULES, TODAY, ZONE

SHORT = replace(load("village"), title="五天规则")
NIGHT = datetime(2026, 11, 21, 8, 30, tzinfo=ZONE)


@asynccontextmanager
async def visited(database: Database, *, packs: bool = False) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who looks at the board from anywhere."""
    app = Starlette(routes=board.routes(database, (RULES, SHORT) if packs else RULES, lambda: NOW))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://wuyi.example") as http:
        yield http


def publish(database: Database, now: datetime) -> None:
    """Publish what is due, until nothing is."""
    while database.write(lambda connection: published.publish_due(connection, House(KEYRING, RULES, ZONE), now)):
        pass


def record(database: Database, event: str, on: date, at: datetime, kind: str = "") -> None:
    """A fact of the one case of this test, recorded at a moment."""

    def job(connection: Connection) -> None:
        if event == "found":
            connection.execute(insert(named("case_")), {"code": "S1119-01", "place": "23", "opened_at": at})
        row = {"case": "S1119-01", "place": "23", "event": event, "kind": kind, "on": on, "other": ""}
        connection.execute(insert(named("case_event")), row | {"recorded_at": at, "source": "chat"})
        figures.project(connection, RULES, ["S1119-01"])

    database.write(job)


def rows(page: str) -> list[str]:
    """The lines of the table of differing days, as bare words."""
    table = page.partition('class="table past"')[2].partition("</section>")[0]
    lines = [line.partition("</tr>")[0] for line in table.split("<tr>")[2:]]
    return [" ".join("".join(part.rpartition(">")[2] for part in line.split("<")).split()) for line in lines]


async def test_a_case_known_late_changes_what_is_known_and_not_what_was_published(town: Database) -> None:
    """Two days had been published before it was recorded; both values and the fact stand there, without its number."""
    publish(town, NIGHT)
    record(town, "found", date(2026, 11, 19), NIGHT + timedelta(minutes=42), "suspected")
    publish(town, NOW)
    async with visited(town) as http:
        page = (await http.get("/board/23")).text
        english = (await http.get("/board/23", params={"lang": "en"})).text
    assert rows(page) == [
        "11月20日 33 天 已报 0 天 中断 病例 11月19日 发现，11月21日 登记",
        "11月19日 32 天 已报 0 天 中断 病例 11月19日 发现，11月21日 登记",
    ]
    assert "a case, found 19 Nov, recorded 21 Nov" in english
    assert "S1119-01" not in page + english


async def test_a_case_taken_back_is_told_as_such(town: Database) -> None:
    """Entered in time and taken back today: what was published as broken is clean now."""
    record(town, "found", date(2026, 11, 19), NIGHT - timedelta(days=2), "suspected")
    publish(town, NOW)
    record(town, "withdrawn", TODAY, NOW)
    async with visited(town) as http:
        found = rows((await http.get("/board/23")).text)
    assert found[0] == "11月23日 0 天 中断 36 天 已报 病例 11月24日 作废"
    assert len(found) == 5


async def test_where_nothing_changed_the_page_says_so(town: Database) -> None:
    """And before anything has been published there is nothing to compare."""
    async with visited(town) as http:
        assert "公布与现值" not in (await http.get("/board/22")).text
    publish(town, NOW)
    async with visited(town) as http:
        assert "最近公布的 14 天都没有变" in (await http.get("/board/22")).text


@pytest.mark.parametrize("packs", [False, True])
async def test_other_packs_stand_beside(town: Database, *, packs: bool) -> None:
    """Today's figure under each other pack, by its title."""
    async with visited(town, packs=packs) as http:
        page = (await http.get("/board/23")).text
    assert ("五天规则 · 37 天" in page) is packs


async def test_the_past_is_as_new_as_the_newest_fact(town: Database) -> None:
    """The page is kept for the next visitor until something changes."""
    publish(town, NOW)
    async with visited(town) as http:
        assert rows((await http.get("/board/23")).text) == []
        record(town, "found", date(2026, 11, 20), NOW, "confirmed")
        assert len(rows((await http.get("/board/23")).text)) == 4


async def test_the_scheduler_is_told_of_where_there_is_one(town: Database) -> None:
    """Ready all the same: reports are taken without it."""
    for ticking in (True, False):
        app = Starlette(routes=board.routes(town, RULES, lambda: NOW, ticking=lambda ticks=ticking: ticks))  # type: ignore[misc]
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://wuyi.example") as http:
            answer = await http.get("/readyz")
        assert answer.status_code == 200
        assert answer.json()["scheduler"] == ("ok" if ticking else "stopped")
