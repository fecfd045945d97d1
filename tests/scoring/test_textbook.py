"""The situations of 篇四, notes 1 to 4, one by one: what the figure is, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.model import CaseFact, DayState, Event, Streak
from bot.scoring.coverage import Days
from bot.scoring.packs import load
from bot.scoring.streak import deciding, spans, standing, streak

RULES = load("default")
START = date(2026, 10, 1)


def october(day: int) -> date:
    """A day of October 2026."""
    return START + timedelta(days=day - 1)


def log(case: str, text: str, *, recorded: datetime | None = None) -> list[CaseFact]:
    """A log from ``found 3 suspected, left 5``: what happened, on which day of October, and as what."""
    facts = []
    for part in text.split(", ") if text else []:
        event, day, *kind = part.split()
        on = october(int(day))
        at = recorded or datetime.combine(on, time(4), UTC)
        facts.append(CaseFact(case, "p", Event(event), on, at, kind[0] if kind else None))
    return facts


def figure(day: int, *texts: str, unverified: str = "count", ruled_out: str = "restart", reported: str = "") -> Streak:
    """The streak of a place on a day of October, from cases with these logs; ``reported`` lists days with a report."""
    rules = replace(RULES, unverified=unverified, ruled_out=ruled_out, start=START)
    found = [standing(log(f"k{n}", text), october(day), rules) for n, text in enumerate(texts)]
    days = Days.of(october(int(n)) for n in reported.split())
    return streak("p", october(day), START, deciding(case for case in found if case), days, rules)


@pytest.mark.parametrize(
    ("why", "texts", "expected"),
    [
        ("no case ever", [""], {1: 1, 20: 20}),
        ("confirmed, moved the same day", ["found 5 confirmed, left 5"], {4: 4, 5: 0, 6: 1, 20: 15}),
        ("confirmed, moved later", ["found 5 confirmed, left 7"], {4: 4, 5: 0, 6: 0, 7: 0, 8: 1, 20: 13}),
        ("confirmed, not yet moved", ["found 5 confirmed"], {4: 4, 5: 0, 20: 0}),
        ("asymptomatic, moved later", ["found 5 asymptomatic, left 6"], {5: 0, 7: 1}),
        ("suspected, then confirmed, then moved", ["found 5 suspected, diagnosed 6 confirmed, left 7"], {6: 0, 8: 1}),
        ("confirmed, released at home", ["found 5 confirmed, released 15"], {14: 0, 15: 0, 16: 1}),
        ("a fever never breaks", ["found 5 fever"], {5: 5, 20: 20}),
        ("a fever that is cleared", ["found 5 fever, ruled_out 6"], {5: 5, 6: 6, 20: 20}),
        ("a fever moved, then diagnosed", ["found 5 fever, left 6, diagnosed 8 confirmed"], {5: 5, 7: 7, 8: 2, 20: 14}),
        ("a fever diagnosed, then moved", ["found 5 fever, diagnosed 8 suspected, left 9"], {7: 7, 8: 0, 9: 0, 10: 1}),
        ("a contact moved", ["found 5 close_contact, left 6"], {4: 4, 5: 0, 6: 0, 7: 1}),
        ("a contact diagnosed after leaving", ["found 5 close_contact, left 6, diagnosed 10 confirmed"], {9: 3, 10: 4}),
        ("a contact released later than it left", ["found 5 close_contact, left 6, released 19"], {19: 13, 20: 14}),
        ("released, and then left all the same", ["found 5 close_contact, released 8, left 9"], {8: 0, 9: 0, 10: 1}),
        ("a secondary contact does not break", ["found 5 secondary_contact"], {5: 5}),
        ("somebody from a risk area does not break", ["found 5 key_person"], {5: 5}),
        ("two that overlap", ["found 3 confirmed, left 9", "found 5 close_contact, left 6"], {7: 0, 9: 0, 10: 1}),
        ("one gone, one still there", ["found 3 confirmed, left 9", "found 5 close_contact"], {10: 0, 20: 0}),
        ("entered by mistake", ["found 5 confirmed, withdrawn 9"], {5: 5, 6: 6, 20: 20}),
        ("before counting began", ["found -9 confirmed, left -3"], {1: 1, 5: 5}),
        ("gone on the day counting began", ["found -9 confirmed, left 1"], {1: 0, 2: 1}),
        ("there since before counting began", ["found -9 confirmed"], {1: 0, 5: 0}),
    ],
)
def test_the_notes_of_the_source(why: str, texts: list[str], expected: dict[int, int]) -> None:
    """Each situation has the streak that the notes give it, day by day."""
    assert {day: figure(day, *texts).days for day in expected} == expected, why


@pytest.mark.parametrize(
    ("text", "restart", "restore"),
    [
        ("found 5 suspected, ruled_out 8", {7: 0, 8: 0, 9: 1}, {7: 0, 8: 8, 9: 9}),
        ("found 5 suspected, left 6, ruled_out 8", {6: 0, 7: 1, 8: 2}, {6: 0, 7: 1, 8: 8}),
        ("found 5 suspected, ruled_out 8, left 12", {9: 1, 12: 4}, {9: 9, 12: 12}),
        ("found 5 suspected, released 7, ruled_out 8", {8: 1}, {8: 8}),
    ],
)
def test_a_case_that_is_ruled_out(text: str, restart: dict[int, int], restore: dict[int, int]) -> None:
    """By default counting restarts after it, or after it left if earlier; under ``restore`` it never was."""
    assert {day: figure(day, text).days for day in restart} == restart
    assert {day: figure(day, text, ruled_out="restore").days for day in restore} == restore


def test_why_names_the_case_its_kind_its_rule_and_its_days() -> None:
    """A figure carries the deciding case as it is known on the day."""
    found = figure(24, "found 15 suspected, left 18", "found 2 confirmed, left 3", reported="19 20 24")
    assert (found.days, found.since, found.state) == (6, october(19), DayState.CLEAN)
    assert (found.reported_days, found.unverified_days) == (3, 3)
    reason = found.reason
    assert reason is not None
    assert (reason.rule, reason.case, reason.kind) == ("note-2", "k0", "suspected")
    assert (reason.took_effect_on, reason.ended_on) == (october(15), october(18))


@pytest.mark.parametrize(
    ("text", "rule", "kind"),
    [
        ("found 5 confirmed, left 6", "note-2", "confirmed"),
        ("found 5 fever, left 6, diagnosed 7 confirmed", "note-3", "confirmed"),
        ("found 5 close_contact, left 6", "note-4", "close_contact"),
        ("found 5 close_contact, diagnosed 6 confirmed, left 6", "note-2", "confirmed"),
        ("found 5 secondary_contact, diagnosed 6 close_contact", "note-4", "close_contact"),
        ("found 5 suspected, diagnosed 6 fever", "note-2", "suspected"),
    ],
)
def test_the_rule_is_the_note_that_applies(text: str, rule: str, kind: str) -> None:
    """Note 2 for cases, 3 for what was a fever at first, 4 for contacts."""
    reason = figure(20, text).reason
    assert reason is not None
    assert (reason.rule, reason.kind) == (rule, kind)


def test_a_figure_without_a_deciding_case_has_no_reason() -> None:
    """No reason where no case counts, or the last was over before counting began."""
    assert figure(9).reason is None
    assert figure(9, "found -9 confirmed, left -3").reason is None


def test_broken_outweighs_unreported() -> None:
    """A day with a case is broken, and nothing is counted, whether it was reported or not."""
    found = figure(9, "found 5 confirmed", reported="9")
    assert (found.state, found.days, found.since) == (DayState.BROKEN, 0, None)
    assert (found.reported_days, found.unverified_days) == (0, 0)


def test_before_counting_begins_there_is_nothing_to_count() -> None:
    """The streak of a day before the start is 0, and began on no day."""
    found = figure(-3)
    assert (found.days, found.since, found.reason, found.state) == (0, None, None, DayState.UNVERIFIED)


def test_unverified_days_count_by_default_and_are_shown() -> None:
    """The source speaks only of cases; what nobody reported is counted beside the figure."""
    found = figure(10, reported="1 2 3 7 10")
    assert (found.days, found.reported_days, found.unverified_days, found.state) == (10, 5, 5, DayState.CLEAN)
    assert figure(10, reported="1 2").state is DayState.UNVERIFIED


def test_hold_counts_only_verified_days() -> None:
    """Under ``hold`` an unverified day adds nothing."""
    found = figure(10, "found 1 confirmed, left 2", unverified="hold", reported="1 3 7 10")
    assert (found.days, found.since, found.unverified_days) == (3, october(3), 5)


def test_break_restarts_after_an_unverified_day() -> None:
    """Under ``break`` counting restarts the day after the last unverified one, which then decides, not a case."""
    found = figure(10, "found 1 confirmed, left 2", unverified="break", reported="1 3 4 5 8 9 10")
    assert (found.days, found.since, found.reason) == (3, october(8), None)
    assert figure(10, unverified="break", reported="8 9").days == 0
    whole = figure(4, "found 1 confirmed, left 2", unverified="break", reported="3 4")
    assert (whole.days, whole.reason is None) == (2, False)


def test_what_is_learned_late_changes_the_past_as_known_now_only() -> None:
    """A case recorded days later breaks the days since it was found; what was known before stays what it was."""
    facts = log("k", "found 5 confirmed", recorded=datetime.combine(october(9), time(4), UTC))
    known = [fact for fact in facts if fact.recorded_at <= datetime.combine(october(8), time(9), UTC)]
    assert standing(known, october(7), RULES) is None
    assert standing(facts, october(7), RULES) is not None


def test_spans_of_a_case_are_its_pieces() -> None:
    """A fever diagnosed and then moved counts from the diagnosis on, open at first, ended for good after."""
    found = spans(log("k", "found 3 fever, diagnosed 5 confirmed, left 7"), RULES)
    assert [(p.valid_from, p.valid_until, p.reason.ended_on) for p in found] == [
        (october(5), october(7), None),
        (october(7), None, october(7)),
    ]
    assert spans([], RULES) == ()
    assert spans(log("k", "found 3 fever"), RULES) == ()


def test_a_kind_that_only_the_pack_knows() -> None:
    """Nothing in the engine depends on the kinds of this disease."""
    rules = replace(RULES, breaking=frozenset({"dengue"}), rule_of={})
    reason = standing(log("k", "found 3 dengue, left 4"), october(9), rules)
    assert reason is not None
    assert (reason.kind, reason.rule) == ("dengue", "")
    assert standing(log("k", "found 3 confirmed"), october(9), rules) is None
