"""Briefs of many kinds of days, and walks through every flow: each choice taken, words and pictures said everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.dialog import Flow, Reply, Turn, begin, take
from bot.dialog.steps import PHOTO
from bot.handlers import FLOWS
from bot.model import (
    Brief,
    Colleague,
    DayState,
    Finding,
    Leave,
    Locale,
    Owed,
    PastDay,
    PlaceStreak,
    Self,
    Standing,
    Status,
    Streak,
)
from tests.town import NOW, ZONE

TODAY = NOW.date()
MOST = 3
"""So many exceptions, notes or reviews are enough to see everything that is asked."""
FREE = Owed("23", "星悦城一期")
ALSO = Owed("22", "君安花园小区")
MINE = Owed("24", "汉口花园六期", Status.NORMAL, mine=True)
ILL = Owed("25", "星悦城二期", Status.ABNORMAL, mine=True, findings=(Finding("fever", 2), Finding("suspected", 1)))
DIRTY = Owed("26", "新苗小区", Status.ABNORMAL, mine=True)
THEIRS = Owed("61", "金潭村", Status.ABNORMAL, findings=(Finding("confirmed", 1),))


def streak(place: str, days: int, state: DayState = DayState.CLEAN) -> PlaceStreak:
    """A place's clean days."""
    return PlaceStreak(f"小区{place}", Streak(place, TODAY, days, state, None, None, days, 0))


SELF = Self("138****0001", (("grid_worker", "星悦城一期"),), ("telegram", "web"), TODAY, 12)
PLAIN = Brief(
    now=NOW,
    day=TODAY,
    cutoff=datetime(2026, 11, 24, 17, tzinfo=ZONE),
    person=1,
    name="张*",
    me=SELF,
    colleagues=(Colleague(2, "李*"), Colleague(3, "王*")),
    streaks=(streak("23", 91), streak("24", 0, DayState.BROKEN)),
    history=(
        PastDay(TODAY, 1, 2, 1, on_time=True),
        PastDay(TODAY - timedelta(days=1), 0, 2, 0, on_time=True),
        PastDay(TODAY - timedelta(days=2), 2, 2, 0, on_time=False),
        PastDay(TODAY - timedelta(days=3), 0, 0, 0, on_time=True),
    ),
)
YESTERDAY = TODAY - timedelta(days=1)
DAYS = {
    "nobody": replace(PLAIN, person=None, name="", me=replace(SELF, accepted_on=None)),
    "nothing owed": PLAIN,
    "one place": replace(PLAIN, owed=(FREE,)),
    "places": replace(PLAIN, owed=(FREE, ALSO), missed=(YESTERDAY,)),
    "some reported": replace(PLAIN, owed=(FREE, MINE, THEIRS)),
    "all mine": replace(PLAIN, owed=(MINE, ILL, DIRTY), missed=(YESTERDAY,)),
    "all theirs": replace(PLAIN, owed=(THEIRS,)),
    "mine and theirs": replace(PLAIN, owed=(ILL, THEIRS)),
    "late": replace(PLAIN, owed=(FREE, ALSO), now=NOW + timedelta(hours=4)),
    "another day": replace(PLAIN, owed=(FREE, MINE), day=YESTERDAY),
    "another day, done": replace(PLAIN, owed=(MINE,), day=YESTERDAY),
    "on leave": replace(PLAIN, leave=Leave(YESTERDAY, TODAY, "李*")),
    "on leave alone": replace(PLAIN, leave=Leave(YESTERDAY, TODAY)),
    "leave ahead": replace(PLAIN, owed=(FREE,), coming=Leave(TODAY + timedelta(days=1), TODAY + timedelta(days=2))),
    "leave ahead, covered": replace(PLAIN, coming=Leave(TODAY + timedelta(days=1), TODAY + timedelta(days=2), "李*")),
    "no photos": replace(PLAIN, owed=(FREE, MINE), photo_limit=0, note_limit=3),
}
"""By what sort of day it is."""
BRIEFS = [replace(brief, locale=locale) for brief in DAYS.values() for locale in Locale]
SAID = ("0", "5", "999", "楼道里有积水", "11-30", "2020-01-01", "", PHOTO, f"{PHOTO}{'0' * 32}", "\x1f")
"""What people say whatever they are asked."""


@dataclass(frozen=True)
class Stop:
    """Where a walk has come to."""

    flow: Flow
    brief: Brief
    turn: Turn
    raw: str | None = None
    """What was said last."""

    def on(self, raw: str) -> Stop:
        """One answer further, through JSON as a conversation is kept."""
        assert self.turn.ask is not None
        kept = kept_answers(self.turn)
        return Stop(self.flow, self.brief, take(self.flow.run, self.brief, kept, Reply(self.turn.ask.key, raw)), raw)


def kept_answers(turn: Turn) -> Mapping[str, str]:
    """The answers as they come back from where they were kept."""
    kept: dict[str, str] = json.loads(json.dumps(dict(turn.answers), ensure_ascii=False))
    return kept


def walk(flow: Flow, brief: Brief) -> Iterator[Stop]:
    """Every question of the flow with every choice and a few words, each combination of the two once."""
    seen: set[tuple[str, str]] = set()
    waiting = [Stop(flow, brief, begin(flow.run, brief))]
    while waiting:
        stop = waiting.pop()
        yield stop
        ask = stop.turn.ask
        if ask is None or stop.turn.complaint or any(int(number) > MOST for number in re.findall(r"\d+", ask.key)):
            continue
        for raw in (*(option.value for option in ask.options), *SAID):
            if (ask.key, raw) not in seen:
                seen.add((ask.key, raw))
                waiting.append(stop.on(raw))


def walks() -> Iterator[Stop]:
    """Every stop of every flow, on every sort of day, in both languages."""
    for brief in BRIEFS:
        for flow in FLOWS.values():
            yield from walk(flow, brief)


STANDINGS = (
    Standing(NOW),
    Standing(
        NOW,
        late=True,
        filed=("22", "23", "24", "25", "26", "61"),
        streaks=(streak("23", 91), streak("24", 0, DayState.BROKEN)),
        run=5,
        cases=("F1124-01",),
        kept=("星悦城一期",),
        stand_in="李*",
        missed=(YESTERDAY,),
    ),
)
"""How things may stand once a fact is recorded: nothing worth telling, everything."""
