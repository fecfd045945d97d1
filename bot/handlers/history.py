"""A place's past days: what was published of each, and what is known of it now, with the fact that changed it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.dialog import Choice, Dialog, Flow, Goto, Need, Option, Say
from bot.model import Brief, Cause, HistoryDay, PlaceHistory
from bot.questions.refused import barred, misnamed

BUTTONS = 12
"""More places than this are no help on a phone."""


@dataclass(frozen=True, slots=True)
class Change:
    """Days in a row, newest first, whose figures one fact changed."""

    days: tuple[HistoryDay, ...]
    cause: Cause | None

    @property
    def first(self) -> HistoryDay:
        """The oldest of them."""
        return self.days[-1]

    @property
    def last(self) -> HistoryDay:
        """The newest of them."""
        return self.days[0]


def history(brief: Brief) -> Dialog:
    """Show the last days of the place that was named; without one, or where it is unknown, offer the person's own."""
    if brief.past:
        calendar = Option(f"days {brief.past[0].code}", name="days")
        yield from Say("history/history", shown(brief.past), (calendar, Option("places"), Option("menu")))
        return None
    if brief.misnamed:
        yield from misnamed(brief.misnamed, "history")
        return None
    if not brief.near:
        return barred("history", brief.subject)
    options = tuple(Option(each.code, each.name) for each in brief.near[:BUTTONS])
    chosen = yield from Choice("place", options, {"said": brief.subject}, near=True)
    return Goto("history", chosen)


def shown(past: Sequence[PlaceHistory]) -> dict[str, object]:
    """What ``history/history`` says of a place: the leading pack's days, and of each other pack the newest."""
    leading, *others = past
    return {
        "place": leading.name,
        "days": leading.days,
        "changes": changes(leading.days),
        "others": [(each.pack, each.days[0]) for each in others],
    }


def changes(days: Iterable[HistoryDay]) -> Sequence[Change]:
    """Where the figures differ: neighbouring days with one cause together, newest first."""
    found: list[Change] = []
    newer: HistoryDay | None = None
    for day in days:
        if day.differs:
            same = newer is not None and newer.differs and found[-1].cause == day.cause
            if same:
                found[-1] = Change((*found[-1].days, day), day.cause)
            else:
                found.append(Change((day,), day.cause))
        newer = day
    return found


FLOWS = (Flow("history", history, "history", needs=frozenset({Need.PAST}), about="subject"),)
