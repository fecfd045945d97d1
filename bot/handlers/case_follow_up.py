"""Cases after they were entered: the list, one case with what may be recorded of it, and an alert that was seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.dialog import Choice, Day, Dialog, Flow, Goto, Need, Option, Say
from bot.model import (
    Action,
    Brief,
    CaseAcknowledged,
    CaseCard,
    CaseFollowed,
    Event,
    Fact,
    Kind,
    KnownCase,
    Standing,
)
from bot.model.paging import numbered, page
from bot.questions.pages import following
from bot.questions.refused import barred, whom
from bot.scoring.effect import effect
from bot.scoring.joining import CORRECTIONS
from bot.scoring.log import ACTION_OF, Outline, Person, broke, earliest, fitting, outline

PAGE = 9
"""So many cases fit a message that people read."""
UNDIAGNOSED = frozenset({Kind.CLOSE_CONTACT, Kind.SECONDARY_CONTACT, Kind.KEY_PERSON})
"""What somebody is by where they were; no doctor diagnoses it."""
RULED_OUT = "negative"


def cases(brief: Brief) -> Dialog:
    """List the cases that this person may know of, open ones first, each with its button."""
    if not brief.cases and "cases" not in brief.may:
        return barred("cases")
    known = sorted(brief.cases, key=lambda case: case.ended_on is not None)  # stable: newest first within each
    cut = page(known, numbered(brief.subject), PAGE)
    shown = cut.rows
    values = {
        "open": [case for case in shown if case.ended_on is None],
        "over": [case for case in shown if case.ended_on is not None],
        "running": sum(case.ended_on is None for case in known),
        "known": len(known), "page": cut.number, "pages": cut.of,
    }  # fmt: skip
    actions = [Option(f"case {case.code}", case.code, case.code) for case in shown]
    actions += following("cases", cut.number, cut.more)
    yield from Say("case/list", values, (*actions, Option("menu")))
    return None


def case(brief: Brief) -> Dialog:
    """Show a case, and record what happened in it."""
    card = brief.case
    if card is None:
        return _none(brief)
    person = _person(card)
    now = outline(person, brief.breaking)
    offered = _offered(brief, card, now)
    yield from Say("case/card", _shown(card, now), _actions(card, now))
    options = [*offered, *(("add",) if _adds(card, now) else ())]
    if not options:
        return None
    about = {"case": card.case}
    chosen = yield from Choice("next", (*(Option(value) for value in options), Option("close")), about)
    if chosen == "close":
        yield from Say("case/closed", about, (Option("cases"), Option("menu")))
        return None
    if chosen == "add":
        return Goto("case_details", card.case.code)
    event, kind, other = Event(chosen), None, ""
    if event is Event.DIAGNOSED:
        kinds = _diagnoses(brief, card, offered)
        kind = yield from Choice("diagnosis", tuple(_kind(brief, each) for each in kinds), about)
        if kind == RULED_OUT:
            event, kind = Event.RULED_OUT, None
    if event is Event.MERGED:
        others = _others(brief, card)
        options_of = tuple(Option(each.code, each.code) for each in others)
        other = yield from Choice("other", options_of, about | {"others": others})
    on = brief.today
    if event not in CORRECTIONS:
        first = earliest(now, event)
        days = _days(brief.today, first)
        on = yield from Day(f"on/{event}", brief.today, first, brief.today, days, about | {"event": event})
    fact = CaseFollowed(card.case.code, event, on, kind, other)
    sure = yield from Choice(f"sure/{event}", (Option("submit"), Option("discard")), about | _told(brief, fact, person))
    if sure == "discard":
        yield from Say("case/kept", about, (Option(f"case {card.case.code}", name="case"),))
        return None
    return fact


def _none(brief: Brief) -> Goto:
    """No such case, or none of theirs: which of the two is not told."""
    return barred("cases", brief.subject) if brief.subject else Goto("cases")


def _person(card: CaseCard) -> Person:
    own = tuple(fact for fact in card.log if fact.case == card.case.code)
    return Person(own, tuple(fact for fact in card.log if fact.case != card.case.code), card.merged_into)


def _offered(brief: Brief, card: CaseCard, now: Outline) -> tuple[str, ...]:
    """What this person may record, and fits the log."""
    found = [event.value for event in fitting(now, brief.today) if ACTION_OF[event] in card.may]
    if Event.MERGED.value in found and not _others(brief, card):
        found.remove(Event.MERGED.value)
    if Event.DIAGNOSED.value in found and not set(_diagnoses(brief, card, found)) - {RULED_OUT}:
        found.remove(Event.DIAGNOSED.value)
    return tuple(found)


def _adds(card: CaseCard, now: Outline) -> bool:
    return Action.ADD in card.may and not now.withdrawn and not now.merged_into


def _others(brief: Brief, card: CaseCard) -> list[KnownCase]:
    """The cases that may be the same person: at the same place, the newest first."""
    place, code = card.case.place, card.case.code
    return [each for each in brief.cases if each.place == place and each.code != code][:PAGE]


def _diagnoses(brief: Brief, card: CaseCard, offered: Sequence[str]) -> list[str]:
    kinds = [kind for kind in brief.kinds if kind in brief.breaking and kind not in UNDIAGNOSED]
    negative = [RULED_OUT] if Event.RULED_OUT.value in offered else []
    return [kind for kind in kinds if kind != card.case.kind] + negative


def _kind(brief: Brief, kind: str) -> Option:
    return Option(kind, brief.labels.get(kind))


def _days(today: date, first: date) -> tuple[Option, ...]:
    known = (("today", today), ("yesterday", today - timedelta(days=1)))
    return tuple(Option(day.isoformat(), name=name) for name, day in known if day >= first)


def _shown(card: CaseCard, now: Outline) -> dict[str, object]:
    return {"card": card, "case": card.case, "now": now, "shown": dict(card.shown)}


def _actions(card: CaseCard, now: Outline) -> tuple[Option, ...]:
    """Open what is sealed, say that the alert was seen, go to the case that it is merged into."""
    code = card.case.code
    found = [Option(f"open {code} {field}", name=field.value) for field in card.sealed]
    if now.merged_into:
        found.append(Option(f"case {now.merged_into}", name="other"))
    elif Action.ACKNOWLEDGE in card.may and not card.seen and now.ended_on is None and not now.withdrawn:
        found.append(Option(f"ack {code}", name="ack"))
    return (*found, Option("cases"))


def _told(brief: Brief, fact: CaseFollowed, person: Person) -> dict[str, object]:
    """What is to be recorded, and what it will do to the streak of the place."""
    streak = brief.streaks[0] if brief.streaks else None
    will = effect(
        outline(person, brief.breaking),
        fact.event,
        fact.on,
        counts=broke((*person.log, *person.joined), brief.breaking),
        breaks=fact.kind in brief.breaking,
        restores=brief.restores,
        streak=streak.streak if streak else None,
    )
    return {"fact": fact, "effect": will, "streak": streak}


def ack(brief: Brief) -> Dialog:
    """Record at once that the alert on a case was seen."""
    card = brief.case
    if card is None:
        return _none(brief)
    if Action.ACKNOWLEDGE not in card.may:
        yield from Say("case/lead", {"case": card.case}, (Option(f"case {card.case.code}", name="case"),))
        return whom("ack", card.case.place)
    return CaseAcknowledged(card.case.code)


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """What was recorded, the streak before and after, what is next and by when; or why nothing was recorded."""
    assert isinstance(fact, CaseFollowed | CaseAcknowledged)  # noqa: S101 - these flows come to nothing else
    shown = standing.shown
    look = Option(f"case {fact.case}", name="case")
    if "refused" in shown:
        other = (Option(f"case {shown['other']}", name="other"),) if shown.get("other") else ()
        return Say("case/refused", {"code": fact.case, "reason": shown["refused"], "why": shown}, (look, *other))
    values = {"fact": fact, "waits": shown.get("waits", ()), "at": standing.at}
    if isinstance(fact, CaseAcknowledged):
        return Say("case/acknowledged", values | {"before": shown.get("before")}, (look,))
    before = {each.streak.place: each.streak.days for each in shown.get("before", ())}  # type: ignore[attr-defined]
    values |= {"streaks": standing.streaks, "before": before, "told": shown.get("told", ())}
    return Say("case/followed", values, (look, Option("cases")))


FLOWS = (
    Flow("cases", cases, "case", needs=frozenset({Need.CASES, Need.RIGHTS}), about="subject"),
    Flow("case", case, "case", receipt, frozenset({Need.CASE}), about="subject"),
    Flow("ack", ack, "case", receipt, frozenset({Need.CASE}), about="subject"),
)
