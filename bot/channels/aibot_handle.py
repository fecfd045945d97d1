"""By what a call of WeCom's can be answered: it goes with the message into the house, and comes back with the answer.

So whichever process sends the answer, and whenever, knows how.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

import orjson


class Kind(StrEnum):
    """What is answered: each kind may be answered at once in a way of its own."""

    MESSAGE = "message"
    CARD = "card"
    """A tap on a card: at once that card may be replaced, and nothing else said."""
    ENTER = "enter"
    """The chat was opened: a word at once, and none later."""


@dataclass(frozen=True, slots=True)
class Handle:
    """``repr`` shows nothing by which somebody could answer in our place."""

    once: str
    """The message's name, as in ``Inbound.dedupe``."""
    kind: Kind
    url: str
    """Where one later answer may be posted, within the hour."""
    since: int
    """When the call came, in seconds."""
    task: str = ""
    """The card's name."""
    user: str = ""
    """Whose card is replaced, of many in a group that see it; empty: everybody's."""

    def dump(self) -> str:
        """As text."""
        return orjson.dumps(asdict(self)).decode()

    def __repr__(self) -> str:
        """Its name only."""
        return f"Handle({self.once})"


def load(text: str | None) -> Handle | None:
    """The handle that was dumped; None: the message answers nothing."""
    if not text:
        return None
    said = orjson.loads(text)
    return Handle(said["once"], Kind(said["kind"]), said["url"], said["since"], said["task"], said["user"])
