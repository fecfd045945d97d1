"""The work log (工作量): this month's counters, and today's figures that only people know (篇三)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from bot.dialog import Choice, Dialog, Flow, Need, Number, Option, Say, Step
from bot.dialog.choosing import one_place, options
from bot.model import TOLD, Brief, Counter, Fact, Near, Standing, WorkCounted
from bot.questions.refused import barred
from bot.understand.work import work

LARGE = 5000
"""A larger figure for one day is asked back."""
MOST = 99_999
Counts = tuple[tuple[Counter, int], ...]


def worklog(brief: Brief) -> Dialog:
    """Show the counters, and take figures for today: in one line with the command, or one after another."""
    places = tuple(Near(each.code, each.name) for each in brief.owed) or brief.desks
    if not places:
        return barred("worklog")
    counts = work(brief.subject)
    if not counts:
        told = {counter: sum(n for _, each, n in brief.worked if each is counter) for counter in TOLD}
        shown = {"work": dict(brief.work), "told": told, "said": brief.subject}
        first = yield from Choice("counter", options(*TOLD, "close"), shown)
        if first == "close":
            yield from Say("work_log/kept", actions=(Option("menu"),))
            return None
        counts = yield from _asked(Counter(first))
    place = yield from one_place(places)
    before = {counter: n for code, counter, n in brief.worked if code == place.code}
    about: dict[str, object] = {"place": place.name, "before": before, "large": _large(counts), "counts": counts}
    sure = yield from Choice("sure", options("submit", "discard"), about)
    if sure == "discard":
        yield from Say("work_log/kept", actions=(Option("worklog"), Option("menu")))
        return None
    return WorkCounted(place.code, brief.today, counts)


def _asked(first: Counter) -> Generator[Step, Any, Counts]:
    """One figure after another, each counter once."""
    found: dict[Counter, int] = {}
    counter: Counter | None = first
    while counter is not None:
        found[counter] = yield from Number(f"number/{len(found) + 1}", 0, MOST, (), {"counter": counter.value})
        rest = [each for each in TOLD if each not in found]
        more = "no"
        if rest:
            shown = {"counts": tuple(found.items())}
            more = yield from Choice(f"more/{len(found)}", options(*rest, "no"), shown)
        counter = None if more == "no" else Counter(more)
    return tuple(found.items())


def _large(counts: Sequence[tuple[Counter, int]]) -> list[tuple[str, int]]:
    return [(counter.value, number) for counter, number in counts if number > LARGE]


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """What was kept; or why nothing was."""
    if "refused" in standing.shown:
        return Say("work_log/refused", standing.shown, (Option("worklog"), Option("menu")))
    assert isinstance(fact, WorkCounted)  # noqa: S101 - this flow comes to nothing else
    return Say("work_log/receipt", {"counts": fact.counts, "at": standing.at}, (Option("worklog"),))


FLOWS = (Flow("worklog", worklog, "work_log", receipt, frozenset({Need.WORK, Need.DESKS}), about="subject"),)
