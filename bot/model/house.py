"""How the bot itself stands, as an administrator asks in the chat; and what somebody has set for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class ChannelState(NamedTuple):
    """One channel: who is there, what waits, and what went wrong last."""

    name: str
    chats: int = 0
    """Chats in which somebody can be told something."""
    waiting: int = 0
    failed: int = 0
    """Messages of the last week that did not arrive, or of which nobody knows."""
    sent_at: datetime | None = None
    heard_at: datetime | None = None
    problem: str = ""
    """The platform's word on the last message that did not arrive; of nobody's."""
    problem_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """Whether everything runs. All moments are aware."""

    database: str = ""
    zone: str = ""
    ticking: bool = False
    """Whether some process plans reminders and publishes the days."""
    waiting: int = 0
    oldest: datetime | None = None
    """Since when the first of them waits."""
    dead: int = 0
    uncertain: int = 0
    quarantined: int = 0
    disk: str = ""
    """``ok``, ``low``, or empty where it is another machine's."""
    backup: datetime | None = None
    """The last that was made, if one is known."""
    stale: bool = False
    """Whether that is too long ago."""


class Facts(NamedTuple):
    """What holds for all, as an administrator sees it; it is set outside the chat."""

    pack: str
    title: str
    cutoff: str
    quiet_from: str
    quiet_until: str
    reminders: int
    """So many a day at most."""
    zone: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What somebody has set for themselves."""

    locale: str = "zh"
    fewer: bool = False
    channels: tuple[str, ...] = ()
    house: Facts | None = None
