"""Spans of days as people name them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.understand.periods import bare, named, period

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("said", "name", "rest"),
    [
        ("本周", "week", ""),
        ("汇总 本周", "week", "汇总"),
        ("上个月汇总", "last_month", "汇总"),
        ("上月", "last_month", ""),
        ("上周 君安社区", "last_week", "君安社区"),
        ("君安社区 ｗｅｅｋ", "week", "君安社区"),
        ("Last Week JA", "last_week", "JA"),
        ("last_week JA", "last_week", "JA"),
        ("上季度", "last_quarter", ""),
        ("季度", "quarter", ""),
        ("weekly", None, "weekly"),
        (" 君安社区 ", None, "君安社区"),
        ("", None, ""),
    ],
)
def test_named(said: str, name: str | None, rest: str) -> None:
    """The longest that is meant, wherever it stands; a word that only begins so is none."""
    assert named(said) == (name, rest)


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("请汇总一下", "汇总"),
        ("看看君安社区的情况", "君安社区"),
        ("of JA please", "JA"),
        ("的", ""),
        ("office", "office"),
    ],
)
def test_bare(said: str, rest: str) -> None:
    """Without what is only said around it."""
    assert bare(said) == rest


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("today", "2026-11-24", "2026-11-24"),
        ("yesterday", "2026-11-23", "2026-11-23"),
        ("week", "2026-11-23", "2026-11-24"),
        ("last_week", "2026-11-16", "2026-11-22"),
        ("month", "2026-11-01", "2026-11-24"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("quarter", "2026-10-01", "2026-11-24"),
        ("last_quarter", "2026-07-01", "2026-09-30"),
    ],
)
def test_period(name: str, since: str, until: str) -> None:
    """Its days, none after today."""
    found = period(name, TODAY)
    assert (found.name, str(found.since), str(found.until)) == (name, since, until)


def test_over_new_year() -> None:
    """The quarter, month and week before lie in the year before."""
    spans = {name: period(name, date(2027, 1, 2)) for name in ("last_quarter", "last_month", "week", "quarter")}
    assert {name: str(each.since) for name, each in spans.items()} == {
        "last_quarter": "2026-10-01",
        "last_month": "2026-12-01",
        "week": "2026-12-28",
        "quarter": "2027-01-01",
    }
