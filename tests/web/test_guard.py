"""Who may ask what from where."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request

from bot.channels.web.guard import Pace, local, same_origin
from tests.web.town import LI, Town, be


async def test_a_rebound_name_sees_no_roster(town: Town) -> None:
    """A page whose name was made to point here gets the closed door, with the sample cookie or without."""
    async with town.browser("http://evil.example:8000", cookie=f"wuyi_sample={LI}") as http:
        answer = await http.get("/chat")
        assert "李芳" not in answer.text
        assert (await http.get("/chat/people")).status_code == 404
        assert (await http.post("/chat/person", data={"person": str(LI)})).status_code == 404
        assert (await http.get("/chat/messages")).status_code == 401


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via", "x-real-ip"])
async def test_a_proxy_opens_no_roster(town: Town, header: str) -> None:
    """What came through a proxy is not this machine, however it looks."""
    async with town.browser(**{header: "203.0.113.7"}) as http:
        assert "李芳" not in (await http.get("/chat")).text


async def test_another_machine_sees_no_roster(town: Town) -> None:
    """A client from elsewhere cannot choose a person, whatever Host it claims."""
    async with town.browser(client="192.0.2.1") as http:
        assert "李芳" not in (await http.get("/chat")).text
        assert (await http.post("/chat/person", data={"person": str(LI)})).status_code == 404


async def test_a_real_roster_is_never_shown(real: Town) -> None:
    """Without the sample roster the page says how to get in, and names nobody."""
    async with real.browser() as http:
        answer = await http.get("/chat")
        assert "网页" in answer.text
        assert "李芳" not in answer.text
        assert (await http.get("/chat/people")).status_code == 404


async def test_the_choice_ends_with_the_sample(town: Town) -> None:
    """When a real roster takes the sample's place, a running server shows it to nobody."""
    async with town.browser() as http:
        await be(http, LI)
        assert (await http.get("/chat/messages")).status_code == 200
        town.no_sample()
        assert "李芳" not in (await http.get("/chat")).text
        assert (await http.get("/chat/messages")).status_code == 401


@pytest.mark.parametrize(
    "path", ["/chat/messages", "/chat/open", "/chat/photos", "/chat/person", "/chat/leave", "/login"]
)
async def test_another_site_cannot_send(town: Town, path: str) -> None:
    """What another site sends in a browser's name is refused before it is read."""
    async with town.browser() as http:
        await be(http, LI)
        foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert (await http.post(path, headers=foreign)).status_code == 403
    assert town.heard == []


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, False),
        ({"origin": "http://here:8000"}, True),
        ({"origin": "http://here:8001"}, False),
        ({"origin": "null"}, False),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "http://here:8000", "sec-fetch-site": "same-site"}, False),
        ({"origin": "http://evil", "sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
    ],
)
def test_the_origin_decides(headers: dict[str, str], *, allowed: bool) -> None:
    """Our own page is known by the browser's word on the site, else by its origin."""
    assert same_origin(Headers({"host": "here:8000", **headers})) is allowed


@pytest.mark.parametrize(
    ("host", "client", "ours"),
    [
        ("localhost:8000", "127.0.0.1", True),
        ("[::1]:8000", "::1", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1.evil.example", "127.0.0.1", False),
        ("[oops", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        ("localhost", "10.0.0.9", False),
    ],
)
def test_this_machine_is_known(host: str, client: str, *, ours: bool) -> None:
    """Both ends must be loopback, the name included."""
    scope = {"type": "http", "headers": [(b"host", host.encode())], "client": (client, 1), "method": "GET"}
    assert local(Request(scope)) is ours


async def test_every_answer_is_private(town: Town) -> None:
    """Pages, data and refusals carry the policy and are kept by nobody."""
    async with town.browser() as http:
        await be(http, LI)
        for path in ("/chat", "/login", "/chat/messages", "/media/none", "/chat/static/chat.css"):
            headers = (await http.get(path)).headers
            assert headers["content-security-policy"].startswith("default-src 'self'")
            assert "unsafe" not in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == ("no-cache" if "static" in path else "no-store")


async def test_a_large_body_is_refused(town: Town) -> None:
    """A message has 64 KiB and a picture 10 MB; more is not read."""
    async with town.browser() as http:
        await be(http, LI)
        said = {"id": "12345678", "text": "长" * 70_000}
        assert (await http.post("/chat/messages", json=said)).status_code == 413
        photo = {"photo": ("a.png", b"\x89PNG" + bytes(11 * 1024 * 1024))}
        answer = await http.post("/chat/photos", data={"id": "12345678"}, files=photo)
        assert answer.status_code == 413
    assert town.heard == []


async def test_a_flood_is_held_back(town: Town) -> None:
    """Thirty messages at once pass, the next is told to wait, and a second later one passes again."""
    async with town.browser() as http:
        await be(http, LI)
        codes = [
            (await http.post("/chat/messages", json={"id": f"message-{n}", "text": "好"})).status_code
            for n in range(31)
        ]
        assert codes == [204] * 30 + [429]
        town.seconds += 1
        assert (await http.post("/chat/messages", json={"id": "message-30", "text": "好"})).status_code == 204


def test_the_pace_forgets_the_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory for callers is bounded."""
    monkeypatch.setattr("bot.channels.web.guard.KNOWN", 2)
    pace = Pace(1, 0.0, lambda: 0.0)
    assert [pace.allows(caller) for caller in ("a", "a", "b", "c", "a")] == [True, False, True, True, True]
