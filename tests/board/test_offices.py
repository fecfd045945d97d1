"""The pages behind the login: for whom, what they show, and that nothing of it is anybody else's."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import Connection, insert, select

from bot.board import day
from bot.store import figures, glimpse
from bot.store.database import Database
from bot.store.tables import named
from tests import assessed
from tests.board.offices import LI, SUN, WANG, ZHANG, ZHAO, Office, at_work, text
from tests.board.test_past import publish, record
from tests.town import KEYRING, NOW, RULES, TODAY
from tests.web.test_board import counted

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


async def test_people_are_masked_and_counted(town: Database) -> None:
    """Both numbers of completeness and timeliness, what people had to do, and never a whole name or a phone."""
    async with at_work(town, WANG) as http:
        await http.post("/board/do/report", data={})
        page = (await http.get("/board/my/people")).text
    said = text(page)
    assert "君安社区 0 /3 0 /3 21 /21 21 /21" in said
    assert "张* 网格员 君安花园小区、星悦城一期、汉口花园六期 0 11月23日" in said
    assert "王* 社区负责人 君安社区 1" in said
    assert "李* 网格员 汉口花园六期" in said
    assert "星悦城二期" not in said, "nor what somebody does elsewhere"
    with town.read() as connection:
        person = named("person")
        rows = connection.execute(select(person.c.name, person.c.phone)).all()
    shown = page.replace("已登录：王样例", "")
    assert [row for row in rows if KEYRING.open(row.name) in shown or KEYRING.open(row.phone)[3:] in shown] == []


async def test_people_of_one_place(town: Database) -> None:
    """The list narrows to a place of one's own; of others there is nothing."""
    async with at_work(town, ZHAO) as http:
        assert "Smith*" in (await http.get("/board/my/people?place=61")).text
        assert "Smith*" not in (await http.get("/board/my/people?place=JA")).text
    async with at_work(town, WANG) as http:
        said = text((await http.get("/board/my/people?place=61")).text)
    assert "Smith*" not in said
    assert "您没有负责的下级" in said


async def test_ones_own_places_are_a_tap_away(town: Database) -> None:
    """On the front page, for whoever is logged in."""
    async with at_work(town, ZHANG) as http:
        page = (await http.get("/board")).text
    mine = page.partition('aria-label="我的地方"')[2].partition("</nav>")[0]
    assert text(f"<i{mine}") == "星悦城一期 君安花园小区 汉口花园六期"


async def test_an_assessment_with_its_photos(town: Database) -> None:
    """Item by item, what the facts answered marked as such; the photo is for those who answer for the place, logged."""
    office = Office(town)
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    media = await office.bot.media.keep(picture.getvalue())
    town.write(lambda connection: assessed.submit(connection, "wang", "JA", "assessment-form"))
    marks, evidence = named("assessment_mark"), named("evidence")

    def show(connection: Connection) -> None:
        first = connection.execute(select(marks.c.id).limit(1)).scalar_one()
        connection.execute(insert(evidence), {"media": media, "mark": first})

    town.write(show)
    async with office.browser(ZHAO) as http:
        listed = text((await http.get("/board/my/assessments")).text)
        assert "君安社区 100 /80 合格 11月24日" in listed
        page = (await http.get("/board/my/assessments?place=JA")).text
        assert "100 分，80 分合格" in page
        assert "按事实" in page
        assert f'href="/board/proof/{media}"' in page
        shown = await http.get(f"/board/proof/{media}")
        assert shown.headers["content-type"] == "image/jpeg"
        assert (await http.get("/board/proof/none")).status_code == 404
        for query in ("place=nowhere", "place=JA&standard=none"):
            assert (await http.get(f"/board/my/assessments?{query}")).status_code == 404
    async with at_work(town, ZHANG) as http:
        assert (await http.get(f"/board/proof/{media}")).status_code == 404
    audit = named("audit")
    with town.read() as connection:
        rows = connection.execute(select(audit.c.actor, audit.c.subject).where(audit.c.action == "picture seen")).all()
    assert rows == [(f"p:{ZHAO}", "JA")]


