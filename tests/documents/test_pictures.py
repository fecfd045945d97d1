"""The pictures of the board: what is on them, that a phone can show it, and that every letter is really drawn."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from PIL import Image

from bot import words
from bot.documents import pictures
from bot.documents.pictures import bars, grid, ink, scale, town
from bot.documents.pictures.canvas import MARGIN, RIGHT, WIDE, folded
from bot.model import DayState, Locale
from bot.model.pictures import (
    BoardLine,
    BoardPicture,
    DaysLine,
    DaysPicture,
    Head,
    OverviewLine,
    OverviewPicture,
    Received,
    by_need,
    tally,
)
from tests.documents.pictured import BOARD, CALENDAR, OVERVIEW
from tests.documents.seen import image, reading
from tests.town import RULES, ZONE

CLEAN, BROKEN, UNVERIFIED = DayState.CLEAN, DayState.BROKEN, DayState.UNVERIFIED
TODAY = date(2026, 11, 24)
HEAD = Head("样板街道", TODAY, datetime(2026, 11, 24, 17, 5, tzinfo=ZONE))
PLACES = "垚堃圳埠滘㙟塱垌埗冚瀝氹碶㘵陂塅嵊墈畈㘰㟃塆涌尕垴崀塬墚峁圩屿岙汊湴"
"""Signs that occur in the names of places and hardly elsewhere."""


def some(count: int, state: DayState = CLEAN) -> tuple[BoardLine, ...]:
    """So many compounds, of 1, 2, 3 … days."""
    return tuple(BoardLine(f"小区{n}", 0 if state is BROKEN else n, state) for n in range(1, count + 1))


def a_board(*lines: BoardLine, head: Head = HEAD) -> BoardPicture:
    """A board of these."""
    return BoardPicture(head, lines, Received(12, 11, 10), RULES.milestones)


def some_days(*states: DayState | None, name: str = "星悦城一期") -> DaysLine:
    """A compound whose last days were these."""
    return DaysLine(name, 37, states[-1] or CLEAN, states)


ALL = (
    pictures.board(a_board()),
    pictures.board(a_board(*some(1))),
    pictures.board(a_board(*some(bars.ONE_COLUMN))),
    pictures.board(a_board(*some(bars.ONE_COLUMN + 1))),
    pictures.board(a_board(*some(200))),
    pictures.days(DaysPicture(HEAD, (some_days(*[CLEAN] * 35),))),
    pictures.days(DaysPicture(HEAD, ())),
    pictures.days(DaysPicture(HEAD, tuple(some_days(*[None] * 35, name=f"小区{n}") for n in range(200)))),
    pictures.overview(OverviewPicture(HEAD, (), Received(), (), ())),
    pictures.overview(
        OverviewPicture(HEAD, (OverviewLine("社区", Received(3, 2, 1), (1, 1, 1)),) * 200, Received(), some(9), (7, 14))
    ),
)


@pytest.mark.parametrize("data", ALL)
def test_a_phone_can_show_it(data: bytes) -> None:
    """As wide as a screen, not much higher than two of them, small to send, and nothing at its edges."""
    shown = image(data)
    assert shown.width == WIDE
    assert shown.height <= 3000, "Telegram makes what is longer too small to read"
    assert len(data) < 250_000
    edges = [shown.crop((0, 0, 30, shown.height)), shown.crop((WIDE - 30, 0, WIDE, shown.height))]
    edges.append(shown.crop((0, shown.height - 30, WIDE, shown.height)))
    assert [edge.getcolors() for edge in edges] == [[(edge.width * edge.height, ink.PAGE)] for edge in edges]


@pytest.mark.parametrize("value", [BOARD, CALENDAR, OVERVIEW], ids=["board", "calendar", "overview"])
def test_the_same_figures_are_the_same_bytes(value: BoardPicture | DaysPicture | OverviewPicture) -> None:
    """Whenever it is drawn."""
    assert drawn(value) == drawn(replace(value))
    other = replace(value.head, open=not value.head.open)
    assert drawn(value) != drawn(replace(value, head=other))


def drawn(value: BoardPicture | DaysPicture | OverviewPicture) -> bytes:
    """The picture of a value."""
    match value:
        case BoardPicture():
            return pictures.board(value)
        case DaysPicture():
            return pictures.days(value)
    return pictures.overview(value)


def test_several_may_be_drawn_at_once() -> None:
    """Each channel draws in threads of its own, with one font for all."""
    values: list[BoardPicture | DaysPicture | OverviewPicture] = [BOARD, CALENDAR, OVERVIEW] * 4
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(drawn, values)) == [drawn(value) for value in values[:3]] * 4


def letters() -> set[str]:
    """Every letter that a picture's own words may have: those of the templates, of days and of the names of states."""
    found = set("0123456789/–+%…★" + ink.LACKING)
    for locale in Locale:
        for key in words.keys(locale):
            if key.startswith("picture/"):
                entry = words.entry(key, locale)
                found |= set("".join((*entry.parts.values(), *(each.label for each in entry.choices.values()))))
        for n in range(7):
            found |= set(words.weekday(TODAY + timedelta(days=n), locale))
        for month in range(1, 13):
            found |= set(words.day(date(2026, month, 28), locale))
    return {letter for letter in found if not letter.isspace()}


