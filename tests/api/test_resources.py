"""What is answered: the figures of the command line, page by page, as JSON and CSV, and 304 where nothing changed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from sqlalchemy import event, insert, update
from starlette.applications import Starlette

from bot.board.api import answer, shapes
from bot.commands.figures import streaks
from bot.model import Role
from bot.store import deadlines
from bot.store.database import Database
from bot.store.tables import named
from tests.api.asking import ALL, LISTS, caller, token
from tests.talking import Talk
from tests.town import NOW, TODAY


async def items(app: Starlette, word: str, path: str) -> list[dict[str, Any]]:
    """The first page."""
    async with caller(app, word) as http:
        said = await http.get(f"/api/v1/{path}")
    assert said.status_code == 200, said.text
    found: list[dict[str, Any]] = said.json()["items"]
    return found


async def test_streaks_are_those_of_the_command_line(
    app: Starlette, town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same objects, field by field, on both axes."""
    monkeypatch.setenv("WUYI_DATABASE_URL", town.url)
    for options, asked in (
        (["--as-of", "2026-11-23"], "as_of=2026-11-23"),
        (["--as-of", "2026-11-20", "--known-at", "2026-11-18T09:00"], "as_of=2026-11-20&known_at=2026-11-18T09:00"),
        (["--as-of", "2026-11-24", "--level", "compound"], "as_of=2026-11-24&level=compound"),
    ):
        monkeypatch.setattr("bot.commands.figures.opened", lambda _settings: _borrowed(town))
        ran = CliRunner().invoke(streaks, [*options, "--json"])
        assert ran.exit_code == 0, ran.output
        assert await items(app, token(town), f"streaks?{asked}") == json.loads(ran.output)


@contextmanager
def _borrowed(town: Database) -> Iterator[Database]:
    yield town


async def test_a_history_has_both_figures(app: Starlette, filled: Database) -> None:
    """As published, and as known now, with the case that made the difference."""
    (day,) = await items(app, token(filled), "places/24/history?first=2026-11-23&last=2026-11-23")
    assert (day["place"], day["pack"], day["day"], day["differs"]) == ("24", "default", "2026-11-23", False)
    assert day["published"] == day["restated"] == {"streak": 104, "state": "clean", "since": "2026-08-12"}


async def test_coverage_and_reports_of_a_day(app: Starlette, town: Database) -> None:
    """What a worker reports is received, in time, of the place and of all above it; who it was is not said."""
    talk = Talk(town)
    await talk.write("zhang", "全部正常")
    found = {each["place"]: each for each in await items(app, token(town), "coverage")}
    assert {code: (found[code]["expected"], found[code]["received"]) for code in ("23", "JA", "T")} == {
        "23": (1, 1),
        "JA": (3, 3),
        "T": (5, 3),
    }
    reports = {each["place"]: each for each in await items(app, token(town), "reports")}
    assert reports["23"] | {"name": "", "level": ""} == {
        "place": "23", "name": "", "level": "", "day": "2026-11-24", "status": "normal", "late": False,
        "recorded_at": "2026-11-24T14:58:00+08:00",
    }  # fmt: skip
    assert reports["25"]["status"] is None


async def test_cases_are_facts(app: Starlette, filled: Database) -> None:
    """Number, place, kind, days and state; since a day, those of which something is new."""
    word = token(filled)
    everything = await items(app, word, "cases")
    assert [each["case"] for each in everything] == ["S1015-01", "F1124-01", "K1124-01", "M1124-01"]
    assert (everything[0]["state"], everything[0]["left_on"]) == ("ended", "2026-10-18")
    assert [fact["event"] for fact in everything[0]["facts"]] == ["found", "left"]
    fresh = await items(app, word, "cases?since=2026-11-24")
    assert [each["case"] for each in fresh] == ["F1124-01", "K1124-01", "M1124-01"]
    assert {each["state"] for each in fresh} == {"open"}


async def test_the_work_of_creation(app: Starlette, filled: Database) -> None:
    """Awards with their steps, problems, deadlines with those that are done, assessments."""
    word = token(filled)
    (award,) = await items(app, word, "awards")
    assert (award["place"], award["stage"], award["held_since"]) == ("JA", "awarded", "2026-11-23")
    assert [(each["step"], each["score"]) for each in award["steps"]][1] == ("inspected_open", 95.5)
    (problem,) = await items(app, word, "ledger")
    assert (problem["problem"], problem["state"], problem["rectified_on"]) == ("P1124-01", "rectified", "2026-11-24")
    assert await items(app, word, "ledger?since=2026-11-25") == []
    due = await items(app, word, "deadlines?first=2026-12-01&last=2026-12-31")
    assert [each["told"] for each in due if each["deadline"] == "prepare"] == [["T"]]
    done = {(each["place"], each["standard"]): each["points"] for each in await items(app, word, "assessments")}
    assert set(done) == {("JA", "assessment-form"), ("T", "township-100")}


