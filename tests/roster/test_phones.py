"""Phone numbers in the one form in which they are compared."""

from __future__ import annotations

import pytest

from bot.roster.phones import normalise, shown


@pytest.mark.parametrize(
    "written",
    [
        "13800000001",
        "13800000001.0",
        "138 0000 0001",
        "138-0000-0001",
        "+86 13800000001",
        "8613800000001",
        "0086-13800000001",
        "１３８００００００　０１",
        "\u202d13800000001\u202c",
    ],
)
def test_a_mobile_number_has_one_form(written: str) -> None:
    """However it is written, copied or saved by a spreadsheet."""
    assert normalise(written) == "+8613800000001"


@pytest.mark.parametrize(
    ("written", "form", "people"),
    [
        ("027-82345678", "+862782345678", "027-8234-5678"),
        ("(027) 8234 5678", "+862782345678", "027-8234-5678"),
        ("027-82345678转12", "+862782345678;ext=12", "027-8234-5678"),
        ("+852 2123 4567", "+85221234567", "+85221234567"),
        ("19912345678", "+8619912345678", "19912345678"),
    ],
)
def test_landlines_extensions_and_foreign_numbers(written: str, form: str, people: str) -> None:
    """A landline needs its area code; people see a number as they write it here."""
    assert (normalise(written), shown(form)) == (form, people)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "1380000000",
        "138000000012",
        "82345678",
        "110",
        "张三",
        "电话 13800000001",
        "13800000001;13900000002",
        "1.38E+10",
    ],
)
def test_what_is_no_number_is_refused(written: str) -> None:
    """Too short, too long, no area code, prose, two numbers, digits lost to a spreadsheet."""
    assert normalise(written) is None