def test_every_letter_is_really_drawn() -> None:
    """By the packaged font, none as the box that stands for what a font has not; each looks like no other."""
    nothing = bytes(ink.font(40).getmask("\U000f0000"))
    shapes = {letter: bytes(ink.font(40).getmask(letter)) for letter in letters() | set(PLACES)}
    assert [letter for letter, shape in shapes.items() if shape == nothing or not any(shape)] == []
    chinese = [shape for letter, shape in shapes.items() if ord(letter) > 0x3000]
    assert len(chinese) == len(set(chinese)) > 100
    assert not ink.drawable("\U000f0000")
    assert ink.font(40).getname()[0] == "Noto Sans SC"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("星悦城一期3号院 A-2", "星悦城一期3号院 A-2"),
        ("塱心村", "塱心村"),
        ("朗\uf92c", "朗郎"),
        ("e\u0301cole", "école"),
        ("一\u200b期\n二\t期\u3000三期", "一期二期 三期"),
        ("👍家园", "〓家园"),
        ("𠝹湖", "〓湖"),
        ("①期", "①期"),
        ("𝐀区", "A区"),
    ],
)
def test_what_the_font_has_not_is_shown_as_the_next_best(name: str, shown: str) -> None:
    """The letter that means the same, else the printers' mark; what is no letter is left out."""
    assert ink.written(name) == shown


