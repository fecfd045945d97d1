"""Home isolation, returnees and care → the store, and a word to those whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.desk import care_notices
from bot.model import (
    CareGiven,
    IsolationBegun,
    IsolationBroken,
    IsolationEnded,
    ReturneeRegistered,
    Standing,
    Stay,
)
from bot.store import audit, care
from bot.store.cases import RefusedError

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept


def _begun(visit: Visit, _: Kept, fact: IsolationBegun) -> Standing:
    """Keep the isolation, and tell who leads there."""
    try:
        begun = care.begin(visit.connection, visit.tools.house, visit.act(), fact)
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(visit.connection, visit.now, visit.owner, "isolation begun", fact.place, f"i:{begun.id}")
    told = care_notices.isolation(visit, "begun", begun)
    return Standing(visit.now, shown={"isolation": begun, "told": told})


def _happened(visit: Visit, _: Kept, fact: IsolationBroken | IsolationEnded) -> Standing:
    """Keep a breach, from whose day counting begins anew, or an end by hand; and tell who leads there."""
    stay = Stay.BROKEN if isinstance(fact, IsolationBroken) else Stay.ENDED
    try:
        before, now = care.happened(visit.connection, visit.tools.house, visit.act(), fact.isolation, (stay, fact.on))
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(visit.connection, visit.now, visit.owner, f"isolation {stay.value}", now.place, f"i:{now.id}")
    told = care_notices.isolation(visit, stay.value, now)
    return Standing(visit.now, shown={"isolation": now, "before": before, "told": told})


def _registered(visit: Visit, kept: Kept, fact: ReturneeRegistered) -> Standing:
    """Keep the returnees; the receipt says for how long they count."""
    try:
        number = care.register(visit.connection, visit.tools.house, visit.act(), fact)
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(visit.connection, visit.now, visit.owner, "returnees registered", fact.place, f"r:{number}")
    until = fact.arrived + timedelta(days=kept.brief.returnee_days - 1)
    return Standing(visit.now, shown={"until": until})


def _given(visit: Visit, _: Kept, fact: CareGiven) -> Standing:
    """Keep the counts of the day."""
    try:
        care.give(visit.connection, visit.act(), fact)
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(visit.connection, visit.now, visit.owner, "care given", fact.place, fact.day.isoformat())
    return Standing(visit.now)


def _refused(visit: Visit, why: RefusedError) -> Standing:
    """Nothing was recorded; the receipt says why (``standing.shown.refused``) and what to do."""
    return Standing(visit.now, shown={"refused": why.reason, **why.values})


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {
    IsolationBegun: _begun,
    IsolationBroken: _happened,
    IsolationEnded: _happened,
    ReturneeRegistered: _registered,
    CareGiven: _given,
}
"""By fact: what writes it, and says how things stand then."""
