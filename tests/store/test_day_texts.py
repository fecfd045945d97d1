"""Days in a text of the database's are read as one would read them one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.day_texts import written

FIRST = date(2026, 1, 1)


@given(length=st.integers(1, 400), data=st.data())
def test_a_text_of_days_is_their_bits(length: int, data: st.DataObject) -> None:
    """In whatever order they come, and however often each."""
    days = data.draw(st.lists(st.integers(0, length - 1), min_size=1))
    bits = 0
    for n in days:
        bits |= 1 << n
    text = ",".join((FIRST + timedelta(days=n)).isoformat() for n in days)
    assert written(text, FIRST, FIRST + timedelta(days=length - 1)) == bits


def test_a_day_outside_the_window_is_no_day_of_it() -> None:
    """Whoever asks for a window has asked the database for no other days."""
    with pytest.raises(KeyError):
        written("2026-01-03", FIRST, FIRST + timedelta(days=1))
