"""What a menu offers: what somebody may do and does daily comes first, the rest lies behind it, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping

from bot.model import Brief, Role

CARD = 6
"""So many buttons a card bears on every channel (WeCom)."""
REPORTING = ("report", "places", "reports", "leave")
"""For who owes reports."""
EVERYBODY = ("settings", "me", "help")
DAILY: Mapping[Role, tuple[str, ...]] = {
    Role.COMMUNITY_LEAD: ("missing", "nudge", "summary", "todo", "cases"),
    Role.TOWNSHIP_REVIEWER: ("summary", "missing", "todo", "creation", "scores"),
    Role.OFFICE: ("summary", "todo", "creation", "redblack", "circular"),
    Role.ADMIN: ("people", "invite", "summary", "health", "todo"),
    Role.UNIT_CONTACT: ("report", "notice", "checks", "todo", "assess"),
    Role.GRID_WORKER: ("report", "notice", "problem", "checks", "todo"),
    Role.BUILDING_LEADER: ("report", "notice", "problem", "checks", "todo"),
}
"""By role what it does daily, the most frequent first; of several roles the one that stands first here comes first."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "below": ("summary", "missing", "nudge", "people", "invite"),
    "ill": ("notice", "cases", "isolation", "returnee", "care"),
    "figures": ("streaks", "board", "overview", "history", "document"),
    "award": ("assess", "apply", "creation", "scores", "deadlines"),
    "ledger": ("problems", "checks", "worklog", "redblack", "circular"),
    "own": ("places", "reports", "leave", "settings", "help"),
}
"""All else, by kind: each fits a card."""


def may(brief: Brief) -> frozenset[str]:
    """Everything that this person can do here and now."""
    reporting = REPORTING if brief.owed or brief.leave or brief.coming else ()
    return brief.may.union(reporting, EVERYBODY)


def first(brief: Brief) -> tuple[str, ...]:
    """What they do daily, with room left for one button more. Who owes a report begins with it."""
    can = may(brief)
    daily = [each for role, theirs in DAILY.items() if role in brief.roles for each in theirs]
    wanted = dict.fromkeys(("report", *daily) if brief.owed else daily)
    found = [each for each in wanted if each in can]
    return tuple(found or [each for each in ("todo", *EVERYBODY) if each in can])[: CARD - 1]


def kinds(brief: Brief) -> tuple[str, ...]:
    """The kinds in which there is something for them."""
    return tuple(kind for kind in KINDS if within(brief, kind))


def within(brief: Brief, kind: str) -> tuple[str, ...]:
    """What they can do of one kind."""
    can = may(brief)
    return tuple(each for each in KINDS[kind] if each in can)
