"""Being reminded: what is due and said to be done, later, fewer. The reminder itself is in ``desk.reminders``."""

from __future__ import annotations

from bot.dialog import Dialog, Flow, Need, Option, Say
from bot.model import Brief, DeadlineSaid, Fact, RemindersWished, Settled, Snoozed, Standing
from bot.questions.refused import barred

MINUTES = (30, 60, 120)
"""How much later somebody may be reminded."""
MOST = 4
"""As many buttons as leave room for the others on a phone."""
PARTS = 3
"""Of what names a deadline at a place: its id, its period, the place's code."""


def deadlines(brief: Brief) -> Dialog:
    """List what is due in the weeks to come, with a button for each that a word settles."""
    if not brief.deadlines and "deadlines" not in brief.may:
        return barred("deadlines")
    said = tuple(
        Option(f"met {each.id} {each.period} {code}", f"✅ {each.label}" + (f" {name}" if len(each.places) > 1 else ""))
        for each in brief.deadlines
        for code, name in each.places
        if each.settled is Settled.TOLD
    )
    apply = (
        (Option("apply"),) if any(each.settled is Settled.APPLIED and each.places for each in brief.deadlines) else ()
    )
    review = any(each.settled is Settled.REVIEWED and each.places for each in brief.deadlines)
    creation = (Option("creation"),) if review else ()
    yield from Say("reminders/deadlines", {"lines": brief.deadlines}, (*said[:MOST], *apply, *creation, Option("menu")))
    return None


def met(brief: Brief) -> Dialog:
    """Say that a place has done what a deadline asks."""
    return (yield from _said(brief, met=True))


def unmet(brief: Brief) -> Dialog:
    """Take that back."""
    return (yield from _said(brief, met=False))


def _said(brief: Brief, *, met: bool) -> Dialog:
    parts = brief.subject.split()
    if len(parts) != PARTS:
        yield from Say("reminders/unknown", actions=(Option("deadlines"), Option("menu")))
        return None
    return DeadlineSaid(parts[0], parts[1], parts[2], met)


def snooze(brief: Brief) -> Dialog:
    """Be reminded again in so many minutes: 30, 60 or 120, as the command says."""
    said = brief.subject.strip()
    if said not in {str(minutes) for minutes in MINUTES}:
        later = tuple(Option(f"snooze {minutes}", name=f"later{minutes}") for minutes in MINUTES)
        yield from Say("reminders/later", actions=later)
        return None
    return Snoozed(int(said))


def fewer(brief: Brief) -> Dialog:
    """Be reminded once of each thing only, when it is almost late; alerts on cases come all the same."""
    yield from ()
    return RemindersWished(fewer=True)


def more(brief: Brief) -> Dialog:
    """Be reminded as all are."""
    yield from ()
    return RemindersWished(fewer=False)


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """Say what holds from now on, and how to take it back."""
    match fact:
        case Snoozed():
            key = "snoozed" if "until" in standing.shown else "last"
            return Say(f"reminders/{key}", standing.shown, (Option("report"),))
        case RemindersWished():
            other = Option("more" if fact.fewer else "fewer")
            return Say("reminders/wished", {"fewer": fact.fewer}, (other, Option("menu")))
        case _:
            assert isinstance(fact, DeadlineSaid)  # noqa: S101 - these flows come to nothing else
            if "refused" in standing.shown:
                return Say("reminders/refused", standing.shown, (Option("deadlines"), Option("menu")))
            argument = f"{fact.deadline} {fact.period} {fact.place}"
            back = Option(f"{'unmet' if fact.met else 'met'} {argument}", name="unmet" if fact.met else "met")
            return Say("reminders/said", {"fact": fact, **standing.shown}, (back, Option("deadlines")))


FLOWS = (
    Flow("deadlines", deadlines, "reminders", needs=frozenset({Need.DEADLINES, Need.RIGHTS})),
    Flow("met", met, "reminders", receipt, about="subject"),
    Flow("unmet", unmet, "reminders", receipt, about="subject"),
    Flow("snooze", snooze, "reminders", receipt, about="subject"),
    Flow("fewer", fewer, "reminders", receipt),
    Flow("more", more, "reminders", receipt),
)
