"""What one sends arrives once; what one sees is one's own, with edits applied."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import Connection, insert, update
from sqlmodel import col

from bot.channels.web import sample
from bot.model import Address, Button, InboundKind, Outbound, Paper, Sent
from bot.store.tables import Filing, Photo, named
from tests.web.town import LI, PNG, PROMPT, RECEIPT, WANG, ZHAO, Town, be, own


async def seen(http: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    """The messages that the page shows."""
    answer = await http.get("/chat/messages", params=query)
    assert answer.status_code == 200, answer.text
    messages: list[dict[str, Any]] = answer.json()["messages"]
    return messages


async def test_opening_brings_the_prompt_once_a_day(town: Town) -> None:
    """However often the page is loaded, the day's first look is one message; the next day brings another."""
    async with town.browser() as http:
        await be(http, LI)
        for _ in range(3):
            assert (await http.post("/chat/open")).status_code == 204
        assert [message["text"] for message in await seen(http)] == [PROMPT]
        town.now += timedelta(days=1)
        await http.post("/chat/open")
        assert len(await seen(http)) == 2
    assert [inbound.kind for inbound in town.heard] == [InboundKind.OPEN] * 2


async def test_one_tap_becomes_the_receipt(town: Town) -> None:
    """The tap goes out with the message that it was under, and the answer replaces that message."""
    async with town.browser() as http:
        await be(http, LI)
        await http.post("/chat/open")
        (prompt,) = await seen(http)
        token = prompt["buttons"][0][0]["token"]
        tap = {"id": "12345678", "token": token, "edits": prompt["key"][1:]}
        assert (await http.post("/chat/messages", json=tap)).status_code == 204
        (receipt,) = await seen(http)
    assert receipt["key"] == prompt["key"]
    assert receipt["text"] == RECEIPT
    assert receipt["at"] == "2026-11-24T14:58:00+08:00"
    assert receipt["version"] > prompt["version"]
    assert town.heard[-1].edits == prompt["key"][1:]


async def test_a_tap_that_is_answered_below_shows_what_was_tapped(town: Town) -> None:
    """Where the answer is a new message, the person's side shows the label, not the token."""
    async with town.browser() as http:
        await be(http, LI)
        await http.post("/chat/open")
        await http.post("/chat/messages", json={"id": "12345678", "token": "t.odd", "edits": "1"})
        assert [(each["who"], each["text"]) for each in await seen(http)][1:] == [
            ("me", "有异常"),
            ("bot", "收到：t.odd"),
        ]


async def test_a_repeat_counts_once(town: Town) -> None:
    """The same id again is taken for the same message; the page finds its own message by the id."""
    async with town.browser() as http:
        await be(http, LI)
        for _ in range(3):
            assert (await http.post("/chat/messages", json={"id": "12345678", "text": " 你好 "})).status_code == 204
        mine, answer = await seen(http)
    assert (mine["who"], mine["id"], mine["text"]) == ("me", "12345678", "你好")
    assert answer["text"] == "收到：你好"
    assert len(town.heard) == 1


async def test_what_is_not_stored_is_not_acknowledged(town: Town) -> None:
    """While nothing can be stored the page is told to come again; then the same message counts once."""
    async with town.browser() as http:
        await be(http, LI)
        said = {"id": "12345678", "text": "你好"}
        with town.out_of_order():
            answer = await http.post("/chat/messages", json=said)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert (await http.post("/chat/messages", json=said)).status_code == 204
    assert len(town.heard) == 1


async def test_nothing_is_taken_before_the_bot_listens(town: Town) -> None:
    """A message that comes while the program starts or stops is refused, not lost."""
    transport = httpx.ASGITransport(town.app(), client=("127.0.0.1", 1))
    said = {"sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=said) as http:
        await be(http, LI)
        assert (await http.post("/chat/open")).status_code == 503


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"id": "short", "text": "a"},
        {"id": "12345678"},
        {"id": "12345678", "text": "  "},
        {"id": "12345678", "text": "a", "token": "b"},
        {"id": "12345678", "token": "ü"},
        {"id": "12345678", "token": "t", "edits": "1; DROP"},
        {"id": "12345678", "text": "长" * 8001},
    ],
)
async def test_nonsense_is_refused(town: Town, said: dict[str, str]) -> None:
    """What the page never sends is an error of the caller, and reaches nobody."""
    async with town.browser() as http:
        await be(http, LI)
        assert (await http.post("/chat/messages", json=said)).status_code == 422
    assert town.heard == []


async def test_names_and_texts_stay_text(town: Town) -> None:
    """Markup in a name or a message is shown as it was written."""
    async with town.browser() as http:
        await be(http, ZHAO)
        page = (await http.get("/chat")).text
        assert "赵&lt;b&gt;敏&lt;/b&gt;" in page
        assert "<b>" not in page
        await http.post("/chat/messages", json={"id": "12345678", "text": "<script>alert(1)</script>"})
        answer = await http.get("/chat/messages")
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["messages"][0]["text"] == "<script>alert(1)</script>"


