"""How a fact is posted: signed, once an attempt, to nobody else, and what each answer means."""

from __future__ import annotations

import json
import ssl
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from aiohttp import web
from standardwebhooks import Webhook as Signer

from bot.channels.webhook import Target, Webhooks
from bot.channels.webhook_way import resolved
from bot.model import Address, Fate, Outbound, Retry, Sent, Undeliverable
from bot.model.outward import barred, fault
from tests.town import NOW
from tests.webhook.listening import certificate, listening, signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps({"id": "evt_case_7", "type": "case.found", "data": {"case": "F1124-01", "name": "汉口"}})
LETTER = Outbound(1, Address("webhook", "3"), BODY)


async def sent(url: str, letter: Outbound = LETTER) -> Fate:
    """Send a letter to this address."""
    channel = Webhooks(lambda number: Target(url, SECRET) if number == 3 else None, lambda: NOW)
    try:
        return await channel.send(letter)
    finally:
        await channel.close()


async def test_what_arrives_is_signed() -> None:
    """The body as it was written, under an id that stays, at the moment of sending; a changed body does not fit."""
    async with listening() as other:
        assert await sent(other.url) == Sent()
    ((headers, body),) = other.came
    assert body == BODY
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == "evt_case_7"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert signed(SECRET, headers, body)
    assert not signed(SECRET, headers, body.replace("F1124", "F1125"))
    assert not signed(SECRET, headers | {"webhook-timestamp": "1"}, body)


def test_the_example_of_the_specification() -> None:
    """The library signs as the specification's own example says."""
    body = '{"test": 2432232314}'
    mark, at = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    made = Signer(SECRET).sign(mark, datetime.fromtimestamp(at, UTC), body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signed(SECRET, {"webhook-id": mark, "webhook-timestamp": str(at), "webhook-signature": made}, body)


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        (web.Response(status=204), Sent()),
        (web.Response(status=410), Undeliverable("the other side wants nothing more (410)")),
        (web.Response(status=500), Retry(None, "status 500")),
        (web.Response(status=404), Retry(None, "status 404")),
        (web.Response(status=429, headers={"retry-after": "7"}), Retry(7.0, "status 429")),
        (web.Response(status=503, headers={"retry-after": "Tue, 24 Nov 2026 07:00:00 GMT"}), Retry(None, "status 503")),
    ],
)
async def test_what_an_answer_means(answer: web.Response, fate: Fate) -> None:
    """Taken, not wanted any more, or to be tried again when it was asked to be."""
    async with listening() as other:
        other.answers.append(answer)
        assert await sent(other.url) == fate


async def test_nobody_is_led_elsewhere() -> None:
    """A redirect is not followed: what lies behind it gets nothing."""
    async with listening() as other, listening() as inner:
        other.answers.append(web.Response(status=307, headers={"location": inner.url}))
        fate = await sent(other.url)
    assert isinstance(fate, Retry)
    assert "redirects are not followed" in fate.why
    assert inner.came == []


async def test_a_long_answer_is_not_read() -> None:
    """Its status is all that counts."""
    async with listening() as other:
        other.answers.append(web.Response(body=b"x" * 50_000_000))
        assert await sent(other.url) == Sent()


async def test_a_server_that_is_away_is_tried_again() -> None:
    """Without its address in the reason."""
    async with listening() as other:
        url = other.url
    assert await sent(url) == Retry(None, "ConnectError")


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/",
        "ftp://127.0.0.1/",
        "https://",
        "https://a:b@c/",
        "//x",
    ],
)
async def test_an_address_that_may_not_be_gets_nothing(url: str) -> None:
    """Also where it came into the table by another way."""
    fate = await sent(url)
    assert isinstance(fate, Undeliverable)
    assert url not in fate.why


@pytest.mark.parametrize("number", ["4", "x", "", "²"])
async def test_a_removed_one_gets_nothing(number: str) -> None:
    """What still waited for it is dead."""
    letter = replace(LETTER, address=Address("webhook", number))
    assert isinstance(await sent("https://other.example/", letter), Undeliverable)


