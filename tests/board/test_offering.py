"""What the board offers somebody is what the chat does for them: nothing that it then refuses, and all else."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Connection, insert, update

from bot.board.offering import OFFERED
from bot.model import Role
from bot.store.database import Database
from bot.store.tables import named
from tests.board.offices import ZHANG, at_work, text
from tests.talking import Talk
from tests.town import LONG_AGO, TODAY

ASSIGNMENT = named("assignment")
HELD = {
    Role.BUILDING_LEADER: "23", Role.GRID_WORKER: "23", Role.UNIT_CONTACT: "U", Role.COMMUNITY_LEAD: "JA",
    Role.TOWNSHIP_REVIEWER: "T", Role.OFFICE: "X", Role.ADMIN: "X",
}  # fmt: skip
REFUSED = ("您名下没有", "您名下现在没有要报的地方", "您名下现在没有地方，用不了", "给管理员用")
NOTHING = {"cases", "problems"}
"""An administrator may ask these, and is told of none, ever."""
OWING = {Role.BUILDING_LEADER, Role.GRID_WORKER, Role.UNIT_CONTACT}
"""Whoever owes no report is greeted by 日报 with what is theirs; on the board that is the page itself."""
ALL = [name for _, names in OFFERED for name in names]


def become(database: Database, role: Role, place: str, stands_in_for: int | None = None) -> None:
    """Zhang has this task, and no other."""
    unit = {"code": "U", "name": "某单位", "level": "unit", "parent": "JA", "aliases": "", "start": date(2026, 6, 1)}
    task = {"person": ZHANG, "role": role.value, "place": place, "recorded_at": LONG_AGO}

    def job(connection: Connection) -> None:
        connection.execute(insert(named("place")), unit)
        connection.execute(update(ASSIGNMENT).where(ASSIGNMENT.c.person == ZHANG).values(until=date(2026, 1, 1)))
        connection.execute(insert(ASSIGNMENT), task | {"stands_in_for": stands_in_for, "until": TODAY})

    database.write(job)


async def chat(database: Database) -> set[str]:
    """The commands that the chat does not refuse Zhang."""
    talk, found = Talk(database), set()
    for name in ALL:
        said = "\n".join(each.text for each in await talk.write("zhang", f"/{name}"))
        if not any(words in said for words in REFUSED):
            found.add(name)
    return found


async def board(database: Database) -> set[str]:
    """The commands that ``/board/do`` has a button for."""
    async with at_work(database, ZHANG) as http:
        page = (await http.get("/board/do")).text
    return {name for name in ALL if f'action="/board/do/{name}"' in page}


@pytest.mark.parametrize(("role", "place"), HELD.items())
async def test_each_role_is_offered_what_the_chat_does_for_it(town: Database, role: Role, place: str) -> None:
    """Every command that is offered anywhere, tried."""
    become(town, role, place)
    never: set[str] = (NOTHING if role is Role.ADMIN else set()) | ({"report"} if role not in OWING else set())
    assert await board(town) == await chat(town) - never


@pytest.mark.parametrize(("role", "place"), [(Role.COMMUNITY_LEAD, "JA"), (Role.GRID_WORKER, "23")])
async def test_whoever_stands_in_oversees_for_nobody(town: Database, role: Role, place: str) -> None:
    """They report and record for a colleague; the lists of people stay with the colleague."""
    become(town, role, place, stands_in_for=3)
    offered = await board(town)
    assert offered == await chat(town)
    assert "missing" not in offered
    assert "notice" in offered


async def test_other_pages_offer_no_more(town: Database) -> None:
    """A unit's contact leads, and is no overseer: no list of who has not reported, on no page."""
    become(town, Role.UNIT_CONTACT, "U")
    async with at_work(town, ZHANG) as http:
        for path in ("/board/U", "/board/my/people"):
            page = (await http.get(path)).text
            assert "某单位" in text(page)
            assert "/board/do/missing" not in page
            assert "/board/do/summary" not in page
