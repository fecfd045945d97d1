"""The menu under the chat in WeCom and WeChat: three columns, in Chinese, as their users read."""

from __future__ import annotations

from typing import Any

from bot import words
from bot.channels.bytewise import split
from bot.model import Locale

COLUMNS = (
    ("report", ("report", "fix", "add", "found", "leave")),
    ("todo", ("todo", "notice", "cases", "problem", "places")),
    ("menu", ("menu", "streaks", "history", "me", "help")),
)
"""The name of each column is a command's; so is each entry, which gives that command."""
TITLE, ENTRY = 16, 40
"""Bytes of a column's name, and of an entry's."""


def menu() -> dict[str, Any]:
    """The menu as ``menu/create`` takes it."""
    return {
        "button": [
            {
                "name": _label(name, TITLE),
                "sub_button": [{"type": "click", "name": _label(each, ENTRY), "key": f"/{each}"} for each in entries],
            }
            for name, entries in COLUMNS
        ]
    }


def _label(name: str, most: int) -> str:
    return split(words.label("commands", Locale.ZH, name), most)[0]
