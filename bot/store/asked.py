"""What those ask who lead, review and oversee, and the read that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.dialog import Need
from bot.model.office import Office
from bot.store import house, lacking, longest, overview, scores, staff
from bot.store.asking import Asking

ANSWERS: Mapping[Need, Callable[[Asking], Mapping[str, Office]]] = {
    Need.SUMMARY: overview.summary,
    Need.MISSING: lacking.missing,
    Need.NUDGE: lacking.nudge,
    Need.LONGEST: longest.streaks,
    Need.SCORES: scores.scores,
    Need.STAFF: staff.people,
    Need.INVITEES: staff.invitees,
    Need.CHANNELS: house.channels,
    Need.HEALTH: house.health,
    Need.SETTINGS: house.settings,
}
"""By need, what fills ``Brief.office``."""
