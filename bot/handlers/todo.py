"""What is owed: today's report, missed days, and what waits too long, each with the button that settles it."""

from __future__ import annotations

from datetime import datetime

from bot.dialog import Dialog, Flow, Need, Option, Say
from bot.model import Brief, Todo
from bot.model.paging import numbered, page
from bot.questions.pages import following

PROBLEMS = frozenset({"problem_due", "problem_close", "look_again"})
"""What the ledger waits for; what else has a code is a case."""
STEPS = frozenset({"resubmit", "check", "inspect", "decide", "review"})
"""What the creation workflow waits for."""
MOST = 6
"""So many of them fit a message that people read."""


def todo(brief: Brief) -> Dialog:
    """List it, the most urgent first."""
    owed = [place for place in brief.owed if place.status is None]
    cut = page(brief.todo, numbered(brief.subject), MOST)
    shown = cut.rows
    values = {
        "owed": owed,
        "rows": [(each, datetime.fromisoformat(each.due) if each.due else None) for each in shown],
        "more": cut.more,
        "page": cut.number,
    }
    report = (Option("report"),) if owed else ()
    missed = tuple(Option(f"report {day}", name="missed") for day in brief.missed[:1])
    waiting = dict.fromkeys(option for each in shown if (option := _settles(each)) is not None)
    yield from Say(
        "todo/todo", values, (*report, *missed, *waiting, *following("todo", cut.number, cut.more), Option("menu"))
    )
    return None


def _settles(each: Todo) -> Option | None:
    """The command that goes to it; a leave ends by itself."""
    if each.kind == "leave_ends":
        return None
    if each.kind == "isolation_ends":
        return Option(f"isolation {each.subject}", name="isolation")
    if each.kind in STEPS:
        return Option(f"creation {each.subject}", each.place)
    return Option(f"{'ledger' if each.kind in PROBLEMS else 'case'} {each.subject}", name=each.subject)


FLOWS = (Flow("todo", todo, "todo", needs=frozenset({Need.TODO}), about="subject"),)
