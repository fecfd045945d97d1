"""Places: the tree that a roster and the database make together, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.model import Level, Place
from bot.roster.check import Check
from bot.roster.sheets import Row

ABOVE: Mapping[Level, tuple[Level, ...]] = {
    Level.COUNTY: (),
    Level.TOWNSHIP: (Level.COUNTY,),
    Level.COMMUNITY: (Level.TOWNSHIP, Level.COUNTY),
    Level.VILLAGE: (Level.TOWNSHIP, Level.COUNTY),
    Level.UNIT: (Level.TOWNSHIP, Level.COUNTY),
    Level.COMPOUND: (Level.COMMUNITY, Level.VILLAGE),
    Level.BUILDING: (Level.COMPOUND, Level.VILLAGE),
}
"""What may stand directly above (DOMAIN 1). A village without compounds is its own, so it may have buildings."""


def examine(check: Check) -> None:
    """Merge the places of the roster into those known, compare them, and check the tree that comes of it."""
    check.places.update(check.known.places)
    rows = {row.values["code"]: row for row in check.once("places", lambda row: row.values["code"], "code")}
    for code, row in rows.items():
        old = check.known.places.get(code)
        check.places[code] = place = _merged(old, row)
        count = check.plan.counts["places"]
        if old is None:
            count.new += 1
            check.plan.new_places.append(place)
        elif place != old:
            count.changed += 1
            check.plan.changed_places.append(place)
        else:
            count.same += 1
    looped = _cycles(check, rows)
    for code, row in rows.items():
        _days(check, row)
        if code not in looped:
            _parent(check, row)
    _children(check, rows)


def _merged(old: Place | None, row: Row) -> Place:
    """The place as the row has it; what the row does not say stays as it was."""
    said = {**row.values, "level": Level(row.values["level"])}
    if "aliases" in said:
        said["aliases"] = said["aliases"] or ()
    return replace(old, **said) if old else Place(**said)


def _days(check: Check, row: Row) -> None:
    place = check.places[row.values["code"]]
    if place.start and place.closed and place.closed < place.start:
        check.refuse(row, "closed", "closed_before_start")


def _parent(check: Check, row: Row) -> None:
    """The place above must be there and of a level that may stand above."""
    place = check.places[row.values["code"]]
    if place.parent is None:
        if Level.COMPOUND in ABOVE[place.level] or Level.COMMUNITY in ABOVE[place.level]:
            check.warnings.append(row.problem("parent", "no_parent"))
        return
    above = check.places.get(place.parent)
    if above is None:
        if place.parent not in check.roster.doubtful["places"]:
            check.refuse(row, "parent", "unknown_parent", code=place.parent)
    elif above.level not in ABOVE[place.level]:
        check.refuse(row, "parent", "order", level=place.level, above=above.level)


def _children(check: Check, rows: Mapping[str, Row]) -> None:
    """A level that changes must still suit the places below that the roster does not speak of."""
    changed = {code for code in rows if (old := check.known.places.get(code)) and old.level != check.places[code].level}
    for child in check.known.places.values():
        if child.parent in changed and child.code not in rows:
            level = check.places[child.parent].level
            if level not in ABOVE[child.level]:
                row = rows[child.parent]
                check.refuse(row, "level", "order_below", code=child.code, below=child.level, level=level)


def _cycles(check: Check, rows: Mapping[str, Row]) -> set[str]:
    """The places that stand above themselves; each cycle is noted once, at its first row."""
    sound: set[str] = set()
    looped: set[str] = set()
    for code in rows:
        path: dict[str, None] = {}
        at: str | None = code
        while at in check.places and at not in sound and at not in looped and at not in path:
            path[at] = None
            at = check.places[at].parent
        if at in path:
            walked = list(path)
            cycle = walked[walked.index(at) :]
            looped.update(cycle)
            first = next(rows[member] for member in (code, *cycle) if member in cycle and member in rows)
            check.refuse(first, "parent", "cycle", codes=(*cycle, at))
        sound.update(path.keys() - looped)
    return looped
