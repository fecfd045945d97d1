"""What the facts answer: each rule at its edges, a case as what it is now, and every reason in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from bot import words
from bot.model import Answer, AutoRule, CaseFact, DayState, Event, Group, Item, Locale, Streak
from bot.scoring.answers import REASONS, Facts, Lapse, Spell, answer, answers, spell
from bot.scoring.criteria import load
from bot.scoring.packs import load as pack

TODAY = date(2026, 11, 24)
START = date(2026, 2, 12)
WORTH = Decimal(20)
POINTED = Item("1", "t", Group.EFFECT, WORTH)
LISTED = Item("1", "t", Group.EFFECT)
NEW = AutoRule("no-new", ("suspected", "confirmed"))
CASE = AutoRule("no-case", ("confirmed",))
OVER = AutoRule("settled", ("confirmed", "asymptomatic"))
LAPSE = AutoRule("no-lapse")
RUN = AutoRule("streak")
REPORTS = AutoRule("reports")


def ago(days: int) -> date:
    """So many days before today."""
    return TODAY - timedelta(days=days)


def facts(  # every part of the frame, and a quiet place where nothing is said
    *spells: Spell,
    lapses: tuple[Lapse, ...] = (),
    run: int = 37,
    state: DayState = DayState.CLEAN,
    reports: tuple[int, int] = (0, 0),
) -> Facts:
    """What is known of a place today."""
    since = ago(run - 1) if run else None
    figure = Streak("X", TODAY, run, state, since, None, run, 0)
    return Facts(figure, START, 14, spells, lapses, received=reports[0], expected=reports[1])


def given(rule: AutoRule, known: Facts) -> tuple[float, str]:
    """Points and reason."""
    found = answer(POINTED, rule, known)
    return float(found.points), found.reason


@pytest.mark.parametrize(
    ("each", "points"),
    [
        (Spell("A", "confirmed", START, START), 0),
        (Spell("A", "suspected", ago(300), None), 20),
        (Spell("A", "confirmed", START, START - timedelta(days=1)), 20),
        (Spell("A", "confirmed", ago(3), None), 0),
        (Spell("A", "asymptomatic", ago(3), None), 20),
    ],
    ids=["on the first day", "there before", "left before, named after", "open", "another kind"],
)
def test_no_new_looks_from_the_day_counting_starts(each: Spell, points: int) -> None:
    """篇七 (三): what became such a case before, or had left before, is not new; it is the kind that counts."""
    assert given(NEW, facts(each)) == (points, "none_new" if points else "new")


def test_no_new_names_the_case_that_lasts_longest() -> None:
    """An open one before one that ended, with all that its sentence needs."""
    found = answer(
        POINTED,
        NEW,
        facts(
            Spell("B", "confirmed", ago(9), ago(8)),
            Spell("A", "suspected", ago(30), None),
            Spell("C", "confirmed", ago(2), ago(1)),
        ),
    )
    assert (found.case, found.kind, found.on, found.count, found.since) == ("A", "suspected", ago(30), 3, START)
    assert found.again is None


@pytest.mark.parametrize(
    ("ended", "points", "again"),
    [(None, 0, None), (TODAY, 0, ago(-14)), (ago(13), 0, ago(-1)), (ago(14), 20, None)],
)
def test_no_case_looks_back_over_the_packs_days(ended: date | None, points: int, again: date | None) -> None:
    """14 days after the end it has its points again, on the same day as the streak is 14."""
    found = answer(POINTED, CASE, facts(Spell("A", "confirmed", ago(40), ended)))
    assert (float(found.points), found.reason, found.again) == (points, "none_there" if points else "there", again)
    assert found.since == ago(13)


def test_no_case_over_days_of_its_own() -> None:
    """A rule may name its days; of several ends the last decides, and an open case tells no day."""
    rule = AutoRule("no-case", ("confirmed",), 3)
    ends = [Spell("A", "confirmed", ago(9), ago(2)), Spell("B", "confirmed", ago(9), ago(1))]
    assert answer(POINTED, rule, facts(*ends)).again == ago(-2)
    assert given(rule, facts(Spell("A", "confirmed", ago(9), ago(3)))) == (20, "none_there")
    assert answer(POINTED, rule, facts(*ends, Spell("C", "confirmed", ago(1), None))).again is None


def test_settled_is_never_or_over() -> None:
    """篇一 四(四): never a case, or each is over; one that is not takes it."""
    over, still = Spell("A", "confirmed", ago(9), TODAY), Spell("B", "asymptomatic", ago(2), None)
    assert given(OVER, facts()) == (20, "never")
    assert given(OVER, facts(over)) == (20, "settled")
    found = answer(LISTED, OVER, facts(over, still))
    assert (float(found.points), found.reason, found.case, found.count) == (0, "unsettled", "B", 1)


def test_no_lapse_looks_back_over_the_packs_days() -> None:
    """篇二 item 5: nobody out of management in 14 days; the last one is named."""
    assert given(LAPSE, facts(lapses=(Lapse("1", ago(20), ago(14)),))) == (20, "none_lapsed")
    found = answer(POINTED, LAPSE, facts(lapses=(Lapse("1", ago(20), ago(13)), Lapse("2", ago(15), ago(15)))))
    assert (float(found.points), found.reason, found.case, found.count, found.again) == (0, "lapsed", "1", 1, ago(-1))
    assert answer(POINTED, LAPSE, facts(lapses=(Lapse("1", ago(20), None),))).again is None


@pytest.mark.parametrize(
    ("run", "state", "points", "again"),
    [
        (14, DayState.CLEAN, 20, None),
        (13, DayState.CLEAN, 0, ago(-1)),
        (0, DayState.BROKEN, 0, None),
        (13, DayState.UNVERIFIED, 0, ago(-1)),
    ],
)
def test_a_streak_needs_the_packs_days(run: int, state: DayState, points: int, again: date | None) -> None:
    """14 days do, 13 do not; while a case is open nobody knows when."""
    found = answer(POINTED, RUN, facts(run=run, state=state))
    assert (float(found.points), found.reason, found.count, found.of) == (
        points,
        "streak" if points else "streak_short",
        run,
        14,
    )
    assert found.again == again


@pytest.mark.parametrize(
    ("item", "reports", "points"),
    [
        (POINTED, (28, 28), 20),
        (POINTED, (27, 28), 19),
        (POINTED, (14, 28), 10),
        (POINTED, (0, 28), 0),
        (POINTED, (0, 0), 0),
        (LISTED, (27, 28), 0),
        (LISTED, (28, 28), 1),
    ],
)
def test_reports_bring_their_share_in_steps(item: Item, reports: tuple[int, int], points: int) -> None:
    """27 of 28 are 19.28 of 20, so 19; a thing to be met is met by all; where none was owed none is shown."""
    found = answer(item, REPORTS, facts(reports=reports))
    assert (float(found.points), found.reason, (found.count, found.of)) == (points, "reports", reports)


def log(*rows: tuple[Event, int, str | None]) -> list[CaseFact]:
    """A case's log from event, days ago and kind."""
    return [
        CaseFact("F1", "X", event, ago(days), datetime.combine(ago(days), time(4), UTC), kind)
        for event, days, kind in rows
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(Event.FOUND, 9, "fever")], Spell("F1", "fever", ago(9), None)),
        (
            [(Event.FOUND, 9, "suspected"), (Event.DIAGNOSED, 7, "confirmed"), (Event.LEFT, 7, None)],
            Spell("F1", "confirmed", ago(7), ago(7)),
        ),
        (
            [(Event.FOUND, 9, "close_contact"), (Event.LEFT, 8, None), (Event.DIAGNOSED, 5, "confirmed")],
            Spell("F1", "confirmed", ago(5), ago(8)),
        ),
        ([(Event.FOUND, 9, "suspected"), (Event.RULED_OUT, 6, None)], Spell("F1", "suspected", ago(9), ago(6))),
        ([(Event.FOUND, 9, "suspected"), (Event.WITHDRAWN, 6, None)], None),
        ([(Event.FOUND, -1, "suspected")], None),
        ([], None),
    ],
    ids=[
        "a fever",
        "suspected, then confirmed",
        "a contact confirmed after leaving",
        "ruled out",
        "void",
        "later",
        "-",
    ],
)
def test_a_case_counts_as_what_it_is_now(rows: list[tuple[Event, int, str | None]], expected: Spell | None) -> None:
    """From the first day of its last kind to the end that the streak gives it."""
    assert spell(log(*rows), TODAY, pack("default")) == expected


