"""One reminder now to those who owe today's report, because somebody who answers for them asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from bot.desk import letters
from bot.desk.reminders import DAILY, SETTLES, worded
from bot.model import Debt, Reminder, Standing
from bot.model.deadlines import MINUTES, NUDGE
from bot.model.facts import Nudged
from bot.model.office import Ask
from bot.store import audit, lacking
from bot.store.asking import Asking
from bot.store.offices import place_of
from bot.store.tables import named
from scheduler.calendar import cutoff

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept

REMINDER = named("reminder")


def _nudged(visit: Visit, _: Kept, fact: Nudged) -> Standing:
    """Write the reminders, with the lines by which they are counted and called off; asked anew: much may be reported.

    They go the way of all reminders: whoever reports before theirs is sent gets none.
    """
    assert visit.who is not None  # noqa: S101 - a fact has a person
    today = visit.now.date()
    asking = Asking(visit.connection, visit.tools.house, visit.who, visit.now, today)
    office, found = place_of(asking, Ask.NUDGE, fact.place)
    if found is None:
        return Standing(visit.now, shown={"refused": replace(office, unknown="")})
    who = lacking.whom(visit.connection, visit.tools.house, visit.now, found.code)
    due = cutoff(today, visit.tools.rules, visit.tools.zone)
    slot = f"{NUDGE}/{today}@{visit.now.isoformat()[:MINUTES]}"
    rows, known = [], {}
    for to, places in who.ready:
        if (to.locale, places) not in known:
            debt = Debt(DAILY, today.isoformat(), due, (), due, places)
            known[to.locale, places] = worded(Reminder(to.person, (debt,), (slot,)), to.locale, visit.now, {})
        said = known[to.locale, places]
        rows.append(letters.Letter(said.card, to.address, to.person, visit.inbox, kind="reminder", asked=SETTLES))
    numbers = letters.write_all(visit.connection, visit.tools.keyring, visit.tools.token, visit.now, rows)
    lines = [
        {"person": to.person, "slot": slot, "outbox": number, "at": visit.now}
        for (to, _), number in zip(who.ready, numbers, strict=True)
    ]
    if lines:
        visit.connection.execute(insert(REMINDER), lines)
    visit.written += numbers
    audit.record(visit.connection, visit.now, visit.owner, "nudged", found.code, f"{len(lines)}/{who.places}")
    return Standing(visit.now, shown={"sent": len(lines), "held": who.held})


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {Nudged: _nudged}
"""By fact: what writes it, and says how things stand then."""
