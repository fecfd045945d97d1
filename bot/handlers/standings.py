"""How one's places stand: how many days each counts, and what its newest assessment came to."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Need, Option, Say
from bot.model import Brief
from bot.model.office import Ask, Office
from bot.model.paging import onward
from bot.questions.pages import following, on
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
    why = {each.code: Option(f"why {each.code}{on(office)}", each.name) for each in (*told.low, *told.high)}
    here = f"streaks {office.place if office.name else ''}{on(office)}"
    whole = (Option(onward(here, 0), name="all"),) if told.low else ()
    pages = (*whole, *following(here, told.page, told.more))
    actions = (*tuple(why.values())[:BUTTONS], *pages, *elsewhere(office), Option("menu"))
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
    pages = following(f"scores {office.place}", told.page, told.more)
    assess = (Option("assess"),) if "assess" in brief.may else ()
    actions = (*deeper[:BUTTONS], *pages, *elsewhere(office), *assess, Option("menu"))
    yield from Say("office/scores", {"office": office, "told": told}, actions)
    return None


FLOWS = (
    Flow("streaks", streaks, "office", needs=frozenset({Need.LONGEST}), about="subject"),
    Flow("scores", scores, "office", needs=frozenset({Need.SCORES, Need.RIGHTS}), about="subject"),
)
