"""The greeting of those who owe no report: how today stands with the places below them, and what waits for them."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Need, Option, Say
from bot.model import Brief
from bot.model.office import NAMES, Ask, Office
from bot.questions.menus import first


def greeting(brief: Brief) -> Dialog:
    """Today in counts for who answers for places; for everybody what waits, and what they do daily."""
    office = brief.office or Office(Ask.MISSING)
    todo = {"todo": len(brief.todo), "overdue": sum(each.overdue for each in brief.todo)}
    told = office.missing
    if told is None:
        shown = {**todo, "whom": office.whom}
        yield from Say("greeting/nothing", shown, (*map(Option, first(brief)), Option("menu")))
        return None
    gaps = [gap.name for _, theirs in told.groups for gap in theirs]
    actions = [each for each in first(brief) if gaps or each != "nudge"]
    shown = {**todo, "office": office, "told": told, "names": gaps[:NAMES], "lacking": len(gaps) + told.more}
    yield from Say("greeting/lead", shown, (*map(Option, actions), Option("menu")))
    return None


FLOWS = (Flow("greeting", greeting, "greeting", needs=frozenset({Need.MISSING, Need.TODO, Need.RIGHTS})),)
