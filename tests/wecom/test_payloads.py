"""Every payload of the table is decoded as the table says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.channels.plain_xml import NotXmlError, read
from bot.channels.wecom_wire import Arrived, Ignored, StrangeError, decode
from bot.model import Address, Inbound, InboundKind

TABLE = sorted((Path(__file__).parents[1] / "payloads" / "wecom").glob("*.xml"))


@pytest.mark.parametrize("path", TABLE, ids=lambda path: path.stem)
def test_each_payload_is_decoded_as_expected(path: Path) -> None:
    """What WeCom sends becomes what the table says beside it."""
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
    assert isinstance(decoded, Arrived)
    inbound = Inbound(
        Address("wecom", said["sender"]),
        decoded.inbound.dedupe,
        InboundKind(said["kind"]),
        said["text"],
        sender=said["sender"],
        edits=said.get("edits"),
        raw=raw,
    )
    assert decoded == Arrived(inbound, said.get("fetch"))


def test_a_table_has_a_line_for_each_payload() -> None:
    """And none for one that is not there."""
    assert TABLE
    assert {path.stem for path in TABLE} == {path.stem for path in TABLE[0].parent.glob("*.json")}


def test_the_same_message_has_one_name_and_another_one_another() -> None:
    """What differs in anything that WeCom counts by is another message."""

    def name(stem: str, old: str = "", new: str = "") -> str:
        raw = next(path for path in TABLE if path.stem == stem).read_text(encoding="utf-8").replace(old, new)
        decoded = decode(read(raw), raw)
        assert isinstance(decoded, Arrived)
        return decoded.inbound.dedupe

    assert name("text") == name("text", "虚构", "别的")
    others = {name("text"), name("text", "6001", "6002"), name("text", "zhangsan", "lisi"), name("image"), name("tap")}
    assert len(others | {name("tap", "RESPONSE_CODE", "ANOTHER"), name("tap", "token.0", "token.1"), name("vote")}) == 8
    assert name("enter_agent") == name("enter_agent", "1795503480", "1795503490"), "not greeted twice within the hour"
    assert name("enter_agent") != name("enter_agent", "1795503480", "1795510690")
