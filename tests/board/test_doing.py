"""The conversation as a page: the handlers, rules and records of the chat, with forms and without a script."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from sqlalchemy import func, select

from bot.handlers import COMMANDS
from bot.model import ApplicationMade, Details, Step
from bot.store import cases, creation, creation_kept
from bot.store.acts import Act
from bot.store.database import Database
from bot.store.tables import named
from tests import assessed
from tests.board.offices import WANG, ZHANG, ZHAO, at_work, buttons, follow, press, text
from tests.town import KEYRING, NOW, RULES, TODAY

INBOX, OPENING = named("inbox"), named("opening")


def applied(database: Database) -> None:
    """The community JA has assessed itself and applied."""
    database.write(lambda connection: assessed.submit(connection, "wang", "JA", "assessment-form"))
    fact = ApplicationMade("JA", "王样例", "书记", "13800000003", "坚持每日报告", "同意申报")
    act = Act(WANG, None, NOW)
    database.write(lambda connection: creation.apply(connection, assessed.HOUSE, act, fact))


def count(database: Database, table: str) -> int:
    """How many rows a table has."""
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(named(table))).scalar_one()


async def test_a_township_passes_an_application_from_its_list(town: Database) -> None:
    """From the list by one button to the card, by two more to the step: recorded under the reviewer's name."""
    applied(town)
    async with at_work(town, ZHAO) as http:
        listed = (await http.get("/board/my/applications")).text
        assert "待乡镇审核" in listed
        assert 'name="about" value="JA"' in listed
        page = await follow(http, "/board/do/creation", {"about": "JA", "back": "/board/my/applications"})
        assert str(page.url).endswith("/board/do?back=%2Fboard%2Fmy%2Fapplications")
        assert 'href="?back=%2Fboard%2Fmy%2Fapplications&amp;lang=en"' in page.text, "the other language, the same page"
        assert "君安社区：已申报，待乡镇审核" in text(page.text)
        sure = await press(http, page.text, "通过")
        done = await press(http, sure, next(iter(buttons(sure))))
        assert 'href="/board/my/applications"' in done, "and back to where one came from"
        after = (await http.get("/board/my/applications")).text
    assert "待明查暗访" in after
    with town.read() as connection:
        (*_, last) = creation_kept.steps_of(connection, assessed.HOUSE, ["JA"])["JA"]
    assert (last.step, last.person) == (Step.PASSED, ZHAO)


async def test_what_the_chat_refuses_the_page_refuses(town: Database) -> None:
    """A worker sees nothing of the creation workflow here either, and learns why."""
    applied(town)
    async with at_work(town, ZHANG) as http:
        page = await follow(http, "/board/do/creation", {"about": "JA"})
    assert "“创建”由社区负责人、" in text(page.text)
    assert "请找君安社区的社区负责人" in text(page.text)


async def test_one_tap_reports_a_normal_day(town: Database) -> None:
    """The same tap, the same receipt, and the board counts it at once."""
    async with at_work(town, ZHANG) as http:
        page = await follow(http, "/board/do/report", {})
        receipt = await press(http, page.text, "✅ 全部正常")
        assert "已报，3 处正常" in text(receipt)
        assert (await http.get("/board/do")).text.count("已报，3 处正常") == 1, (
            "a reload says it again and does nothing"
        )
    assert count(town, "inbox") == 2


async def test_a_form_sent_twice_counts_once(town: Database) -> None:
    """A double tap, or the way back in the browser: one message, one report."""
    async with at_work(town, ZHANG) as http:
        page = await follow(http, "/board/do/report", {})
        said = buttons(page.text)["✅ 全部正常"]
        for _ in range(2):
            assert (await http.post("/board/do", data=dict(said))).status_code == 303
    assert count(town, "inbox") == 2


async def test_looking_begins_nothing(town: Database) -> None:
    """The page of a command is a button; only pressing it says something."""
    async with at_work(town, ZHAO) as http:
        page = (await http.get("/board/do/creation", params={"about": "JA", "back": "/board/JA"})).text
        assert 'action="/board/do/creation"' in page
        assert count(town, "inbox") == 0
        assert (await http.get("/board/do/nothing")).status_code == 404
        assert (await http.post("/board/do/nothing")).status_code == 404


async def test_words_and_what_was_wrong_with_them(town: Database) -> None:
    """A question for words is a field; what cannot be read is said, and asked again."""
    async with at_work(town, WANG) as http:
        page = await follow(http, "/board/do/problem", {})
        while "<textarea" not in page.text:
            label = next(iter(buttons(page.text)))
            page = await follow(http, "/board/do", buttons(page.text)[label])
        wrote = await follow(http, "/board/do", {"id": "words-0001", "text": "楼道堆物"})
        assert "<textarea" not in wrote.text or "楼道堆物" in text(wrote.text)
        empty = await http.post("/board/do", data={"id": "words-0002", "text": " "})
        assert empty.status_code == 422
        assert "还没有写" in empty.text
        assert (await http.post("/board/do", data={"id": "x", "text": "好"})).status_code == 422


