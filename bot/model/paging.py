"""Long lists in pages: which page a command names (``missing JA p2``), and what stands on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
_MARK = re.compile(r"(?:^|\s)p(\d{1,4})$")


class Page(NamedTuple, Generic[T]):
    """A page of a list, numbered from one."""

    rows: tuple[T, ...]
    number: int
    of: int
    more: int
    """Rows behind it."""


def named(subject: str) -> tuple[str, int]:
    """What a command named beside the page, and the page: the first where it named none."""
    said = subject.strip()
    match = _MARK.search(said)
    return (said[: match.start()].strip(), int(match[1])) if match else (said, 1)


def numbered(subject: str) -> int:
    """The page that a command names that names nothing else: ``p2``, ``2``; the first where it says something else."""
    said, page = named(subject)
    return int(said) if said.isascii() and said.isdigit() else page


def page(rows: Sequence[T], number: int, size: int) -> Page[T]:
    """That page of so many rows each; the last where there are not so many."""
    of = max(1, -(-len(rows) // size))
    at = min(max(1, number), of)
    shown = tuple(rows[(at - 1) * size : at * size])
    return Page(shown, at, of, max(0, len(rows) - at * size))


def onward(command: str, at: int) -> str:
    """The command that gives the page after this one."""
    return f"{command.strip()} p{at + 1}"
