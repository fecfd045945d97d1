"""Doors, numbers and places as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.model import Counter
from bot.understand.doors import door
from bot.understand.numerals import value
from bot.understand.places import Candidate, rank
from bot.understand.work import work


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零三", 103),
        ("百", 100),
        ("五〇一", 501),
        ("二百五十", 250),
    ],
)
def test_chinese_numbers(said: str, number: int) -> None:
    """With tens and hundreds, and digit by digit."""
    assert value(said) == number


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("3-2-501", "3栋2单元501"),
        ("３栋２单元５０１", "3栋2单元501"),
        ("三号楼", "3栋"),
        ("3#501", "3栋501"),
        ("十二栋一单元三〇二室", "12栋1单元302"),
        ("A栋1201", "A栋1201"),
        ("3", "3栋"),
        ("501", "501"),
        ("b", "b"),
        ("小卖部后面", "小卖部后面"),
    ],
)
def test_doors(said: str, written: str) -> None:
    """One way to write them; words that are no door stay."""
    assert door(said) == written


PLACES = (
    Candidate("23", "星悦城一期", ("星悦一期",)),
    Candidate("25", "星悦城二期"),
    Candidate("22", "君安花园小区"),
    Candidate("24", "汉口花园六期", closed=date(2026, 1, 1)),
)


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("星悦城一期", ["23"]),
        ("星悦一期", ["23"]),
        ("23", ["23"]),
        ("星悦城1期", ["23"]),
        ("星悦城", ["23", "25"]),
        ("君安", ["22"]),
        ("xingyuechengyiqi", ["23"]),
        ("xyc1q", ["23"]),
        ("xyceq", ["25"]),
        ("星月城一起", ["23"]),
        ("新悦城二期", ["25"]),
        ("汉口花园六期", ["24"]),
        ("！！", []),
        ("不存在的地方", []),
        ("x", []),
    ],
)
def test_places(said: str, codes: list[str]) -> None:
    """By name, alias, code, a part, pinyin, initials, with a slip of the pen; several alike are all told."""
    assert [each.code for each in rank(said, PLACES)] == codes


def test_work_among_other_words() -> None:
    """Figures of the work log are read where nothing else is said: between them, before or behind."""
    assert work("宣传30条，摸排20人次") == ((Counter.PUBLICITY, 30), (Counter.SCREENED, 20))
    assert work("今天宣传30条") == work("宣传30条 然后摸排20") == work("宣传30条，很累") == ()