@pytest.mark.parametrize("resource", ALL)
async def test_pages_put_together_are_the_whole(app: Starlette, filled: Database, resource: str) -> None:
    """One item at a time, by the cursor and by the link alike."""
    word = token(filled)
    whole = await items(app, word, f"{resource}?limit=1000")
    found, path = [], f"/api/v1/{resource}?limit=1"
    async with caller(app, word) as http:
        while path:
            said = await http.get(path)
            body = said.json()
            found += body["items"]
            path = said.links.get("next", {}).get("url", "")
            assert (body["next"] is None) == (path == "")
            assert body["next"] is None or body["next"] in path
    assert found == whole
    assert whole


async def test_what_comes_in_between_moves_no_page(app: Starlette, town: Database) -> None:
    """A place that is added while somebody reads is there if it lies ahead, and nothing is told twice or left out."""
    word = token(town)
    async with caller(app, word) as http:
        first = (await http.get("/api/v1/places?limit=3")).json()
        row = {"name": "新小区", "level": "compound", "parent": "JA", "aliases": ""}
        rows = [{**row, "code": "21"}, {**row, "code": "60"}]
        town.write(lambda connection: connection.execute(insert(named("place")), rows))
        second = (await http.get(f"/api/v1/places?limit=1000&next={first['next']}")).json()
    assert [each["place"] for each in first["items"]] == ["22", "23", "24"]
    assert [each["place"] for each in second["items"]] == ["25", "60", "61", "JA", "T", "X", "XM"]


@pytest.mark.parametrize("resource", ALL)
async def test_nothing_is_sent_twice_where_nothing_changed(app: Starlette, filled: Database, resource: str) -> None:
    """304 by the strong mark; another form or another caller has another mark, and so has another state."""
    word = token(filled, Role.TOWNSHIP_REVIEWER, "T")
    async with caller(app, word) as http:
        first = await http.get(f"/api/v1/{resource}")
        mark = first.headers["etag"]
        same = await http.get(f"/api/v1/{resource}", headers={"if-none-match": f'"other", W/{mark}'})
        sheet = await http.get(f"/api/v1/{resource}", headers={"accept": "text/csv", "if-none-match": mark})
        filled.write(lambda connection: deadlines.set_workday(connection, TODAY, working=True, now=NOW))
        later = await http.get(f"/api/v1/{resource}", headers={"if-none-match": mark})
    async with caller(app, token(filled, Role.COMMUNITY_LEAD, "T")) as http:
        other = await http.get(f"/api/v1/{resource}", headers={"if-none-match": mark})
    assert first.headers["cache-control"] == "private, no-cache"
    assert mark.startswith('"')
    assert (same.status_code, same.content) == (304, b"")
    assert [each.status_code for each in (sheet, later, other)] == [200, 200, 200]
    assert len({mark, sheet.headers["etag"], later.headers["etag"], other.headers["etag"]}) == 4


@pytest.mark.parametrize("resource", ALL)
async def test_a_sheet_has_the_same_rows(app: Starlette, filled: Database, resource: str) -> None:
    """By ``?format=csv`` as by ``Accept``; it begins with the mark by which Excel knows its signs."""
    word = token(filled)
    whole = await items(app, word, resource)
    async with caller(app, word) as http:
        said = await http.get(f"/api/v1/{resource}?format=csv")
        accepted = await http.get(f"/api/v1/{resource}", headers={"accept": "text/csv, application/json;q=0.5"})
    assert said.headers["content-type"] == "text/csv; charset=utf-8"
    assert said.content.startswith(b"\xef\xbb\xbf")
    assert said.content == accepted.content
    rows = list(csv.DictReader(io.StringIO(said.content.decode("utf-8-sig"))))
    name = next(iter(whole[0]))
    assert [row[name] for row in rows] == [str(each[name]) for each in whole]


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_looks_like_a_formula_is_text(begins: str) -> None:
    """A place that is called so runs nothing in a spreadsheet."""
    sheet = answer.table([{"place": begins, "name": "x", "level": "compound"}], shapes.Place)
    (row,) = csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff"), newline=""))
    assert row["place"] == f"'{begins}"


@pytest.mark.parametrize("resource", LISTS)
async def test_more_places_ask_no_more_questions(app: Starlette, filled: Database, resource: str) -> None:
    """The number of statements does not grow with the number of items.

    Each kind of deadline has its own questions; so have places that others hang from, and those from which none does.
    """
    few, most = {"deadlines": (35, 15), "coverage": (6, 16)}.get(resource, (2, 12))
    word, counts = token(filled), []
    heard: list[str] = []

    def note(*said: object) -> None:
        heard.append(str(said[2]))

    async with caller(app, word) as http:
        await http.get(f"/api/v1/{resource}")
        event.listen(filled.engine, "before_cursor_execute", note)
        for limit in (few, 1000):
            heard.clear()
            assert (await http.get(f"/api/v1/{resource}?limit={limit}")).status_code == 200
            counts.append(len(heard))
    assert counts[0] == counts[1]
    assert counts[0] <= most


