"""Who may ask what from where."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request

from bot.channels.web.guard import Pace, local, origin_of, ours, same_origin
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
    assert same_origin(Headers({"host": "here:8000", **headers}), {("http", "here", 8000)}) is allowed


OURS = [
    # people come by; how it came to us; the origins that are ours
    ("http://127.0.0.1:8000", "http", "127.0.0.1:8000", {"http://127.0.0.1:8000"}),
    ("http://127.0.0.1:8000", "http", "localhost:9000", {"http://127.0.0.1:8000", "http://localhost:9000"}),
    ("http://127.0.0.1:8000", "http", "192.0.2.7:8000", {"http://127.0.0.1:8000", "http://192.0.2.7:8000"}),
    ("https://wuyi.example", "http", "wuyi.example", {"https://wuyi.example"}),
    ("https://wuyi.example", "http", "10.0.0.5:8000", {"https://wuyi.example"}),
    ("https://wuyi.example", "http", "127.0.0.1:8000", {"https://wuyi.example", "http://127.0.0.1:8000"}),
    ("http://wuyi.example:8080", "http", "wuyi.example:8080", {"http://wuyi.example:8080"}),
    ("http://127.0.0.1:8000", "http", "[oops", {"http://127.0.0.1:8000"}),
]


@pytest.mark.parametrize(("base_url", "scheme", "host", "known"), OURS)
def test_the_scheme_counts_as_the_host_does(base_url: str, scheme: str, host: str, known: set[str]) -> None:
    """Behind a proxy the public address tells; on this machine http goes on as it came."""
    scope = {
        "type": "http", "scheme": scheme, "path": "/", "headers": [(b"host", host.encode())], "method": "POST",
        "client": ("127.0.0.1", 1),
    }  # fmt: skip
    found = ours(Request(scope), base_url)
    assert found == {origin_of(each) for each in known}
    assert ("https", "127.0.0.1", 8000) not in found
    assert ("http", "wuyi.example", 80) not in found


def test_an_origin_is_compared_as_browsers_mean_it() -> None:
    """The usual port goes without saying, and letters have no size; what is no address is nobody's."""
    assert origin_of("https://WUYI.example:443") == origin_of("https://wuyi.example")
    assert origin_of("http://wuyi.example") != origin_of("https://wuyi.example")
    for wrong in ("null", "wuyi.example", "ftp://wuyi.example", "https://", "https://x:99999999"):
        assert origin_of(wrong) is None


async def test_a_page_in_the_clear_does_not_send_for_one_over_https(real: Town) -> None:
    """Whoever relays the same name without encryption could write such a page."""
    async with real.browser() as http:
        host = http.base_url.netloc.decode()
        for origin in (f"https://{host}", f"http://{host}:1"):
            answer = await http.post("/login", json={"code": "x"}, headers={"origin": origin})
            assert answer.status_code == 403
            assert "WUYI_PUBLIC_URL" in answer.text


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
