"""The engine: a reply at a time, corrections, taking back, and the mistakes of ours that it finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.dialog import Choice, Dialog, Goto, Number, Option, Reply, Retake, Say, Text, Turn, back, begin, resume, take
from bot.dialog.engine import FlowError
from bot.model import Brief, LeaveEnded
from tests.dialog.walks import PLAIN

YES, NO = Option("yes"), Option("no")


def survey(brief: Brief) -> Dialog:
    """Two ways to the same end, with something to say on each."""
    yield from Say("hello")
    sick = yield from Choice("sick", (YES, NO))
    if sick == "yes":
        yield from Say("sorry")
        count = yield from Number("count", 1, 9)
        yield from Say("noted", {"count": count})
    name = yield from Text("name", 5)
    sure = yield from Choice("sure", (YES, NO))
    if sure == "no":
        yield from Retake(("count", "sure") if sick == "yes" else ("name", "sure"))
    yield from Say("thanks", {"name": name})
    return LeaveEnded(brief.today)


def said(*replies: tuple[str, str]) -> Turn:
    """Where the survey stands after these replies."""
    turn = begin(survey, PLAIN)
    for key, raw in replies:
        turn = take(survey, PLAIN, turn.answers, Reply(key, raw))
    return turn


def keys(turn: Turn) -> list[str]:
    """What a turn says, by key."""
    return [each.key for each in turn.said]


def asked(turn: Turn) -> str | None:
    """The key of the open question."""
    return turn.ask.key if turn.ask else None


def test_it_opens_with_the_first_question() -> None:
    """What comes before the question is said with it, and nothing is answered yet."""
    turn = begin(survey, PLAIN)
    assert (keys(turn), asked(turn), dict(turn.answers), turn.way) == (["hello"], "sick", {}, ())


def test_a_reply_leads_to_the_next_question() -> None:
    """Only what is said since the last answer is said."""
    turn = said(("sick", "yes"), ("count", "2"))
    assert (keys(turn), asked(turn), turn.way) == (["noted"], "name", ("sick", "count"))
    assert turn.said[0].values == {"count": 2}


def test_it_comes_to_an_outcome() -> None:
    """With the last words, and every answer on the way."""
    turn = said(("sick", "no"), ("name", "Li"), ("sure", "yes"))
    assert (keys(turn), turn.ask, turn.outcome) == (["thanks"], None, LeaveEnded(PLAIN.today))
    assert dict(turn.answers) == {"sick": "no", "name": "Li", "sure": "yes"}


def test_an_unreadable_reply_changes_nothing() -> None:
    """The same question stands, nothing else is said, and the reason is told."""
    before = said(("sick", "yes"))
    turn = take(survey, PLAIN, before.answers, Reply("count", "12"))
    assert (turn.ask, turn.answers, turn.said) == (before.ask, before.answers, ())
    assert turn.complaint is not None
    assert turn.complaint.reason == "bounds"
    assert not turn.stale


@pytest.mark.parametrize("key", ["count", "unknown", ""])
def test_a_reply_to_a_question_that_is_not_asked(key: str) -> None:
    """It is stale: nothing changes, and it never answers the question that is open."""
    before = said(("sick", "no"))
    turn = take(survey, PLAIN, before.answers, Reply(key, "2"))
    assert turn == replace(before, stale=True)


def test_a_correction_keeps_what_is_still_asked() -> None:
    """And throws away what is not: the number of sick people answers no question any more."""
    before = said(("sick", "yes"), ("count", "2"), ("name", "Li"))
    turn = take(survey, PLAIN, before.answers, Reply("sick", "no"))
    assert (asked(turn), dict(turn.answers)) == ("sure", {"sick": "no", "name": "Li"})


def test_a_correction_may_open_a_question() -> None:
    """That one is asked first; later answers do not answer by surprise, they are asked again."""
    before = said(("sick", "no"), ("name", "Li"))
    turn = take(survey, PLAIN, before.answers, Reply("sick", "yes"))
    assert (asked(turn), dict(turn.answers)) == ("count", {"sick": "yes"})


def test_an_unreadable_correction_is_stale() -> None:
    """An old button whose choice is no more takes no later answer along."""
    before = said(("sick", "yes"), ("count", "2"), ("name", "Li"))
    assert take(survey, PLAIN, before.answers, Reply("sick", "perhaps")) == replace(before, stale=True)


def test_a_finished_conversation_can_be_corrected() -> None:
    """A reply to one of its questions is a correction; any other is stale."""
    before = said(("sick", "no"), ("name", "Li"), ("sure", "yes"))
    assert take(survey, PLAIN, before.answers, Reply("name", "Wu")).said[0].values == {"name": "Wu"}
    assert take(survey, PLAIN, before.answers, Reply("count", "2")).stale


def test_retaking_keeps_the_others() -> None:
    """Some answers are asked anew, and what came after them stands as it was."""
    turn = said(("sick", "yes"), ("count", "2"), ("name", "Li"), ("sure", "no"))
    assert (asked(turn), turn.way) == ("count", ("sick",))
    assert dict(turn.answers) == {"sick": "yes", "name": "Li"}
    turn = take(survey, PLAIN, turn.answers, Reply("count", "3"))
    assert (asked(turn), dict(turn.answers)) == ("sure", {"sick": "yes", "count": "3", "name": "Li"})


def test_a_correction_may_retake() -> None:
    """Even a question that was answered long ago: it is asked again, and not taken for unreadable."""

    def flow(_: Brief) -> Dialog:
        first = yield from Choice("first", (YES, NO))
        if first == "no":
            yield from Retake(("first",))
        yield from Text("second", 5)
        return None

    turn = take(flow, PLAIN, {"first": "yes"}, Reply("first", "no"))
    assert (asked(turn), dict(turn.answers), turn.stale) == ("first", {}, False)


def test_back_takes_one_answer_away() -> None:
    """And asks that question again, with what was said before it; at the first question there is nothing to take."""
    turn = said(("sick", "yes"), ("count", "2"))
    turn = back(survey, PLAIN, turn.answers)
    assert (asked(turn), keys(turn), dict(turn.answers)) == ("count", ["sorry"], {"sick": "yes"})
    turn = back(survey, PLAIN, turn.answers)
    assert (asked(turn), dict(turn.answers)) == ("sick", {})
    assert back(survey, PLAIN, turn.answers) == turn == begin(survey, PLAIN)


def test_back_from_the_end() -> None:
    """A conversation that is over opens at its last question."""
    turn = said(("sick", "no"), ("name", "Li"), ("sure", "yes"))
    assert asked(back(survey, PLAIN, turn.answers)) == "sure"


def test_an_answer_that_is_readable_no_more() -> None:
    """After a deploy that asks for other choices the question is asked again; what came after is kept for later."""
    turn = resume(survey, PLAIN, {"sick": "perhaps", "name": "Li"})
    assert (asked(turn), turn.way, dict(turn.answers)) == ("sick", (), {"sick": "perhaps", "name": "Li"})
    turn = take(survey, PLAIN, turn.answers, Reply("sick", "no"))
    assert (asked(turn), dict(turn.answers)) == ("sure", {"sick": "no", "name": "Li"})


def test_the_flow_is_let_go_at_every_stop() -> None:
    """What it opened is closed, whether it is asked, retaken or over."""
    closed = []

    def flow(_: Brief) -> Dialog:
        try:
            if (yield from Choice("first", (YES, NO))) == "no":
                yield from Retake(("first",))
            return Goto("menu")
        finally:
            closed.append(True)

    assert asked(begin(flow, PLAIN)) == "first"
    assert asked(take(flow, PLAIN, {}, Reply("first", "no"))) == "first"
    assert take(flow, PLAIN, {}, Reply("first", "yes")).outcome == Goto("menu")
    assert len(closed) == 6


def test_a_key_asked_twice_is_our_mistake() -> None:
    """The engine says which."""

    def flow(_: Brief) -> Dialog:
        yield from Choice("first", (YES, NO))
        yield from Choice("first", (YES, NO))
        return None

    with pytest.raises(FlowError, match="'first' is asked twice"):
        take(flow, PLAIN, {}, Reply("first", "no"))


def test_a_conversation_that_cannot_end_is_our_mistake() -> None:
    """A flow that takes back what it has not asked runs for ever; the engine stops it."""

    def flow(_: Brief) -> Dialog:
        yield from Retake(("nothing",))
        return None

    with pytest.raises(FlowError, match="for ever"):
        begin(flow, PLAIN)


def test_a_flow_sees_nothing_but_its_brief() -> None:
    """Another day in the brief is another day in the outcome."""
    tomorrow = replace(PLAIN, now=PLAIN.now + timedelta(days=1))
    answers = {"sick": "no", "name": "Li", "sure": "yes"}
    assert resume(survey, tomorrow, answers).outcome == LeaveEnded(PLAIN.today + timedelta(days=1))
