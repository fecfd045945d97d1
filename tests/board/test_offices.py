"""The pages behind the login: for whom, what they show, and that nothing of it is anybody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store.database import Database
from tests.board.offices import LI, SUN, WANG, ZHANG, ZHAO, at_work, text
from tests.board.test_past import publish, record
from tests.town import NOW, TODAY

ROOMS = ("cases", "applications", "assessments", "ledger", "deadlines", "people")
FIELD = {"cases", "ledger", "deadlines"}


@pytest.mark.parametrize("path", ["/board/do", "/board/my/cases", "/board/case/S1015-01", "/board/my-mark"])
async def test_the_public_is_shown_the_way_in_and_nothing_else(town: Database, path: str) -> None:
    """401, with the steps; not a word of what lies behind."""
    async with at_work(town, None) as http:
        answer = await http.get(path)
    assert answer.status_code == 401
    assert "从聊天里进来" in answer.text
    assert "S1015" not in text(answer.text)


@pytest.mark.parametrize("person", [ZHANG, WANG, ZHAO, SUN])
async def test_each_role_has_its_rooms(town: Database, person: int) -> None:
    """Whoever only works has the lists of work; whoever leads has all; in both languages."""
    async with at_work(town, person) as http:
        for room in ROOMS:
            for lang in ("zh", "en"):
                answer = await http.get(f"/board/my/{room}", params={"lang": lang})
                assert answer.status_code == (200 if person != ZHANG or room in FIELD else 404), room
        front = (await http.get("/board")).text
        assert ("/board/my/people" in front) is (person != ZHANG)
        assert "/board/admin" not in front
        assert (await http.get("/board/my/nothing")).status_code == 404


async def test_the_way_from_the_town_to_the_compound(town: Database) -> None:
    """Each page names what lies right below it, and where it lies itself."""
    async with at_work(town, ZHAO) as http:
        assert 'href="/board/JA?lang=zh"' in (await http.get("/board/T")).text
        community = (await http.get("/board/JA")).text
        assert 'href="/board/23?lang=zh"' in community
        compound = (await http.get("/board/23")).text
    assert 'href="/board/T?lang=zh"' in compound
    assert 'href="/board/JA?lang=zh"' in compound


async def test_the_calendar_has_both_axes_of_time(town: Database) -> None:
    """Three colours, each with its letter; a day on which something else was said at the time says so, too."""
    publish(town, NOW - timedelta(days=3))
    record(town, "found", TODAY - timedelta(days=5), NOW - timedelta(days=2), "suspected")
    async with at_work(town, WANG) as http:
        page = (await http.get("/board/23")).text
    table = page.partition('class="calendar"')[2].partition("</table>")[0]
    assert table.count("<b>报</b>") > 10
    assert table.count("<b>断</b>") == 6
    assert 'class="broken differs"' in table
    assert "当时公布：已报" in table
    assert "疑似 1 例（S1119-01）" in text(page), "and the reason has the case, for those who may know it"


async def test_a_place_of_others_is_the_public_page(town: Database) -> None:
    """The lead of another community sees there what everybody sees."""
    async with at_work(town, LI) as http:
        page = (await http.get("/board/22")).text
    assert 'class="calendar"' not in page
    assert "编号" not in page


async def test_a_case_is_masked_as_the_table_has_it(town: Database) -> None:
    """A worker of another community learns that there is no such case; its own lead sees its log."""
    async with at_work(town, WANG) as http:
        page = await http.get("/board/case/S1015-01")
        assert page.status_code == 200
        assert "10月15日 发现 · 疑似" in text(page.text)
        assert (await http.get("/board/case/none")).status_code == 404
    async with at_work(town, LI) as http:
        assert (await http.get("/board/case/S1015-01")).status_code == 404


async def test_every_answer_is_kept_by_nobody(town: Database) -> None:
    """No cache keeps it, no other page frames it, nothing in it runs, and it says nothing to where it leads."""
    async with at_work(town, WANG) as http:
        for path in ("/board", "/board/23", "/board/do", "/board/my/cases", "/board/case/S1015-01"):
            headers = (await http.get(path)).headers
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-frame-options"] == "DENY"
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'")
            assert "unsafe" not in policy
            assert "cookie" in headers["vary"].lower()


async def test_news_are_told_by_a_mark(town: Database) -> None:
    """The same mark until something happens; then another."""
    async with at_work(town, WANG) as http:
        tag = (await http.get("/board/my-mark")).headers["etag"]
        known = {"if-none-match": tag}
        assert (await http.get("/board/my-mark", headers=known)).status_code == 304
        record(town, "found", TODAY, NOW, "suspected")
        assert (await http.get("/board/my-mark", headers=known)).status_code == 200
