"""Ways through the conversations on cases that few will ever take."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import words
from bot.desk import cards
from bot.dialog import Reply, Turn, begin, take
from bot.dialog.choosing import BUTTONS
from bot.handlers import FLOWS
from bot.model import Brief, CaseFound, Details, DetailsAdded, Event, Finding, Locale, Near, ReportFiled
from bot.model.care import Isolation, Stay, standing
from bot.scoring.effect import Effect, effect
from bot.scoring.log import Outline
from tests.dialog.walks import FEVER, FREE, NEAR, RULES, STAY, TODAY, about, card, kept_answers, streak
from tests.dialog.work_days import MANY


def said(flow: str, brief: Brief, *answers: str) -> Turn:
    """Where a conversation stands after these answers."""
    turn = begin(FLOWS[flow].run, brief)
    for raw in answers:
        assert turn.ask is not None, raw
        turn = take(FLOWS[flow].run, brief, kept_answers(turn), Reply(turn.ask.key, raw))
        assert turn.complaint is None, (raw, turn.ask)
    return turn


LEAD = replace(RULES, near=NEAR[:1], cases=(replace(FEVER, own=False),))


def test_a_lead_thinks_better_of_it() -> None:
    """What is given up leaves nothing behind."""
    turn = said("notice", LEAD, "fever", "5栋", "untaken", "discard")
    assert turn.outcome is None
    assert [say.key for say in turn.said] == ["case_notice/discarded"]


def test_a_lead_names_a_known_case() -> None:
    """Of a colleague's case nothing new is made, and nothing is added to it."""
    turn = said("notice", LEAD, "fever", "3栋", "F1124-01", "submit")
    assert turn.outcome is None
    assert [say.key for say in turn.said] == ["case_notice/known"]


def test_a_lead_names_a_known_case_and_a_new_one() -> None:
    """The known one is told, the new one is entered."""
    turn = said("notice", LEAD, "fever", "3栋", "F1124-01", "more", "9栋", "untaken", "submit")
    assert turn.outcome == CaseFound("23", Finding("fever", 1, (Details(door="9栋"),)), TODAY)
    assert [say.values["codes"] for say in turn.said] == [["F1124-01"]]


def test_nobody_after_all() -> None:
    """A count of none is no case."""
    turn = said("notice", LEAD, "suspected", "0", "submit")
    assert turn.outcome is None


def test_ones_own_case_gets_what_was_told() -> None:
    """A person known already, reported by oneself: what else was told goes to the case."""
    brief = replace(LEAD, cases=(FEVER,))
    turn = said("notice", brief, "fever", "3栋", "F1124-01", "submit")
    assert turn.outcome == DetailsAdded("F1124-01", Details(door="3栋"))


def test_a_known_case_among_others_takes_no_details() -> None:
    """With several persons at once, what can be added belongs to the new ones."""
    brief = replace(RULES, owed=(FREE,), cases=(FEVER,))
    turn = said("exceptions", brief, "suspected", "1", "more", "fever", "3栋", "F1124-01")
    assert turn.ask is not None
    assert [option.value for option in turn.ask.options] == ["submit", "more", "revise", "discard"]
    filed = said("exceptions", brief, "suspected", "1", "more", "fever", "3栋", "F1124-01", "submit").outcome
    assert isinstance(filed, ReportFiled)
    assert filed.lines[0].findings == (Finding("suspected", 1), Finding("fever", 1, (), ("F1124-01",)))


def test_a_kind_that_nothing_follows_on() -> None:
    """Where the pack knows no kind that breaks, there is no diagnosis to record; a negative one is a case ruled out."""
    brief = replace(about(card(FEVER)), kinds=("fever",), breaking=())
    turn = said("case", brief)
    assert turn.ask is not None
    assert "diagnosed" not in [option.value for option in turn.ask.options]
    assert "ruled_out" in [option.value for option in turn.ask.options]


def test_the_place_that_a_command_names() -> None:
    """It is not asked for."""
    turn = said("care", replace(RULES, owed=(FREE, replace(FREE, code="22")), subject="22"))
    assert turn.ask is not None
    assert turn.ask.key != "place"


@pytest.mark.parametrize(("unverified", "expected"), [(1, None), (0, 3)])
def test_a_fever_that_left_before_it_was_diagnosed(unverified: int, expected: int | None) -> None:
    """Counting begins the day after; how many days that is today is said only where no unreported day lies between."""
    figure = streak("23", 91).streak._replace(unverified_days=unverified)
    case = Outline("fever", TODAY - timedelta(days=5), None, TODAY - timedelta(days=3))
    found = effect(case, Event.DIAGNOSED, TODAY, counts=False, breaks=True, restores=False, streak=figure)
    assert found == Effect("after", TODAY - timedelta(days=2), expected)


def test_a_breach_after_the_end_changes_nothing() -> None:
    """Whoever goes out when the days are over leaves nothing."""
    order = replace(STAY, breaches=0)
    assert standing(order, [(Stay.BROKEN, order.ends)]) == order
    assert standing(order, [(Stay.BROKEN, TODAY)]) == Isolation(7, "23", "星悦城一期", TODAY, 14, "3栋", 1)


@pytest.mark.parametrize(("locale", "more"), [(Locale.ZH, "第7小区 等 12 处"), (Locale.EN, "第7小区 and 4 more")])
def test_a_reviewer_reads_no_list_of_a_whole_township(locale: Locale, more: str) -> None:
    """Of many places that have not done their duty the first are named, and the others counted."""
    (told,) = said("checks", replace(RULES, watched=MANY)).said
    text = words.text(told.key, locale, told.values)
    assert more in text
    assert "第8小区" not in text


def test_of_many_places_the_first_have_buttons_and_all_have_names() -> None:
    """An office picks the twentieth community by writing it; the card has no more buttons than a phone can show."""
    brief = replace(RULES, desks=tuple(Near(f"C{n}", f"第{n}社区") for n in range(1, 31)))
    turn = said("document", brief, "monthly")
    assert turn.ask is not None
    card = cards.card(FLOWS["document"], brief, (), turn.ask)
    assert sum(map(len, card.buttons)) == BUTTONS
    assert "没列出的直接写名字" in card.text
    assert cards.meant(FLOWS["document"], turn.ask, "第20社区", brief) == "C20"
