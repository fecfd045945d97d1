"""From the database to the pictures: places, days and counts, and nothing of anybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, event, insert

from bot import documents
from bot.model import DayState, Locale, Paper
from bot.model.documents import ENDINGS, Period, check, period
from bot.model.messages import PICTURES
from bot.model.pictures import BoardLine, OverviewLine, Received
from bot.scoring import packs
from bot.store import figures, papers, pictured
from bot.store.acts import Act
from bot.store.cases import RefusedError
from bot.store.database import Database
from bot.store.day_states import day_states
from bot.store.tables import named
from tests.documents import records
from tests.documents.records import HOUSE
from tests.documents.seen import image
from tests.privacy.planted import PLANTED, plant
from tests.store.servers import Postgres, postgres
from tests.talking import Talk
from tests.town import NOW, RULES, TODAY, build

__all__ = ["postgres"]
CLEAN, BROKEN, UNVERIFIED = DayState.CLEAN, DayState.BROKEN, DayState.UNVERIFIED
DAY = timedelta(days=1)
EVENING = NOW.replace(hour=18)


def wanted(kind: str, *places: str, day: date = TODAY) -> tuple[Paper, Period]:
    """A picture of these places on a day."""
    first, *also = places
    return Paper(kind, first, day.isoformat(), also=tuple(also)), period(day.isoformat())


def test_the_board_of_a_place(town: Database) -> None:
    """Its compounds with what is known now, and how complete the day is; before the cutoff it is still open."""
    with town.read() as connection:
        found = papers.board_picture(connection, HOUSE, *wanted("board-picture", "JA"), NOW)
        late = papers.board_picture(connection, HOUSE, *wanted("board-picture", "JA", day=TODAY - DAY), EVENING)
    assert found.lines == (
        BoardLine("君安花园小区", 12, UNVERIFIED),
        BoardLine("星悦城一期", 37, UNVERIFIED),
        BoardLine("汉口花园六期", 105, UNVERIFIED),
    )
    assert (found.head.place, found.head.day, found.head.open, found.reported) == (
        "君安社区", TODAY, True, Received(3, 0, 0),
    )  # fmt: skip
    assert [(line.days, line.state) for line in late.lines] == [(11, CLEAN), (36, CLEAN), (104, CLEAN)]
    assert (late.head.open, late.reported, late.milestones) == (False, Received(3, 3, 3), RULES.milestones)


def test_the_board_of_several_places(town: Database) -> None:
    """Each once, under no one's name; a building that somebody answers for, too; a closed one is left out."""
    rows: list[dict[str, object]] = [
        {"code": "23-1", "name": "1栋", "level": "building", "parent": "23", "aliases": "", "closed": None},
        {"code": "29", "name": "旧小区", "level": "compound", "parent": "JA", "aliases": "", "closed": TODAY},
    ]
    town.write(lambda connection: connection.execute(insert(named("place")), rows))
    town.write(lambda connection: records.case(connection, "M1124-01", "61", "confirmed", TODAY))
    with town.read() as connection:
        found = papers.board_picture(connection, HOUSE, *wanted("board-picture", "JA", "22", "61", "23-1"), NOW)
    assert [line.name for line in found.lines] == ["君安花园小区", "星悦城一期", "汉口花园六期", "1栋", "金潭村"]
    assert found.lines[-1] == BoardLine("金潭村", 0, BROKEN)
    assert found.head.place == ""


def test_two_places_of_one_name_are_told_apart(town: Database) -> None:
    """By the community in which they lie."""
    row = {"code": "26", "name": "星悦城一期", "level": "compound", "parent": "XM", "aliases": "", "closed": None}
    town.write(lambda connection: connection.execute(insert(named("place")), row))
    with town.read() as connection:
        found = papers.board_picture(connection, HOUSE, *wanted("board-picture", "T"), NOW)
    assert {"君安社区 星悦城一期", "新苗社区 星悦城一期", "汉口花园六期"} <= {line.name for line in found.lines}


def history(connection: Connection) -> None:
    """Cases and reports of many kinds over some weeks."""
    for n, (place, kind, found, left) in enumerate(
        (
            ("22", "confirmed", 30, 25),
            ("22", "suspected", 27, 20),
            ("24", "close_contact", 6, None),
            ("25", "fever", 9, None),
            ("61", "asymptomatic", 50, 34),
            ("61", "confirmed", 0, None),
        )
    ):
        code = f"H{n}"
        records.case(connection, code, place, kind, TODAY - found * DAY)
        if left is not None:
            row = {"case": code, "place": place, "event": "left", "kind": "", "on": TODAY - left * DAY, "other": ""}
            connection.execute(insert(named("case_event")), row | {"recorded_at": NOW, "source": "import"})
            figures.project(connection, RULES, [code])