async def test_each_sees_the_own_chat_only(town: Town) -> None:
    """Another person's messages are not in the transcript."""
    await town.say(Outbound(0, own(WANG), "只给王强"))
    async with town.browser() as http:
        await be(http, LI)
        assert await seen(http) == []
        await be(http, WANG)
        assert [message["text"] for message in await seen(http)] == ["只给王强"]


async def test_a_group_hears_all_of_its_people(town: Town) -> None:
    """In the group each sees who said what, and the bot's totals; people of elsewhere see nothing."""
    async with town.browser() as http:
        await be(http, LI)
        assert (await http.get("/chat?group=C1")).status_code == 200
        await http.post("/chat/messages", json={"id": "12345678", "text": "汇总", "group": "C1"})
        assert town.heard[-1].address == Address("web", "group:C1", group=True)
        assert town.heard[-1].sender == str(LI)
        assert [message["who"] for message in await seen(http, group="C1")] == ["me", "bot"]
        assert await seen(http) == []
        await be(http, WANG)
        said, totals = await seen(http, group="C1")
        assert (said["who"], said["name"]) == ("other", "李芳")
        assert "应报 12 处" in totals["text"]
        await be(http, ZHAO)
        for path in ("/chat?group=C1", "/chat/messages?group=C1", "/chat/events?group=C1"):
            assert (await http.get(path)).status_code == 404
        said = {"id": "12345678", "text": "汇总", "group": "C1"}
        assert (await http.post("/chat/messages", json=said)).status_code == 404


async def test_two_members_may_use_the_same_id(town: Town) -> None:
    """A member cannot make another's message count as a repeat."""
    async with town.browser() as http:
        for person in (LI, WANG):
            await be(http, person)
            await http.post("/chat/messages", json={"id": "12345678", "text": "汇总", "group": "C1"})
    assert len(town.heard) == 2


async def test_a_logged_in_person_has_no_groups_here(real: Town) -> None:
    """Groups of the web chat are a part of the sample only."""
    async with real.browser() as http:
        await http.post("/login", json={"token": real.link(LI)})
        assert (await http.get("/chat?group=C1")).status_code == 404
        assert (await http.get("/chat/messages?group=C1")).status_code == 404


async def test_a_picture_is_for_those_who_have_its_message(town: Town) -> None:
    """The sender sees it again, everybody else gets the same 404 as for one that does not exist."""
    async with town.browser() as http:
        await be(http, LI)
        answer = await http.post("/chat/photos", data={"id": "12345678"}, files={"photo": ("a.png", PNG)})
        assert answer.status_code == 204
        photo = (await seen(http))[0]["photo"]
        shown = await http.get(f"/media/{photo}")
        assert (shown.status_code, shown.headers["content-type"], shown.content) == (200, "image/jpeg", PNG)
        await be(http, WANG)
        assert (await http.get(f"/media/{photo}")).status_code == 404
        assert (await http.get("/media/none")).status_code == 404
        http.cookies.clear()
        assert (await http.get(f"/media/{photo}")).status_code == 401


async def test_a_picture_of_an_own_report_is_seen(town: Town) -> None:
    """What a person filed through another channel is theirs here, too; a picture that is gone is 404."""
    name = await town.keep(PNG)
    row = {"day": town.now.date(), "person": LI, "recorded_at": town.now, "late": False, "source": "chat"}

    def job(connection: Connection) -> None:
        filing = connection.scalar(insert(Filing).values(**row).returning(col(Filing.id)))
        connection.execute(insert(Photo).values(filing=filing, media=name))

    town.database.write(job)
    async with town.browser() as http:
        await be(http, LI)
        assert (await http.get(f"/media/{name}")).status_code == 200
        town.pictures.clear()
        assert (await http.get(f"/media/{name}")).status_code == 404


async def test_a_picture_sent_twice_is_kept_once(town: Town) -> None:
    """A retry does not leave a second copy that belongs to no message."""
    async with town.browser() as http:
        await be(http, LI)
        for _ in range(2):
            answer = await http.post("/chat/photos", data={"id": "12345678"}, files={"photo": ("a.png", PNG)})
            assert answer.status_code == 204
    assert len(town.pictures) == len(town.heard) == 1


@pytest.mark.parametrize(
    ("data", "files", "error"),
    [
        ({"id": "12345678"}, {"photo": ("a.txt", b"hello")}, "not_a_picture"),
        ({"id": "x"}, {"photo": ("a.png", PNG)}, None),
        ({"id": "12345678", "photo": "no file"}, None, None),
    ],
)
async def test_no_picture_is_refused_with_the_reason(
    town: Town, data: dict[str, str], files: dict[str, tuple[str, bytes]] | None, error: str | None
) -> None:
    """The page learns what is wrong with a file that is no picture."""
    async with town.browser() as http:
        await be(http, LI)
        answer = await http.post("/chat/photos", data=data, files=files)
        assert answer.status_code == 422
        assert error is None or answer.json() == {"error": error}
    assert town.heard == []


