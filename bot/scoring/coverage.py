"""Coverage: which days of a place were reported, completeness, timeliness, and a person's own run (DOMAIN 2, 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple


class Days(NamedTuple):
    """A set of days as one number: bit ``n`` is the ``n``-th day after ``first``. A year fits in 46 bytes."""

    first: date
    bits: int = 0

    def __contains__(self, day: object) -> bool:
        """Whether ``day`` is in the set."""
        if not self.bits or not isinstance(day, date) or day < self.first:
            return False
        return bool(self.bits >> (day - self.first).days & 1)

    def tally(self, since: date, until: date) -> int:
        """How many of the days from ``since`` to ``until``, both included, are in the set."""
        return (self.bits & window(self.first, since, until)).bit_count() if self.bits else 0

    def last_gap(self, since: date, until: date) -> date | None:
        """The last day from ``since`` to ``until`` that is not in the set, if any."""
        missing = window(self.first, since, until) & ~self.bits
        if missing:
            return self.first + timedelta(days=missing.bit_length() - 1)
        return min(until, self.first - timedelta(days=1)) if since < self.first and since <= until else None

    @classmethod
    def of(cls, days: Iterable[date]) -> Days:
        """The set of these days."""
        listed = set(days)
        first = min(listed, default=date.min)
        return cls(first, sum(1 << (day - first).days for day in listed))


def window(first: date, since: date | None, until: date | None, *, length: int | None = None) -> int:
    """The bits of the days from ``since`` to ``until``, both included; ``length`` days from ``first`` on at most."""
    low = 0 if since is None else max((since - first).days, 0)
    high = length if until is None else (until - first).days + 1
    if high is None or (length is not None and high > length):
        high = length
    assert high is not None, "a window without an end needs a length"  # noqa: S101 - a mistake of ours
    return (1 << high) - (1 << low) if high > low else 0


@dataclass(frozen=True)
class Town:
    """A tree of places and, for each that it concerns, its days as bits over one window, whose first day is bit 0.

    A building's report for a day covers the building; the compound is covered by its own report, or by all of its
    buildings that expect one on that day, if any does.
    """

    parents: Mapping[str, str | None]
    """Every place and the one above it. A parent that is not among the places counts as none."""
    duty: Mapping[str, int] = field(default_factory=dict)
    """The days on which a duty at the place itself was assigned to somebody."""
    closed: Mapping[str, int] = field(default_factory=dict)
    """The days on which the place no longer counted: it expects nothing then, whatever lies beneath it."""

    @cached_property
    def upward(self) -> list[str]:
        """The places, each before the one above it."""
        children: dict[str, list[str]] = {}
        roots = []
        for place, parent in self.parents.items():
            if parent is None or parent not in self.parents:
                roots.append(place)
            else:
                children.setdefault(parent, []).append(place)
        found = roots
        for place in found:
            found.extend(children.get(place, ()))
        return found[::-1]

    def expected(self) -> dict[str, int]:
        """The days on which each place's own duty stands; places without any are left out."""
        days = {place: bits & ~self.closed.get(place, 0) for place, bits in self.duty.items()}
        return {place: bits for place, bits in days.items() if bits}

    def covered(self, own: Mapping[str, int]) -> dict[str, int]:
        """The days on which each place is covered, given those of its own reports; places without any are left out."""
        return self.rolled_up(own).covered

    def rolled_up(self, own: Mapping[str, int], beneath: Beneath | None = None) -> Beneath:
        """The same, with what lies beneath each place; ``beneath``: what is known of places that are not in the tree.

        So a town may be worked out in parts: each from its leaves to a head, and then the heads.
        """
        expects = dict(self.expected())
        some = dict(beneath.some) if beneath else {}
        lacking = dict(beneath.lacking) if beneath else {}
        found: dict[str, int] = {}
        for place in self.upward:
            any_child = some.get(place, 0)
            here = own.get(place, 0) | any_child & ~lacking.get(place, 0)
            if here:
                found[place] = here
            expecting = (expects.get(place, 0) | any_child) & ~self.closed.get(place, 0)
            parent = self.parents[place]
            if expecting and parent is not None:
                some[parent] = some.get(parent, 0) | expecting
                lacking[parent] = lacking.get(parent, 0) | expecting & ~here
        return Beneath(found, some, lacking)


class Beneath(NamedTuple):
    """By place its days as bits: covered; with something right beneath it that expects a report; and that lacks one."""

    covered: dict[str, int]
    some: Mapping[str, int]
    lacking: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How complete and how timely a day is, over the places that owe a report; always with both numbers."""

    expected: int
    received: int
    on_time: int
    missing: tuple[str, ...] = ()
    """The places that owe one still."""


def coverage(town: Town, standing: Mapping[str, int], timely: Mapping[str, int], bit: int = 1) -> Coverage:
    """The coverage of one day.

    Args:
        town: the places, with their duties.
        standing: by place, the days on which its own report stands.
        timely: by place, the days on which a report stood at the cutoff.
        bit: the day, as a bit of the window.
    """
    expected = [place for place, bits in town.expected().items() if bits & bit]
    covered = town.covered(standing)
    early = town.covered({place: bits & timely.get(place, 0) for place, bits in standing.items()})
    missing = tuple(place for place in expected if not covered.get(place, 0) & bit)
    on_time = sum(1 for place in expected if early.get(place, 0) & bit)
    return Coverage(len(expected), len(expected) - len(missing), on_time, missing)


class Tally(NamedTuple):
    """Daily reports of some days: owed, received, and received on time."""

    expected: int = 0
    received: int = 0
    on_time: int = 0


def tallies(
    town: Town, standing: Mapping[str, int], timely: Mapping[str, int], places: Iterable[str]
) -> dict[str, Tally]:
    """Over the whole window, for each of these places with all below it: the sum of ``coverage`` of its days."""
    covered = town.covered(standing)
    early = town.covered({place: bits & timely.get(place, 0) for place, bits in standing.items()})
    found = dict.fromkeys(places, Tally())
    for place, bits in town.expected().items():
        each = (bits, bits & covered.get(place, 0), bits & early.get(place, 0))
        up: str | None = place
        while up is not None:
            if up in found:
                found[up] = Tally(*(n + days.bit_count() for n, days in zip(found[up], each, strict=True)))
            up = town.parents.get(up)
    return found


def run(mine: int, missed: int, today: int, *, today_open: bool = False) -> int:
    """The consecutive duty days that a person reported on time, from the newest day back; all are bits of one window.

    Args:
        mine: the days on which the person reported at least one place on time.
        missed: the days on which a place of theirs was reported by nobody on time.
        today: the newest day. A day on which nothing was owed (no duty, leave, a stand-in), or on which others
            reported everything, neither adds nor breaks.
        today_open: today's cutoff is still to come, so that what is missing of it does not break the run.
    """
    broken = missed & ~today if today_open else missed
    return (mine & ~missed).bit_count() if not broken else ((mine & ~missed) >> broken.bit_length()).bit_count()
