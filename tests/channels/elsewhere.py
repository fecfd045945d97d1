"""The other chat of everybody, of no platform: what somebody's first channel cannot bring them goes there."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.model import Address, Fate, Inbound, InboundKind, Limits, Outbound, Sent
from tests.channels.house import House, Shown
from tests.town import CHANNEL

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from bot.channels.port import Take


class Elsewhere:
    """The town's own channel."""

    name = CHANNEL
    limits = Limits()

    def __init__(self, house: House) -> None:
        """Nothing came."""
        self._house = house
        self._numbers = itertools.count(1)
        self._new: list[Outbound] = []
        self._came: list[Outbound] = []

    def routes(self) -> Sequence[BaseRoute]:
        """None."""
        return ()

    async def listen(self, take: Take) -> None:
        """Nothing comes by itself."""

    async def send(self, outbound: Outbound) -> Fate:
        """Show it."""
        self._new.append(outbound)
        return Sent(str(outbound.id))

    def begin(self) -> None:
        """A new conversation: the house sends through here, too."""
        self._new.clear()
        self._came.clear()
        self._house.channels[CHANNEL] = self

    async def tap(self, who: str, label: str) -> None:
        """Tap the newest button of that label."""
        here = Address(CHANNEL, who)
        buttons = [each for came in self._came if came.address == here for row in came.buttons for each in row]
        token = next((each.token for each in reversed(buttons) if each.label == label), None)
        assert token is not None, f"{who} sees no choice {label!r}"
        number = f"tap-{next(self._numbers)}"
        await self._house.take(Inbound(here, number, InboundKind.TAP, token, sender=who, edits=number))

    def seen(self) -> list[Shown]:
        """What came since the last time."""
        new, self._new = self._new, []
        self._came += new
        return [
            Shown(
                each.address.id,
                each.text,
                tuple(button.label for row in each.buttons for button in row),
                each.paper.name if each.paper else "",
            )
            for each in new
        ]