def test_one_case_takes_the_points_of_one_item() -> None:
    """The form of 篇二: a suspected case that was confirmed costs 20 and the streak's 5, not 15 more."""
    one = spell(log((Event.FOUND, 9, "suspected"), (Event.DIAGNOSED, 7, "confirmed")), TODAY, pack("default"))
    assert one is not None
    found = answers(load("assessment-form"), facts(one, run=0, state=DayState.BROKEN))
    assert {key: int(each.points) for key, each in found.items()} == {"2": 0, "3": 15, "4": 15, "5": 10, "9": 0}


WHOLE = Answer(Decimal(), "", START, 2, 14, "F1124-03", "confirmed", ago(3), ago(-14))


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("again", [None, ago(-14)])
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_its_words(reason: str, again: date | None, locale: Locale) -> None:
    """In both languages, whether or not anybody knows when the points come back."""
    values = {name: getattr(WHOLE, name) for name in ("since", "count", "of", "case", "on")}
    values |= {"named": words.label("kinds", locale, WHOLE.kind), "again": again}
    said = words.label("standards/reasons", locale, reason, values)
    assert said != reason
    assert "{" not in said
    assert "None" not in said


def test_the_words_of_a_reason() -> None:
    """They name the days, the number, the case and when the points come back."""
    found = answer(POINTED, CASE, facts(Spell("F1124-03", "confirmed", ago(5), ago(3))))
    values = {name: getattr(found, name) for name in ("since", "count", "of", "case", "on", "again")}
    said = words.label("standards/reasons", Locale.ZH, found.reason, values | {"named": "确诊"})
    assert said == "11月11日 以来 1 例：确诊（F1124-03，11月19日），12月5日 起得分"
