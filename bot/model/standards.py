"""The standards of creation as values, and an assessment made with one (DOMAIN 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.model.locales import Locale
from bot.model.places import Level

HALF = Decimal("0.5")
"""The smallest step in which points are given: half of it all where the source says 2.5 for a check."""


class Group(StrEnum):
    """The three parts of a standard: 组织管理, 防控措施, 防控效果."""

    ORGANISATION = "organisation"
    MEASURES = "measures"
    EFFECT = "effect"


class Scale(StrEnum):
    """How the items of a standard are judged."""

    POINTS = "points"
    MET = "met"


@dataclass(frozen=True, slots=True)
class AutoRule:
    """The rule by which the facts answer an item, so that nobody types the answer; ``bot.scoring.answers`` has them."""

    name: str
    kinds: tuple[str, ...] = ()
    """The kinds of case that it looks at, where it looks at any."""
    days: int | None = None
    """How many days it looks back; None: the pack's ``threshold_days``."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a standard. One that has items of its own is judged through them."""

    id: str
    """Its numbers in the source, joined by dots (``2.8.1``), alone of its kind in the standard."""
    title: str
    """A head of a few words, a colon and what is asked; or the head alone."""
    group: Group
    points: Decimal | None = None
    """None: met or not met."""
    title_en: str = ""
    evidence: str = ""
    """What shows it: a hint, never a condition."""
    evidence_en: str = ""
    auto: AutoRule | None = None
    items: tuple[Item, ...] = ()

    @property
    def leaves(self) -> tuple[Item, ...]:
        """The items that are judged: its own, or itself."""
        return tuple(leaf for item in self.items for leaf in item.leaves) or (self,)

    @property
    def worth(self) -> Decimal:
        """What it adds when it is all there: its points, or one for each thing that must be met."""
        return Decimal(len(self.leaves)) if self.points is None else self.points

    @property
    def step(self) -> Decimal:
        """Points come in halves; what must be met is met or not."""
        return Decimal(1) if self.points is None else HALF

    def said(self, locale: Locale) -> str:
        """Its title in a language."""
        return self.title_en if locale is Locale.EN else self.title

    def head(self, locale: Locale) -> str:
        """The few words before the colon, for a button or a column."""
        return self.said(locale).partition(":" if locale is Locale.EN else "：")[0]

    def hint(self, locale: Locale) -> str:
        """What shows it, in a language; empty where there is nothing to show."""
        return self.evidence_en if locale is Locale.EN else self.evidence


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard in one version. An assessment stays with the version that it was made with."""

    id: str
    version: str
    title: str
    title_en: str
    source: str
    """The document (``篇七 一``)."""
    levels: tuple[Level, ...]
    """The levels of places that it judges."""
    scale: Scale
    items: tuple[Item, ...]
    threshold: int | None = None
    """From so many points on it is reached; None: when all is met."""

    @property
    def leaves(self) -> tuple[Item, ...]:
        """The items that are judged, in the order of the source."""
        return tuple(leaf for item in self.items for leaf in item.leaves)

    @property
    def total(self) -> Decimal | None:
        """All points together; None where nothing is measured in points."""
        return None if self.scale is Scale.MET else sum((item.worth for item in self.items), Decimal())

    def said(self, locale: Locale) -> str:
        """Its title in a language."""
        return self.title_en if locale is Locale.EN else self.title

    def __iter__(self) -> Iterator[tuple[int, Item]]:
        """Every item with its depth, from top to bottom, as an outline is read."""
        return _outline(self.items, 0)


def _outline(items: tuple[Item, ...], depth: int) -> Iterator[tuple[int, Item]]:
    for item in items:
        yield depth, item
        yield from _outline(item.items, depth + 1)


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody gave one item; of a list of things to be met 1 is met and 0 is not."""

    item: str
    points: Decimal
    reason: str = ""
    """Why it is not all of them."""
    evidence: tuple[str, ...] = ()
    """Media names."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment of a place, with the standard and the version that it was made with."""

    place: str
    standard: str
    version: str
    on: date
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the facts give an item, and why."""

    points: Decimal
    reason: str
    """A key of ``standards/reasons``, which says it in words from the values below."""
    since: date | None = None
    """The first day that was looked at."""
    count: int = 0
    """Of days in a row, of reports received, or of cases, as the reason says."""
    of: int = 0
    case: str = ""
    kind: str = ""
    on: date | None = None
    """The day on which the case that decides became what it is, or the lapse happened."""
    again: date | None = None
    """The first day on which the item has all its points if nothing else happens; None: it has, or nobody can know."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An assessment on the table: the standard in its version, what was marked, and what the facts answer now."""

    place: str
    name: str
    """The place's name."""
    standard: Standard
    answers: Mapping[str, Answer] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    before: tuple[Mark, ...] = ()
    """The marks of the last assessment that was submitted, by the same standard."""
    before_on: date | None = None
    begun_on: date | None = None
    """None: nothing is marked yet."""
    threshold: int | None = None
    """The pack's, where it asks for another than the standard's."""
    decides: bool = False
    """Whether an application rests on this standard."""

    @property
    def assessment(self) -> Assessment:
        """As the rules of qualification take it."""
        standard = self.standard
        return Assessment(self.place, standard.id, standard.version, self.begun_on or date.min, self.marks)


@dataclass(frozen=True, slots=True)
class Assessable:
    """A place that somebody assesses, and how far each of its standards is."""

    place: str
    name: str
    standards: tuple[tuple[str, str, str, int, int], ...] = ()
    """Id, title, state (``none``, ``begun``, ``submitted``), items judged and items in all."""
