"""Days in a sentence, choices by their order, text in one width."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.understand.days import PATTERN, day
from bot.understand.drafts import understand
from bot.understand.gazetteer import REMEMBERED, build
from bot.understand.ordinals import LAST, ordinal
from bot.understand.places import Candidate
from bot.understand.plain import plain
from tests.understand.lines import ALL, PLACES, TODAY, written


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("第二个", 2),
        ("第2个", 2),
        ("我选第三项吧", 3),
        ("选2", 2),
        ("最后一个", LAST),
        ("the second one", 2),
        ("3rd", 3),
        ("option 2", 2),
        ("last", LAST),
        ("2个", None),
        ("二", None),
        ("好的", None),
        ("", None),
    ],
)
def test_choices_by_their_order(said: str, meant: int | None) -> None:
    """A count of persons (“2个”) is no choice."""
    assert ordinal(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("昨天", date(2026, 11, 23)),
        ("2026-11-03", date(2026, 11, 3)),
        ("2026-13-03", None),
        ("11月30号", date(2025, 11, 30)),
        ("11.23", date(2026, 11, 23)),
        ("3.5", None),
        ("2月30日", None),
        ("上周五", date(2026, 11, 20)),
        ("周五", date(2026, 11, 20)),
        ("周二", TODAY),
        ("30号", date(2026, 10, 30)),
        ("31号", date(2026, 10, 31)),
    ],
)
def test_days(said: str, meant: date | None) -> None:
    """Never a day to come, where the past is meant; a day that does not exist is none."""
    text = plain(said).text
    assert re.fullmatch(PATTERN, text)
    assert day(text, TODAY) == meant


def test_the_last_day_of_the_year_before() -> None:
    """In January the months before are those of the old year."""
    assert day("31号", date(2027, 1, 3)) == date(2026, 12, 31)
    assert day("31号", date(2026, 7, 3)) is None


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("３栋５０１", "3栋501"),
        ("三十八度五", "38度5"),
        ("五零一一名", "5011名"),
        ("501一名", "501 1名"),
        ("老百姓", "老百姓"),
        ("①正常②正常", "\n正常\n正常"),
        ("1️⃣正常", "\n正常"),
        ("1. 甲 正常 2. 乙 正常", "\n 甲 正常 \n 乙 正常"),
        ("发\u200b热😷", "发热 "),
        ("38℃", "38°c"),
    ],
)
def test_plain_text(said: str, text: str) -> None:
    """One width, one case, figures; each sign knows where it stood."""
    folded = plain(said)
    assert folded.text == text
    assert len(folded.starts) == len(folded.ends) == len(text)
    assert folded.written(0, len(text)) in said


BUILDINGS = build([Candidate("b3", "星悦城一期3栋"), Candidate("b5", "星悦城一期5栋")])


@pytest.mark.parametrize(
    ("said", "draft"),
    [
        ("3栋正常", "b3 ok"),
        ("三号楼正常，5栋2单元501发热38.5", "b3 ok; b5 F1 38.5 @5栋2单元501"),
        ("3栋发热1人，其他楼栋正常", "b3 F1 @3栋; rest"),
        ("7栋发热1人", "_ F1 @7栋"),
        ("星悦城一期密接1人", "b3/b5 M1"),
    ],
)
def test_buildings_that_report_for_themselves(said: str, draft: str) -> None:
    """Where a building is a place, its number is its name."""
    assert written(understand(said, BUILDINGS, TODAY)) == draft


@pytest.mark.parametrize(
    ("said", "lost"), [("都正常 三", ("三",)), ("都正常 3", ("3",)), ("都正常 一", ()), ("都正常 1", ("1",))]
)
def test_numbers_that_say_nothing(said: str, lost: tuple[str, ...]) -> None:
    """Each is named, but for a “一”, which is often no number."""
    assert understand(said, ALL, TODAY).lost == lost


def test_words_of_a_pack() -> None:
    """Another disease brings its own word."""
    (line,) = understand("君安花园登革热2人", build(PLACES, {"dengue": "登革热"}), TODAY).lines
    assert [(each.kind, each.count) for each in line.findings] == [("dengue", 2)]


def test_what_was_heard_is_not_kept_for_ever() -> None:
    """What words turned out to be is remembered, and forgotten when it becomes too much."""
    for number in range(REMEMBERED + 2):
        ALL.named(f"没有这里{number}")
    assert len(ALL.heard) <= REMEMBERED