@pytest.mark.parametrize(
    ("asked", "field", "told"),
    [
        ("streaks?as_of=0000-01-01", "as_of", "a day, such as 2026-11-24"),
        ("streaks?as_of=9999-12-31", "as_of", "a day, such as 2026-11-24"),
        ("streaks?as_of=0", "as_of", "a day, such as 2026-11-24"),
        ("streaks?as_of=2026-11-25", "as_of", "2026-11-24 or an earlier day"),
        ("streaks?known_at=9999-12-31T23:59-12:00", "known_at", "a moment, such as"),
        ("streaks?known_at=yesterday", "known_at", "a moment, such as"),
        ("streaks?level=street", "level", "county, township"),
        ("streaks?pack=plague", "pack", "known are: default"),
        ("coverage?day=2026-02-30", "day", "a day, such as"),
        ("places?limit=0", "limit", "from 1 to 1000"),
        ("places?limit=" + "9" * 5000, "limit", "from 1 to 1000"),
        ("places?place=%00", "place", "the code of a place"),
        ("places?next=abc", "next", "just as it came"),
        ("cases?next=WyJwbGFjZXMiLCIyMyJd", "next", "just as it came"),
        ("assessments?next=WyJhc3Nlc3NtZW50cyIsIjk5OTk5OTk5OTk5OTk5OTkiXQ", "next", "just as it came"),
        ("places?as_off=2026-11-24", "as_off", "/api/docs lists"),
        ("deadlines?first=2026-11-24&last=2026-11-23", "first", "may not lie after"),
        ("deadlines?first=2020-01-01&last=2026-11-23", "first", "at most 400 days"),
        ("places/24/history?first=2020-01-01", "first", "at most 366 days"),
        ("places/%00/history", "code", "the code of a place"),
    ],
)
async def test_a_wrong_parameter_is_named(app: Starlette, town: Database, asked: str, field: str, told: str) -> None:
    """422 with one sentence: which, and what to write."""
    async with caller(app, token(town), **{"accept-language": "en"}) as http:
        said = await http.get(f"/api/v1/{asked}")
    assert said.status_code == 422, said.text
    body = said.json()
    assert body["field"] == field
    assert told in body["error"]
    assert "\n" not in body["error"]


async def test_a_plus_sign_may_arrive_as_a_space(app: Starlette, town: Database) -> None:
    """As it does where somebody pastes a moment into an address."""
    word = token(town)
    pasted = await items(app, word, "streaks?known_at=2026-11-18T09:00+08:00")
    escaped = await items(app, word, "streaks?known_at=2026-11-18T09:00%2B08:00")
    assert pasted == escaped
    assert pasted != await items(app, word, "streaks")


async def test_a_code_may_be_in_any_writing(app: Starlette, town: Database) -> None:
    """Its history has pages, and the link to the next one leads there."""
    place, shown = named("place"), named("published")
    row = {"code": "六 期/%", "name": "汉口花园六期", "level": "compound", "parent": "JA", "aliases": ""}
    day = {
        "pack": "default", "place": row["code"], "days": 1, "state": "clean", "rank": "", "reported_days": 1,
        "unverified_days": 0, "published_at": NOW,
    }  # fmt: skip
    days = [day | {"day": TODAY - timedelta(days=n)} for n in (1, 2)]
    town.write(lambda connection: connection.execute(insert(place), row))
    town.write(lambda connection: connection.execute(insert(shown), days))
    async with caller(app, token(town)) as http:
        first = await http.get("/api/v1/places?limit=1&place=" + quote(row["code"]))
        assert first.json()["items"][0]["place"] == row["code"]
        code = quote("六 期%")
        town.write(lambda connection: connection.execute(insert(place), row | {"code": "六 期%"}))
        moved = [each | {"place": "六 期%"} for each in days]
        town.write(lambda connection: connection.execute(insert(shown), moved))
        page = await http.get(f"/api/v1/places/{code}/history?limit=1")
        rest = await http.get(page.links["next"]["url"])
    assert [each["day"] for said in (page, rest) for each in said.json()["items"]] == ["2026-11-23", "2026-11-22"]


async def test_nothing_else_lies_there(app: Starlette, town: Database) -> None:
    """Unknown addresses and writing are refused in one sentence, too."""
    async with caller(app, token(town)) as http:
        nothing, writing = await http.get("/api/v1/people"), await http.post("/api/v1/places")
        broken = await http.get("/api/v1/people%0Ax")
    assert (nothing.status_code, broken.status_code, writing.status_code) == (404, 404, 405)
    assert broken.json() == nothing.json()
    assert nothing.json()["error"] == "没有这个地址；/api/docs 列出全部地址。"
    assert writing.json()["error"] == "这里只能读取（GET）。"


async def test_a_closed_place_has_no_figure(app: Starlette, town: Database) -> None:
    """It is still listed among the places, with the day on which it closed."""
    place = named("place")
    closing = update(place).where(place.c.code == "22").values(closed=date(2026, 11, 20))
    town.write(lambda connection: connection.execute(closing))
    word = token(town)
    assert "22" not in [each["place"] for each in await items(app, word, "streaks")]
    assert (await items(app, word, "places"))[0]["closed"] == "2026-11-20"
