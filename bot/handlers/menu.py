"""The menu and the help: what can be done, in one screen."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Option, Say
from bot.model import Brief

ACTIONS = (
    "report",
    "todo",
    "notice",
    "cases",
    "places",
    "history",
    "reports",
    "leave",
    "isolation",
    "returnee",
    "care",
    "me",
    "language",
    "help",
)


def menu(brief: Brief) -> Dialog:
    """Offer everything that a person can do."""
    yield from Say("menu/menu", {"owed": brief.owed}, tuple(Option(value) for value in ACTIONS))
    return None


def help_(brief: Brief) -> Dialog:
    """Say in a few lines how this works."""
    yield from Say("menu/help", {"cutoff": brief.cutoff}, (Option("report"), Option("menu")))
    return None


FLOWS = (Flow("menu", menu, "menu"), Flow("help", help_, "menu"))
