"""Whether a place has been clean for long enough, by its pack. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from bot.model import PackRules, Streak


class Reach(NamedTuple):
    """Whether the days suffice; if not, how many are lacking, and which kinds were there too lately."""

    lacking: int = 0
    """Days that the streak still needs."""
    waiting: tuple[str, ...] = ()
    """Kinds of which the pack wants more quiet days than there have been."""

    @property
    def qualifies(self) -> bool:
        """Whether nothing is in the way."""
        return not self.lacking and not self.waiting


def reach(streak: Streak, last: Mapping[str, date | None], rules: PackRules) -> Reach:
    """Whether ``streak`` qualifies under ``rules``.

    Args:
        streak: of the place, on the day that is asked about.
        last: by kind, the day on which the last such case at the place ended; None where one is still open. A kind
            of which there never was a case is left out.
        rules: the pack: its ``threshold_days``, and ``quiet`` (more than so many days since the last of a kind).
    """
    lacking = max(rules.threshold_days - streak.days, 0)
    waiting = tuple(
        kind
        for kind, days in rules.quiet.items()
        if kind in last and ((end := last[kind]) is None or (streak.as_of - end).days <= days)
    )
    return Reach(lacking, waiting)
