"""The ways in: a link, a code, and out again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from bot.model import InboundKind
from bot.store.tables import Account, WebSession
from tests.web.town import LI, LOCAL, NOON, Town

HTTPS = "https://wuyi.example"


async def test_a_link_lets_in_once(real: Town) -> None:
    """The first use of a link opens the person's chat; the second is refused."""
    async with real.browser() as http:
        token = real.link(LI)
        assert (await http.get("/login")).status_code == 200, "looking at the page uses nothing up"
        assert (await http.post("/login", json={"token": token})).status_code == 204
        page = await http.get("/chat")
        assert "李芳" in page.text
        assert "/chat/leave" in page.text
        http.cookies.clear()
        assert (await http.post("/login", json={"token": token})).status_code == 403


async def test_the_person_gets_one_account(real: Town) -> None:
    """Logging in twice binds the person's web chat once."""
    async with real.browser() as http:
        for token in ("first", "second"):
            assert (await http.post("/login", json={"token": real.link(LI, token)})).status_code == 204
    with real.database.read() as connection:
        bound = select(func.count()).select_from(Account).where(col(Account.address) == str(LI))
        assert connection.scalar(bound) == 1


@pytest.mark.parametrize("token", ["unknown", "late"])
async def test_a_stale_or_unknown_link_is_refused(real: Town, token: str) -> None:
    """Neither an expired nor an invented token opens anything."""
    real.link(LI, "late", minutes=15)
    real.now += timedelta(minutes=15)
    async with real.browser() as http:
        answer = await http.post("/login", json={"token": token})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


async def test_the_cookie_over_https_is_a_host_cookie(database: object) -> None:
    """Over https the cookie is ``__Host-``, secure, for scripts invisible and for other sites never sent."""
    town = Town(database, sample=False, base_url=HTTPS)  # type: ignore[arg-type]
    async with town.browser(HTTPS, client="203.0.113.7") as http:
        answer = await http.post("/login", json={"token": town.link(LI)})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-wuyi_session=")
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=strict", "Max-Age=2592000"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert "李芳" in (await http.get("/chat")).text


async def test_the_cookie_over_plain_loopback_is_not_secure(real: Town) -> None:
    """On this machine without https the cookie still is for the server only."""
    async with real.browser() as http:
        cookie = (await http.post("/login", json={"token": real.link(LI)})).headers["set-cookie"]
        assert cookie.startswith("wuyi_session=")
        assert {"HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
        assert "Secure" not in cookie


async def test_a_session_ends(real: Town) -> None:
    """A session is over after thirty days, and at once when it was taken away."""
    async with real.browser() as http:
        await http.post("/login", json={"token": real.link(LI)})
        real.now = NOON + timedelta(days=29)
        assert (await http.get("/chat/messages")).status_code == 200
        real.now = NOON + timedelta(days=31)
        assert (await http.get("/chat/messages")).status_code == 401
        real.now = NOON
        real.database.write(lambda connection: connection.execute(update(WebSession).values(ended_at=NOON)))
        assert (await http.get("/chat/messages")).status_code == 401
        assert (await http.post("/chat/messages", json={"id": "12345678", "text": "好"})).status_code == 401
        assert "李芳" not in (await http.get("/chat")).text


async def test_leaving_ends_the_session_for_every_copy(real: Town) -> None:
    """After leaving, a copy of the cookie opens nothing."""
    async with real.browser() as http:
        await http.post("/login", json={"token": real.link(LI)})
        copy = http.cookies["wuyi_session"]
        assert (await http.post("/chat/leave")).status_code == 303
        assert "wuyi_session" not in http.cookies
        http.cookies.set("wuyi_session", copy)
        assert (await http.get("/chat/messages")).status_code == 401


async def test_a_code_goes_to_the_bot(real: Town) -> None:
    """A typed code opens a chat that nobody is enrolled in yet, and is handed to the bot, which does the rest."""
    async with real.browser() as http:
        assert (await http.post("/login", json={"code": " ABCD2345 ", "id": "12345678"})).status_code == 204
        (inbound,) = real.heard
        assert (inbound.kind, inbound.text) == (InboundKind.OPEN, "ABCD2345")
        assert inbound.address.id.startswith("anon:")
        assert http.cookies["wuyi_guest"] not in inbound.address.id, "the database does not hold the cookie"
        assert "未登记" in (await http.get("/chat")).text
        messages = (await http.get("/chat/messages")).json()["messages"]
        assert [message["who"] for message in messages] == ["bot"], "the code is not shown"
        real.bind(inbound.address.id, LI)
        assert "李芳" in (await http.get("/chat")).text


async def test_a_chat_that_a_code_opened_ends(real: Town) -> None:
    """Its cookie is a new one, whatever the browser had; leaving ends it for whoever copied it."""
    async with real.browser() as http:
        http.cookies.set("wuyi_guest", "known-to-somebody")
        entered = await http.post("/login", json={"code": "ABCD2345", "id": "12345678"})
        copy = entered.cookies["wuyi_guest"]
        assert copy != "known-to-somebody"
        http.cookies.clear()
        http.cookies.set("wuyi_guest", copy)
        real.bind(real.heard[-1].address.id, LI)
        assert "李芳" in (await http.get("/chat")).text
        assert (await http.post("/chat/leave")).status_code == 303
        http.cookies.clear()
        http.cookies.set("wuyi_guest", copy)
        assert "李芳" not in (await http.get("/chat")).text


async def test_strangers_are_counted_by_where_they_come_from(real: Town) -> None:
    """A cookie costs nothing: sixty messages from one place, whatever the cookies; and no picture of theirs is kept."""
    async with real.browser() as http:
        answers = []
        for n in range(61):
            http.cookies.clear()
            http.cookies.set("wuyi_guest", f"made-up-{n}")
            said = await http.post("/chat/messages", json={"id": f"say-{n:06}", "text": "ABCD2345"})
            answers.append(said.status_code)
        assert answers == [204] * 60 + [429]
        real.seconds += 60
        picture = await http.post("/chat/photos", data={"id": "photo-0001"}, files={"photo": ("a.png", b"x")})
        assert picture.status_code == 403


async def test_guessing_codes_is_slow(real: Town) -> None:
    """Ten tries from one place, also with ever new cookies; then one a minute."""
    async with real.browser() as http:
        codes = []
        for n in range(11):
            http.cookies.clear()
            codes.append((await http.post("/login", json={"code": "GUESS", "id": f"try-{n}"})).status_code)
        assert codes == [204] * 10 + [429]
        real.seconds += 60
        assert (await http.post("/login", json={"token": real.link(LI)})).status_code == 204


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"token":"a","code":"b","id":"c"}', '{"code":"a"}', '{"token":7}'])
async def test_nonsense_is_refused(real: Town, body: str) -> None:
    """A login that is neither a token nor a code with an id is an error of the caller."""
    async with real.browser() as http:
        assert (await http.post("/login", content=body)).status_code == 422


async def test_leaving_without_a_session_is_harmless(real: Town) -> None:
    """Somebody who is not logged in may press the button, too."""
    async with real.browser(LOCAL) as http:
        assert (await http.post("/chat/leave")).status_code == 303