def test_a_lacking_letter_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the small print; only where there is one."""
    with reading(monkeypatch) as said:
        pictures.board(a_board(BoardLine("𠝹湖", 3, CLEAN)))
    assert said[-1] == "〓 是字库里没有的字"
    with reading(monkeypatch) as said:
        pictures.board(a_board(BoardLine("湖", 3, CLEAN)))
    assert not any(ink.LACKING in line for line in said)


def colours(shown: Image.Image, box: tuple[int, int, int, int]) -> set[tuple[int, int, int]]:
    """The inks that occur there."""
    inks = {ink.PAGE, ink.INK, ink.SOFT, ink.LINE, ink.WHITE, *ink.STATES.values()}
    part = shown.crop(box)
    points = {part.getpixel((x, y)) for x in range(part.width) for y in range(part.height)}
    return {each for each in inks if each in points}


def test_the_legend_has_each_state_in_its_colour_and_shape() -> None:
    """A filled circle with a tick, a filled square with a cross, a ring with a question mark."""
    shown = image(pictures.board(a_board(*some(1))))
    room, top = (RIGHT - MARGIN) // 3, 176
    for n, state in enumerate((CLEAN, BROKEN, UNVERIFIED)):
        left = MARGIN + n * room
        seen = colours(shown, (left, top, left + 54, top + 54))
        assert ink.STATES[state] in seen
        assert seen & set(ink.STATES.values()) == {ink.STATES[state]}
        assert (ink.WHITE in seen) is (state is not UNVERIFIED)
    bodies = [ink.sign(state, 40)[0].tobytes() for state in DayState]
    assert len(set(bodies)) == 3


def test_states_are_told_apart_without_red_and_green() -> None:
    """Their lightness differs from the page by enough to be read, as the rules on contrast ask."""

    def light(colour: ink.Colour) -> float:
        parts = [part / 255 for part in colour]
        lines = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * lines[0] + 0.7152 * lines[1] + 0.0722 * lines[2]

    for colour in (*ink.STATES.values(), ink.INK, ink.SOFT):
        assert (light(ink.PAGE) + 0.05) / (light(colour) + 0.05) >= 4.5


def test_a_day_has_the_colour_of_its_state() -> None:
    """Five weeks from a Monday; a blank one where nothing was counted, and where the day is to come."""
    states = [CLEAN] * 35
    states[-1], states[-2], states[-9] = UNVERIFIED, BROKEN, UNVERIFIED
    line = DaysLine("星悦城一期", 0, BROKEN, (None,) * 10 + tuple(states[10:]))
    shown = image(grid.calendar(HEAD, line))
    step = grid.CELL + grid.GAP
    top = next(y for y in range(shown.height) if shown.getpixel((MARGIN + 5, y)) == ink.LINE and y > 400)
    first = TODAY - timedelta(days=TODAY.weekday() + 28)
    for n in range(35):
        week, weekday = divmod(n, 7)
        left, upper = MARGIN + weekday * step, top + week * step
        day = first + timedelta(days=n)
        back = (TODAY - day).days
        state = line.states[34 - back] if 0 <= back < 35 else None
        assert shown.getpixel((left + 1, upper + 70)) == (ink.STATES[state] if state else ink.LINE), day
        middle = shown.getpixel((left + 30, upper + 110))
        assert middle == (ink.STATES[state] if state in {CLEAN, BROKEN} else ink.PAGE), day


def test_need_comes_first_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken, then missing, then the shortest; beyond so many it says how many more there are, in both languages."""
    lines = (*some(80), *some(3, UNVERIFIED), *some(2, BROKEN))
    assert [line.state for line in by_need(lines)[:6]] == [BROKEN, BROKEN, UNVERIFIED, UNVERIFIED, UNVERIFIED, CLEAN]
    for locale, more in ((Locale.ZH, "另有 25 处没有画出"), (Locale.EN, "25 more are not shown")):
        with reading(monkeypatch) as said:
            pictures.board(a_board(*lines, head=replace(HEAD, locale=locale)))
        names = [line for line in said if line.startswith("小区")]
        assert len(names) == bars.MOST
        assert names[5:8] == ["小区1", "小区2", "小区3"]
        assert any(line.startswith(more) for line in said)
    with reading(monkeypatch) as said:
        pictures.days(DaysPicture(HEAD, tuple(some_days(CLEAN, name=f"小区{n}") for n in range(40))))
    assert any("另有 4 处" in line for line in said)
    crowd = tuple(OverviewLine(f"社区{n}", Received(10, n, n), (1, int(n == 7), 0)) for n in range(10, -10, -1))
    with reading(monkeypatch) as said:
        pictures.overview(OverviewPicture(HEAD, crowd, Received(), (), (7,)))
    heads = [line for line in said if line.startswith("社区")]
    assert (heads[:2], len(heads)) == (["社区7", "社区-9"], town.MOST)
    assert any(line.startswith("另有 6 处") for line in said)


def test_the_whole_is_counted_whatever_is_shown() -> None:
    """What is left out is in the sums."""
    assert tally((*some(80), *some(3, UNVERIFIED), *some(2, BROKEN))) == (80, 2, 3)