async def test_a_large_town_shows_its_communities(town: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compounds stand on the pages of their communities then, and a large place's past is looked up on request."""
    monkeypatch.setattr(glimpse, "MANY", 2)
    monkeypatch.setattr(day, "LARGE", 2)
    publish(town, NOW)
    async with at_work(town, ZHAO) as http:
        front = (await http.get("/board")).text
        assert 'href="/board/JA?lang=zh"' in front
        assert 'href="/board/23?lang=zh"' not in front
        page = (await http.get("/board/T")).text
        assert 'href="/board/T?past=1&amp;lang=zh"' in page
        assert 'class="calendar"' in page, "by what was published"
        assert "公布与现值" not in page
        assert "公布与现值" in (await http.get("/board/T?past=1")).text


async def test_unverified_days_that_hold_the_count_are_looked_up(town: Database) -> None:
    """Where a pack counts no day without a report, the board asks for all of them, and says what the figures say."""
    rules = replace(RULES, unverified="hold", name="holding")
    with town.read() as connection:
        board = day.shown(connection, rules, TODAY)
        known = {each.place: each for each in figures.streaks(connection, rules, TODAY)}
    assert [board.line(code).days for code in ("22", "23", "JA")] == [known[code].days for code in ("22", "23", "JA")]  # type: ignore[union-attr]
    assert board.line("22").days == 11, "the thirteenth to the twenty-third"  # type: ignore[union-attr]


@pytest.mark.parametrize("back", [0, 1, 5, 30])
async def test_a_day_of_the_board_is_the_day_of_the_figures(town: Database, back: int) -> None:
    """What is worked out from one day agrees with what is worked out from all of them: days, state, coverage."""
    on = TODAY - timedelta(days=back)
    with town.read() as connection:
        board = day.shown(connection, RULES, on)
        for each in figures.streaks(connection, RULES, on):
            line = board.line(each.place)
            assert line is not None
            assert (line.days, line.state, line.since) == (each.days, each.state, each.since)
        covered = figures.coverage(connection, on)
    assert (board.expected, board.received, board.on_time) == (covered.expected, covered.received, covered.on_time)


@pytest.mark.parametrize("many", [2, 400])
async def test_the_front_page_of_somebody_logged_in_is_ten_questions_at_most(
    town: Database, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """Who it is, what they are, and the day: the same number for five places and for ten thousand."""
    monkeypatch.setattr(glimpse, "MANY", many)
    async with at_work(town, ZHAO) as http:
        with counted(town) as statements:
            assert (await http.get("/board")).status_code == 200
    assert len(statements) <= 10


async def test_a_day_of_the_calendar_says_why_on_both_axes(town: Database) -> None:
    """What was known at its cutoff beside what is known now, each with its reason; a day to come says nothing."""
    publish(town, NOW - timedelta(days=3))
    record(town, "found", TODAY - timedelta(days=5), NOW - timedelta(days=2), "suspected")
    async with at_work(town, WANG) as http:
        page = (await http.get("/board/23")).text
        assert 'href="/board/23?day=2026-11-19&amp;lang=zh#day"' in page
        said = text((await http.get("/board/23?day=2026-11-19")).text)
        same = text((await http.get("/board/23?day=2026-11-18")).text)
        for odd in ("2026-11-25", "yesterday", "0000-00-00"):
            assert 'id="day"' not in (await http.get("/board/23", params={"day": odd})).text
        today = text((await http.get("/board/23?day=2026-11-24")).text)
    then, _, now = said.partition("截止时")[2].partition("现在掌握")
    assert "32 天，自 10月19日 起算" in then
    assert "0 天，有病例尚未离开或解除 疑似 1 例（S1119-01）" in now
    assert "与截止时相同" in same.partition("截止时")[2]
    assert "截止时" not in today, "its cutoff is still to come"


async def test_what_went_wrong_is_said_in_words(town: Database) -> None:
    """In the reader's language, with what to do; the status is the same as ever."""
    async with at_work(town, WANG) as http:
        for path, lang, said in (
            ("/board/my/nothing", "zh", "不在您的范围里"),
            ("/board/nowhere", "en", "not in your charge"),
            ("/board/admin", "zh", "不在您的范围里"),
        ):
            answer = await http.get(path, params={"lang": lang})
            assert answer.status_code == 404
            assert said in text(answer.text)
        answer = await http.post("/board/do", data={"id": "?"})
        assert answer.status_code == 422
        assert "什么都没有记下" in text(answer.text)
    async with at_work(town, None) as http:
        assert "没有这一页" in (await http.get("/board/nowhere")).text
