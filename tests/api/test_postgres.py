"""The same answers from either database."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from bot.model import Role
from bot.store import webhooks
from bot.store.database import Database
from tests.api.asking import ALL, application, caller, token, work
from tests.store.servers import Postgres
from tests.town import NOW, build

OFFICE = Role.OFFICE
ASKED = (
    *ALL,
    "places?limit=2&level=compound",
    "streaks?as_of=2026-11-20&known_at=2026-11-18T09:00&place=JA",
    "cases?since=2026-10-18&format=csv",
    "ledger?since=2026-11-24",
)


async def answers(database: Database, folder: Path) -> list[tuple[int, str]]:
    """What each question is answered, and the page behind it."""
    build(database)
    database.write(work)
    said = []
    async with caller(application(database, folder), token(database)) as http:
        for asked in ASKED:
            answer = await http.get(f"/api/v1/{asked}")
            said.append((answer.status_code, answer.text))
            if onward := answer.links.get("next"):
                said.append((200, (await http.get(onward["url"])).text))
    database.write(lambda connection: webhooks.add(connection, NOW, url="https://x.example", role=OFFICE, place="JA"))
    with database.read() as connection:
        told = webhooks.concerned(connection, ["24", "61", "JA"])
    said.append((200, str({place: [each.id for each in hooks] for place, hooks in sorted(told.items())})))
    return said


async def test_either_database_answers_alike(postgres: Postgres, tmp_path: Path) -> None:
    """Every resource, filters, pages, a sheet; and whom a fact at a place is told."""
    with closing(Database(f"sqlite:///{tmp_path / 'wuyi.db'}")) as small:
        expected = await answers(small, tmp_path)
    with closing(Database(postgres.url())) as great:
        assert await answers(great, tmp_path) == expected
    postgres.drop(great)
    assert {status for status, _ in expected} == {200}
    assert len(expected) == len(ASKED) + 2
    assert expected[-1][1] == "{'24': [1], '61': [], 'JA': [1]}"
