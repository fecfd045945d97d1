"""A place's last days for the public: what was published, what is known now, and the kind of fact between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.model import Cause, DayState, HistoryDay, PackRules
from bot.scoring.joining import CORRECTIONS
from bot.store.figures import streaks
from bot.store.restated import DAYS, history

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Bench:
    """By which packs places are judged, and in which zone."""

    judges: tuple[PackRules, ...]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Changed:
    """A day whose figure a later fact changed; of the fact what it was and when, and not whose case."""

    day: date
    published: int
    published_state: DayState
    restated: int
    restated_state: DayState
    event: str
    """Of a report ``report`` or ``withdrawn``, of a case ``case`` or ``corrected``; ``none``: no fact is to blame."""
    what: str
    """Of a case, what happened or was put right."""
    on: date | None
    recorded: date | None


@dataclass(frozen=True, slots=True)
class Beside:
    """Today's figure under another pack."""

    title: str
    days: int
    state: DayState


@dataclass(frozen=True, slots=True)
class Past:
    """What the page of a place adds to its line."""

    days: int
    """How many of the last days have been published."""
    changed: tuple[Changed, ...]
    beside: tuple[Beside, ...]
    reported: int = 0
    unverified: int = 0
    """Of the days of the streak, how many have a report, and how many have none."""


def past(connection: Connection, judges: tuple[PackRules, ...], place: str, now: datetime) -> Past:
    """Read it, under the leading pack; ``now`` is in the programme's zone."""
    today = now.date()
    zone = cast("ZoneInfo", now.tzinfo)  # the clock of the program gives its zone along
    leading = history(connection, Bench(judges[:1], zone), place, today - timedelta(days=DAYS), today)
    days: Sequence[HistoryDay] = leading[0].days if leading else ()
    counted = next(iter(streaks(connection, judges[0], today, places=[place])), None)
    return Past(
        len(days),
        tuple(_changed(days)),
        tuple(_beside(connection, judges[1:], place, today)),
        counted.reported_days if counted else 0,
        counted.unverified_days if counted else 0,
    )


def _changed(days: Sequence[HistoryDay]) -> Iterable[Changed]:
    for day in days:
        if day.differs:
            then, now = day.published, day.restated
            yield Changed(day.day, then.days, then.state, now.days, now.state, *_told(day.cause))


def _told(cause: Cause | None) -> tuple[str, str, date | None, date | None]:
    if cause is None:
        return "none", "", None, None
    recorded = cause.recorded_at.date()
    if cause.case:
        return ("corrected" if cause.event in CORRECTIONS else "case"), cause.event, cause.on, recorded
    return cause.event, "", cause.on, recorded


def _beside(connection: Connection, packs: Sequence[PackRules], place: str, today: date) -> Iterable[Beside]:
    for rules in packs:
        for streak in streaks(connection, rules, today, places=[place]):
            yield Beside(rules.title, streak.days, streak.state)
