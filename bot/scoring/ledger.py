"""What the log of a problem comes to: how it stands, until when, who may do what next (DOMAIN 6, 篇三 三). No clock.

found → rectified → closed 销号 → looked at again 回头看 → done; or put back on the list (reopened) with a new due day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from bot.model import ProblemFact, ProblemState, ProblemStep, Role
from bot.model.rights import FIELD, RIGHTS
from bot.scoring.log import Misfit

LONGEST = timedelta(days=90)
"""No problem gets more time than this at once."""
WORKERS = FIELD
"""Who works at a place, and so mends what is wrong there."""
LADDER = (Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER, Role.OFFICE)
"""Who decides on a problem, the nearest first."""
SEE = RIGHTS["problems"]
"""Who may know of the problems at a place of theirs, or below it."""
FROM: Mapping[ProblemStep, frozenset[ProblemState]] = {
    ProblemStep.RECTIFIED: frozenset({ProblemState.OPEN}),
    ProblemStep.CLOSED: frozenset({ProblemState.RECTIFIED}),
    ProblemStep.LOOKED_AGAIN: frozenset({ProblemState.CLOSED}),
    ProblemStep.REOPENED: frozenset({ProblemState.RECTIFIED, ProblemState.CLOSED, ProblemState.DONE}),
    ProblemStep.ASSIGNED: frozenset({ProblemState.OPEN}),
    ProblemStep.WITHDRAWN: frozenset({ProblemState.OPEN}),
}
"""By step, how a problem must stand for it; in the order in which the steps are offered."""
_LEADS = frozenset({Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER})
_MAY: Mapping[ProblemStep, frozenset[Role]] = {
    ProblemStep.RECTIFIED: WORKERS | _LEADS,
    ProblemStep.CLOSED: frozenset(LADDER),
    ProblemStep.LOOKED_AGAIN: frozenset(LADDER),
    ProblemStep.REOPENED: frozenset(LADDER),
    ProblemStep.ASSIGNED: frozenset(LADDER),
    ProblemStep.WITHDRAWN: _LEADS,
}
_OTHERS_ONLY = frozenset({ProblemStep.CLOSED, ProblemStep.LOOKED_AGAIN})
"""What whoever rectified a problem leaves to others."""
_STATE: Mapping[ProblemStep, ProblemState] = {
    ProblemStep.RECTIFIED: ProblemState.RECTIFIED,
    ProblemStep.CLOSED: ProblemState.CLOSED,
    ProblemStep.LOOKED_AGAIN: ProblemState.DONE,
    ProblemStep.REOPENED: ProblemState.OPEN,
    ProblemStep.WITHDRAWN: ProblemState.WITHDRAWN,
}


class Outline(NamedTuple):
    """A problem in a line."""

    state: ProblemState
    since: date
    """The day on which it came to stand so."""
    due: date | None = None
    """Until when it is, or was, to be mended, as said last."""
    responsible: int | None = None
    """Who is to mend it; None: whoever works there."""
    rectifier: int | None = None
    """Who mended it last."""
    look_again_on: date | None = None
    """From when on it can be looked at again; of a closed problem only."""
    rounds: int = 1
    """How often it was put on the list: once, and once more each time that it was reopened."""
    rectified_on: date | None = None
    """Since it was put on the list last, as the next two."""
    closed_on: date | None = None
    looked_again_on: date | None = None

    def overdue(self, today: date) -> bool:
        """Whether it should have been mended before ``today``."""
        return self.state is ProblemState.OPEN and self.due is not None and self.due < today


def outline(found_on: date, log: Iterable[ProblemFact], look_again_days: int) -> Outline:
    """How a problem stands, in whatever order its facts come, and however often one of them is told.

    A fact that does not fit how the problem stood then changes nothing: two people may have pressed the same button.
    """
    stands = Outline(ProblemState.OPEN, found_on)
    for fact in sorted(set(log), key=_order):
        if _follows(stands, fact.step):
            stands = _after(stands, fact, look_again_days)
    return stands


def looks(found_on: date, log: Iterable[ProblemFact]) -> tuple[ProblemFact, ...]:
    """Every time that somebody went back to look: it was fine, or it was reopened after it had been closed."""
    found, stands = [], Outline(ProblemState.OPEN, found_on)
    for fact in sorted(set(log), key=_order):
        if not _follows(stands, fact.step):
            continue
        again = fact.step is ProblemStep.REOPENED and stands.state is not ProblemState.RECTIFIED
        if again or fact.step is ProblemStep.LOOKED_AGAIN:
            found.append(fact)
        stands = _after(stands, fact, 0)
    return tuple(found)


def _order(fact: ProblemFact) -> tuple[object, ...]:
    """When it was recorded; among facts of which that is not known any order will do that is always the same."""
    return (
        fact.at,
        fact.number,
        tuple(ProblemStep).index(fact.step),
        fact.on,
        fact.due or date.min,
        fact.responsible or 0,
        fact.person or 0,
        fact.words,
        fact.photos,
        fact.name,
        fact.to,
    )


def _follows(stands: Outline, step: ProblemStep) -> bool:
    """What was once mended was a problem: only one that never was can have been a mistake."""
    return stands.state in FROM[step] and (step is not ProblemStep.WITHDRAWN or stands.rounds == 1)


def _after(stands: Outline, fact: ProblemFact, look_again_days: int) -> Outline:
    if fact.step is ProblemStep.ASSIGNED:
        return stands._replace(due=fact.due or stands.due, responsible=fact.responsible)
    now = stands._replace(state=_STATE[fact.step], since=fact.on, look_again_on=None)
    match fact.step:
        case ProblemStep.RECTIFIED:
            return now._replace(rectifier=fact.person, rectified_on=fact.on)
        case ProblemStep.CLOSED:
            look = fact.due or fact.on + timedelta(days=look_again_days)
            return now._replace(look_again_on=look, closed_on=fact.on)
        case ProblemStep.LOOKED_AGAIN:
            return now._replace(looked_again_on=fact.on)
        case ProblemStep.REOPENED:
            due = fact.due or stands.due
            return Outline(ProblemState.OPEN, fact.on, due, stands.responsible, rounds=stands.rounds + 1)
    return now


def misfit(stands: Outline, step: ProblemStep, on: date, today: date, due: date | None = None) -> Misfit | None:
    """Why ``step`` on a day cannot follow; None where it can. Of ``assigned`` and ``reopened`` a ``due`` day is part.

    A problem that is closed is looked at again on its day at the earliest; if it comes back before, it is reopened.
    """
    dated = step in {ProblemStep.ASSIGNED, ProblemStep.REOPENED}
    first = stands.look_again_on if step is ProblemStep.LOOKED_AGAIN else None
    checks: tuple[tuple[bool, str, Mapping[str, object]], ...] = (
        (stands.state is ProblemState.WITHDRAWN, "withdrawn", {}),
        (not _follows(stands, step), "state", {"state": stands.state.value}),
        (on > today, "future", {"on": on}),
        (on < stands.since, "before", {"on": on, "earliest": stands.since}),
        (first is not None and on < first, "early", {"on": first}),
        (dated and not due_fits(due, on), "due", {"on": due or on}),
    )
    return next((Misfit(reason, values) for wrong, reason, values in checks if wrong), None)


def due_fits(due: date | None, on: date) -> bool:
    """Whether something said on a day can be due then: that day or later, and not for ever."""
    return due is not None and on <= due <= on + LONGEST


def fitting(stands: Outline, today: date) -> tuple[ProblemStep, ...]:
    """What may follow today, in the order in which it is offered."""
    return tuple(step for step in FROM if misfit(stands, step, today, today, today) is None)


def allowed(
    roles: Collection[Role], stands: Outline, person: int, *, own: bool, alone: bool = False
) -> frozenset[ProblemStep]:
    """What somebody with these ``roles`` at the place or above may record, whether it fits or not.

    Whoever rectified a problem neither closes it nor says that it was looked at again, unless they are ``alone``:
    nobody else decides at the place or above it. Who found it (``own``) may take back what was entered by mistake.
    """
    may = {step for step, who in _MAY.items() if who & set(roles)}
    if own and SEE & set(roles):
        may.add(ProblemStep.WITHDRAWN)
    if stands.rectifier == person and not alone:
        may -= _OTHERS_ONLY
    return frozenset(may)


class Distance(NamedTuple):
    """How far somebody is from being the one who must see to a problem: 0 they themself, 1 one level up; None never."""

    mend: int | None = None
    decide: int | None = None


def distance(
    roles: Collection[Role], stands: Outline, person: int, above: Collection[Role] = (), *, alone: bool = False
) -> Distance:
    """How far somebody with these ``roles`` at the place or above is; ``above``: what the rectifier decides there.

    Where a lead mended it themself, closing is for the level above them.
    """
    level = min((LADDER.index(role) for role in roles if role in LADDER), default=None)
    first = max((LADDER.index(role) + 1 for role in above if role in LADDER), default=0)
    mine = stands.responsible == person or (stands.responsible is None and bool(WORKERS & set(roles)))
    mend = 0 if mine else None if level is None else level + 1
    decide = None if level is None or (stands.rectifier == person and not alone) else max(0, level - first)
    return Distance(mend, decide)


def waits(stands: Outline, today: date, far: Distance) -> bool:
    """Whether the next step is this person's, and its day has come."""
    match stands.state:
        case ProblemState.OPEN:
            return far.mend == 0
        case ProblemState.RECTIFIED:
            return far.decide == 0
        case ProblemState.CLOSED:
            return far.decide == 0 and stands.look_again_on is not None and stands.look_again_on <= today
    return False