@pytest.mark.parametrize(
    "url",
    [
        "https://platform.example/facts?key=1",
        "https://[::1]:8443/",
        "http://localhost:9000/x",
        "http://127.0.0.1/",
        "http://[::1]/",
    ],
)
def test_addresses_that_may_be(url: str) -> None:
    """Https anywhere, and this machine without."""
    assert fault(url) == ""


@pytest.mark.parametrize(
    "url", ["", "x", "http://platform.example/", "https://x:99999999/", "https://x/ y", "https://x/#a", "https://é/"]
)
def test_addresses_that_may_not(url: str) -> None:
    """Each with its reason."""
    assert fault(url)


async def named(url: str, *leads_to: str, networks: str = "") -> Fate:
    """Send a letter to an address whose name leads there."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        if not leads_to:
            raise OSError
        return leads_to

    allowed = [ip_network(each) for each in networks.split()]
    channel = Webhooks(lambda _: Target(url, SECRET), lambda: NOW, allowed, resolve)
    try:
        return await channel.send(LETTER)
    finally:
        await channel.close()


@pytest.mark.parametrize(
    "leads_to",
    [
        "127.0.0.1", "10.0.0.8", "172.20.1.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "::1",
        "fe80::1%eth0", "fd00:ec2::254", "::ffff:10.0.0.8", "64:ff9b::a00:8", "2002:a00:8::1", "224.0.0.1",
    ],
)  # fmt: skip
async def test_a_name_that_leads_inward_gets_nothing(leads_to: str) -> None:
    """Nor where one of its addresses is outside: it says so, without the address."""
    async with listening() as other:
        port = other.url.rpartition(":")[2]
        for addresses in ((leads_to,), ("93.184.215.14", leads_to)):
            fate = await named(f"https://inner.example:{port}", *addresses)
            assert isinstance(fate, Undeliverable)
            assert "WUYI_WEBHOOK_NETWORKS" in fate.why
            assert leads_to not in fate.why
    assert other.came == []


async def test_a_network_that_was_allowed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the address that was looked at, under its own name; one that is away is passed over."""
    monkeypatch.setattr(
        "bot.channels.webhook.fault", lambda *_: ""
    )  # a name over http, so that no certificate is needed
    async with listening() as other:
        url = other.url.replace("127.0.0.1", "platform.district.example")
        assert await named(url, "127.0.0.2", "127.0.0.1", networks="127.0.0.0/8") == Sent()
        assert await named(url, "127.0.0.1", networks="::1/128") != Sent()
    ((headers, body),) = other.came
    assert headers["host"] == url.removeprefix("http://").removesuffix("/facts")
    assert signed(SECRET, headers, body)


async def test_a_name_that_nobody_knows_is_tried_again() -> None:
    """Without its name in the reason."""
    assert await named("https://platform.example/") == Retry(None, "OSError")


async def test_the_machines_own_resolver() -> None:
    """Knows this machine, by a name that is not written as loopback."""
    assert set(await resolved("localhost", 80)) <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("at", ["93.184.215.14", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d70e"])
def test_the_open_internet_is_not_barred(at: str) -> None:
    """Nor what is translated into it."""
    assert not barred(ip_address(at))


@pytest.mark.parametrize(("certified", "arrives"), [("platform.district.example", True), ("other.example", False)])
async def test_the_certificate_is_that_of_the_name(
    certified: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, arrives: bool
) -> None:
    """The address that was looked at is called, and whoever answers there must be who they are said to be."""
    shown = certificate(certified, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(shown)
    async with listening(context) as other:
        url = other.url.replace("127.0.0.1", "platform.district.example")
        fate = await named(url, "127.0.0.1", networks="127.0.0.0/8")
    assert fate == (Sent() if arrives else Retry(None, "ConnectError"))
    assert len(other.came) == int(arrives)
