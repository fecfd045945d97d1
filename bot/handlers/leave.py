"""Leave: from when to when, and who reports instead; and coming back early."""

from __future__ import annotations

from datetime import date, timedelta

from bot.dialog import Choice, Day, Dialog, Flow, Need, Option, Say
from bot.model import Brief, Fact, LeaveEnded, LeaveTaken, Standing

AHEAD = timedelta(days=60)
LONGEST = timedelta(days=60)


def leave(brief: Brief) -> Dialog:
    """Take leave with or without a stand-in; one that lasts can be ended, and one that lies ahead called off."""
    if brief.leave is not None:
        return (yield from _lasting(brief))
    if brief.coming is not None:
        options = (Option("call_off"), Option("another"), Option("keep"))
        choice = yield from Choice("coming", options, {"leave": brief.coming})
        if choice == "call_off":
            return LeaveEnded(brief.coming.since)
        if choice == "keep":
            yield from Say("leave/kept")
            return None
    if not brief.owed:
        yield from Say("leave/nothing")
        return None
    today = brief.today
    since = yield from Day("since", today, today, today + AHEAD, _days(today, today=0, tomorrow=1))
    until = yield from Day(
        "until", today, since, since + LONGEST, _days(since, same=0, three=2, week=6), {"since": since}
    )
    people = tuple(Option(str(person.person), person.name) for person in brief.colleagues)
    chosen = yield from Choice("stand_in", (*people, Option("nobody")))
    stand_in = None if chosen == "nobody" else int(chosen)
    name = next((person.name for person in brief.colleagues if person.person == stand_in), None)
    shown = {"since": since, "until": until, "name": name}
    sure = yield from Choice("confirm", (Option("submit"), Option("discard")), shown)
    if sure == "discard":
        yield from Say("leave/discarded")
        return None
    return LeaveTaken(since, until, stand_in)


def _lasting(brief: Brief) -> Dialog:
    """Come back today, or stay away."""
    choice = yield from Choice("current", (Option("end"), Option("keep")), {"leave": brief.leave})
    if choice == "end":
        return LeaveEnded(brief.today)
    yield from Say("leave/kept")
    return None


def _days(first: date, **after: int) -> tuple[Option, ...]:
    return tuple(Option((first + timedelta(days=days)).isoformat(), name=name) for name, days in after.items())


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """Confirm the leave, the return, or that the leave will not be."""
    if isinstance(fact, LeaveEnded) and brief.coming is not None:
        return Say("leave/called_off", {"leave": brief.coming})
    if isinstance(fact, LeaveEnded):
        return Say("leave/ended", actions=(Option("report"),))
    assert isinstance(fact, LeaveTaken)  # noqa: S101 - this flow comes to nothing else
    return Say("leave/taken", {"fact": fact, "standing": standing, "owed": brief.owed})


FLOWS = (Flow("leave", leave, "leave", receipt, frozenset({Need.COLLEAGUES})),)
