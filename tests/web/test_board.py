"""The public board: places, days and counts, and never a person or a case."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import Connection, delete, event, insert, select
from sqlmodel import col
from starlette.applications import Starlette

from bot import board
from bot.board.day import shown
from bot.roster import sample
from bot.scoring.packs import load
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.figures import project
from bot.store.tables import Assignment, Case, CaseEvent, Filing, Person, Place, Report
from tests.web.town import NOON

KEYRING = Keyring(b"a secret for tests")
RULES = load("default")
FIXED = 10
"""Statements for a board, or for the page of a place, before anything has been published."""


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """It is noon of the sample's last day."""
        self.now: datetime = NOON

    def __call__(self) -> datetime:
        """The moment."""
        return self.now


@pytest.fixture
def watch() -> Watch:
    """The board's clock."""
    return Watch()


@pytest.fixture
def place(database: Database) -> Database:
    """A database with the sample community."""
    sample.load(database, KEYRING, RULES, NOON)
    return database


@asynccontextmanager
async def visited(database: Database, watch: Watch, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who looks at the board from anywhere."""
    app = Starlette(routes=board.routes(database, RULES, watch))
    transport = httpx.ASGITransport(app, client=("203.0.113.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://wuyi.example", headers=headers) as http:
        yield http


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def totals(page: str) -> list[int]:
    """The four figures at the top."""
    return [int(figure) for figure in re.findall(r"<dd>(\d+)</dd>", page)]


def report(database: Database, code: str) -> None:
    """A normal report of today."""

    def job(connection: Connection) -> None:
        row = {"day": NOON.date(), "recorded_at": NOON, "late": False}
        filing = connection.scalar(insert(Filing).values(**row, source="chat").returning(col(Filing.id)))
        connection.execute(insert(Report).values(**row, filing=filing, place=code, status="normal"))

    database.write(job)


async def test_the_board_shows_the_day(place: Database, watch: Watch) -> None:
    """Totals, every compound with its days and its state in words; the sample's figures are those of the source."""
    async with visited(place, watch) as http:
        answer = await http.get("/board")
    assert answer.status_code == 200
    page = answer.text
    expected, received, on_time, missing = totals(page)
    assert expected == received + missing
    assert on_time <= received
    row = page[page.index(">星悦城一期<") :].partition("</tr>")[0]
    assert ">37<" in row
    assert "未报" in row
    assert "10月19日" in row
    assert "<script" not in page
    assert "金潭村" in page, "a village without compounds is its own line"


async def test_a_report_is_on_the_board_at_once(place: Database, watch: Watch) -> None:
    """One report more and the totals move, although the board is computed once for many visitors."""
    async with visited(place, watch) as http:
        before = totals((await http.get("/board")).text)
        report(place, "23")
        page = (await http.get("/board")).text
    after = totals(page)
    assert [now - then for now, then in zip(after, before, strict=True)] == [0, 1, 1, -1]
    assert "已报" in page[page.index(">星悦城一期<") :].partition("</tr>")[0]


async def test_a_new_day_is_a_new_board(place: Database, watch: Watch) -> None:
    """After midnight the day counts, and nobody has reported."""
    async with visited(place, watch) as http:
        await http.get("/board")
        watch.now += timedelta(days=1)
        page = (await http.get("/board")).text
    assert "11月25日" in page
    assert totals(page)[1] == 0


async def test_no_person_and_no_case_is_on_any_page(place: Database, watch: Watch) -> None:
    """Neither a name of the roster nor the number of a case is found on any page of the board."""
    with place.read() as connection:
        secrets = [KEYRING.open(name) for name in connection.scalars(select(col(Person.name)))]
        secrets += [KEYRING.open(phone) for phone in connection.scalars(select(col(Person.phone)))]
        secrets += connection.scalars(select(col(Case.code)))
        places = list(connection.execute(select(col(Place.code), col(Place.level))))
    assert len(secrets) > 10
    async with visited(place, watch) as http:
        for lang in ("zh", "en"):
            pages = [(await http.get("/board", params={"lang": lang})).text]
            for code, level in places:
                answer = await http.get(f"/board/{code}", params={"lang": lang})
                assert answer.status_code == (404 if level == "building" else 200)
                pages.append(answer.text)
            assert [secret for secret in secrets if any(secret in page for page in pages)] == []


async def test_a_place_says_why(place: Database, watch: Watch) -> None:
    """The reason is a kind, days and the rule."""
    async with visited(place, watch) as http:
        page = (await http.get("/board/22")).text
        assert "密接" in page
        assert "11月13日" in page
        assert "篇四·注4" in page
        english = (await http.get("/board/22", params={"lang": "en"})).text
        assert "close contact" in english
        assert "13 Nov" in english
        assert (await http.get("/board/none")).status_code == 404


async def test_an_open_case_breaks_the_count(place: Database, watch: Watch) -> None:
    """A compound with a case shows 0 days and 中断, in a word and by a sign."""

    def job(connection: Connection) -> None:
        connection.execute(insert(Case).values(code="X1", place="23", opened_at=NOON))
        row = {"case": "X1", "place": "23", "event": "found", "kind": "confirmed", "on": NOON.date()}
        connection.execute(insert(CaseEvent).values(**row, recorded_at=NOON, source="chat"))
        project(connection, RULES, ["X1"])

    async with visited(place, watch) as http:
        await http.get("/board")
        place.write(job)
        row = (await http.get("/board")).text
        row = row[row.index(">星悦城一期<") :].partition("</tr>")[0]
        assert '<span class="state broken">中断</span>' in row
        assert ">0<" in row
        page = (await http.get("/board/23")).text
        assert "尚未离开或解除" in page
        assert "X1" not in page


async def test_so_many_queries_however_many_places(place: Database, watch: Watch) -> None:
    """The board costs the same number of statements for one community and for fifty places."""
    with place.read() as connection, counted(place) as statements:
        shown(connection, RULES, NOON.date())
    assert len(statements) <= FIXED
    async with visited(place, watch) as http:
        with counted(place) as statements:
            await http.get("/board")
        assert len(statements) <= FIXED
        with counted(place) as statements:
            await http.get("/board/22")
        assert len(statements) <= FIXED, "where nothing has been published there is no past to look at"
        for page in ("/board", "/board/22"):
            with counted(place) as statements:
                await http.get(page)
            assert len(statements) == 1, "the next visitor of the same minute costs one"


def test_the_board_reads_one_day_of_reports(place: Database) -> None:
    """However long the town has reported: no statement of the board asks for more than the day's reports."""
    with place.read() as connection, counted(place) as statements:
        shown(connection, RULES, NOON.date())
    asked = [" ".join(each.split()) for each in statements if "FROM report" in " ".join(each.split())]
    assert len(asked) == 1
    assert "WHERE report.day = " in asked[0]


async def test_an_empty_database_has_an_empty_board(database: Database, watch: Watch) -> None:
    """Before there is a roster the page says so."""
    async with visited(database, watch) as http:
        page = (await http.get("/board")).text
    assert "还没有小区" in page
    assert totals(page) == [0, 0, 0, 0]


async def test_small_counts_are_not_public(place: Database, watch: Watch) -> None:
    """Where so few owe a report that a total is somebody, the public sees none; places and days stay."""
    kept = select(col(Assignment.id)).limit(3)
    place.write(lambda connection: connection.execute(delete(Assignment).where(col(Assignment.id).not_in(kept))))
    async with visited(place, watch) as http:
        page = (await http.get("/board")).text
    assert totals(page) == []
    assert "合计不公开" in page
    assert "星悦城一期" in page


async def test_a_name_stays_text(database: Database, watch: Watch) -> None:
    """Markup in a place's name is shown as it was written; one below no community stands under 其他."""
    database.write(
        lambda connection: connection.execute(
            insert(Place).values(code="a/b", name="<img src=x>", level="compound", aliases="")
        )
    )
    async with visited(database, watch) as http:
        page = (await http.get("/board")).text
    assert "&lt;img src=x&gt;" in page
    assert "<img src=x>" not in page
    assert "其他" in page


async def test_the_answers_are_kept_by_nobody(place: Database, watch: Watch) -> None:
    """The board may be watched, not cached; nothing on it can run."""
    async with visited(place, watch) as http:
        headers = (await http.get("/board")).headers
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert (await http.get("/board/static/board.css")).status_code == 200


@pytest.mark.parametrize(
    ("query", "accepted", "lang"), [("", "en-GB", "en"), ("?lang=zh", "en", "zh-CN"), ("?lang=xx", "fr", "zh-CN")]
)
async def test_the_language_is_chosen(place: Database, watch: Watch, query: str, accepted: str, lang: str) -> None:
    """By the query, else by the browser, else Chinese."""
    async with visited(place, watch, **{"accept-language": accepted}) as http:
        assert f'<html lang="{lang}">' in (await http.get(f"/board{query}")).text


async def test_the_watchman_is_answered(database: Database, watch: Watch) -> None:
    """Alive, ready, and the counters in Prometheus' own format."""
    async with visited(database, watch) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        assert (await http.get("/readyz")).json() == {"status": "ok", "database": "ok"}
        metrics = await http.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "python_info" in metrics.text


async def test_without_a_database_it_is_alive_and_not_ready(watch: Watch) -> None:
    """A database that cannot be reached makes the program not ready, with 503 and no details."""
    lost = Database("postgresql+psycopg://nobody:secret@127.0.0.1:1/none?connect_timeout=1")
    async with visited(lost, watch) as http:
        assert (await http.get("/healthz")).status_code == 200
        answer = await http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "database": "unreachable"}
    lost.close()
