"""The numbers that the pack's daily form asks for beside the cases."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from bot.dialog import Number, Step
from bot.dialog.choosing import options
from bot.model import Brief, Near

Figures = tuple[tuple[str, str, int], ...]
"""Place, field and number."""


def figures(brief: Brief, n: int, place: Near) -> Generator[Step, Any, Figures]:
    """Every number of the form, of the ``n``-th place that is asked about."""
    found: list[tuple[str, str, int]] = []
    for i, field in enumerate(brief.fields, 1):
        shown = {"place": place, "label": field.labels.get(brief.locale.value, field.id)}
        none = options("0") if field.minimum == 0 else ()
        number = yield from Number(f"field/{n}.{i}", field.minimum, field.maximum, none, shown)
        found.append((place.code, field.id, number))
    return tuple(found)
