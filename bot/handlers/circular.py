"""Praise and criticism of a quarter, as they follow from the records (通报; 篇六 四(三))."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Need, Option, Say
from bot.model import Brief
from bot.questions.refused import barred
from bot.scoring.quarters import before


def circular(brief: Brief) -> Dialog:
    """Say it for the quarter that the command names, the present one if none."""
    found = brief.circular
    if found is None:
        if not brief.subject or "circular" not in brief.may:
            return barred("circular")
        yield from Say("circular/nobody", {"said": brief.subject}, (Option("menu"),))
        return None
    earlier = Option(f"circular {before(found.period)}", name="before")
    paper = Option(f"document quarterly {found.shown['place']} {found.period}", name="document")
    yield from Say("circular/circular", {"circular": found, **found.shown}, (earlier, paper, Option("menu")))
    return None


FLOWS = (Flow("circular", circular, "circular", needs=frozenset({Need.CIRCULAR, Need.RIGHTS}), about="subject"),)
