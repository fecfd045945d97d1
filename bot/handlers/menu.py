"""The menu and the help: what somebody can do, what they do daily first, and nothing that would be refused."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Need, Option, Say
from bot.model import Brief
from bot.questions.menus import KINDS, first, kinds, within

EXAMPLES = 3
"""So many commands stand under the help."""


def menu(brief: Brief) -> Dialog:
    """Offer what this person does daily, and the way to the rest."""
    yield from Say("menu/menu", {"owed": brief.owed}, (*map(Option, first(brief)), Option("work")))
    return None


def work(brief: Brief) -> Dialog:
    """Offer the rest: its kinds, or what there is of the kind that the command names."""
    kind = brief.subject.strip()
    if kind in KINDS and (found := within(brief, kind)):
        yield from Say("menu/kind", {"kind": kind}, (*map(Option, found), Option("menu")))
        return None
    yield from Say("menu/work", actions=tuple(Option(f"work {each}", name=each) for each in kinds(brief)))
    return None


def help_(brief: Brief) -> Dialog:
    """Say in a few lines how this works for somebody who does what this person does."""
    actions = (*map(Option, first(brief)[:EXAMPLES]), Option("menu"))
    shown = {"cutoff": brief.cutoff, "reports": bool(brief.owed) or not brief.may, "can": brief.may}
    yield from Say("menu/help", shown, actions)
    return None


_MAY = frozenset({Need.RIGHTS})
FLOWS = (
    Flow("menu", menu, "menu", needs=_MAY),
    Flow("work", work, "menu", needs=_MAY, about="subject"),
    Flow("help", help_, "menu", needs=_MAY),
)
