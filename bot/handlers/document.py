"""A table or a form as a file: which, of which place, for which day, month or quarter."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import Any

from bot.dialog import Choice, Day, Dialog, Flow, Need, Option, Say, Step
from bot.dialog.choosing import last_days, one_place, options
from bot.model import Brief, DocumentAsked, Fact, Paper, Standing
from bot.model.documents import check
from bot.questions.refused import barred
from bot.scoring.quarters import before, quarter

KINDS = ("daily-table", "assessment", "application", "monthly", "quarterly", "ledger")
"""Every document (INTERFACES, ``export``)."""
BACK = timedelta(days=366)
"""So far back a day's table is made."""


def document(brief: Brief) -> Dialog:
    """Ask what is not said yet; ``/document daily-table JA 2026-11-24`` says it all."""
    if not brief.desks:
        return barred("document", brief.subject.partition(" ")[2].partition(" ")[0])
    said = brief.subject.split()
    kind = said[0] if said and said[0] in KINDS else ""
    if not kind:
        kind = yield from Choice("kind", options(*KINDS))
    place = yield from one_place(brief.desks, said[1] if len(said) > 1 else "")
    period = said[2] if len(said) > 2 else ""  # noqa: PLR2004 - kind and place come before it
    if period and not _made(kind, place.code, period, brief):
        yield from Say("document/odd", {"said": period})
        period = ""
    period = period or (yield from _period(brief, kind, place.name))
    ending = ""
    if kind == "assessment":
        ending = yield from Choice("ending", options("docx", "xlsx"), {"place": place.name})
    return DocumentAsked(kind, place.code, period, ending)


def _made(kind: str, place: str, period: str, brief: Brief) -> bool:
    """Whether there is such a document of such a period."""
    try:
        check(Paper(kind, place, period), brief.today)
    except ValueError:
        return False
    return True


def _period(brief: Brief, kind: str, place: str) -> Generator[Step, Any, str]:
    """The day, month or quarter; an assessment and an application are the newest."""
    today = brief.today
    if kind == "daily-table":
        days = last_days(today)
        day = yield from Day("day", today, today - BACK, today, days, {"place": place})
        return day.isoformat()
    if kind == "monthly":
        months = (f"{today:%Y-%m}", f"{today.replace(day=1) - timedelta(days=1):%Y-%m}")
        return (yield from Choice("month", tuple(Option(month, month) for month in months), {"place": place}))
    if kind in {"quarterly", "ledger"}:
        quarters = (quarter(today), before(quarter(today)))
        return (yield from Choice("quarter", tuple(Option(each, each) for each in quarters), {"place": place}))
    return ""


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """The words that go with the file; or why there is none."""
    if "refused" in standing.shown:
        return Say("document/refused", standing.shown, (Option("document"), Option("menu")))
    paper = standing.shown["paper"]
    assert isinstance(paper, Paper)  # noqa: S101 - what the recorder shows
    return Say("document/receipt", {"name": paper.name}, (Option("document", name="another"),))


FLOWS = (Flow("document", document, "document", receipt, frozenset({Need.DESKS}), about="subject"),)
