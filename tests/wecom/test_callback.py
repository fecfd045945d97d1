"""The callback: who may call it, what it acknowledges when, and what it turns away."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from bot.channels.sealed import Envelope, UnfitError, UnreadableError
from bot.model import Inbound, InboundKind
from tests.telegram.serving import until
from tests.wecom import sealing
from tests.wecom.conftest import PICTURE, Make, called
from tests.wecom.standin import MOMENT, Standin


def ask(url: str, chunk: str, body: str | bytes | None = None, **more: str) -> httpx.Response:
    """One call about a chunk; ``more`` replaces parameters."""
    params = {**sealing.query(chunk, MOMENT), **more}
    content = sealing.body(chunk) if body is None else body
    with httpx.Client(trust_env=False) as client:
        return client.post(url, params=params, content=content)


async def asked(url: str, chunk: str, body: str | bytes | None = None, **more: str) -> int:
    """The same in a thread; the status."""
    return (await asyncio.to_thread(ask, url, chunk, body, **more)).status_code


@pytest.mark.parametrize(
    ("part", "value", "named"),
    [
        ("token", "", "WUYI_WECOM_TOKEN"),
        ("token", "  ", "WUYI_WECOM_TOKEN"),
        ("aes_key", "", "WUYI_WECOM_AES_KEY"),
        ("aes_key", "planted" * 6, "WUYI_WECOM_AES_KEY"),
        ("aes_key", "虚" * 43, "WUYI_WECOM_AES_KEY"),
        ("corp_id", " ", "WUYI_WECOM_CORP_ID"),
    ],
)
def test_without_fit_keys_the_channel_is_not_made(make: Make, part: str, value: str, named: str) -> None:
    """An empty token would let anybody sign; the reason names the setting and repeats no value."""
    with pytest.raises(UnfitError, match=named) as refused:
        make(**{part: value})
    assert "planted" not in str(refused.value)


async def test_wecom_asks_whether_it_is_us(wecom: Standin, make: Make) -> None:
    """Its word is decrypted and said; a stranger's, a stale one's, and one with another key are not."""
    async with called(wecom, make()) as url, httpx.AsyncClient(trust_env=False) as client:
        word = sealing.seal("1616140317555161061")
        answer = await client.get(url, params={**sealing.query(word, MOMENT), "echostr": word})
        assert (answer.status_code, answer.text) == (200, "1616140317555161061")
        for params, status in (
            ({**sealing.query(word, MOMENT, token="another"), "echostr": word}, 403),
            ({**sealing.query(word, MOMENT - 301), "echostr": word}, 403),
            ({"echostr": word}, 403),
            ({}, 403),
        ):
            assert (await client.get(url, params=params)).status_code == status
        other = sealing.seal("虚构", corp="wwanother")
        answer = await client.get(url, params={**sealing.query(other, MOMENT), "echostr": other})
        assert (answer.status_code, answer.text) == (400, "")


async def test_only_what_wecom_signed_is_taken(wecom: Standin, make: Make) -> None:
    """Wrong signature, none, another's token, plain mode, a DOCTYPE, too much: 4xx, and nothing is kept."""
    shell = make()
    text = wecom.member("li").message("text", Content="虚构")
    chunk = sealing.seal(text)
    async with called(wecom, shell) as url:
        assert await asked(url, chunk, msg_signature="0" * 40) == 403
        assert await asked(url, chunk, msg_signature="") == 403
        assert await asked(url, chunk, msg_signature="虚构") == 403
        assert await asked(url, chunk, **sealing.query(chunk, MOMENT, token="")) == 403
        assert await asked(url, chunk, timestamp="now") == 403
        assert await asked(url, chunk, nonce="another") == 403
        assert await asked(url, chunk, text) == 400, "plain mode"
        assert await asked(url, chunk, f"<!DOCTYPE x>{sealing.body(chunk)}") == 400
        assert await asked(url, chunk, sealing.body(chunk) * 2) == 400
        assert await asked(url, chunk, b" " * (64 * 1024 + 1)) == 413
        assert (shell.taken, shell.refused) == ([], [])
        assert await asked(url, chunk) == 200
    assert [each.text for each in shell.taken] == ["虚构"]


async def test_what_is_old_is_turned_away_unless_it_was_taken_before(wecom: Standin, make: Make) -> None:
    """Five minutes either way; a genuine retry is answered as the first time, however late."""
    shell = make()
    li = wecom.member("li")
    async with called(wecom, shell):
        first = li.message("text", Content="一")
        assert await wecom.deliver(first, MOMENT - 299) == [200]
        assert await wecom.deliver(first, MOMENT - 2 * 86400) == [200]
        for away in (-301, 301):
            assert await wecom.deliver(li.message("text", Content="二"), MOMENT + away) == [403] * 4
            assert await wecom.deliver(li.message("event", Event="view"), MOMENT + away) == [403] * 4
            assert await wecom.deliver("<xml/>", MOMENT + away) == [403] * 4
    assert ([each.text for each in shell.taken], shell.refused) == (["一"], [])


