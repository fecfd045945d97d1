"""Ways through the conversations on problems that few will ever take."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.dialog import Goto, Reply, Turn, begin, take
from bot.dialog.steps import PHOTO, PLACE
from bot.handlers import FLOWS
from bot.model import Brief, How, PictureSeen, ProblemFound, ProblemStep, ProblemStepped
from tests.dialog.problem_days import ALONE, DUE, LED, MENDED, OTHER, OWN, problem
from tests.dialog.walks import PLAIN, TODAY, kept_answers

ONE = f"{PHOTO}{'1' * 32}"
LEAD = replace(PLAIN, spots=(LED, ALONE))


def said(flow: str, brief: Brief, *answers: str) -> Turn:
    """Where a conversation stands after these answers."""
    turn = begin(FLOWS[flow].run, brief)
    for raw in answers:
        assert turn.ask is not None, raw
        turn = take(FLOWS[flow].run, brief, kept_answers(turn), Reply(turn.ask.key, raw))
        assert turn.complaint is None, (raw, turn.ask)
    return turn


def test_a_lead_says_all_of_it() -> None:
    """Where, what with a picture, how it was found, who of two mends it, by when."""
    week = (TODAY + timedelta(days=7)).isoformat()
    turn = said("problem", LEAD, f"24{PLACE}六期", ONE, "?", "纸箱", "return", "5", week, "submit")
    expected = ProblemFound("24", How.RETURN, "纸箱", TODAY, TODAY + timedelta(days=7), 5, ("1" * 32,))
    assert turn.outcome == expected


def test_a_worker_says_where_and_what() -> None:
    """The rest is as usual: on the list, mended by whoever works there within the pack's days."""
    turn = said("problem", replace(PLAIN, spots=(OWN, OTHER)), f"22{PLACE}君安", "纸箱", "submit")
    assert turn.outcome == ProblemFound("22", How.LISTED, "纸箱", TODAY, DUE)


def test_a_place_found_by_its_name() -> None:
    """It is asked about anew, for who works there has to be looked up."""
    assert said("problem", LEAD, f"25{PLACE}星悦城二期").outcome == Goto("problem", "25")


def test_a_place_changed_afterwards() -> None:
    """What was said stays; who was to mend it there is nobody here."""
    turn = said("problem", LEAD, f"24{PLACE}六期", "纸箱", "listed", "5", TODAY.isoformat(), "revise", "place")
    assert turn.ask is not None
    assert turn.ask.key == "place"
    turn = take(FLOWS["problem"].run, LEAD, kept_answers(turn), Reply("place", f"61{PLACE}金潭村"))
    turn = take(FLOWS["problem"].run, LEAD, kept_answers(turn), Reply("review/1", "submit"))
    assert turn.outcome == ProblemFound("61", How.LISTED, "纸箱", TODAY, TODAY)


def test_other_words_keep_the_picture() -> None:
    """Whoever says it anew need not send the picture again; another one joins it."""
    brief = replace(PLAIN, spots=(OWN,))
    turn = said(
        "problem",
        brief,
        ONE,
        "纸箱",
        "revise",
        "what",
        "两堆纸箱",
        "attach",
        f"{PHOTO}{'2' * 32}",
        "还有沙发",
        "finish",
    )
    assert turn.ask is not None
    turn = take(FLOWS["problem"].run, brief, kept_answers(turn), Reply(turn.ask.key, "submit"))
    assert turn.outcome == ProblemFound("23", How.LISTED, "两堆纸箱\n还有沙发", TODAY, DUE, None, ("1" * 32, "2" * 32))


def test_the_number_of_a_problem_opens_it() -> None:
    """After the word for putting one on the list, too."""
    assert said("problem", replace(PLAIN, subject="W1124-01", problem=problem())).outcome == Goto("ledger", "W1124-01")
    assert said("problem", replace(PLAIN, subject="W1124-99")).outcome == Goto("ledger", "W1124-99")
    assert said("ledger", PLAIN).outcome == Goto("problems")


def test_a_mere_question_mark_is_no_word_on_what_was_done() -> None:
    """Nor on what is wrong: it is asked again."""
    brief = replace(PLAIN, problem=problem(), subject="W1124-01", spots=(LED,))
    turn = said("ledger", brief, "rectified", "？", ONE, "finish")
    assert turn.outcome == ProblemStepped("W1124-01", ProblemStep.RECTIFIED, TODAY, "", ("1" * 32,))


def test_which_picture() -> None:
    """The one whose number was given; without a number, or with one that cannot be, the first."""
    brief = replace(PLAIN, problem=problem(*MENDED))
    for subject, number in (("W1124-01 2", 2), ("W1124-01", 1), ("W1124-01 x", 1), ("W1124-01 999999999999", 1)):
        assert said("picture", replace(brief, subject=subject)).outcome == PictureSeen("W1124-01", number)