@pytest.mark.parametrize("projected", [True, False])
@pytest.mark.parametrize("pack", ["default", "village"])
def test_each_day_has_the_state_of_its_streak(town: Database, pack: str, *, projected: bool) -> None:
    """As ``wuyi streaks --as-of`` says of that day, of a compound as of all that lies above it."""
    rules = packs.load(pack)
    town.write(history)
    town.write(lambda connection: figures.refresh(connection, [RULES, rules]))
    if not projected:
        town.write(lambda connection: connection.execute(delete(named("setting"))))
    places = ["22", "23", "24", "25", "61", "JA", "T"]
    first = TODAY - 34 * DAY
    with town.read() as connection:
        found = day_states(connection, rules, places, first, TODAY)
        starts = dict(connection.execute(named("place").select().with_only_columns(
            named("place").c.code, named("place").c.start)).all())  # fmt: skip
        assert set(found) == set(places)
        for n in range(35):
            day = first + n * DAY
            for each in figures.streaks(connection, rules, day, places=places):
                begun = day >= (starts[each.place] or rules.start)
                assert found[each.place][n] == (each.state if begun else None), (each.place, day)
    assert {state for states in found.values() for state in states} == {None, CLEAN, BROKEN, UNVERIFIED}


def test_a_closed_place_has_no_days_any_more(town: Database) -> None:
    """From the day on which it was closed."""
    table = named("place")
    town.write(lambda c: c.execute(table.update().where(table.c.code == "24").values(closed=TODAY - DAY)))
    with town.read() as connection:
        (states,) = day_states(connection, RULES, ["24"], TODAY - 3 * DAY, TODAY).values()
        assert day_states(connection, RULES, ["nowhere"], TODAY, TODAY) == {}
    assert states == (CLEAN, CLEAN, None, None)


def test_the_calendar_of_a_compound_and_of_a_community(town: Database) -> None:
    """Five weeks each; of a community one line a compound."""
    town.write(history)
    with town.read() as connection:
        one = papers.calendar_picture(connection, HOUSE, *wanted("calendar-picture", "24"), NOW)
        many = papers.calendar_picture(connection, HOUSE, *wanted("calendar-picture", "JA"), NOW)
    (line,) = one.lines
    assert (line.name, line.days, line.state, len(line.states)) == ("汉口花园六期", 0, BROKEN, 35)
    assert line.states[-8:] == (CLEAN, *(BROKEN,) * 7)
    assert [each.name for each in many.lines] == ["君安花园小区", "星悦城一期", "汉口花园六期"]


def test_the_overview_of_a_town(town: Database) -> None:
    """Each community and village with its own reports and states; of a county the townships."""
    town.write(lambda connection: records.case(connection, "M1123-01", "25", "confirmed", TODAY - DAY))
    paper = wanted("overview-picture", "T", day=TODAY - DAY)
    with town.read() as connection:
        found = papers.overview_picture(connection, HOUSE, *paper, NOW)
        county = papers.overview_picture(connection, HOUSE, *wanted("overview-picture", "X", day=TODAY - DAY), NOW)
        alone = papers.overview_picture(connection, HOUSE, *wanted("overview-picture", "22"), NOW)
    assert found.lines == (
        OverviewLine("金潭村", Received(1, 1, 1), (1, 0, 0)),
        OverviewLine("君安社区", Received(3, 3, 3), (3, 0, 0)),
        OverviewLine("新苗社区", Received(1, 1, 1), (0, 1, 0)),
    )
    assert (found.reported, len(found.compounds), found.head.place) == (Received(5, 5, 5), 5, "样板街道")
    assert county.lines == (OverviewLine("样板街道", Received(5, 5, 5), (4, 1, 0)),)
    assert [line.name for line in alone.lines] == ["君安花园小区"]


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    said: list[str] = []

    def note(*given: object) -> None:
        said.append(str(given[2]))

    event.listen(connection, "before_cursor_execute", note)
    yield said
    event.remove(connection, "before_cursor_execute", note)


