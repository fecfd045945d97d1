"""The history of a place as a conversation: what is shown, what is asked, and which days are told together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot import words
from bot.dialog import Goto, Reply, begin, take
from bot.handlers.history import changes, history, shown
from bot.model import Brief, Cause, DayState, HistoryDay, Locale, Near, PlaceHistory, Streak

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
BRIEF = Brief(NOW, NOW.date(), NOW)
LAST = date(2026, 11, 23)


def day(back: int, then: int, now: int, cause: Cause | None = None, *, states: str = "cc") -> HistoryDay:
    """A day with what was published and what is known."""
    on = LAST - timedelta(days=back)
    known = {"c": DayState.CLEAN, "u": DayState.UNVERIFIED, "b": DayState.BROKEN}
    published, restated = (
        Streak("X", on, days, known[state], None, None, 0, 0) for days, state in zip((then, now), states, strict=True)
    )
    return HistoryDay(on, published, restated, cause)


def cause(case: str, event: str, late: int = 1) -> Cause:
    """A fact recorded so many days after the last day."""
    return Cause(case, event, LAST - timedelta(days=3), NOW + timedelta(days=late - 1))


def said(*days: HistoryDay, locale: Locale = Locale.ZH) -> str:
    """What is said of these days."""
    return words.text("history/history", locale, shown([PlaceHistory("X", "星悦城一期", "default", days)]))


def test_neighbouring_days_with_one_cause_are_told_together() -> None:
    """A day that is unchanged, or another cause, parts them."""
    one, other = cause("C1", "found"), cause("C2", "found")
    days = [day(0, 5, 0, one), day(1, 4, 0, one), day(2, 3, 3), day(3, 2, 0, one), day(4, 1, 0, other)]
    assert [(each.last.day.day, each.first.day.day) for each in changes(days)] == [(23, 22), (20, 20), (19, 19)]


def test_with_one_day_nothing_is_a_span() -> None:
    """One figure, one day."""
    assert "11月23日 公布 5 天，现为 0 天：C1 11月20日发现，11月24日登记" in said(
        day(0, 5, 0, cause("C1", "found"), states="cb")
    )


@pytest.mark.parametrize(
    ("fact", "zh", "en"),
    [
        (cause("C1", "withdrawn"), "C1 11月24日作废", "C1 taken back 24 Nov"),
        (cause("C1", "left", late=-3), "C1 11月20日离开，公布后补录", "C1 left 20 Nov, brought in afterwards"),
        (cause("", "report"), "11月20日的日报，11月24日补报", "the report of 20 Nov came 24 Nov"),
        (cause("", "withdrawn"), "11月20日的日报，11月24日撤回", "the report of 20 Nov was withdrawn 24 Nov"),
        (None, "名册或规则有变更", "the roster or the rules changed"),
    ],
)
def test_every_cause_has_words(fact: Cause | None, zh: str, en: str) -> None:
    """In both languages."""
    assert zh in said(day(0, 5, 6, fact))
    assert en in said(day(0, 5, 6, fact), locale=Locale.EN)


def test_a_report_that_came_late_changes_the_state_alone() -> None:
    """The days stay as they were, and the message says what did change."""
    late = day(0, 5, 5, cause("", "report"), states="uc")
    assert "公布时未报，现为已报，5 天不变" in said(late)
    assert "published as missing, now reported; still 5" in said(late, locale=Locale.EN)


def test_what_is_unchanged_or_not_published_is_said() -> None:
    """In a line; and another pack's newest figure stands beside."""
    assert "这 2 天公布的都没有变" in said(day(0, 5, 5), day(1, 4, 4))
    assert "还没有公布过" in said()
    beside = PlaceHistory("X", "星悦城一期", "short-5", (day(0, 3, 0),))
    leading = PlaceHistory("X", "星悦城一期", "default", (day(0, 5, 5),))
    told = words.text("history/history", Locale.ZH, shown([leading, beside]))
    assert "按 short-5 规则：11月23日 公布 3 天，现为 0 天" in told


def test_the_place_is_asked_for_where_it_is_not_known() -> None:
    """A choice leads into the same conversation about that place; without any place there is nothing to see."""
    asking = replace(BRIEF, near=(Near("X", "星悦城一期"), Near("Y", "君安花园")), subject="别处")
    turn = begin(history, asking)
    assert turn.ask is not None
    assert take(history, asking, turn.answers, Reply("place", "Y")).outcome == Goto("history", "Y")
    turn = begin(history, BRIEF)
    assert (turn.ask, turn.outcome) == (None, Goto("barred", "history"))
    past = replace(BRIEF, past=(PlaceHistory("X", "星悦城一期", "default", ()),))
    assert [each.key for each in begin(history, past).said] == ["history/history"]
