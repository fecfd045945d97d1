"""My places: what a person is responsible for, and how it stands there."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Goto, Need, Option, Say
from bot.model import Brief


def places(brief: Brief) -> Dialog:
    """List the person's places with today's report and the clean days."""
    if not brief.owed and brief.leave is None:
        return Goto("greeting")  # who leads or reviews has places all the same
    streaks = {each.streak.place: each.streak for each in brief.streaks}
    shown = [(place, streaks.get(place.code)) for place in brief.owed]
    yield from Say("places/places", {"shown": shown}, (Option("report"), Option("menu")))
    return None


FLOWS = (Flow("places", places, "places", needs=frozenset({Need.STREAKS})),)