async def test_nothing_is_acknowledged_before_it_is_committed(wecom: Standin, make: Make) -> None:
    """A message that was not stored is said to be not; WeCom calls again, and it is taken once."""
    shell = make()
    tries: list[Inbound] = []

    async def take(inbound: Inbound) -> None:
        tries.append(inbound)
        if len(tries) == 1:
            raise OSError
        await shell.take(inbound)

    async with called(wecom, shell, take):
        assert await wecom.deliver(wecom.member("li").message("text", Content="虚构")) == [503, 200]
    assert len(shell.taken) == 1


async def test_a_call_that_comes_while_the_first_is_under_way_joins_it(wecom: Standin, make: Make) -> None:
    """A slow picture is fetched once, and both calls are answered when it is kept."""
    shell, gate = make(), asyncio.Event()
    wecom.files["sent"] = ("p.jpg", PICTURE)
    message = wecom.member("li").message("image", MediaId="sent")

    async def take(inbound: Inbound) -> None:
        await gate.wait()
        await shell.take(inbound)

    async with called(wecom, shell, take):
        calls = [asyncio.create_task(wecom.deliver(message)) for _ in range(3)]
        await until(lambda: shell.kept)
        gate.set()
        assert await asyncio.gather(*calls) == [[200]] * 3
    assert (len(shell.taken), shell.kept) == (1, [PICTURE])
    assert shell.taken[0].photo == "invented-media-name"


@pytest.mark.parametrize(("data", "kept"), [(b"no picture", 1), (b"x" * (10 * 1024 * 1024 + 1), 0), (None, 0)])
async def test_a_picture_that_cannot_be_had_is_still_a_photo(
    wecom: Standin, make: Make, data: bytes | None, kept: int
) -> None:
    """No picture, too large a one, none there: the desk tells the sender."""
    shell = make()
    if data is not None:
        wecom.files["sent"] = ("p.jpg", data)
    async with called(wecom, shell):
        assert await wecom.deliver(wecom.member("li").message("image", MediaId="sent")) == [200]
    assert [(each.kind, each.photo) for each in shell.taken] == [(InboundKind.PHOTO, None)]
    assert len(shell.kept) == kept


async def test_a_picture_survives_a_token_that_ends(wecom: Standin, make: Make) -> None:
    """The download is tried again under a new one."""
    shell = make()
    wecom.files["sent"] = ("p.jpg", PICTURE)
    async with called(wecom, shell):
        await until(lambda: wecom.menu)
        wecom.expire()
        assert await wecom.deliver(wecom.member("li").message("image", MediaId="sent")) == [200]
    assert [each.photo for each in shell.taken] == ["invented-media-name"]


async def test_a_phone_is_asked_for_once_and_only_of_strangers(wecom: Standin, make: Make) -> None:
    """Not of those who have enrolled; a server that does not say costs nobody their message."""
    shell = make()
    shell.enrolled.add("wang")
    members = [wecom.member("li", "138 0000 0001"), wecom.member("wang", "13800000002"), wecom.member("13800000003")]
    async with called(wecom, shell):
        for member in (*members, members[0]):
            assert await wecom.deliver(member.message("text", Content="你好")) == [200]
        wecom.fail("user/get", 502)
        assert await wecom.deliver(wecom.member("zhao").message("text", Content="你好")) == [200]
        outside = wecom.member("sun")
        del wecom.members["sun"]
        assert await wecom.deliver(outside.message("text", Content="你好")) == [200]
    phones = [(each.sender, each.phone) for each in shell.taken]
    assert phones == [
        ("li", "+8613800000001"),
        ("wang", ""),
        ("13800000003", "+8613800000003"),
        ("li", "+8613800000001"),
        ("zhao", ""),
        ("sun", ""),
    ]
    assert len(wecom.called("user/get")) == 4


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"\0" * 32,
        b"\xff" * 32,
        b"r" * 16 + b"\0\0\0\x05" + b"ab" + b"\x0a" * 10,
        b"r" * 16 + (2**31).to_bytes(4, "big") + b"\x0c" * 12,
        b"r" * 16 + b"\0\0\0\x02" + b"\xff\xfe" + b"\x0a" * 10,
        sealing.CORP.encode()[:16] + b"\x20" * 16,
    ],
)
def test_whatever_is_in_an_envelope_it_opens_or_says_that_it_does_not(plain: bytes) -> None:
    """Wechatpy raises struct.error, IndexError and UnicodeDecodeError here."""
    envelope = Envelope(sealing.TOKEN, sealing.AES_KEY, sealing.CORP)
    with pytest.raises(UnreadableError):
        envelope.open(sealing.cbc(plain))
    with pytest.raises(UnreadableError):
        envelope.open("not even base64!")
    assert sealing.TOKEN not in repr(envelope)
