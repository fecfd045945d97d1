"""What a person decides about their own data, and the items of others that they open → the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.model import Standing
    from bot.store.conversations import Kept

RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {}
"""By fact: what writes it, and says how things stand then."""
