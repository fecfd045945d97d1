"""The judge finds each defect that is planted in a log, and none where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.simulation.burden import quantile
from bot.simulation.judge import judge
from bot.simulation.log import Act, Away, Met, Snoozed, Span, Told, Wished
from bot.simulation.verdict import Verdict
from tests.simulation.logs import DAY, ONE, REVIEWER, TWO, Story, at, working

DAILY = f"daily-report/{DAY}@"


def verdict(story: Story) -> Verdict:
    """The judge's word."""
    return judge(story.log, working)


def test_a_good_day() -> None:
    """Two who owe, both reminded twice, one reports in between: nothing to find."""
    story = Story().daily(ONE, "15:00").reported("a", "15:02").reported("b", "15:02").daily(TWO, "15:00")
    found = verdict(story)
    assert found.defects == ()
    assert (found.owed, found.reported, found.on_time, found.reminders) == (2, 2, 2, 2)


def test_late_and_withdrawn() -> None:
    """What comes after the cutoff is reported and not on time; what was taken back is not reported."""
    story = Story().served().reported("a", "18:00").reported("b", "12:00").reported("b", "12:01", "withdrawn")
    story.reported("b", "18:30")
    found = verdict(story)
    assert (found.owed, found.reported, found.on_time) == (2, 2, 0)
    assert (verdict(story.reported("b", "19:00", "withdrawn")).reported, found.defects) == (0, ())


def test_nobody_owes_on_leave_but_who_stands_in() -> None:
    """The stand-in owes the places of both; without one nobody does."""
    story = Story().daily(TWO, "15:00", "16:30")
    story.log.leaves = [Away(ONE, DAY, DAY, TWO, at("08:00"))]
    assert (verdict(story).owed, verdict(story).defects) == (1, ())
    assert verdict(story.reported("b", "16:40")).on_time == 0
    assert verdict(story.reported("a", "16:41")).on_time == 1


@pytest.mark.parametrize(
    ("defect", "plant"),
    [
        ("lost", lambda story: story.log.attempts.pop()),
        ("lost", lambda story: story.log.attempts.pop(0)),
        ("lost", lambda story: story.log.attempts.__setitem__(
            0, replace(story.log.attempts[0], told=Told.RETRY, arrived=None))),
        ("doubled", lambda story: story.reminded(ONE, "16:31", number=2)),
        ("doubled", lambda story: story.reminded(ONE, "16:31", DAILY + "16:30", number=99)),
        ("after_reported", lambda story: story.reported("b", "15:30")),
        ("quiet", lambda story: story.reminded(ONE, "21:30", "snooze/x@21:30")),
        ("quiet", lambda story: story.reminded(REVIEWER, "07:29", kind="digest")),
        ("over_three", lambda story: story.reminded(ONE, "09:00").reminded(ONE, "11:00")),
        ("acknowledged_lost", lambda story: story.took("x", stored=False)),
        ("acknowledged_lost", lambda story: story.took("x", answered=False)),
        ("quarantined", lambda story: story.took("x", state="quarantined")),
    ],
)  # fmt: skip
def test_each_defect_is_found(defect: str, plant: Callable[[Story], object]) -> None:
    """Alone, and once."""
    story = Story().served()
    assert verdict(story).defects == ()
    plant(story)
    found = verdict(story)
    assert found.defects == (defect,)
    assert getattr(found, defect) == 1
    assert found.examples[defect]
    assert found.figures()["defects"] == [defect]


def test_the_same_words_twice_within_a_minute_are_doubled() -> None:
    """Even where the bot's own book says that they are two things."""
    story = Story().served().reminded(ONE, "16:30:20", "snooze/x@16:30")
    story.log.attempts[-1] = replace(story.log.attempts[-1], text="message 2")
    assert verdict(story).doubled == 1


@pytest.mark.parametrize("told", [Told.UNCERTAIN, Told.KILLED])
def test_an_unknown_fate_is_neither_lost_nor_to_be_repeated(told: Told) -> None:
    """It is counted apart; handed over again it is a double, whether it had arrived or not."""
    story = Story().daily(TWO, "15:00", "16:30").daily(ONE, "15:00")
    story.reminded(ONE, "16:30", DAILY + "16:30", told, arrives=False)
    found = verdict(story)
    assert (found.unknown, found.untried, found.defects) == (1, 0, ())
    assert verdict(story.reminded(ONE, "16:31", number=4)).doubled == 1


def test_what_was_written_off_without_being_tried_is_counted() -> None:
    """A process that dies between the claim and the platform leaves a message that nobody has seen."""
    story = Story().served()
    story.log.attempts.pop()
    story.log.letters[4] = replace(story.log.letters[4], state="uncertain")
    assert (verdict(story).unknown, verdict(story).untried, verdict(story).defects) == (1, 1, ())


def test_what_a_dying_process_may_have_written_is_neither_lost_nor_doubled() -> None:
    """It was refused: where that was written it comes again, and where it was not nobody knows what became of it."""
    story = Story().daily(TWO, "15:00", "16:30").daily(ONE, "15:00")
    story.reminded(ONE, "16:30", DAILY + "16:30", Told.REFUSED, arrives=False)
    assert (verdict(story).unknown, verdict(story).defects) == (1, ())


