"""Why a place's figure is what it is: the case, its days, the rule, and the day counting began (PRODUCT, VOICE)."""

from __future__ import annotations

from bot.dialog import Choice, Dialog, Flow, Goto, Need, Option, Say
from bot.model import Brief
from bot.questions.refused import barred, misnamed

BUTTONS = 12
"""More places than this are no help on a phone."""


def why(brief: Brief) -> Dialog:
    """Explain the figure of the place that was named; without one, or where it is unknown, offer the person's own."""
    if brief.reasons:
        place = str(brief.reasons["place"])
        yield from Say("why/head", {"name": brief.reasons["name"], "on": brief.reasons.get("on")})
        yield from Say("figures/explain", brief.reasons, (Option(f"history {place}", name="history"), Option("menu")))
        return None
    if brief.misnamed:
        yield from misnamed(brief.misnamed, "why")
        return None
    if not brief.near:
        return barred("why", brief.subject)
    options = tuple(Option(each.code, each.name) for each in brief.near[:BUTTONS])
    chosen = yield from Choice("place", options, {"said": brief.subject, "several": _several(brief)}, near=True)
    return Goto("why", chosen)


def _several(brief: Brief) -> bool:
    """Whether what was named is a part of several names."""
    return bool(brief.subject) and all(brief.subject in each.name for each in brief.near)


FLOWS = (Flow("why", why, "why", needs=frozenset({Need.REASONS}), about="subject"),)
