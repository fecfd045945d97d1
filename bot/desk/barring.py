"""A fact that was refused because it is for somebody else: behind the receipt stands whom to ask."""

from __future__ import annotations

from bot.dialog import Goto
from bot.model import CreationStepped, Fact, Standing
from bot.questions.refused import whom

THEIRS = frozenset({"entitled", "place", "hidden", "others", "own"})
"""Why something is for somebody else, whatever it is."""
NAMED = frozenset({"case", "case_details", "open", "ledger", "picture", "document", "board", "overview"})
"""Conversations in which what is not known may also be somebody else's: which of the two is not told."""


def onward(flow: str, fact: Fact, standing: Standing) -> Goto | None:
    """Where the conversation goes on after a refusal; None where it is none of that sort."""
    reason = standing.shown.get("refused")
    if reason not in THEIRS and not (reason == "unknown" and flow in NAMED):
        return None
    step = fact.step.value if isinstance(fact, CreationStepped) else flow
    return whom(step, str(getattr(fact, "place", "")))