async def test_unchanged_costs_nothing(town: Town) -> None:
    """Asked with the version it has, the page gets an empty answer until something new is there."""
    async with town.browser() as http:
        await be(http, LI)
        version = (await http.get("/chat/messages")).json()["version"]
        assert (await http.get("/chat/messages", params={"after": version})).status_code == 204
        await town.say(Outbound(0, own(LI), "新消息"))
        assert (await http.get("/chat/messages", params={"after": version})).status_code == 200


async def test_older_messages_come_on_request(town: Town) -> None:
    """Page after page, every message once, in order; also where many share one moment."""
    for n in range(150):
        await town.say(Outbound(0, own(LI), f"消息 {n}"))
        town.now += timedelta(minutes=n % 3)
    async with town.browser() as http:
        await be(http, LI)
        found: list[str] = []
        page = (await http.get("/chat/messages")).json()
        while page["messages"]:
            found = [message["text"] for message in page["messages"]] + found
            older = page["older"]
            if not older:
                break
            page = (await http.get("/chat/messages", params={"before": older})).json()
        assert found == [f"消息 {n}" for n in range(150)]
        assert (await http.get("/chat/messages", params={"before": "nonsense"})).status_code == 422


async def test_an_edit_of_an_edit_lands_on_the_same_message(town: Town) -> None:
    """The channel names an edited message by its first id, so that chains stay one bubble."""
    first = await town.say(Outbound(0, own(LI), "一", ((Button("甲", "a", "t.a"),),)))
    sent = await town.web.send(Outbound(99, own(LI), "二", edits=str(first)))
    assert sent == Sent(str(first))
    await town.say(Outbound(0, own(LI), "二", edits=str(first)))
    await town.say(Outbound(0, own(LI), "三", edits=str(first)))
    async with town.browser() as http:
        await be(http, LI)
        (message,) = await seen(http)
    assert (message["text"], message["buttons"]) == ("三", [])


async def test_a_document_is_for_the_person_it_was_sent_to(town: Town) -> None:
    """The message names it; who opens it gets the file under its Chinese name; nobody else gets anything."""
    name = "日报表-君安社区-2026-11-24.xlsx"
    number = await town.say(
        Outbound(0, own(WANG), "做好了", paper=Paper("daily-table", "C1", "2026-11-24", "xlsx", name))
    )
    none = await town.say(
        Outbound(0, own(WANG), "做好了", paper=Paper("ledger", "C1", ending="xlsx", name="台账.xlsx"))
    )
    plain = await town.say(Outbound(0, own(WANG), "没有文件"))
    async with town.browser() as http:
        assert (await http.get(f"/chat/papers/{number}")).status_code == 401
        await be(http, WANG)
        assert (await seen(http))[0]["paper"] == {"name": name, "number": number, "picture": False}
        answer = await http.get(f"/chat/papers/{number}")
        assert (answer.content, answer.headers["content-type"][-5:]) == (b"daily-table C1", "sheet")
        assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote(name)}"
        for missing in (none, plain, 999):
            assert (await http.get(f"/chat/papers/{missing}")).status_code == 404
        assert (await http.get(f"/chat/papers/{10**20}")).status_code == 404
        ended = update(named("assignment")).where(named("assignment").c.person == WANG).values(until=date(2026, 11, 1))
        town.database.write(lambda connection: connection.execute(ended))
        assert (await http.get(f"/chat/papers/{number}")).status_code == 404, "it would be made of what is known now"
    async with town.browser() as http:
        await be(http, LI)
        assert (await http.get(f"/chat/papers/{number}")).status_code == 404


async def test_a_picture_of_the_board_is_shown_in_the_chat(town: Town) -> None:
    """To the person it was sent to, and in their groups; a browser keeps it for a while."""
    drawn = Paper("board-picture", "JA", "2026-11-24", "png", "看板图-君安社区-2026-11-24.png")
    number = await town.say(Outbound(0, own(LI), "君安社区", paper=drawn))
    async with town.browser() as http:
        await be(http, LI)
        assert (await seen(http))[0]["paper"] == {"name": drawn.name, "number": number, "picture": True}
        answer = await http.get(f"/chat/papers/{number}")
        assert (answer.content, answer.headers["content-type"]) == (b"board-picture JA", "image/png")
        assert answer.headers["content-disposition"].startswith("inline; ")
        assert answer.headers["cache-control"] == "private, max-age=600"
        with town.database.read() as connection:
            (group,) = sample.groups(connection, LI)
        there = await town.say(Outbound(0, Address("web", group.address, group=True), "君安社区", paper=drawn))
        assert (await http.get(f"/chat/papers/{there}")).status_code == 200
    async with town.browser() as http:
        assert (await http.get(f"/chat/papers/{there}")).status_code == 401
