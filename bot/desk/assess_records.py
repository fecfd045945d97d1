"""Marks and submitted assessments → the store, a line in the audit log, a receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.model import AssessmentMarked, AssessmentSubmitted, Standing
from bot.store import assessments, audit
from bot.store.cases import RefusedError

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept


def _marked(visit: Visit, _: Kept, fact: AssessmentMarked) -> Standing:
    """Keep the marks."""
    try:
        assessments.mark(visit.connection, visit.tools.house, visit.act(), fact)
    except RefusedError as why:
        return Standing(visit.now, shown={"refused": why.reason, **why.values})
    items = ",".join(f"{mark.item}:{mark.points:f}" for mark in fact.marks)
    audit.record(visit.connection, visit.now, visit.owner, "items judged", fact.place, f"{fact.standard} {items}")
    return Standing(visit.now)


def _submitted(visit: Visit, _: Kept, fact: AssessmentSubmitted) -> Standing:
    """Let it stand."""
    try:
        sheet = assessments.submit(visit.connection, visit.tools.house, visit.act(), fact)
    except RefusedError as why:
        return Standing(visit.now, shown={"refused": why.reason, **why.values})
    came_to = f"{fact.standard}@{fact.version} {assessments.scored(sheet).points:f}"
    audit.record(visit.connection, visit.now, visit.owner, "assessment submitted", fact.place, came_to)
    return Standing(visit.now)


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {
    AssessmentMarked: _marked,
    AssessmentSubmitted: _submitted,
}
"""By fact: what writes it, and says how things stand then."""
