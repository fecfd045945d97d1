"""Who still owes a deadline: which places and how many people, as the reminders have it; nobody by name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from starlette.applications import Starlette

from bot.model import Role
from bot.store import deadlines as stored
from bot.store import figures
from bot.store.database import Database
from bot.store.owing import unreported
from bot.store.tables import named
from scheduler.calendar import deadlines
from tests.api.asking import caller, token
from tests.documents.records import HOUSE
from tests.talking import Talk
from tests.town import NOW, PEOPLE, TODAY, ZONE
from tests.web.test_board import counted

YEAR = "first=2026-11-24&last=2027-04-30&limit=1000"


async def due(app: Starlette, word: str, asked: str) -> list[dict[str, Any]]:
    """The deadlines of these days."""
    async with caller(app, word) as http:
        said = await http.get(f"/api/v1/deadlines?{asked}")
    assert said.status_code == 200, said.text
    found: list[dict[str, Any]] = said.json()["items"]
    return found


def of(found: list[dict[str, Any]], name: str, period: str) -> dict[str, Any] | None:
    """What is owed of one of them."""
    (item,) = [each for each in found if (each["deadline"], each["period"]) == (name, period)]
    found_of: dict[str, Any] | None = item["owed"]
    return found_of


def begun(database: Database) -> None:
    """A community that began to assess itself, and awards: one of this quarter, one of the last."""
    shared = {"period": "", "case": "", "person": 3, "recorded_at": NOW, "words": None, "halves": None}
    held = [("JA", date(2026, 9, 1)), ("61", date(2026, 11, 3))]
    steps = [{**shared, "place": place, "step": "awarded", "on": on} for place, on in held]
    sheet = {
        "id": 90,
        "place": "XM",
        "standard": "assessment-form",
        "version": "1",
        "on": date(2026, 12, 1),
        "person": 3,
    }

    def job(connection: Connection) -> None:
        connection.execute(insert(named("creation_event")), steps)
        connection.execute(insert(named("assessment")), sheet | {"begun_at": NOW})

    database.write(job)


async def test_it_is_what_the_reminders_remind_of(app: Starlette, filled: Database) -> None:
    """Every deadline of five months: the same places and people as ``lacking`` and ``owing`` find one by one."""
    begun(filled)
    found = await due(app, token(filled, Role.OFFICE, "X"), YEAR)
    asked = 0
    with filled.read() as connection:
        for each in deadlines(HOUSE.rules, TODAY, date(2027, 4, 30), ZONE):
            if each.rule.id == "daily-report":
                continue
            late = stored.lacking(connection, HOUSE, each, TODAY)
            people = len(stored.owing(connection, late, TODAY))
            left = of(found, each.rule.id, each.period)
            assert left == {"places": sorted(one.code for one in late), "people": people}, each
            asked += bool(late)
    assert asked > 5
    assert of(found, "prepare", "2026") == {"places": [], "people": 0}
    assert of(found, "monthly-report", "2027-01") == {"places": ["T"], "people": 1}
    assert of(found, "quarterly-review", "2026Q4") == {"places": ["JA"], "people": 1}
    assert of(found, "quarterly-review", "2027Q1") == {"places": ["61", "JA"], "people": 1}


async def test_the_reports_of_the_days(app: Starlette, town: Database) -> None:
    """Of today the places and the people; of a day before the places; of a day ahead nothing yet."""
    await Talk(town).write("li", "全部正常")
    found = await due(app, token(town, Role.COMMUNITY_LEAD, "T"), "first=2026-11-03&last=2026-11-25")
    with town.read() as connection:
        for day in (TODAY, TODAY - timedelta(days=1), date(2026, 11, 3)):
            expected = figures.coverage(connection, day, ["T"]).missing
            left = of(found, "daily-report", day.isoformat())
            assert left is not None
            assert left["places"] == sorted(expected), day
        assert len(unreported(connection, TODAY)) == 3
    assert of(found, "daily-report", "2026-11-24") == {"places": ["22", "23", "61"], "people": 3}
    assert of(found, "daily-report", "2026-11-23") == {"places": [], "people": None}
    assert of(found, "daily-report", "2026-11-03") == {"places": ["23", "24", "25", "61"], "people": None}
    assert of(found, "daily-report", "2026-11-25") is None


async def test_only_of_the_places_of_the_token(app: Starlette, filled: Database) -> None:
    """And of a place within them, where one is named."""
    begun(filled)
    narrow = await due(app, token(filled, Role.COMMUNITY_LEAD, "JA"), YEAR)
    named_ = await due(app, token(filled, Role.OFFICE, "X"), f"{YEAR}&place=JA")
    assert [each["owed"] for each in narrow] == [each["owed"] for each in named_]
    assert of(narrow, "daily-report", "2026-11-24") == {"places": [], "people": 0}
    other = await due(app, token(filled, Role.GRID_WORKER, "XM"), YEAR)
    assert of(other, "daily-report", "2026-11-24") == {"places": ["25"], "people": 2}
    assert of(narrow, "quarterly-review", "2027Q1") == {"places": ["JA"], "people": 1}
    assert of(narrow, "monthly-report", "2027-01") == {"places": [], "people": 0}


@pytest.mark.parametrize("role", list(Role))
async def test_what_a_role_may_not_see_is_absent(app: Starlette, filled: Database, role: Role) -> None:
    """Of applications and reviews it is for those who see awards; and no role reads who it is."""
    begun(filled)
    word = token(filled, role, "X")
    found = await due(app, word, YEAR)
    sees = role not in {Role.GRID_WORKER, Role.BUILDING_LEADER}
    for each in found:
        assert ("owed" in each) == (sees or each["settled"] not in {"applied", "reviewed"})
    for _, name, phone, _ in PEOPLE.values():
        assert name not in str(found)
        assert phone not in str(found)


async def test_pages_and_tables_have_it_too(app: Starlette, filled: Database) -> None:
    """One by one as all at once; in CSV in columns of its own."""
    word = token(filled)
    whole = await due(app, word, "first=2026-11-22&last=2026-12-31&limit=1000")
    found, path = [], "/api/v1/deadlines?first=2026-11-22&last=2026-12-31&limit=7"
    async with caller(app, word) as http:
        while path:
            said = await http.get(path)
            found += said.json()["items"]
            path = said.links.get("next", {}).get("url", "")
        table = await http.get("/api/v1/deadlines?format=csv")
    assert found == whole
    assert "owed.places,owed.people" in table.text.splitlines()[0]


async def test_a_year_asks_no_more_than_a_week(app: Starlette, filled: Database) -> None:
    """The questions to the database do not grow with the deadlines."""
    begun(filled)
    word = token(filled)
    asked = []
    for span in ("first=2026-11-24&last=2027-03-31", "first=2026-11-24&last=2027-12-28"):
        await due(app, word, span)
        with counted(filled) as statements:
            await due(app, word, f"{span}&limit=1000")
        asked.append(len(statements))
    assert asked[0] == asked[1]
