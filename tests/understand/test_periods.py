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
        ("11月汇总", "11月", "汇总"),
        ("十一月二十号 君安社区", "十一月二十号", "君安社区"),
        ("汇总 11-20", "11-20", "汇总"),
        ("summary 20 Nov JA", "20 nov", "summary JA"),
        ("2026-09 XM", "2026-09", "XM"),
        ("上周日报", "last_week", "日报"),
        ("上周五", "上周五", ""),
        ("三月花园", None, "三月花园"),
        ("3号楼", None, "3号楼"),
        ("23-1", None, "23-1"),
        ("Decent Garden", None, "Decent Garden"),
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


@pytest.mark.parametrize(
    ("said", "name", "since", "until"),
    [
        ("11月", "month", "2026-11-01", "2026-11-24"),
        ("十月份", "last_month", "2026-10-01", "2026-10-31"),
        ("3月", "2026-03", "2026-03-01", "2026-03-31"),
        ("12月", "2026-12", "2026-12-01", "2026-12-31"),
        ("2025年12月", "2025-12", "2025-12-01", "2025-12-31"),
        ("2026-09-03", "2026-09-03", "2026-09-03", "2026-09-03"),
        ("11-20", "2026-11-20", "2026-11-20", "2026-11-20"),
        ("11月20日", "2026-11-20", "2026-11-20", "2026-11-20"),
        ("11月23日", "yesterday", "2026-11-23", "2026-11-23"),
        ("11.24", "today", "2026-11-24", "2026-11-24"),
        ("12月30日", "2026-12-30", "2026-12-30", "2026-12-30"),
        ("3月5日", "2026-03-05", "2026-03-05", "2026-03-05"),
        ("31号", "2026-10-31", "2026-10-31", "2026-10-31"),
        ("上月3号", "2026-10-03", "2026-10-03", "2026-10-03"),
        ("本月五号", "2026-11-05", "2026-11-05", "2026-11-05"),
        ("周五", "2026-11-20", "2026-11-20", "2026-11-20"),
        ("上周五", "2026-11-20", "2026-11-20", "2026-11-20"),
        ("前天", "2026-11-22", "2026-11-22", "2026-11-22"),
        ("明天", "2026-11-25", "2026-11-25", "2026-11-25"),
        ("nov", "month", "2026-11-01", "2026-11-24"),
        ("3rd november", "2026-11-03", "2026-11-03", "2026-11-03"),
        ("sep 20", "2026-09-20", "2026-09-20", "2026-09-20"),
    ],
)
def test_days_and_months_of_their_own(said: str, name: str, since: str, until: str) -> None:
    """Without a year the nearest, one that is over before one to come; by its usual name where it has one."""
    assert named(said)[0] == said
    found = period(said, TODAY)
    assert (found.name, str(found.since), str(found.until)) == (name, since, until)
    assert period(found.name, TODAY) == found


@pytest.mark.parametrize("said", ["13月", "2月30日", "2026-13", "本月31日", "〇月", "99号", "2026-02-30", "0月3日"])
def test_no_such_day(said: str) -> None:
    """It is said to be none, and not taken for another."""
    with pytest.raises(ValueError, match=r"day|month"):
        period(said, TODAY)


def test_over_new_year() -> None:
    """The quarter, month and week before lie in the year before."""
    spans = {name: period(name, date(2027, 1, 2)) for name in ("last_quarter", "last_month", "week", "quarter")}
    assert {name: str(each.since) for name, each in spans.items()} == {
        "last_quarter": "2026-10-01",
        "last_month": "2026-12-01",
        "week": "2026-12-28",
        "quarter": "2027-01-01",
    }
