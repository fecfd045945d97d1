"""How a fact is posted: signed, once an attempt, to nobody else, and what each answer means."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiohttp import web
from standardwebhooks import Webhook as Signer

from bot.channels.webhook import Target, Webhooks
from bot.model import Address, Fate, Outbound, Retry, Sent, Undeliverable
from bot.model.outward import fault
from tests.town import NOW
from tests.webhook.listening import listening, signed

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


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "ftp://127.0.0.1/", "https://", "https://a:b@c/", "//x"])
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
