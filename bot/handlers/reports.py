"""My reports: the last days, what was reported and when."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Need, Option, Say
from bot.model import Brief


def reports(brief: Brief) -> Dialog:
    """List the last week; offer to correct today's report and to make a missed day good."""
    mine = (Option("fix"), Option("add"), Option("withdraw")) if any(place.mine for place in brief.owed) else ()
    today = (Option("report"),) if any(place.status is None for place in brief.owed) else ()
    missed = tuple(Option(f"report {day}", name="missed") for day in brief.missed[:1])
    yield from Say("reports/reports", {"history": brief.history}, (*today, *mine, *missed))
    return None


FLOWS = (Flow("reports", reports, "reports", needs=frozenset({Need.HISTORY})),)
