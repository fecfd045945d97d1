"""Somebody who was found at a place: where, how warm, whose contact; and whether the case is known already."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bot import words
from bot.dialog import Choice, Degrees, Number, Option, Retake, Step, Text
from bot.dialog.choosing import options
from bot.model import Brief, Details, Kind, KnownCase, Near
from bot.understand.doors import door

MOST_PERSONS = 200
"""More of one kind at one place on one day is a slip of the finger."""
LINE = 60
"""Signs of a door, a place of origin, whose contact it is."""
CLOSE = timedelta(days=1)
"""So far apart two reports may be about the same person."""
LISTED = 3
"""As many known cases are offered as can be read at a glance."""
BANDS = {"low": (0.0, 38.0), "middle": (38.0, 39.0), "high": (39.0, None)}
"""What is tapped instead of a figure: from, and up to."""
OF_A_PERSON = ("count", "other", "door", "same", "temperature", "low", "contact", "area")
"""What is asked of an item once its place and kind are known."""


@dataclass(frozen=True, slots=True)
class Item:
    """One exception: at a place a person of a kind, several of them, or a problem in words."""

    place: Near
    kind: str
    count: int = 0
    words: str = ""
    details: Details | None = None
    """Of one person, where the form asks for them."""
    band: str = ""
    """The range of temperature that was tapped."""
    same: KnownCase | None = None
    """The case that it is already: nothing is made of it."""


Asking = Generator[Step, Any, Item]


def found(brief: Brief, n: int, place: Near, kind: str, *, alone: bool = True) -> Asking:
    """Ask what the pack wants to know at once of the ``n``-th item; ``alone``: its kind can still be changed."""
    asked = brief.ask.get(kind, ())
    shown = {"place": place, "kind": kind}
    if not asked:
        return (yield from _several(n, place, kind, shown))
    details = Details()
    if "door" in asked:
        said = yield from Text(f"door/{n}", LINE, options("unknown", "several"), shown)
        if said == "several":
            return (yield from _several(n, place, kind, shown))
        details = replace(details, door=None if said == "unknown" else door(said))
    item = Item(place, kind, 1, details=details)
    same = yield from same_case(brief, f"same/{n}", item, brief.day)
    if same is not None:
        return replace(item, same=same)
    band = ""
    if "temperature" in asked:
        warmth, band = yield from _temperature(brief, n, shown, alone=alone)
        details = replace(details, temperature=warmth)
    if "contact" in asked:
        cases = tuple(Option(case.code, case.code) for case in brief.cases if case.kind in _SOURCES)[:LISTED]
        said = yield from Text(f"contact/{n}", LINE, (*cases, *options("unknown")), shown)
        number = next((case.code for case in brief.cases if case.code == said.strip().upper()), said)
        details = replace(details, contact=None if said == "unknown" else number)
    if "area" in asked:
        said = yield from Text(f"area/{n}", LINE, options("unknown"), shown)
        details = replace(details, area=None if said == "unknown" else said)
    return replace(item, details=details, band=band)


_SOURCES = frozenset({Kind.CONFIRMED, Kind.ASYMPTOMATIC, Kind.SUSPECTED})
"""Whose contact somebody may be."""


def _several(n: int, place: Near, kind: str, shown: Mapping[str, object]) -> Asking:
    count = yield from Number(f"count/{n}", 0, MOST_PERSONS, options("1", "2", "3"), shown)
    return Item(place, kind, count)


def same_case(
    brief: Brief, key: str, item: Item, on: date, but: date | None = None
) -> Generator[Step, Any, KnownCase | None]:
    """Offer the cases that this person could be; those near the day ``but`` have been offered before."""
    building = words.building(item.details.door) if item.details and item.details.door else None
    like = [
        case
        for case in brief.cases
        if (case.place, case.kind) == (item.place.code, item.kind)
        and abs(case.on - on) <= CLOSE
        and (but is None or abs(case.on - but) > CLOSE)
        and (building is None or case.building is None or building == case.building)
    ][:LISTED]
    if not like:
        return None
    theirs = [Option(case.code, case.code if len(like) > 1 else None, name="same") for case in like]
    shown = {"place": item.place, "kind": item.kind, "cases": like}
    chosen = yield from Choice(key, (*theirs, *options("another")), shown)
    return next((case for case in like if case.code == chosen), None)


def _temperature(
    brief: Brief, n: int, shown: Mapping[str, object], *, alone: bool
) -> Generator[Step, Any, tuple[float | None, str]]:
    """A figure, or a range of which the lower end is kept; one that is no fever is asked about."""
    bands = {
        name: (max(lower, brief.fever_from), upper)
        for name, (lower, upper) in BANDS.items()
        if upper is None or upper > brief.fever_from
    }
    said = yield from Degrees(f"temperature/{n}", options(*bands, "untaken"), {**shown, "bands": bands})
    if isinstance(said, str):
        return (None, "") if said == "untaken" else (bands[said][0], said)
    if shown["kind"] == Kind.FEVER and said < brief.fever_from:
        others = ("anyway", "temperature", "kind") if alone else ("anyway", "temperature")
        choice = yield from Choice(f"low/{n}", options(*others), {**shown, "degrees": said})
        if choice == "temperature":
            yield from Retake((f"temperature/{n}", f"low/{n}"))
        if choice == "kind":
            yield from Retake((f"kind/{n}", *(f"{key}/{n}" for key in OF_A_PERSON)))
    return said, ""
