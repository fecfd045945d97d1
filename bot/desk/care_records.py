"""Home isolation, returnees and care → the store, and a word to those whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.model import Standing
    from bot.store.conversations import Kept

RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {}
"""By fact: what writes it, and says how things stand then."""
