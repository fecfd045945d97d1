"""Long lists in pages: every row is on one page, the last page stands for all behind it, names are not mistaken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.paging import named, numbered, onward, page


@pytest.mark.parametrize(
    ("subject", "said", "at"),
    [
        ("", "", 1),
        ("JA", "JA", 1),
        ("JA p2", "JA", 2),
        ("p12", "", 12),
        (" 23  p3 ", "23", 3),
        ("p:5", "p:5", 1),
        ("p5 号楼", "p5 号楼", 1),
        ("Camp2", "Camp2", 1),
        ("p12345", "p12345", 1),
    ],
)
def test_what_a_command_names(subject: str, said: str, at: int) -> None:
    """A page stands behind what is named; a name that only looks like one is a name."""
    assert named(subject) == (said, at)


@pytest.mark.parametrize(("subject", "at"), [("2", 2), ("p2", 2), ("", 1), ("火星", 1), ("²", 1), ("火星 p3", 3)])
def test_a_page_by_its_number(subject: str, at: int) -> None:
    """As it is written by people, and by buttons."""
    assert numbered(subject) == at


@given(st.lists(st.integers(), max_size=60), st.integers(1, 12))
def test_the_pages_are_the_list(rows: list[int], size: int) -> None:
    """One after another they give every row once; a page that is not there is the last."""
    first = page(rows, 1, size)
    pages = [page(rows, at, size) for at in range(1, first.of + 1)]
    assert [row for each in pages for row in each.rows] == rows
    assert [each.more for each in pages][-1] == 0
    assert page(rows, first.of + 5, size) == pages[-1]
    assert page(rows, 0, size) == first


def test_the_button_of_the_next_page() -> None:
    """What it says is read as that page."""
    assert onward("missing JA", 1) == "missing JA p2"
    assert named(onward("JA", 1)) == ("JA", 2)