@pytest.mark.parametrize("kind", sorted(PICTURES))
def test_it_asks_no_more_of_a_larger_town(town: Database, kind: str) -> None:
    """A fixed number of questions, whatever the number of places."""
    asked = []
    for more in (0, 40):
        rows = [
            {"code": f"Z{n}", "name": f"新小区{n}", "level": "compound", "parent": "JA", "aliases": ""}
            for n in range(more)
        ]
        if rows:
            town.write(lambda connection, rows=rows: connection.execute(insert(named("place")), rows))  # type: ignore[misc]
        with town.read() as connection, counted(connection) as said:
            documents.render(connection, HOUSE, Paper(kind, "T"), NOW)
        asked.append(len(said))
    assert asked[0] == asked[1] < 20


@pytest.mark.parametrize("kind", sorted(PICTURES))
@pytest.mark.parametrize("place", ["JA", "T", "22", "61", "X"])
def test_every_place_has_every_picture(town: Database, kind: str, place: str) -> None:
    """Of any level; a digest in a group is never lost for want of one. No such place: it says so."""
    with town.read() as connection:
        shown = image(documents.render(connection, HOUSE, Paper(kind, place, locale=Locale.EN), NOW))
        assert shown.width == 1080
        with pytest.raises(ValueError, match="no place 'Q'"):
            documents.render(connection, HOUSE, Paper(kind, "Q"), NOW)


def test_a_pack_that_judges_other_levels_draws_an_empty_board(town: Database) -> None:
    """And loses nothing by it."""
    house = replace(HOUSE, rules=replace(RULES, levels=("county",)))
    with town.read() as connection:
        assert papers.board_picture(connection, house, *wanted("board-picture", "JA"), NOW).lines == ()
        assert image(documents.render(connection, house, Paper("calendar-picture", "JA"), NOW)).width == 1080


def test_postgresql_draws_the_same(town: Database, postgres: Postgres) -> None:
    """From the same facts the same bytes."""
    with closing(Database(postgres.url())) as other:
        build(other)
        for database in (town, other):
            database.write(history)
        for kind in sorted(PICTURES):
            with town.read() as here, other.read() as there:
                paper = Paper(kind, "T")
                assert documents.render(here, HOUSE, paper, NOW) == documents.render(there, HOUSE, paper, NOW)


@pytest.mark.parametrize("kind", sorted(PICTURES))
def test_a_picture_is_of_one_day(kind: str) -> None:
    """Until today; as .png."""
    assert ENDINGS[kind] == ("png",)
    assert check(Paper(kind, "JA"), TODAY).until == TODAY
    for odd in ("2026-11", "2026-11-25", "x"):
        with pytest.raises(ValueError, match=odd):
            check(Paper(kind, "JA", odd), TODAY)
    assert not Paper(kind, "JA").is_picture
    assert Paper(kind, "JA", name="图.png").is_picture
    assert not Paper("ledger", "JA", name="图.png").is_picture


async def test_pictures_tell_of_nobody(town: Database) -> None:
    """Neither a person, nor a case's number: what is drawn is all in these values."""
    talk = Talk(town)
    await plant(talk)
    for place in ("JA", "T"):
        with town.read() as connection:
            found = (
                papers.board_picture(connection, HOUSE, *wanted("board-picture", place), NOW),
                papers.calendar_picture(connection, HOUSE, *wanted("calendar-picture", place), NOW),
                papers.overview_picture(connection, HOUSE, *wanted("overview-picture", place), NOW),
            )
        for trace in (*PLANTED.values(), "隐", "8栋", "F1124", "S1015", "张样例", "王样例", "1380000000"):
            assert trace not in str(found)


@pytest.mark.parametrize(
    ("person", "kind", "places", "names"),
    [
        (1, "board-picture", ["23", "22"], ["星悦城一期", "君安花园小区"]),
        (3, "calendar-picture", ["JA"], ["君安社区"]),
        (7, "overview-picture", ["JA"], ["君安社区"]),
        (9, "overview-picture", ["X"], ["示例县"]),
        (1, "board-picture", ["23", "25"], None),
        (1, "board-picture", [], None),
        (3, "overview-picture", ["JA"], None),
        (3, "board-picture", ["Q"], None),
    ],
)
def test_pictures_are_for_those_in_charge(
    town: Database, person: int, kind: str, places: list[str], names: list[str] | None
) -> None:
    """All of the places must be theirs; an overview is for those who oversee."""
    act = Act(person, None, datetime.now(NOW.tzinfo).replace(year=2026, month=11, day=24))
    with town.read() as connection:
        if names is not None:
            assert pictured.check(connection, act, kind, places) == names
            return
        with pytest.raises(RefusedError):
            pictured.check(connection, act, kind, places)
