"""What each question reads, and what it cannot read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.dialog import Attachment, Choice, Day, Number, Option, Points, Question, Retake, Say, Text, Unreadable
from bot.dialog.reading import day, number, phone, points
from bot.dialog.steps import PHOTO

TODAY = date(2026, 11, 24)
MANY = ("count", 0, 200)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("0", 0),
        ("7", 7),
        ("007", 7),
        (" 12 ", 12),
        ("１２", 12),
        ("2人", 2),
        ("２ 个人", 2),
        ("3例", 3),
        ("4位", 4),
        ("1名", 1),
        ("5个", 5),
        ("2 people", 2),
        ("1 Person", 1),
        ("3 CASES", 3),
        ("零", 0),
        ("〇", 0),
        ("一", 1),
        ("两", 2),
        ("两个人", 2),
        ("三例", 3),
        ("十", 10),
        ("十人", 10),
        ("²", 2),
        ("999999", 999999),
        ("1000000", None),
        ("", None),
        (" ", None),
        ("人", None),
        ("-1", None),
        ("+1", None),
        ("1.5", None),
        ("½", None),
        ("1 2", None),
        ("两三个", None),
        ("没有", None),
        ("1人2人", None),
        ("٣", 3),
        ("2\n", 2),
        ("2\n3", None),
    ],
)
def test_numbers(said: str, read: int | None) -> None:
    """Arabic, full-width and Chinese digits, with what is counted behind them; nothing is guessed."""
    assert number(said) == read


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("今天", "2026-11-24"),
        (" 今 日 ", "2026-11-24"),
        ("Today", "2026-11-24"),
        ("明天", "2026-11-25"),
        ("明日", "2026-11-25"),
        ("TOMORROW", "2026-11-25"),
        ("后天", "2026-11-26"),
        ("大后天", "2026-11-27"),
        ("昨天", "2026-11-23"),
        ("yesterday", "2026-11-23"),
        ("前天", "2026-11-22"),
        ("2026-11-26", "2026-11-26"),
        ("2026/11/26", "2026-11-26"),
        ("2026.1.2", "2026-01-02"),
        ("2026年11月26日", "2026-11-26"),
        ("２０２６－１１－２６", "2026-11-26"),
        ("11-26", "2026-11-26"),
        ("11月26日", "2026-11-26"),
        ("11月26号", "2026-11-26"),
        ("11.26", "2026-11-26"),
        ("1月3日", "2027-01-03"),
        ("6-1", "2026-06-01"),
        ("26 Nov", "2026-11-26"),
        ("26november", "2026-11-26"),
        ("Nov 26", "2026-11-26"),
        ("3 jan", "2027-01-03"),
        ("26", "2026-11-26"),
        ("26号", "2026-11-26"),
        ("24日", "2026-11-24"),
        ("23", "2026-12-23"),
        ("31", "2026-12-31"),
        ("2026-02-30", None),
        ("2月29日", None),
        ("2026-13-01", None),
        ("0000-01-01", None),
        ("0", None),
        ("32", None),
        ("13-01", None),
        ("26 foo", None),
        ("foo 26", None),
        ("下周", None),
        ("", None),
        ("2026-11-26 08:00", None),
    ],
)
def test_days(said: str, read: str | None) -> None:
    """Words, dates with and without a year, in both languages; without a year the nearest, a bare day the next."""
    assert day(said, TODAY) == (read and date.fromisoformat(read))


@pytest.mark.parametrize(
    ("said", "today", "read"),
    [
        ("12-31", "2027-01-02", "2026-12-31"),
        ("1-1", "2026-12-31", "2027-01-01"),
        ("2-29", "2027-12-01", "2028-02-29"),
        ("31", "2026-04-30", "2026-05-31"),
        ("30", "2027-01-31", "2027-03-30"),
        ("29", "2028-02-01", "2028-02-29"),
        ("大后天", "2026-12-30", "2027-01-02"),
    ],
)
def test_days_at_the_edge(said: str, today: str, read: str) -> None:
    """Around the turn of a year, in leap years, and after short months."""
    assert day(said, date.fromisoformat(today)) == date.fromisoformat(read)


CHOICE = Choice("state", (Option("normal"), Option("exceptions")))
NUMBER = Number("count", 1, 200)
TEXT = Text("other", 5)
NOTE = Attachment("attach", 5, 1, (Option("finish"),))
POINTS = Points("mark", Decimal(10), Decimal("0.5"), (Option("full"),), photos=1)
FULL = Attachment("attach", 5, 0, (Option("finish"),))
DAY = Day("since", TODAY, TODAY, date(2026, 11, 30))


@pytest.mark.parametrize(
    ("ask", "raw", "read"),
    [
        (CHOICE, "normal", "normal"),
        (NUMBER, "1", 1),
        (NUMBER, "200人", 200),
        (TEXT, " 积水 ", "积水"),
        (TEXT, "12345", "12345"),
        (TEXT, "photo", "photo"),
        (NOTE, "积水", "积水"),
        (NOTE, "finish", "finish"),
        (NOTE, f"{PHOTO}abc", f"{PHOTO}abc"),
        (Text("other", 3, (Option("nothing"),)), "nothing", "nothing"),
        (FULL, "积水", "积水"),
        (POINTS, "8", (Decimal(8), "")),
        (POINTS, "7.5 缺照片", (Decimal("7.5"), "缺照片")),
        (POINTS, "full", "full"),
        (POINTS, f"{PHOTO}abc", f"{PHOTO}abc"),
        (DAY, "今天", TODAY),
        (DAY, "30", date(2026, 11, 30)),
    ],
)
def test_what_is_read(ask: Question, raw: str, read: object) -> None:
    """Each kind of question, within its bounds."""
    assert ask.read(raw) == read


@pytest.mark.parametrize(
    ("ask", "raw", "reason", "values"),
    [
        (CHOICE, "leave", "unreadable", {}),
        (CHOICE, "", "unreadable", {}),
        (NUMBER, "几个", "unreadable", {}),
        (NUMBER, "0", "bounds", {"said": 0, "minimum": 1, "maximum": 200}),
        (NUMBER, "201", "bounds", {"said": 201, "minimum": 1, "maximum": 200}),
        (TEXT, "  ", "unreadable", {}),
        (TEXT, "123456", "long", {"length": 6, "limit": 5}),
        (TEXT, f"{PHOTO}abc", "unreadable", {}),
        (TEXT, PHOTO, "unreadable", {}),
        (NOTE, "", "unreadable", {}),
        (NOTE, "123456", "long", {"length": 6, "limit": 5}),
        (NOTE, PHOTO, "photo", {}),
        (FULL, PHOTO, "photo", {}),
        (FULL, f"{PHOTO}abc", "photos", {}),
        (POINTS, "很好", "unreadable", {}),
        (POINTS, "11", "bounds", {"said": Decimal(11), "most": Decimal(10)}),
        (POINTS, "7.3", "step", {"said": Decimal("7.3"), "step": Decimal("0.5")}),
        (POINTS, PHOTO, "photo", {}),
        (Points("mark", Decimal(10), Decimal(1)), f"{PHOTO}abc", "photos", {}),
        (DAY, "哪天", "unreadable", {}),
        (DAY, "昨天", "bounds", {"said": date(2026, 11, 23), "earliest": TODAY, "latest": date(2026, 11, 30)}),
        (DAY, "12-1", "bounds", {"said": date(2026, 12, 1), "earliest": TODAY, "latest": date(2026, 11, 30)}),
    ],
)
def test_what_is_not_read(ask: Question, raw: str, reason: str, values: dict[str, object]) -> None:
    """Each kind of question says why not, with what the words may show of it."""
    with pytest.raises(Unreadable) as why:
        ask.read(raw)
    assert (why.value.reason, why.value.values) == (reason, values)


def test_no_typed_words_are_a_picture() -> None:
    """Whatever is typed, trimmed as the desk trims it, cannot name a picture that somebody else has sent."""
    typed = f" {PHOTO}abc ".strip()
    assert not typed.startswith(PHOTO)
    assert Attachment("attach", 500, 1).read(typed) == typed


@pytest.mark.parametrize("step", [Say("k"), Retake(("a",)), CHOICE, NUMBER, TEXT, NOTE, POINTS, DAY])
def test_a_step_yields_itself(step: Say | Retake | Question) -> None:
    """``yield from step`` hands the step to the engine, and gives back what the engine answers."""
    walk = iter(step)
    assert next(walk) is step
    with pytest.raises(StopIteration) as end:
        walk.send("answer")
    assert end.value.value == (None if isinstance(step, Say | Retake) else "answer")


@pytest.mark.parametrize(
    ("said", "given", "reason"),
    [
        ("10分", "10", ""),
        ("八分半，没台账", "8.5", "没台账"),
        ("７．５分", "7.5", ""),
        ("两分", "2", ""),
        ("十", "10", ""),
        ("二十", "20", ""),
        ("十二 好", "12", "好"),
        ("零", "0", ""),
        ("5，缺 2 张照片", "5", "缺 2 张照片"),
        ("4 no minutes", "4", "no minutes"),
        ("8 分 缺照片", "8", "缺照片"),
    ],
)
def test_points_as_people_write_them(said: str, given: str, reason: str) -> None:
    """Arabic, full-width or Chinese, half a point in words, and behind them why it is not all."""
    assert points(said) == (Decimal(given), reason)


@pytest.mark.parametrize("said", ["", "满分", "-1", "8a", "8.55", "8/10", "2026-11-24", "8:30"])
def test_what_is_no_points(said: str) -> None:
    """A date, a time, a fraction and words are none."""
    assert points(said) is None


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("13800000003", "13800000003"),
        ("电话：13800000003", "13800000003"),
        ("联系电话１３８　００００　０００３", "138 0000 0003"),
        ("+86 138 0000 0003", "+86 138 0000 0003"),
        ("(027)88880000转8001", "(027)88880000转8001"),
        ("没有", "没有"),
    ],
)
def test_a_telephone_number_as_it_stands_on_a_form(said: str, read: str) -> None:
    """The words that people write before it are not of it; an extension is."""
    assert phone(said) == read
