"""How one's places stand: how many days each counts, and what its newest assessment came to."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Need, Option, Say
from bot.model import Brief
from bot.model.office import Ask, Office
from bot.questions.refused import elsewhere, refused

BUTTONS = 6
"""So many are asked about; every other by its name."""


def streaks(brief: Brief) -> Dialog:
    """The days of one's places, with a button that explains each."""
    office = brief.office or Office(Ask.STREAKS)
    told = office.streaks
    if told is None:
        yield from refused(office)
        return None
    why = {each.code: Option(f"why {each.code}", each.name) for each in (*told.low, *told.high)}
    actions = (*tuple(why.values())[:BUTTONS], *elsewhere(office), Option("menu"))
    yield from Say("office/streaks", {"office": office, "told": told}, actions)
    return None


def scores(brief: Brief) -> Dialog:
    """The newest assessments, and how far each township is from its 80 %."""
    office = brief.office or Office(Ask.SCORES)
    told = office.scores
    if told is None:
        yield from refused(office)
        return None
    deeper = tuple(Option(f"scores {each.code}", each.name) for each in told.townships if each.code != office.place)
    actions = (*deeper[:BUTTONS], *elsewhere(office), Option("assess"), Option("menu"))
    yield from Say("office/scores", {"office": office, "told": told}, actions)
    return None


FLOWS = (
    Flow("streaks", streaks, "office", needs=frozenset({Need.LONGEST}), about="subject"),
    Flow("scores", scores, "office", needs=frozenset({Need.SCORES}), about="subject"),
)
