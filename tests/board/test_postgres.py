"""The pages behind the login on PostgreSQL: every room is read, a form is answered, an item is opened."""

from __future__ import annotations

from pathlib import Path

from bot.model import Details
from bot.store import cases
from bot.store.acts import Act
from bot.store.database import Database
from tests.board.offices import SUN, WANG, ZHANG, Office, buttons, follow, press, text
from tests.board.test_offices import ROOMS
from tests.desk.test_postgres import pattern, postgres, url
from tests.desk.test_postgres import town as on_postgres
from tests.town import KEYRING, NOW, RULES, TODAY

__all__ = ["on_postgres", "pattern", "postgres", "url"]


async def test_every_room_is_read(on_postgres: Database, tmp_path: Path) -> None:
    """The lists, the front page, a place with a day, and what an admin has."""
    office = Office(on_postgres, folder=tmp_path)
    office.assign(SUN, "admin", "X")
    paths = [*(f"/board/my/{room}" for room in ROOMS), "/board", "/board/JA", "/board/23?day=2026-11-20", "/board/do"]
    paths += ["/board/my/people?place=JA", "/board/admin/outbox", "/board/my/assessments?place=JA", "/board/my-mark"]
    async with office.browser(SUN) as http:
        for path in paths:
            assert (await http.get(path)).status_code == 200, path


async def test_an_item_is_opened_and_a_day_reported(on_postgres: Database, tmp_path: Path) -> None:
    """The forms reach the desk here, too."""
    told = [cases.Opened("23", "fever", TODAY, Details(phone="13911112222"))]
    act = Act(ZHANG, None, NOW)
    (code,) = on_postgres.write(lambda connection: cases.enter(connection, KEYRING, RULES, act, told))
    async with Office(on_postgres, folder=tmp_path).browser(WANG) as http:
        asked = await follow(http, "/board/do/open", {"about": f"{code} phone"})
        shown = await press(http, asked.text, next(iter(buttons(asked.text))))
        assert "13911112222" in shown
        assert "电话" in text((await http.get(f"/board/case/{code}")).text).partition("打开记录")[2]
    async with Office(on_postgres, folder=tmp_path).browser(ZHANG) as http:
        page = await follow(http, "/board/do/report", {})
        assert "3 处正常" in text(await press(http, page.text, "✅ 全部正常"))
