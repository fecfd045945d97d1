"""Every payload of the table is decoded as the table says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.channels.plain_xml import NotXmlError, read
from bot.channels.wechat_wire import Arrived, Ignored, Left, StrangeError, decode
from bot.model import Address, Inbound, InboundKind

TABLE = sorted((Path(__file__).parents[1] / "payloads" / "wechat").glob("*.xml"))


@pytest.mark.parametrize("path", TABLE, ids=lambda path: path.stem)
def test_each_payload_is_decoded_as_expected(path: Path) -> None:
    """What WeChat sends becomes what the table says beside it."""
    raw = path.read_text(encoding="utf-8")
    said = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if "refused" in said:
        with pytest.raises((StrangeError, NotXmlError), match=said["refused"]):
            decode(read(raw), raw)
        return
    decoded = decode(read(raw), raw)
    if "ignored" in said:
        assert decoded == Ignored(said["ignored"])
        return
    if "left" in said:
        assert decoded == Left(said["left"])
        return
    assert isinstance(decoded, Arrived)
    inbound = Inbound(
        Address("wechat", said["sender"]),
        decoded.inbound.dedupe,
        InboundKind(said["kind"]),
        said["text"],
        sender=said["sender"],
        raw=raw,
    )
    assert decoded == Arrived(inbound, "gh_invented00000", said.get("media", ""), said.get("picture", ""))


def test_a_table_has_a_line_for_each_payload() -> None:
    """And none for one that is not there."""
    assert TABLE
    assert {path.stem for path in TABLE} == {path.stem for path in TABLE[0].parent.glob("*.json")}


def test_the_same_message_has_one_name_and_another_one_another() -> None:
    """By account, sender, number and time; an event by sender, time, kind and key. The number alone collides."""

    def name(stem: str, old: str = "", new: str = "") -> str:
        raw = next(path for path in TABLE if path.stem == stem).read_text(encoding="utf-8").replace(old, new)
        decoded = decode(read(raw), raw)
        assert isinstance(decoded, Arrived)
        return decoded.inbound.dedupe

    assert name("text") == name("text", "虚构", "别的")
    messages = {
        name("text"),
        name("text", "gh_invented00000", "gh_another0000000"),
        name("text", "o-invented-li", "o-invented-wang"),
        name("text", "23456789012345678", "23456789012345679"),
        name("text", "1795503480", "1795503481"),
    }
    assert len(messages) == 5
    events = {
        name("click"),
        name("click", "gh_invented00000", "gh_another0000000"),
        name("click", "o-invented-li", "o-invented-wang"),
        name("click", "1795503480", "1795503481"),
        name("click", "/report", "/menu"),
        name("subscribe"),
    }
    assert len(events) == 6
    assert {each[:2] for each in messages} == {"m-"}
    assert {each[:2] for each in events} == {"e-"}
