"""The menu and the help: what can be done, in one screen."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Option, Say
from bot.model import Brief

ACTIONS = (
    "report",
    "todo",
    "notice",
    "problem",
    "checks",
    "cases",
    "places",
    "board",
    "history",
    "reports",
    "leave",
    "isolation",
    "returnee",
    "care",
    "work",
    "me",
    "language",
    "help",
)

WORK = (
    "summary",
    "missing",
    "streaks",
    "scores",
    "people",
    "assess",
    "apply",
    "creation",
    "problems",
    "worklog",
    "redblack",
    "circular",
    "document",
    "overview",
    "deadlines",
    "menu",
)
"""What leads, townships and offices do beside the daily work."""


def menu(brief: Brief) -> Dialog:
    """Offer everything that a person can do."""
    yield from Say("menu/menu", {"owed": brief.owed}, tuple(Option(value) for value in ACTIONS))
    return None


def work(brief: Brief) -> Dialog:
    """Offer what belongs to the creation: assessments, applications, the ledger, the documents."""
    yield from Say("menu/work", actions=tuple(Option(value) for value in WORK))
    return None


def help_(brief: Brief) -> Dialog:
    """Say in a few lines how this works."""
    yield from Say("menu/help", {"cutoff": brief.cutoff}, (Option("report"), Option("menu")))
    return None


FLOWS = (Flow("menu", menu, "menu"), Flow("work", work, "menu"), Flow("help", help_, "menu"))
