"""A list of choices at the end of a text, as a person reads it: numbered, or with letters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

ENTRY = re.compile(r"\s*(?P<mark>\d+|[A-Z])\. (?P<label>.+)")


@dataclass(frozen=True, slots=True)
class Listed:
    """What stands above the list, and by its label what is to be sent for each choice."""

    text: str
    marks: dict[str, str] = field(default_factory=dict)


def listed(text: str) -> Listed:
    """A message read; without marks where it does not end with a list that begins with 1 or A."""
    lines = text.rstrip().splitlines()
    marks: dict[str, str] = {}
    wanted: str | None = None
    for at in range(len(lines) - 1, -1, -1):
        entry = ENTRY.fullmatch(lines[at])
        if entry is None or (wanted is not None and entry["mark"] != wanted):
            break
        marks[entry["label"]] = mark = entry["mark"]
        if mark in {"1", "A"}:
            return Listed("\n".join(lines[:at]), dict(reversed(marks.items())))
        wanted = str(int(mark) - 1) if mark.isdecimal() else chr(ord(mark) - 1)
    return Listed(text)
