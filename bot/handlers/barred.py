"""What somebody may not do: who may, and whom to ask, by role and place. Other conversations lead here."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Need, Option, Say
from bot.model import Brief
from bot.model.rights import Barred

LISTS = frozenset({
    "creation", "document", "apply", "assess", "board", "days", "overview", "history", "why", "cases", "problems",
})  # fmt: skip
"""Commands that offer one's own where nothing is named."""


def barred(brief: Brief) -> Dialog:
    """Who may use it; where this person may, too, what of theirs there is."""
    told = brief.barred or Barred(brief.subject)
    mine = (Option(told.command),) if told.own and told.said and told.command in LISTS else ()
    yield from Say("barred/barred", {"told": told}, (*mine, Option("menu")))
    return None


def whom(brief: Brief) -> Dialog:
    """No more than whom to ask: why not was said before."""
    yield from Say("barred/whom", {"told": brief.barred or Barred(brief.subject)})
    return None


FLOWS = tuple(
    Flow(run.__name__, run, "barred", needs=frozenset({Need.BARRED}), about="subject") for run in (barred, whom)
)
