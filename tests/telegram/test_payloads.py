"""Every payload of the table is decoded as the table says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram_wire import Arrived, Decoded, Ignored, Moved, decode
from bot.model import Address, Inbound, InboundKind
from tests.telegram.botapi import USERNAME

TABLE = sorted((Path(__file__).parents[1] / "payloads" / "telegram").glob("*.json"))


def expected(update: dict[str, Any], said: dict[str, Any], raw: str) -> Decoded:
    """What the table's few words stand for."""
    if "ignored" in said:
        return Ignored(said["ignored"])
    if "moved" in said:
        return Moved(*said["moved"])
    inbound = Inbound(
        Address("telegram", said["chat"], group=said["group"]),
        dedupe=str(update["update_id"]),
        kind=InboundKind(said["kind"]),
        text=said["text"],
        sender=said["sender"],
        edits=said.get("edits"),
        tap=said.get("tap"),
        raw=raw,
    )
    return Arrived(inbound, said.get("fetch"))


@pytest.mark.parametrize("path", TABLE, ids=lambda path: path.stem)
def test_each_payload_is_decoded_as_expected(path: Path) -> None:
    """What Telegram sends becomes what the table says beside it."""
    row = json.loads(path.read_text(encoding="utf-8"))
    raw = json.dumps(row["update"])
    assert decode(row["update"], raw, USERNAME) == expected(row["update"], row["expected"], raw)


def test_before_the_bot_knows_its_name_a_command_counts_whatever_the_name() -> None:
    """At the very start nothing that may be ours is dropped."""
    row = json.loads(next(path for path in TABLE if path.stem == "group_command_foreign").read_text(encoding="utf-8"))
    assert isinstance(decode(row["update"], "", None), Arrived)
