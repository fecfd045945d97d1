"""Applications and steps of the creation workflow → the store, an audit line, and word to those whom they concern."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.desk import announced, creation_notices
from bot.model import ApplicationMade, CreationStepped, Standing, Step
from bot.store import audit, creation
from bot.store.cases import RefusedError

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept


def _applied(visit: Visit, _: Kept, fact: ApplicationMade) -> Standing:
    """Keep the application, and tell who reviews it."""
    try:
        course = creation.apply(visit.connection, visit.tools.house, visit.act(), fact)
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(visit.connection, visit.now, visit.owner, "applied", fact.place)
    return Standing(visit.now, shown={"told": creation_notices.stepped(visit, course, Step.APPLIED)})


def _stepped(visit: Visit, _: Kept, fact: CreationStepped) -> Standing:
    """Keep the step, and tell whom it concerns."""
    try:
        course = creation.step(visit.connection, visit.tools.house, visit.act(), fact)
    except RefusedError as why:
        return _refused(visit, why)
    detail = "" if fact.score is None else f"{fact.score:f}"
    audit.record(visit.connection, visit.now, visit.owner, f"creation {fact.step.value}", fact.place, detail)
    announced.awards(visit.connection, visit.tools, visit.now, [fact.place])
    return Standing(visit.now, shown={"told": creation_notices.stepped(visit, course, fact.step)})


def _refused(visit: Visit, why: RefusedError) -> Standing:
    """Nothing was recorded: meanwhile something has changed, or somebody else was first."""
    return Standing(visit.now, shown={"refused": why.reason, **why.values})


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {
    ApplicationMade: _applied,
    CreationStepped: _stepped,
}
"""By fact: what writes it, and says how things stand then."""
