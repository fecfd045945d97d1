"""Callbacks as nobody should send them, by the hundred: no 5xx, nothing lost, and in bounded time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.channels.aibot_wire import BrokenError, Ignored, StrangeError, decode
from tests.aibot.conftest import Make, Shell, called
from tests.aibot.standin import BOT, MOMENT, Standin
from tests.wecom import sealing

HEAD = {
    "aibotid": BOT, "chattype": "single", "from": {"userid": "li"},
    "response_url": "https://invented.invalid/cgi-bin/aibot/response?response_code=planted",
}  # fmt: skip
CARD = {
    "card_type": "vote_interaction", "event_key": "submit", "task_id": "t",
    "selected_items": {"selected_item": [{"question_key": "q", "option_ids": {"option_id": ["m.0"]}}]},
}  # fmt: skip
TEXT: dict[str, Any] = {**HEAD, "msgid": "71", "msgtype": "text", "text": {"content": "虚构 🏠"}}
GROUP: dict[str, Any] = {**TEXT, "msgid": "72", "chattype": "group", "chatid": "wr1", "quote": {"msgtype": "text"}}
MIXED: dict[str, Any] = {
    **HEAD, "msgid": "73", "msgtype": "mixed",
    "mixed": {"msg_item": [TEXT, {"msgtype": "image", "image": {"url": "none"}}]},
}  # fmt: skip
TAP: dict[str, Any] = {
    **HEAD, "msgid": "74", "msgtype": "event", "create_time": 1700000000,
    "event": {"eventtype": "template_card_event", "template_card_event": CARD},
}  # fmt: skip
GENUINE = (TEXT, GROUP, MIXED, TAP)
ODD: tuple[Any, ...] = (None, 7, -1.5, True, "", " ", "虚构", [], ["x"], {}, {"userid": 7}, "\ud800", "\0", "x" * 9000)
LIMIT = 60.0
"""Seconds for all of them together, on a slow machine; each takes some milliseconds."""


def said(message: object) -> bytes:
    """As JSON; half a sign stays half a sign."""
    return json.dumps(message, ensure_ascii=False).encode(errors="surrogatepass")


def inside() -> Iterator[bytes]:
    """What lies in the envelope, damaged in every way that happens."""
    for message in GENUINE:
        data = said(message)
        yield from (data[:at] for at in range(0, len(data), 19))
        yield data * 2
        yield data + b"\0"
        yield json.dumps(message, ensure_ascii=False).encode("gbk", errors="replace")
        yield json.dumps(message, ensure_ascii=False).encode("utf-16")
        for number, name in enumerate(message):
            yield said({**{key: value for key, value in message.items() if key != name}, "n": number})
            for odd in ODD:
                yield said({**message, name: odd})
    for number, odd in enumerate(ODD):
        for name in CARD:
            event = {"eventtype": "template_card_event", "template_card_event": {**CARD, name: odd}}
            yield said({**TAP, "msgid": f"c{number}{name}", "event": event})
        yield said(
            {**TAP, "msgid": f"f{number}", "event": {"eventtype": "template_card_event", **CARD, "task_id": odd}}
        )
        yield said({**MIXED, "msgid": f"x{number}", "mixed": {"msg_item": odd}})
        yield said({**MIXED, "msgid": f"y{number}", "mixed": {"msg_item": [odd, {"msgtype": "image", "image": odd}]}})
        yield said(odd)
    for number, kind in enumerate(("unknown", "video", "location", "file", "voice", "stream", "EVENT", "文本")):
        yield said({**TEXT, "msgid": f"k{number}", "msgtype": kind})
        yield said({**GROUP, "msgid": f"g{number}", "msgtype": kind})
    for number, name in enumerate(("", "feedback_event", "unheard_of", "enter_chat", "template_card_event")):
        yield said({**TAP, "msgid": f"e{number}", "event": {"eventtype": name}})
    yield from (b"", b" ", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 5000, b'{"a":' * 5000, b"<xml/>")


def outside() -> Iterator[tuple[bytes, dict[str, str]]]:
    """The call itself, damaged."""
    chunk = sealing.seal(json.dumps(TEXT), corp="")
    good, body = sealing.query(chunk, MOMENT), json.dumps({"encrypt": chunk}).encode()
    yield from ((body[:at], good) for at in range(0, len(body) - 1, 17))
    yield body * 2, good
    yield b'{"encrypt":"' + b"x" * (3 * 1024 * 1024) + b'"}', good
    yield json.dumps({"encrypt": "A" * (3 * 1024 * 1024)}).encode(), sealing.query("A" * (3 * 1024 * 1024), MOMENT)
    yield json.dumps(TEXT).encode(), good
    yield sealing.body(chunk).encode(), good
    for wrong in (b"", b"{}", b"[]", b"null", b"7", b'{"encrypt":7}', b'{"encrypt":""}', b'{"encrypt":"\xe8\x99\x9a"}'):
        yield wrong, good
    for name in good:
        yield body, {key: value for key, value in good.items() if key != name}
        for value in ("", "虚构", "0" * 5000, "-1", "1e9", "\0", good[name] + " "):
            yield body, {**good, name: value}
    for odd in ("AAAA", "A", "=", "A" * 43, "A" * 44, sealing.seal("{}"), sealing.seal("{}", corp="")[:-24]):
        yield json.dumps({"encrypt": odd}).encode(), sealing.query(odd, MOMENT)


def counted(data: bytes, chunk: str, shell: Shell) -> bool:
    """Whether a call that was answered is taken, kept, or of a kind that is left alone."""
    kept = [raw for raw, _ in shell.refused]
    try:
        text = data.decode()
        decoded = decode(text, int(MOMENT))
    except UnicodeDecodeError:
        return chunk in kept
    except (BrokenError, StrangeError):
        return text in kept
    if isinstance(decoded, Ignored):
        return True
    return decoded.inbound.dedupe in {each.dedupe for each in shell.taken} and (
        not decoded.strange or text in kept or decoded.handle.once in {each.dedupe for each in shell.taken}
    )


@pytest.mark.timeout(170)
async def test_no_callback_whatever_it_is_fails_us(aibot: Standin, make: Make) -> None:
    """What is signed is taken or kept (400 if it cannot be read), all else is 4xx."""
    shell = make()
    within, without = list(inside()), list(outside())
    assert len(within) + len(without) >= 500
    began = time.monotonic()
    statuses: list[int] = []
    async with called(aibot, shell):
        for data in within:
            chunk = sealing.seal(data, corp="")
            body = json.dumps({"encrypt": chunk}).encode()
            reply = await aibot.post(body, sealing.query(chunk, MOMENT))
            statuses.append(reply.status)
            assert counted(data, chunk, shell), data[:200]
            if reply.status == 400:
                assert shell.refused, data[:200]
        for body, params in without:
            reply = await aibot.post(body, params)
            statuses.append(reply.status)
            assert 400 <= reply.status < 500, body[:200]
        await aibot.deliver(aibot.payload("wang", None, "text", text={"content": "好"}))
    assert time.monotonic() - began < LIMIT
    assert shell.taken[-1].text == "好"
    assert {200, 400, 403, 413} == set(statuses)
    assert aibot.violations == []