@pytest.mark.parametrize("told", [Told.RETRY, Told.REFUSED])
def test_a_retry_is_no_double(told: Told) -> None:
    """What certainly did not go is handed over again."""
    story = Story().daily(TWO, "15:00", "16:30").daily(ONE, "15:00")
    story.reminded(ONE, "16:30", DAILY + "16:30", told, arrives=False).reminded(ONE, "16:31", number=4)
    assert verdict(story).defects == ()


def blocked(story: Story) -> None:
    """Both of the chats."""
    story.log.blocked = {
        ("alpha", "2"): [Span(at("14:00"), at("16:45"))],
        ("beta", "2"): [Span(at("15:10"), at("20:00"))],
    }


@pytest.mark.parametrize(
    "excuse",
    [
        blocked,
        lambda story: story.log.snoozes.append(Snoozed(TWO, at("14:00"), at("16:31"))),
        lambda story: story.log.wishes.append(Wished(TWO, at("12:00"), fewer=True)),
        lambda story: setattr(story.log, "up", [Span(at("00:00"), at("14:59")), Span(at("16:59"), at("23:00"))]),
        lambda story: story.reported("b", "15:10"),
    ],
)
def test_nobody_is_missed_who_could_not_or_would_not_be_reached(excuse: Callable[[Story], object]) -> None:
    """Blocked everywhere, snoozed, fewer wished for, the bot away, or reported before it mattered."""
    story = Story().daily(ONE, "15:00")
    if excuse(story) is None and "b" not in {line.place for line in story.log.lines}:
        story.daily(ONE, "16:30")
    story.reported("a", "16:40")
    assert verdict(story).lost == 0
    assert verdict(Story().daily(ONE, "15:00", "16:30")).lost == 2


def test_one_open_chat_is_enough() -> None:
    """Whoever is blocked on one platform and not on the other is to be reached there."""
    story = Story().daily(ONE, "15:00", "16:30")
    blocked(story)
    del story.log.blocked["beta", "2"]
    assert verdict(story).lost == 2
    story.log.wishes = [Wished(TWO, at("10:00"), fewer=True), Wished(TWO, at("11:00"), fewer=False)]
    assert verdict(story).lost == 2


def test_one_message_may_make_up_for_two_moments() -> None:
    """The bot was away from before 15:00 to after 16:30: what it says then serves both."""
    story = Story().daily(ONE, "16:35").daily(TWO, "16:35")
    story.log.up = [Span(at("00:00"), at("14:00")), Span(at("16:34"), at("23:59"))]
    assert verdict(story).defects == ()


def test_a_reminder_that_is_about_more_than_the_day_may_come_after_the_report() -> None:
    """The dated duty is still owed."""
    story = Story().reported("a", "09:00").reported("b", "09:00")
    assert verdict(story.reminded(ONE, "10:00", "ledger/x@10:00")).defects == ()
    assert verdict(story.reminded(ONE, "11:00")).defects == ("after_reported",)


def test_dated_deadlines_are_served_by_the_ladder() -> None:
    """December of the first cycle: the plan by the 20th, a Sunday, so that the last working day is reminded, too."""
    story = Story(days=31, first=date(2026, 12, 1)).audience("prepare")
    moments = ("15 09:00", "17 09:00", "18 09:00", "19 09:00", "20 09:00", "20 16:00")
    assert (verdict(story).dated, verdict(story).dated_missing) == (6, 6)
    for moment in moments:
        day, time = moment.split()
        slot = f"prepare/2026@2026-12-{day}T{time}"
        story.reminded(REVIEWER, time, slot, day=date(2026, 12, int(day)))
    assert verdict(story).dated_missing == verdict(story).dated_stray == 0
    assert verdict(story.reminded(REVIEWER, "10:00", "prepare/2026@x", day=date(2026, 12, 22))).dated_stray == 0
    assert verdict(story.reminded(REVIEWER, "10:00", "prepare/2026@x", day=date(2026, 12, 16))).dated_stray == 1


def test_what_is_done_is_not_reminded_of() -> None:
    """Once the plan is filed the rest of the ladder falls away, and a reminder is astray."""
    story = Story(days=31, first=date(2026, 12, 1)).audience("prepare")
    story.log.met.append(Met("prepare", "2026-12-20", "T", met=True, at=at("12:00", date(2026, 12, 15))))
    story.reminded(REVIEWER, "09:00", "prepare/2026@x", day=date(2026, 12, 15))
    assert (verdict(story).dated, verdict(story).defects) == (1, ("lost",))
    story.reminded(REVIEWER, "09:00", "prepare/2026@x", day=date(2026, 12, 17))
    assert verdict(story).dated_stray == 1


def test_figures_of_time_and_burden() -> None:
    """Latency from the moment to the arrival; taps and typing in the week of each worker."""
    story = Story(days=7).took("x")
    story.log.acts = [Act(ONE, at("12:00"), "tap", 0, "alpha", "x"), Act(TWO, at("12:00"), "text", 4, "alpha", "y")]
    story.reminded(ONE, "12:00", number=1, kind="reply")
    story.log.attempts[-1] = replace(story.log.attempts[-1], arrived=at("12:00") + timedelta(seconds=2))
    found = verdict(story.reminded(ONE, "15:00:30", DAILY + "15:00"))
    assert (found.reply_p50, found.reply_p99, found.reminder_p50) == (2, 2, 30)
    assert (found.taps_a_week, found.typed_a_week, found.minutes_a_week) == (0.5, 0.5, round((3 + 6 + 10) / 60 / 2, 2))
    assert [quantile(list(range(100)), share) for share in (0, 0.5, 0.99, 1)] == [0, 50, 99, 99]
