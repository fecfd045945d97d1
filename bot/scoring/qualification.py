"""Whether an assessment reaches its standard, and what is missing (DOMAIN 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from bot.model import Answer, Assessment, Item, Mark, Scale, Standard


class MarkError(ValueError):
    """A mark that cannot stand: of which item, and why.

    Reasons: ``unknown`` item, ``twice``, ``facts`` (they answer it, nobody else), ``range``, ``step`` (points come in
    halves), ``version`` (the assessment was made with another standard or version).
    """

    def __init__(self, item: str, reason: str) -> None:
        """Keep the two apart, and say them in one line."""
        self.item, self.reason = item, reason
        super().__init__(f"{item}: {reason}")


@dataclass(frozen=True, slots=True)
class Row:
    """One item that is judged, with what it was given and by whom."""

    item: Item
    mark: Mark | None = None
    answer: Answer | None = None
    """What the facts say, where they do."""

    @property
    def points(self) -> Decimal:
        """What it was given; nothing while it is open."""
        given = self.answer or self.mark
        return given.points if given else Decimal()

    @property
    def lost(self) -> Decimal:
        """What it was not given."""
        return self.item.worth - self.points

    @property
    def open(self) -> bool:
        """Whether nobody has judged it yet."""
        return self.answer is None and self.mark is None


@dataclass(frozen=True, slots=True)
class Score:
    """What an assessment comes to. Of a list of things to be met each counts one, and all are needed."""

    standard: Standard
    rows: tuple[Row, ...]
    needed: Decimal

    @property
    def of(self) -> Decimal:
        """The most that it could be."""
        return sum((row.item.worth for row in self.rows), Decimal())

    @property
    def points(self) -> Decimal:
        """All points given."""
        return sum((row.points for row in self.rows), Decimal())

    @property
    def short(self) -> Decimal:
        """How much is missing to what is needed; 0 when it is reached."""
        return max(self.needed - self.points, Decimal())

    @property
    def open(self) -> tuple[Row, ...]:
        """What nobody has judged yet."""
        return tuple(row for row in self.rows if row.open)

    @property
    def qualifies(self) -> bool:
        """Whether the standard is reached: an assessment that is not finished reaches nothing."""
        return not self.open and not self.short

    def given(self, item: Item) -> Decimal:
        """What an item was given, or all those beneath it together."""
        ids = {leaf.id for leaf in item.leaves}
        return sum((row.points for row in self.rows if row.item.id in ids), Decimal())


class Mend(NamedTuple):
    """The shortest way to what is missing."""

    rows: tuple[Row, ...]
    """The fewest items that suffice, whole, those that bring most first; open ones are among them."""
    enough: bool
    """Whether these suffice; if not, they are all that anybody can mend, and only time brings the rest."""
    waits: tuple[Row, ...]
    """What the facts took: nobody can mend it; ``answer.again`` says when time has, if that is known."""


def score(
    standard: Standard, assessment: Assessment, answers: Mapping[str, Answer], threshold: int | None = None
) -> Score:
    """What an assessment comes to, together with what the facts answer.

    Args:
        standard: in the version that the assessment was made with.
        assessment: with a mark for each item judged so far.
        answers: what the facts say, by item; every item that has a rule must be among them.
        threshold: the pack's, where it asks for another than the standard's 80; it means nothing to a list.

    Raises:
        MarkError: a mark cannot stand.
        KeyError: an item that has a rule has no answer.
    """
    if (assessment.standard, assessment.version) != (standard.id, standard.version):
        raise MarkError(assessment.standard, "version")
    known = {leaf.id: leaf for leaf in standard.leaves}
    marks: dict[str, Mark] = {}
    for mark in assessment.marks:
        if mark.item in marks:
            raise MarkError(mark.item, "twice")
        check(known.get(mark.item), mark)
        marks[mark.item] = mark
    rows = tuple(Row(leaf, marks.get(leaf.id), answers[leaf.id] if leaf.auto else None) for leaf in known.values())
    everything = Decimal(len(rows))
    needed = everything if standard.scale is Scale.MET else Decimal(threshold or standard.threshold or 0)
    return Score(standard, rows, needed)


def check(item: Item | None, mark: Mark) -> None:
    """See that a mark can stand for an item; None: the standard has no such item, or judges it through those beneath.

    Raises:
        MarkError: it cannot.
    """
    if item is None:
        raise MarkError(mark.item, "unknown")
    if item.auto:
        raise MarkError(mark.item, "facts")
    if not (mark.points.is_finite() and 0 <= mark.points <= item.worth):
        raise MarkError(mark.item, "range")
    if mark.points % item.step:
        raise MarkError(mark.item, "step")


def mend(score: Score) -> Mend:
    """What is cheapest to mend: the fewest items, and of the last ones that would do the smallest."""
    left = [row for row in score.rows if row.lost and row.answer is None]
    waits = tuple(row for row in score.rows if row.lost and row.answer is not None)
    short, chosen = score.short, []
    while short > 0 and left:
        enough = [row for row in left if row.lost >= short]
        row = min(enough, key=_lost) if enough else max(left, key=_lost)
        left.remove(row)
        chosen.append(row)
        short -= row.lost
    return Mend(tuple(chosen), short <= 0, waits)


def _lost(row: Row) -> Decimal:
    return row.lost
