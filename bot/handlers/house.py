"""The bot itself: what one has set for oneself, and what an administrator looks at."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Need, Option, Say
from bot.model import Brief
from bot.model.house import Settings
from bot.model.office import Ask, Office
from bot.questions.refused import refused


def settings(brief: Brief) -> Dialog:
    """One's language, reminders and chats, each with the button that changes it; an administrator sees the house's."""
    office = brief.office or Office(Ask.SETTINGS)
    told = office.settings or Settings(brief.locale.value)
    rest = (Option("health"), Option("channels")) if told.house else (Option("menu"),)  # a card bears six
    actions = (Option("language"), Option("more" if told.fewer else "fewer"), Option("web"), Option("me"), *rest)
    yield from Say("house/settings", {"told": told}, actions)
    return None


def channels(brief: Brief) -> Dialog:
    """Which channels there are, what waits in each, and what went wrong last."""
    office = brief.office or Office(Ask.CHANNELS)
    if office.channels is None:
        yield from refused(office)
        return None
    yield from Say("house/channels", {"told": office.channels}, (Option("health"), Option("menu")))
    return None


def health(brief: Brief) -> Dialog:
    """Whether everything runs."""
    office = brief.office or Office(Ask.HEALTH)
    if office.health is None:
        yield from refused(office)
        return None
    yield from Say("house/health", {"told": office.health}, (Option("channels"), Option("menu")))
    return None


FLOWS = (
    Flow("settings", settings, "house", needs=frozenset({Need.SETTINGS})),
    Flow("channels", channels, "house", needs=frozenset({Need.CHANNELS})),
    Flow("health", health, "house", needs=frozenset({Need.HEALTH})),
)
