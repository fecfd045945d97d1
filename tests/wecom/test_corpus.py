"""Callbacks as nobody should send them, by the hundred: no 5xx, nothing lost, and in bounded time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from bot.channels.plain_xml import NotXmlError, read
from bot.channels.wecom_wire import Ignored, StrangeError, decode
from tests.wecom import sealing
from tests.wecom.conftest import Make, Shell, called
from tests.wecom.standin import MOMENT, Standin

HEAD = {"ToUserName": sealing.CORP, "FromUserName": "li", "CreateTime": str(int(MOMENT)), "AgentID": "1000002"}
ITEM = "<SelectedItem><QuestionKey>q</QuestionKey><OptionIds><OptionId>o</OptionId></OptionIds></SelectedItem>"
TEXT = sealing.xml(**HEAD, MsgType="text", Content="虚构 🏠", MsgId="71")
IMAGE = sealing.xml(**HEAD, MsgType="image", PicUrl="http://invented.invalid", MediaId="none", MsgId="72")
CARD = sealing.xml(
    **HEAD, MsgType="event", Event="template_card_event", EventKey="submit", TaskId="t", CardType="vote_interaction",
    ResponseCode="r", SelectedItems=ITEM,
)  # fmt: skip
GENUINE = (TEXT, IMAGE, CARD)
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
LIMIT = 60.0
"""Seconds for all of them together, on a slow machine; each takes some milliseconds."""


def inside() -> Iterator[bytes]:
    """What lies in the envelope, damaged in every way that happens."""
    for text in GENUINE:
        data = text.encode()
        yield from (data[:at] for at in range(0, len(data), 7))
        yield data * 2
        yield data + b"\0"
        yield text.encode("gbk", errors="replace")
        yield text.encode("utf-16")
        yield b'<?xml version="1.0" encoding="GBK"?>' + text.encode("gbk", errors="replace")
        yield (BOMB + text.replace("虚构", "&i;")).encode()
        yield text.replace("<xml>", '<xml xmlns="urn:x" a="1">').encode()
        yield text.replace("]]>", "", 1).encode()
    for name in ("ToUserName", "FromUserName", "CreateTime", "AgentID", "MsgType", "Content", "MsgId"):
        yield TEXT.replace(name, "Other").encode()
        start, end = TEXT.index(f"<{name}>"), TEXT.index(f"</{name}>") + len(name) + 3
        tag = TEXT[start:end]
        yield TEXT.replace(tag, tag * 2).encode()
        yield TEXT.replace(tag, f"<{name}></{name}>").encode()
        yield TEXT.replace(tag, f"<{name}/>").encode()
        yield TEXT.replace(tag, f"<{name}><a><b>{tag}</b></a></{name}>").encode()
    for kind in ("", "unknown", "video", "location", "file", "EVENT", "文本"):
        yield TEXT.replace("[text]", f"[{kind}]").encode()
    for event in ("", "change_contact", "batch_job_result", "LOCATION", "unheard_of", "click", "view", "subscribe"):
        yield sealing.xml(**HEAD, MsgType="event", Event=event, EventKey="").encode()
    for items in ("", "<SelectedItem/>", ITEM * 2, ITEM.replace("<OptionId>o</OptionId>", ""), "<x/>" * 400):
        yield CARD.replace(ITEM, items).encode()
    yield b"<a>" * 3000 + b"</a>" * 3000
    yield from (b"", b" ", b"<", b"{}", b"<xml/>", b"null", b"\xff\xfe", b"<xml>" + b"<a/>" * 5000 + b"</xml>")


def outside() -> Iterator[tuple[bytes, dict[str, str]]]:
    """The call itself, damaged."""
    chunk = sealing.seal(TEXT)
    good, body = sealing.query(chunk, MOMENT), sealing.body(chunk).encode()
    yield from ((body[:at], good) for at in range(0, len(body), 17))
    yield body * 2, good
    yield BOMB.encode() + body, good
    yield b"<xml>" + b"x" * (3 * 1024 * 1024) + b"</xml>", good
    yield sealing.body("A" * (3 * 1024 * 1024)).encode(), sealing.query("A" * (3 * 1024 * 1024), MOMENT)
    yield TEXT.encode(), good
    yield b"", good
    yield b"{}", {}
    for name in good:
        yield body, {key: value for key, value in good.items() if key != name}
        for value in ("", "虚构", "0" * 5000, "-1", "1e9", "\0", good[name] + " "):
            yield body, {**good, name: value}
    for odd in ("AAAA", "A", "=", "A" * 43, "A" * 44, sealing.seal(TEXT, corp="another"), sealing.seal(TEXT)[:-24]):
        yield sealing.body(odd).encode(), sealing.query(odd, MOMENT)


def counted(data: bytes, chunk: str, shell: Shell) -> bool:
    """Whether a call that was answered is taken, kept, or of a kind that is left alone."""
    kept = [raw for raw, _ in shell.refused]
    try:
        text = data.decode()
        decoded = decode(read(text), text)
    except UnicodeDecodeError:
        return chunk in kept
    except (NotXmlError, StrangeError):
        return text in kept
    return isinstance(decoded, Ignored) or decoded.inbound.dedupe in {each.dedupe for each in shell.taken}


@pytest.mark.timeout(170)
async def test_no_callback_whatever_it_is_fails_us(wecom: Standin, make: Make) -> None:
    """What is signed is taken or kept (400 if it cannot be opened, else 200), all else is 4xx."""
    shell = make()
    wecom.member("li")
    within, without = list(inside()), list(outside())
    assert len(within) + len(without) >= 300
    began = time.monotonic()
    statuses: list[int] = []
    async with called(wecom, shell) as url, httpx.AsyncClient(trust_env=False, timeout=20) as client:
        for data in within:
            chunk = sealing.seal(data)
            body = sealing.body(chunk).encode()
            answer = await client.post(url, params=sealing.query(chunk, MOMENT), content=body)
            statuses.append(answer.status_code)
            if answer.status_code == 413:
                assert len(body) > 64 * 1024
                continue
            assert counted(data, chunk, shell), data[:200]
            assert answer.status_code == 200 or chunk in [raw for raw, _ in shell.refused], data[:200]
        for body, params in without:
            answer = await client.post(url, params=params, content=body)
            statuses.append(answer.status_code)
            assert 400 <= answer.status_code < 500 or body.startswith(b"<xml><ToUserName>"), body[:200]
        assert await wecom.deliver(wecom.member("wang").message("text", Content="好")) == [200]
    assert time.monotonic() - began < LIMIT
    assert shell.taken[-1].text == "好"
    assert {200, 400, 403, 413} == set(statuses)