def test_both_numbers_stand_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Complete and on time, each with its share; 100 % is said of all only; before the cutoff nothing is missing."""
    for reported, said_so in (
        (Received(12, 11, 10), "日报：应报 12（含楼栋等 10）  已报 11（92%） 按时 10（83%）"),
        (Received(1000, 999, 1000), "日报：应报 1000（含楼栋等 998）  已报 999（99%） 按时 1000（100%）"),
        (Received(), "日报：应报 0  已报 0 按时 0"),
    ):
        with reading(monkeypatch) as said:
            pictures.board(replace(a_board(*some(2)), reported=reported))
        assert said_so in said
    assert {"未报", "已报无疫"} <= set(said)
    assert not any(line.startswith("空心条") for line in said)
    with reading(monkeypatch) as said:
        pictures.board(replace(a_board(*some(1), *some(1, UNVERIFIED)), reported=Received(2, 1, 1)))
    assert {"日报：应报 2  已报 1（50%） 按时 1（50%）", "空心条：这天没有报，天数未核实"} <= set(said)
    with reading(monkeypatch) as said:
        pictures.board(a_board(*some(1), head=replace(HEAD, open=True, at=HEAD.at.replace(hour=9))))
    assert {"待报", "连续无疫天数  11月24日 周二  09:05 更新，未到截止时间"} <= set(said)
    with reading(monkeypatch) as said:
        pictures.board(a_board(*some(1), head=replace(HEAD, at=HEAD.at.replace(day=26))))
    assert "连续无疫天数  11月24日 周二  11月26日 17:05 更新" in said


def test_the_places_of_ones_own_are_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a picture is of several places; and a board without any says so."""
    for locale, name in ((Locale.ZH, "我负责的地方"), (Locale.EN, "My places")):
        with reading(monkeypatch) as said:
            pictures.board(a_board(head=replace(HEAD, place="", locale=locale)))
        assert said[0] == name
        assert words.text("picture/board", locale, {"head": HEAD}, "none") in said


def test_a_bar_grows_from_milestone_to_milestone() -> None:
    """Each is one step; it never shrinks, and never leaves its track."""
    marks = (7, 14, 30)
    assert [scale.reach(days, marks) for days in (0, 7, 14, 30, 31, 9999)] == [0, 1 / 3, 2 / 3, 1, 1, 1]
    assert all(one <= other for one, other in pairwise(scale.reach(days, marks) for days in range(50)))
    assert scale.reach(5, ()) == 1


@pytest.mark.parametrize(
    ("days", "milestones", "bins"),
    [
        ((), (7, 14), [(0, 0, 0), (1, None, 0)]),
        ((0, 0, 3), (7, 14), [(0, 0, 2), (1, None, 1)]),
        ((0, 6, 7, 13), (7, 14, 30), [(0, 0, 1), (1, 6, 1), (7, None, 2)]),
        ((1, 30, 400), (7, 14, 30), [(0, 0, 0), (1, 6, 1), (7, 13, 0), (14, 29, 0), (30, None, 2)]),
    ],
)
def test_how_days_are_spread(
    days: tuple[int, ...], milestones: tuple[int, ...], bins: list[tuple[int, int | None, int]]
) -> None:
    """Between milestones; each compound is in one of them, and the longest empty ones are left out."""
    found = town.spread([BoardLine("x", each, CLEAN) for each in days], milestones)
    assert found == bins
    assert sum(count for *_, count in found) == len(days)


def test_a_long_name_keeps_its_end() -> None:
    """A little smaller first, then without its middle: places differ at their ends."""
    name = "锦绣家园幽兰苑东区（含回迁楼、人才公寓和老干所）一期"
    assert ink.fitted("星悦城", 40, 400) == ("星悦城", 40)
    text, size = ink.fitted(name, 40, 400)
    assert re.fullmatch(r"锦绣.*….*一期", text)
    assert (size, ink.width(text, size) <= 400) == (34, True)
    assert ink.fitted(name, 40, 950)[1] < 40
    assert ink.fitted(name, 40, 1) == ("…", 34)


def test_small_print_is_folded() -> None:
    """Between words, or between signs; nothing of it is lost."""
    text = "The bars grow from milestone to milestone，横条按里程碑分段"
    lines = folded(text, 30, 300)
    assert all(ink.width(line, 30) <= 300 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert folded("", 30, 300) == []
