"""Ticks, the red-and-black board and the work log → the store, an audit line, and word to whom an entry concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.dialog import Option, Say
from bot.model import DutiesTicked, EntryPosted, EntryTakenBack, Role, Standing, WorkCounted
from bot.store import audit, duties, redblack, ticks, worklog
from bot.store.authority import responsible
from bot.store.cases import RefusedError

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept

LEADS = (Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER)


def _ticked(visit: Visit, _: Kept, fact: DutiesTicked) -> Standing:
    """Keep what was done."""
    try:
        new = ticks.tick(visit.connection, visit.tools.house, visit.act(), fact)
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(visit.connection, visit.now, visit.owner, "duties ticked", fact.day.isoformat(), str(new))
    return Standing(visit.now)


def _posted(visit: Visit, _: Kept, fact: EntryPosted) -> Standing:
    """Put it on the board, and tell who leads the place."""
    try:
        redblack.post(visit.connection, visit.tools.house, visit.act(), fact)
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(visit.connection, visit.now, visit.owner, "entry posted", fact.place, fact.colour.value)
    (name,) = duties.names(visit.connection, [fact.place])
    say = Say("red_black/news", {"fact": fact, "place": name}, (Option("redblack"),))
    told = [
        each.role.value
        for each in responsible(visit.connection, fact.place, LEADS, visit.now.date())
        if each.person != visit.act().person and visit.notify(each.person, say)
    ]
    return Standing(visit.now, shown={"told": tuple(dict.fromkeys(told)), "place": name})


def _taken_back(visit: Visit, _: Kept, fact: EntryTakenBack) -> Standing:
    """Take it off the board."""
    try:
        place = redblack.take_back(visit.connection, visit.act(), fact)
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(visit.connection, visit.now, visit.owner, "entry taken back", place, str(fact.entry))
    return Standing(visit.now, shown={"told": (), "place": ""})


def _counted(visit: Visit, _: Kept, fact: WorkCounted) -> Standing:
    """Keep the day's figures."""
    try:
        worklog.count(visit.connection, visit.act(), fact)
    except RefusedError as why:
        return _refused(visit, why)
    detail = ",".join(f"{counter.value}:{number}" for counter, number in fact.counts)
    audit.record(visit.connection, visit.now, visit.owner, "work counted", fact.place, detail)
    return Standing(visit.now)


def _refused(visit: Visit, why: RefusedError) -> Standing:
    return Standing(visit.now, shown={"refused": why.reason, **why.values})


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {
    DutiesTicked: _ticked,
    EntryPosted: _posted,
    EntryTakenBack: _taken_back,
    WorkCounted: _counted,
}
"""By fact: what writes it, and says how things stand then."""
