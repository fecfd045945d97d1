"""The way in to the pages: once, for a while, to one of our own pages, and over as soon as it is taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.desk import links
from bot.model import Address
from bot.store import people
from bot.store.acts import Act
from bot.store.database import Database
from bot.store.tables import named
from tests.board.offices import URL, WANG, Office
from tests.talking import Talk
from tests.town import CHANNEL, NOW

SESSION = named("web_session")
PRIVATE = "/board/my/cases"


async def test_a_link_is_good_once_and_for_ten_minutes(town: Database) -> None:
    """The second use, and a late one, open nothing; what they answer has no cookie."""
    office = Office(town)
    async with office.browser(None) as http:
        token, late = office.link(WANG), office.link(WANG)
        assert (await http.post("/login", json={"token": token})).status_code == 204
        assert (await http.get(PRIVATE)).status_code == 200
        http.cookies.clear()
        assert (await http.post("/login", json={"token": token})).status_code == 403
        office.clock.now += people.LINK_LIFE
        answer = await http.post("/login", json={"token": late})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
        assert (await http.get(PRIVATE)).status_code == 401


async def test_revoking_ends_every_session_at_once(town: Database) -> None:
    """Whoever withdraws their acceptance is out in every browser, also in one that was copied."""
    office = Office(town)
    async with office.browser(WANG) as http:
        assert (await http.get(PRIVATE)).status_code == 200
        act = Act(WANG, None, NOW)
        town.write(lambda connection: people.forget(connection, act, Address(CHANNEL, "wang")))
        assert (await http.get(PRIVATE)).status_code == 401
        assert (await http.post("/board/do/report", data={})).status_code == 401


async def test_a_session_is_over_after_its_term_and_after_leaving(town: Database) -> None:
    """Thirty days; or the button, which ends it for every copy of the cookie."""
    office = Office(town)
    async with office.browser(WANG) as http:
        office.clock.now = NOW + timedelta(days=29)
        assert (await http.get(PRIVATE)).status_code == 200
        office.clock.now = NOW + timedelta(days=31)
        assert (await http.get(PRIVATE)).status_code == 401
        office.clock.now = NOW
        copied = dict(http.cookies)
        await http.post("/chat/leave")
        http.cookies.update(copied)
        assert (await http.get(PRIVATE)).status_code == 401


async def test_a_role_that_ended_is_none(town: Database) -> None:
    """The cookie stays good; what it opens is asked anew at every page."""
    office = Office(town)
    async with office.browser(WANG) as http:
        assert (await http.get("/board/my/people")).status_code == 200
        table = named("assignment")
        ended = update(table).where(table.c.person == WANG).values(until=NOW.date() - timedelta(days=1))
        town.write(lambda connection: connection.execute(ended))
        assert (await http.get("/board/my/people")).status_code == 404


async def test_over_https_the_cookie_is_a_host_cookie(town: Database) -> None:
    """For this host only, secure, unseen by scripts, never sent along by another site."""
    office = Office(town, url="https://wuyi.example")
    async with office.browser(None) as http:
        answer = await http.post("/login", json={"token": office.link(WANG)})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-wuyi_session=")
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    "to", ["board", "me", "chat", "/board", "/board/JA", "/board/my/cases?place=JA&lang=en", "/board/%E5%B0%8F"]
)
def test_a_link_leads_to_pages_of_ours(to: str) -> None:
    """By a short name or by a path of the board."""
    assert links.inside(to)


@pytest.mark.parametrize(
    "to",
    [
        "", "//evil.example", "https://evil.example", "/\\evil.example", "/board/../chat/leave", "/boardroom", "/login",
        "/board//evil", "/board?x=https://evil.example", "/board#x", "/board/\n", "/board/a/b/c/d/e", "/board/JA\\",
        "javascript:alert(1)", "/board/" + "a" * 300,
    ],
)  # fmt: skip
def test_a_link_leads_nowhere_else(to: str) -> None:
    """What only looks like a page of ours is none."""
    assert links.inside(to) is None


@pytest.mark.parametrize(
    ("to", "leads"), [("/board/JA", "/board/JA"), ("//evil.example", "/chat"), ("me", "/me.json"), ("", "/chat")]
)
async def test_the_login_page_leads_on(town: Database, to: str, leads: str) -> None:
    """Where its script goes was decided by the server; the same for a link that is pasted without a script."""
    office = Office(town)
    async with office.browser(None) as http:
        page = (await http.get("/login", params={"to": to})).text
        assert f'data-to="{leads}"' in page
        link = f"{URL}/login?to={to}#{office.link(WANG)}"
        answer = await http.post("/login", data={"link": link})
        assert (answer.status_code, answer.headers["location"]) == (303, leads)
        assert (await http.get(PRIVATE)).status_code == 200
        again = await http.post("/login", data={"link": link})
        assert again.status_code == 403
        assert "已用过或已过期" in again.text
        assert (await http.post("/login", data={"link": "nonsense"})).status_code == 403


async def test_the_chat_gives_a_link_to_a_page(town: Database) -> None:
    """``/web JA`` leads to a place, ``/web board`` to the board, ``/web`` to the chat; nonsense gets no link."""
    talk = Talk(town)
    for said, path in (("/web JA", "/login?to=/board/JA#"), ("/web board", "/login?to=board#"), ("网页", "/login#")):
        (answer,) = await talk.write("wang", said)
        assert f"https://wuyi.example{path}tok" in answer.text
    (answer,) = await talk.write("wang", "/web ../../evil")
    assert "https://" not in answer.text
    (answer,) = await talk.write("wang", "/web 君安社")
    assert "您是说“君安社区”吗" in answer.text
    (answer,) = await talk.tap("wang", "君安社区")
    assert "/login?to=/board/JA#tok" in answer.text
