"""Enrolment: a code, a notice on purpose and legal basis, and the person's acceptance."""

from __future__ import annotations

from bot.dialog import Choice, Dialog, Flow, Goto, Need, Option, Say
from bot.model import Brief, ConsentWithdrawn, Fact, NoticeAccepted, Standing

NOTICE = "2026-11"
"""The version of the notice; a new wording gets a new version and is shown to everybody once."""


def enrol(brief: Brief) -> Dialog:
    """Show the notice to a person whose code was right, and ask for acceptance; without a code, ask for one."""
    if brief.person is None:
        yield from Say("enrol/code")
        return None
    choice = yield from Choice("accept", (Option("accept"), Option("decline")))
    if choice == "decline":
        yield from Say("enrol/declined")
        return None
    return NoticeAccepted(NOTICE)


def forget(brief: Brief) -> Dialog:
    """Take the acceptance back, after saying what the law lets the office keep."""
    choice = yield from Choice("forget", (Option("keep"), Option("withdraw")), {"me": brief.me})
    if choice == "keep":
        return Goto("me")
    return ConsentWithdrawn()


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """Welcome, or farewell."""
    if isinstance(fact, ConsentWithdrawn):
        return Say("enrol/farewell", {"standing": standing})
    return Say("enrol/welcome", {"owed": brief.owed})


FLOWS = (Flow("enrol", enrol, "enrol", receipt), Flow("forget", forget, "enrol", receipt, frozenset({Need.SELF})))
