"""Values of ``model`` ↔ JSON, for what is kept of conversations and messages."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("Any", kind))


def dump(value: object, kind: Hashable | None = None) -> bytes:
    """``value`` as JSON; ``kind`` where it is not simply the value's class (``dict[str, str]``, a union)."""
    return _adapter(cast("Hashable", type(value) if kind is None else kind)).dump_json(value)


def load(kind: type[T], data: bytes | str) -> T:
    """What ``dump`` wrote.

    Raises:
        pydantic.ValidationError: it does not read as a ``kind``.
    """
    value: T = _adapter(cast("Hashable", kind)).validate_json(data)
    return value
