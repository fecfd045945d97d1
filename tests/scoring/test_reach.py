"""Packs that ask for more than a number of days, and a pack for another disease."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.model import CaseFact, DayState, Event, PackRules, Streak
from bot.scoring.coverage import Days
from bot.scoring.packs import load
from bot.scoring.reach import Reach, reach
from bot.scoring.streak import standing, streak

DAY = date(2026, 11, 24)


def figure(days: int) -> Streak:
    """A streak of so many days."""
    return Streak("p", DAY, days, DayState.CLEAN, DAY - timedelta(days=days - 1), None, days, 0)


@pytest.mark.parametrize(
    ("pack", "days", "expected"),
    [
        ("default", 14, Reach()),
        ("default", 13, Reach(1)),
        ("shanghai-347", 14, Reach()),
        ("short-5", 5, Reach()),
        ("short-5", 4, Reach(1)),
        ("jilin", 14, Reach()),
        ("beijing", 14, Reach()),
        ("dengue", 24, Reach(1)),
    ],
)
def test_the_days_that_a_pack_asks_for(pack: str, days: int, expected: Reach) -> None:
    """Each pack has its own threshold."""
    found = reach(figure(days), {}, load(pack))
    assert found == expected
    assert found.qualifies == (found == Reach())


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ({"close_contact": DAY - timedelta(days=15)}, Reach()),
        ({"close_contact": DAY - timedelta(days=14)}, Reach(0, ("close_contact",))),
        ({"close_contact": None}, Reach(0, ("close_contact",))),
        ({"fever": None}, Reach()),
    ],
)
def test_more_than_fourteen_days_after_the_last_contact(last: dict[str, date | None], expected: Reach) -> None:
    """Under ``jilin`` a contact does not break the count, but the place waits until more than 14 days after it."""
    assert reach(figure(100), last, load("jilin")) == expected


def days_after(rules: PackRules, kind: str) -> int:
    """The streak today of a place where one of this kind was found ten days ago and left the next day."""
    found = DAY - timedelta(days=10)
    at = datetime(2026, 11, 14, 4, tzinfo=UTC)
    facts = [
        CaseFact("k", "p", Event.FOUND, found, at, kind),
        CaseFact("k", "p", Event.LEFT, found + timedelta(days=1), at),
    ]
    return streak("p", DAY, DAY - timedelta(days=99), standing(facts, DAY, rules), Days.of([DAY]), rules).days


@pytest.mark.parametrize(
    ("pack", "kind", "days"),
    [
        ("default", "suspected", 9),
        ("shanghai-347", "suspected", 100),
        ("shanghai-347", "close_contact", 100),
        ("shanghai-347", "asymptomatic", 9),
        ("jilin", "close_contact", 100),
        ("village", "secondary_contact", 9),
        ("dengue", "dengue_confirmed", 9),
        ("dengue", "dengue_fever", 100),
        ("dengue", "dengue_imported", 100),
    ],
)
def test_what_breaks_under_which_pack(pack: str, kind: str, days: int) -> None:
    """The same facts come to different figures side by side; dengue needs no line of code."""
    assert days_after(load(pack), kind) == days


def test_beijing_wants_more_points() -> None:
    """85 of 100 instead of 80; the days are those of 篇四."""
    assert (load("beijing").assess_threshold, load("default").assess_threshold) == (85, 80)
    assert load("beijing").breaking == load("default").breaking


def test_dengue_brings_its_own_form() -> None:
    """Its kinds have labels in both languages, and its form asks for inspections of standing water."""
    rules = load("dengue")
    assert set(rules.labels) == set(rules.kinds)
    assert all({"zh", "en"} <= set(words) for words in rules.labels.values())
    assert [(field.id, field.minimum, field.labels["en"]) for field in rules.fields] == [
        ("containers", 0, "water containers inspected"),
        ("larvae", 0, "of them with larvae"),
    ]
    assert rules.letters["dengue_confirmed"] == "D"
