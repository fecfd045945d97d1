"""What kind of worker somebody is: how often they do what, drawn once from the seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

STYLES = {"prompt": 0.5, "early": 0.25, "words": 0.15, "late": 0.1}
"""Taps when reminded; reports unasked in the morning; types instead of tapping; reports around the cutoff or after."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Chances a day, but for ``style``."""

    style: str
    forgets: float
    """Does nothing unless reminded, and not always then."""
    twice: float
    """Taps the same button again at once."""
    snoozes: float
    corrects: float
    fever: float
    leaves: float
    alone: float
    """Goes on leave without a stand-in, of those times."""
    blocks: float


def draw(chance: Random) -> Habits:
    """Somebody's habits."""
    return Habits(
        style=chance.choices(list(STYLES), list(STYLES.values()))[0],
        forgets=chance.uniform(0, 0.06),
        twice=chance.uniform(0, 0.06),
        snoozes=chance.uniform(0, 0.08),
        corrects=chance.uniform(0, 0.02),
        fever=chance.uniform(0, 0.008),
        leaves=chance.uniform(0, 0.012),
        alone=chance.uniform(0.2, 0.8),
        blocks=chance.uniform(0, 0.004),
    )
