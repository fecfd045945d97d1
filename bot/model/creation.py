"""The creation workflow: from the application to the award, its reviews and its end (DOMAIN 5; 篇二, 篇六)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.model.figures import Streak
from bot.model.places import Level, Role

TEXT_LIMIT = 600
"""Characters of 工作经验及主要做法 (篇二, 申报表)."""


class Step(StrEnum):
    """One step of the workflow, as it is recorded.

    ``withdrawn``: the applicant took the application back. ``passed``, ``returned``: the township's check.
    ``inspected_open`` (明查), ``inspected_hidden`` (暗访). ``kept``, ``revoked``: a review, or the rule by itself.
    ``reinstated``: an award that the rule took for a case that turned out to be none.
    """

    APPLIED = "applied"
    WITHDRAWN = "withdrawn"
    PASSED = "passed"
    RETURNED = "returned"
    INSPECTED_OPEN = "inspected_open"
    INSPECTED_HIDDEN = "inspected_hidden"
    AWARDED = "awarded"
    REFUSED = "refused"
    KEPT = "kept"
    REVOKED = "revoked"
    REINSTATED = "reinstated"


INSPECTIONS = frozenset({Step.INSPECTED_OPEN, Step.INSPECTED_HIDDEN})
"""Open and hidden inspections (篇六 三(二): 明查、暗访)."""


class Stage(StrEnum):
    """Where a place stands; ``none``: it never applied, or took its application back."""

    NONE = "none"
    APPLIED = "applied"
    PASSED = "passed"
    RETURNED = "returned"
    REFUSED = "refused"
    AWARDED = "awarded"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Stepped:
    """One step that a place went through."""

    place: str
    step: Step
    on: date
    at: datetime
    """When it was recorded, aware."""
    person: int | None = None
    """None: the rule by itself."""
    name: str = ""
    """Who, as a role and a masked name."""
    score: Decimal | None = None
    """Of an inspection, 0 to 100; of an application what its assessment came to."""
    words: str = ""
    """Reasons or notes."""
    period: str = ""
    """The quarter that a review is about (``2027Q1``)."""
    case: str = ""
    """The case by which the rule took the award."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What the newest submitted assessment of a place came to, by the standard that decides."""

    number: int
    standard: str
    on: date
    points: Decimal
    needed: Decimal
    qualifies: bool
    person: int | None = None
    """Who submitted it."""

    @property
    def short(self) -> Decimal:
        """How much is missing to what is needed; 0 when it is reached."""
        return max(self.needed - self.points, Decimal())

    @property
    def open(self) -> tuple[str, ...]:
        """Nothing: what was submitted is complete."""
        return ()


@dataclass(frozen=True, slots=True)
class Townlet:
    """Whether a township qualifies with its communities and villages, in figures (篇二 三: 80 %)."""

    own: Reached | None
    qualified: tuple[str, ...] = ()
    """Names of communities and villages."""
    lacking: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why it does not qualify: keys of the words; none: it does."""


@dataclass(frozen=True, slots=True)
class Course:
    """A place within the workflow, as one person may see it: what happened, and what a step would rest on."""

    place: str
    name: str
    level: Level
    steps: tuple[Stepped, ...] = ()
    """In the order in which they were recorded."""
    reached: Reached | None = None
    township: Townlet | None = None
    """Of a township only."""
    streak: Streak | None = None
    roles: frozenset[Role] = frozenset()
    """What this person is at the place or above it."""
    own: bool = False
    """Whether this person assessed it, or applied for it: nobody reviews their own."""
    revokes: bool = True
    """Whether an award ends at once when the days are broken, as the pack has it."""
    void: bool = False
    """Whether the case by which the rule took the award turned out to be none."""
    hints: tuple[tuple[str, Mapping[str, object]], ...] = ()
    """What the reviewer should look at: a key of the words with its values; never a verdict."""
    draft: str = ""
    """Of the 600-character text, made from the work log."""


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A place in a list of those that take part."""

    place: str
    name: str
    level: Level
    stage: Stage
    since: date | None = None
    above: str = ""
    """The township's name."""


@dataclass(frozen=True, slots=True)
class Circular:
    """Praise and criticism of a period, as they follow from the records (通报)."""

    period: str
    praised: tuple[tuple[str, str, Mapping[str, object]], ...] = ()
    """Place, reason (a key of the words) and values."""
    criticised: tuple[tuple[str, str, Mapping[str, object]], ...] = ()
    quotas: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Townships that still owe nominations of the first cycle: name, and the levels that are missing."""
    shown: Mapping[str, object] = field(default_factory=dict)
