"""For those who answer for many places: some days in counts, who has not reported, and one reminder to these."""

from __future__ import annotations

from bot.dialog import Choice, Dialog, Flow, Need, Option, Say
from bot.dialog.choosing import options
from bot.model import Brief, Fact, Standing
from bot.model.facts import Nudged
from bot.model.office import Ask, Office, Summary
from bot.questions.pages import following, on
from bot.questions.refused import elsewhere, refused
from bot.scoring.quarters import quarter


def summary(brief: Brief) -> Dialog:
    """Some days of a place: what changed first, then both numbers, what is open, and what comes next."""
    office = brief.office or Office(Ask.SUMMARY)
    told = office.summary
    if told is None:
        yield from refused(office)
        return None
    overdue = sum(each.overdue for each in brief.todo)
    yield from Say("office/summary", {"office": office, "told": told, "overdue": overdue}, _next(office, told, overdue))
    return None


def _next(office: Office, told: Summary, overdue: int) -> tuple[Option, ...]:
    """The buttons that lead on from a summary."""
    here, today = office.place, told.period == "today"
    lacks = today and told.reports.received < told.reports.expected
    chase = (Option(f"missing {here}", name="missing"), Option(f"nudge {here}", name="nudge")) if lacks else ()
    cases = (Option("cases"),) if told.cases else ()
    todo = (Option("todo"),) if overdue else ()
    other = Option(f"summary {'week' if today else 'today'} {here}", name="week" if today else "today")
    return (*chase, *cases, *todo, _paper(here, told), other, *elsewhere(office, told.period))


def _paper(here: str, told: Summary) -> Option:
    """The document of these days."""
    match told.period.removeprefix("last_"):
        case period if period == "month" or (period[:1].isdecimal() and len(period) == len("2026-11")):
            wanted = f"monthly {here} {told.since:%Y-%m}"
        case "quarter":
            wanted = f"quarterly {here} {quarter(told.since)}"
        case _:
            wanted = f"daily-table {here} {told.until}"
    return Option(f"document {wanted}", name="document")


def missing(brief: Brief) -> Dialog:
    """Who owes today's report still, by community."""
    office = brief.office or Office(Ask.MISSING)
    told = office.missing
    if told is None:
        yield from refused(office)
        return None
    chase = (Option(f"nudge {office.place}", name="nudge"),) if told.groups and office.on is None else ()
    more = (*elsewhere(office), Option(f"summary {office.place}", name="summary"))
    onward = following(f"missing {office.place}{on(office)}", told.page, told.more)
    yield from Say("office/missing", {"office": office, "told": told}, (*onward, *chase, *more))
    return None


def nudge(brief: Brief) -> Dialog:
    """Remind those who owe today's report now, each once, after one question with the count."""
    office = brief.office or Office(Ask.NUDGE)
    told = office.nudge
    if told is None:
        yield from refused(office)
        return None
    shown = {"office": office, "told": told}
    look = Option(f"missing {office.place}", name="missing")
    if not told.ready:
        yield from Say("office/nobody", shown, ((look, Option("menu")) if told.places else (Option("menu"),)))
        return None
    sure = yield from Choice("sure", options("submit", "discard"), shown)
    if sure == "discard":
        yield from Say("office/left", actions=(look, Option("menu")))
        return None
    return Nudged(office.place)


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """How many were reminded, how many not, and why."""
    assert isinstance(fact, Nudged)  # noqa: S101 - this flow comes to nothing else
    if "refused" in standing.shown:
        office = standing.shown["refused"]
        assert isinstance(office, Office)  # noqa: S101 - what the recorder of this fact shows
        return refused(office)
    look = Option(f"missing {fact.place}", name="missing")
    return Say("office/nudged", standing.shown, (look, Option("menu")))


FLOWS = (
    Flow("summary", summary, "office", needs=frozenset({Need.SUMMARY, Need.TODO}), about="subject"),
    Flow("missing", missing, "office", needs=frozenset({Need.MISSING}), about="subject"),
    Flow("nudge", nudge, "office", receipt, frozenset({Need.NUDGE}), about="subject"),
)
