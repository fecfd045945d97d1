"""How values are written: days, points, shares, and text of which nothing does harm."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from bot.documents.sheet import cells, lines
from bot.documents.written import clean, points, share, written
from bot.model.documents import ENDINGS, Period, period
from tests.documents.samples import DAILY
from tests.town import ZONE


@pytest.mark.parametrize(
    ("said", "since", "until", "title"),
    [
        ("2026-11-24", date(2026, 11, 24), date(2026, 11, 24), "2026年11月24日"),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30), "2026年11月"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "2028年2月"),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "2026年12月"),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31), "2026年第一季度"),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31), "2026年第四季度"),
    ],
)
def test_a_period_is_read(said: str, since: date, until: date, title: str) -> None:
    """A day, a month or a quarter, with all its days and its heading."""
    found = period(said)
    assert found == Period(since, until, said)
    assert found.title == title


@pytest.mark.parametrize(
    "said", ["", "2026", "2026-13", "2026-11-31", "2026Q5", "9999Q4", "昨天", "２０２６-11", "2026-11 "]
)
def test_what_is_no_period_is_refused(said: str) -> None:
    """With a reason, and nothing is guessed."""
    with pytest.raises(ValueError, match=r"."):
        period(said)


def test_every_kind_has_an_ending() -> None:
    """Those of the command line."""
    written = ["daily-table", "assessment", "application", "monthly", "quarterly", "ledger"]
    assert list(ENDINGS) == [*written, "board-picture", "calendar-picture", "overview-picture"]


def test_the_clean_compounds_are_counted() -> None:
    """All but the one with a contact who has not left."""
    assert (len(DAILY.rows), DAILY.clean) == (40, 39)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ""),
        (date(2026, 1, 5), "2026年1月5日"),
        (datetime(2026, 1, 5, 8, 3, tzinfo=ZONE), "2026年1月5日 08:03"),
        (Decimal("100.0"), "100"),
        (Decimal("7.50"), "7.5"),
        (0, "0"),
        ("文字", "文字"),
    ],
)
def test_values_as_text(value: object, said: str) -> None:
    """As offices write them; nothing for nothing."""
    assert written(value) == said


def test_a_share_is_rounded_down() -> None:
    """100 % is said only of all, and of nothing there is no share."""
    assert [share(11, 12), share(999, 1000), share(12, 12), share(0, 0)] == ["91%", "99%", "100%", "—"]
    assert points(Decimal(0)) == "0"


def test_text_is_made_harmless() -> None:
    """No control characters, no half characters, nothing that turns the reading direction; breaks are of one kind."""
    assert clean("一\x00二\x0b三\x1b[31m\u202e四\ud800\uffff\r\n五\t六") == "一二\n三[31m四\n五 六"


def test_lines_are_counted_by_width() -> None:
    """A Chinese sign is as wide as two letters."""
    assert cells("A区") == 3
    assert [lines("", 20), lines("一" * 8, 20), lines("一" * 9, 20), lines("一\n二", 20)] == [1, 1, 2, 2]