async def test_a_picture_goes_the_same_way(town: Database) -> None:
    """It is kept as the chat keeps it; what is none is told, and the question stays."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    async with at_work(town, ZHANG) as http:
        page = await follow(http, "/board/do/report", {})
        await press(http, page.text, "✅ 全部正常")
        page = await follow(http, "/board/do/add", {})
        assert 'type="file"' in page.text
        wrong = await http.post("/board/do", data={"id": "photo-0001"}, files={"photo": ("a.png", b"no picture")})
        assert wrong.status_code == 422
        assert "打不开" in wrong.text
        sent = await http.post("/board/do", data={"id": "photo-0002"}, files={"photo": ("a.png", picture.getvalue())})
        assert sent.status_code == 303
        shown = (await http.get("/board/do")).text
        await press(http, shown, next(label for label in buttons(shown) if label in {"提交", "完成", "好了", "就这些"}))
    assert count(town, "photo") == 1


async def test_a_sealed_item_is_opened_for_a_reason_and_logged(town: Database) -> None:
    """From the case's page by the flow of the chat: the reason is asked, the item shown once it is given, and kept."""
    told = Details(door="3-2-501", phone="13911112222", name="陈某某")
    opened = cases.Opened("23", "fever", TODAY, told)
    act = Act(ZHANG, None, NOW)
    (code,) = town.write(lambda connection: cases.enter(connection, KEYRING, RULES, act, [opened]))
    async with at_work(town, WANG) as http:
        page = (await http.get(f"/board/case/{code}")).text
        assert "139****2222" in page
        assert "13911112222" not in page
        assert f'name="about" value="{code} phone"' in page
        asked = await follow(http, "/board/do/open", {"about": f"{code} phone", "back": f"/board/case/{code}"})
        assert "13911112222" not in asked.text
        shown = await press(http, asked.text, next(iter(buttons(asked.text))))
        assert "13911112222" in shown
        assert "电话" in text((await http.get(f"/board/case/{code}")).text).partition("打开记录")[2]
    assert count(town, "opening") == 1
    with town.read() as connection:
        audit = named("audit")
        rows = connection.execute(select(audit.c.actor, audit.c.action, audit.c.subject)).all()
    assert (f"p:{WANG}", "item opened", code) in rows


async def test_a_document_is_asked_for_and_fetched(town: Database) -> None:
    """The flow of the chat ends in a file; it is fetched from the page."""
    async with at_work(town, WANG) as http:
        page = (await follow(http, "/board/do/document", {})).text
        for _ in range(6):
            if "/chat/papers/" in page or not buttons(page):
                break
            page = await press(http, page, next(iter(buttons(page))))
        (path,) = re.findall(r'href="(/chat/papers/\d+)"', page)
        assert (await http.get(path)).content[:2] == b"PK"


async def test_another_site_cannot_speak_for_anybody(town: Database) -> None:
    """A form of another origin, with the cookie or without, is refused before it is read."""
    async with at_work(town, ZHANG) as http:
        for said in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
            for path in ("/board/do", "/board/do/report"):
                answer = await http.post(path, data={"id": "12345678", "text": "日报"}, headers=said)
                assert answer.status_code == 403
    assert count(town, "inbox") == 0


async def test_a_button_of_somebody_elses_message_says_so(town: Database) -> None:
    """A token that was guessed, or taken from another chat, answers nothing."""
    before = count(town, "report")
    async with at_work(town, ZHANG) as http:
        page = await follow(http, "/board/do/report", {})
        taken = buttons(page.text)["✅ 全部正常"]
        async with at_work(town, WANG) as other:
            refused = await follow(other, "/board/do", taken)
    assert "已报" not in text(refused.text).partition("要办什么")[0]
    assert count(town, "report") == before


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/chat/../x", "javascript:alert(1)", "/board/../x"]
)
async def test_the_way_back_is_one_of_ours(town: Database, back: str) -> None:
    """Whatever a form says of where one came from, only a page of the board is led back to."""
    async with at_work(town, ZHANG) as http:
        page = await follow(http, "/board/do/todo", {"back": back})
        assert page.url.path == "/board/do"
        assert page.url.query == b""
        looked = (await http.get("/board/do", params={"back": back})).text
    assert not re.search(r'(?:href|action|value)="(?!\?)[^"]*(?:evil|javascript:|%2Fx)', looked)


async def test_what_is_offered_is_what_there_is(town: Database) -> None:
    """Every button names a command that exists, in words; one that comes later appears by itself."""
    async with at_work(town, ZHAO) as http:
        page = (await http.get("/board/do")).text
    offered = re.findall(r'action="/board/do/(\w+)"', page)
    assert {"todo", "creation", "problems", "document"} <= set(offered)
    assert set(offered) <= set(COMMANDS)


async def test_too_much_is_slowed_down(town: Database) -> None:
    """The pace of the chat is the pace of the page."""
    async with at_work(town, ZHANG) as http:
        answers = [await http.post("/board/do/help", data={}) for _ in range(35)]
    slowed = [answer for answer in answers if answer.status_code == 429]
    assert slowed
    assert slowed[0].headers["retry-after"] == "2"
    assert "太快了" in slowed[0].text


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_every_command_has_its_page(town: Database, part: int) -> None:
    """Whatever can be begun in the chat is begun here, and its answer shown; none is kept in quarantine."""
    async with at_work(town, WANG) as http:
        for name in sorted(set(COMMANDS) - {"forget"})[part::3]:
            page = await follow(http, f"/board/do/{name}", {"about": "JA"})
            assert 'class="lines"' in page.text, name
            assert "抱歉" not in text(page.text).partition("要办什么")[0], name
    with town.read() as connection:
        assert connection.execute(select(INBOX.c.why).where(INBOX.c.state != "done")).scalars().all() == []
