"""What the judge found: figures, and every defect by name."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class Verdict:
    """The table that a run ends with. Person-days and reminders are counted, latencies are virtual seconds."""

    workers: int = 0
    days: int = 0
    kills: int = 0
    messages: int = 0
    """What people sent."""
    owed: int = 0
    reported: int = 0
    on_time: int = 0
    reminders: int = 0
    reminders_a_day: float = 0.0
    reminders_most: int = 0
    reply_p50: float = 0.0
    reply_p99: float = 0.0
    reminder_p50: float = 0.0
    reminder_p99: float = 0.0
    taps_a_week: float = 0.0
    typed_a_week: float = 0.0
    minutes_a_week: float = 0.0
    dated: int = 0
    """Moments of dated deadlines that were to be served."""
    unknown: int = 0
    """Reminders of which nobody knows whether they went."""
    untried: int = 0
    """Of those: written off as unknown, though the platform never saw them."""
    doubled: int = 0
    lost: int = 0
    after_reported: int = 0
    quiet: int = 0
    over_three: int = 0
    acknowledged_lost: int = 0
    quarantined: int = 0
    dated_missing: int = 0
    dated_stray: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict)
    """Of each defect the first few: who, when."""

    def find(self, defect: str, example: str) -> None:
        """Count one more."""
        setattr(self, defect, getattr(self, defect) + 1)
        shown = self.examples.setdefault(defect, [])
        if len(shown) < SHOWN:
            shown.append(example)

    @property
    def defects(self) -> tuple[str, ...]:
        """The defects that occurred, by name."""
        return tuple(name for name in DEFECTS if getattr(self, name))

    def figures(self) -> dict[str, Any]:
        """Everything, by name, as JSON takes it."""
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"defects": list(self.defects)}


SHOWN = 5
DEFECTS = (
    "doubled", "lost", "after_reported", "quiet", "over_three", "acknowledged_lost", "quarantined", "dated_missing",
    "dated_stray",
)  # fmt: skip
"""What there may be none of."""
