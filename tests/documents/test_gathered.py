"""From the database to the values: what is known of a place stands in its documents, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, insert, update

from bot import documents
from bot.model import CreationStepped, DayState, Level, Paper, Step
from bot.model.documents import SheetLine, period
from bot.model.reports import MonthLine, Organisation, Prevention, Progress, Reviewed, Supervision, Unverified
from bot.scoring import packs
from bot.store import creation, papers
from bot.store.asking import House
from bot.store.database import Database
from bot.store.papers.compounds import natural, numbers
from bot.store.tables import named
from tests.documents import records
from tests.documents.reading import grid, paragraphs, sheet, values, word
from tests.documents.records import HOUSE, ZHAO, act
from tests.town import KEYRING, NOW, TODAY, ZONE

DAY = timedelta(days=1)


def test_the_daily_table_of_a_township(town: Database) -> None:
    """All compounds of its communities and the village that is its own, in the order of the roster, with reasons."""
    with town.read() as connection:
        table = papers.daily_table(connection, HOUSE, "T", period("2026-11-23"), NOW)
    assert [(row.community, row.number, row.compound, row.days) for row in table.rows] == [
        ("君安社区", "22", "君安花园小区", 11),
        ("君安社区", "23", "星悦城一期", 36),
        ("君安社区", "24", "汉口花园六期", 104),
        ("新苗社区", "25", "星悦城二期", 23),
        ("金潭村", "61", "金潭村", 23),
    ]
    assert table.rows[0].remark == ""
    assert table.rows[1].remark == "疑似 S1015-01，10月18日转出或解除，次日起算；其中 16 天未报"
    assert (table.expected, table.received, table.on_time, table.provisional) == (5, 5, 5, False)
    assert table.notes[0].startswith("1、无疫情是指连续 X")


def test_a_day_that_is_not_over_says_what_is_still_to_come(town: Database) -> None:
    """Before the cutoff a compound waits; after it, it was not reported."""
    with town.read() as connection:
        before = papers.daily_table(connection, HOUSE, "22", period("2026-11-24"), NOW)
        after = papers.daily_table(connection, HOUSE, "22", period("2026-11-24"), NOW.replace(hour=18))
    assert (before.rows[0].remark, before.provisional) == ("当日待报", True)
    assert (after.rows[0].remark, after.provisional) == ("当日未报", False)
    assert before.rows[0].state is DayState.UNVERIFIED


def test_what_was_published_otherwise_is_remarked(town: Database) -> None:
    """What we said on a day, beside what we know now; and a case that is still open."""
    row = {
        "pack": "default", "day": TODAY - DAY, "days": 104, "state": "clean", "rank": "", "reported_days": 1,
        "unverified_days": 0, "published_at": NOW,
    }  # fmt: skip
    town.write(lambda connection: connection.execute(insert(named("published")), [row | {"place": "24"}]))
    town.write(lambda connection: records.case(connection, "M1123-01", "24", "close_contact", TODAY - DAY))
    with town.read() as connection:
        table = papers.daily_table(connection, HOUSE, "24", period("2026-11-23"), NOW)
    assert table.rows[0].days == 0
    assert table.rows[0].remark == "密接 M1123-01，尚未转出或解除；当日发布 104 天，已更正"


def test_another_pack_names_itself_in_place_of_the_notes(town: Database) -> None:
    """The notes of 篇四 are not what its figures rest on."""
    house = House(KEYRING, packs.load("village"), ZONE)
    with town.read() as connection:
        (note,) = papers.daily_table(connection, house, "JA", period("2026-11-23"), NOW).notes
    assert note.startswith("说明：连续无疫情天数按“")
    assert "篇五" in note


def test_places_without_a_community_are_listed_all_the_same(town: Database) -> None:
    """A unit right below the township, a compound there, a unit of a community; what is closed is not."""
    rows: list[tuple[str, str, str, str | None]] = [
        ("U1", "街道办", "unit", "T"),
        ("9", "老街小区", "compound", "T"),
        ("JA-U", "学校", "unit", "JA"),
    ]
    rows += [("99", "旧小区", "compound", "JA"), ("22-1", "1栋", "building", "22"), ("S", "孤村", "village", None)]
    places: list[dict[str, object]] = [
        {"code": code, "name": name, "level": level, "parent": parent, "aliases": "", "start": None, "closed": None}
        for code, name, level, parent in rows
    ]
    places[3]["closed"] = TODAY
    town.write(lambda connection: connection.execute(insert(named("place")), places))
    with town.read() as connection:
        listed = papers.daily_table(connection, HOUSE, "T", period("2026-11-24"), NOW).rows
        building = papers.daily_table(connection, HOUSE, "22-1", period("2026-11-24"), NOW).rows
        alone = papers.daily_table(connection, HOUSE, "S", period("2026-11-24"), NOW).rows
    assert [(row.community, row.number, row.compound) for row in listed] == [
        ("样板街道", "1", "老街小区"),
        ("君安社区", "2", "君安花园小区"),
        ("君安社区", "3", "星悦城一期"),
        ("君安社区", "4", "汉口花园六期"),
        ("君安社区", "5", "学校"),
        ("新苗社区", "6", "星悦城二期"),
        ("金潭村", "7", "金潭村"),
        ("街道办", "8", "街道办"),
    ]
    assert [row.compound for row in building] == ["1栋"]
    assert [row.community for row in alone] == ["孤村"]


def test_codes_are_ordered_as_people_count() -> None:
    """9 before 22, C2 before C10."""
    assert sorted(["22", "9", "C10", "C2", "22-10", "22-9"], key=natural) == ["9", "22", "22-9", "22-10", "C2", "C10"]
    assert (numbers(["22", "9"]), numbers(["22", "A"])) == (["22", "9"], ["1", "2"])


def test_the_assessment_as_it_was_submitted(town: Database) -> None:
    """Points given by people with their reasons, points that the facts gave with theirs; names masked."""
    town.write(records.assess)
    with town.read() as connection:
        found = papers.assessment(connection, HOUSE, "JA", TODAY)
        with pytest.raises(ValueError, match="no assessment of JA was submitted"):
            papers.assessment(connection, HOUSE, "JA", TODAY - DAY)
        file = documents.render(connection, HOUSE, Paper("assessment", "JA", "", "xlsx"), NOW)
        text = documents.render(connection, HOUSE, Paper("assessment", "JA"), NOW)
    (part,) = found.parts
    assert (part.title, len(part.lines)) == ("", 10)
    assert part.lines[1] == SheetLine("2", "无确诊病例", Decimal(20), Decimal(20), "近 14 天没有")
    assert part.lines[6] == SheetLine("7", "卫生情况", Decimal(10), Decimal(8), "消毒只做 1 次")
    given = [line.given for line in part.lines if line.given is not None]
    assert (sum(given), found.out_of, found.needed) == (found.total, Decimal(100), Decimal(80))
    assert (found.qualifies, found.assessors, found.on) == (True, ("王*",), TODAY)
    assert (found.title, found.source) == ("创建无疫乡镇、无疫村、无疫社区测评表", "篇二 附件3，第 1 版")
    assert values(sheet(file))[3][:4] == ["1", "组织领导", 5, 5]
    assert grid(word(text).tables[0])[1][:4] == ["1", "组织领导", "5", "5"]


def test_the_application_as_it_was_handed_in(town: Database) -> None:
    """In full, with the township above the place; until its term is over."""
    town.write(records.assess)
    town.write(records.apply)
    with town.read() as connection:
        found = papers.application(connection, HOUSE, "JA", TODAY)
        assert grid(word(documents.render(connection, HOUSE, Paper("application", "JA"), NOW)).tables[0])
    assert (found.township, found.place, found.level) == ("样板街道", "君安社区", Level.COMMUNITY)
    assert (found.leader, found.post, found.phone) == ("王样例", "书记", "13800000003")
    assert (found.text, found.opinion, found.on) == (records.FORM.text, "同意申报。", TODAY)
    table = named("application")
    town.write(lambda connection: connection.execute(update(table).values(body=KEYRING.seal(b"{}"))))
    with town.read() as connection, pytest.raises(ValueError, match="no application of JA is kept"):
        papers.application(connection, HOUSE, "JA", TODAY)


def test_the_ledger_as_it_stood_at_the_end_of_its_days(town: Database) -> None:
    """Without what was a mistake; what came back has its first days no more."""
    town.write(records.problems)
    with town.read() as connection:
        back, late = papers.ledger(connection, HOUSE, "JA", period("2026Q4"), NOW).rows
        (closed, _) = papers.ledger(connection, HOUSE, "T", period("2026-11-13"), NOW).rows
        assert papers.ledger(connection, HOUSE, "61", period("2026Q4"), NOW).rows == ()
    assert (back.code, back.how, back.words, back.state, back.rounds) == (
        "W1103-01",
        "体验式",
        "北门没人测温",
        "待整改",
        2,
    )
    assert (back.due, back.rectified_on, back.closed_on, back.overdue) == (date(2026, 11, 30), None, None, False)
    assert (late.state, late.overdue, late.words) == ("待整改", True, "=1+1 楼道堆物")
    assert (closed.state, closed.rectified_on, closed.closed_on) == ("已销号", date(2026, 11, 5), date(2026, 11, 6))


def test_the_report_of_a_month(town: Database) -> None:
    """Every figure that the records give: each is counted here by hand."""

    def happen(connection: object) -> None:
        for job in (records.assess, records.apply, records.problems, records.told):
            job(connection)  # type: ignore[arg-type]
        records.case(connection, "F1120-01", "25", "fever", date(2026, 11, 20))  # type: ignore[arg-type]
        records.case(connection, "M1123-01", "61", "close_contact", date(2026, 11, 23))  # type: ignore[arg-type]
        step = CreationStepped("JA", Step.RETURNED, TODAY, words="缺会议记录")
        creation.step(connection, HOUSE, act(ZHAO), step)  # type: ignore[arg-type]

    town.write(happen)
    with town.read() as connection:
        found = papers.report(connection, HOUSE, "T", period("2026-11"), NOW)
    assert (found.place, found.until, found.months) == ("样板街道", TODAY, ())
    assert found.organisation == Organisation(workers=5, places=5, red=1, black=1)
    assert found.prevention == Prevention(
        publicity=12, screened=0, requests=3, expected=103, received=91, on_time=91,
        cases=(("密接", 1), ("发热", 1)), open_cases=1, compounds=5, clean=4, threshold=14, reached=3, own_days=0,
    )  # fmt: skip
    assert found.supervision == Supervision(
        experience=1, listed=1, returned=1, looked_at=0, found=2, closed=1, looked_again=1, reopened=1, unfinished=2,
        overdue=1,
    )  # fmt: skip
    assert found.progress == (
        Progress("样板街道", "乡镇", "未申报", None, None),
        Progress("金潭村", "村", "未申报", None, None),
        Progress("君安社区", "社区", "退回", TODAY, found.progress[2].points),
        Progress("新苗社区", "社区", "未申报", None, None),
    )
    assert found.progress[2].points is not None
    assert found.reviewed == ()
    assert found.praised == ()
    assert found.criticised == (("君安社区", "申报被退回（11月24日）"),)
    assert found.unverified == tuple(
        Unverified(name, 23, 3) for name in ("星悦城一期", "汉口花园六期", "星悦城二期", "金潭村")
    )


def test_the_report_of_a_quarter(town: Database) -> None:
    """With its months so far; awards are listed with their reasons, praise with its day."""
    column = {"place": "JA", "period": "", "case": "", "person": 9, "recorded_at": NOW, "halves": None, "words": None}
    steps = [
        {"step": "inspected_open", "on": date(2026, 10, 20), "halves": 184},
        {"step": "awarded", "on": date(2026, 10, 28), "words": KEYRING.seal("材料齐全")},
        {"step": "kept", "on": date(2026, 12, 30)},
    ]
    town.write(
        lambda connection: connection.execute(insert(named("creation_event")), [column | each for each in steps])
    )
    with town.read() as connection:
        found = papers.report(connection, HOUSE, "T", period("2026Q4"), NOW)
        november = papers.report(connection, HOUSE, "T", period("2026-11"), NOW)
        file = word(documents.render(connection, HOUSE, Paper("quarterly", "T"), NOW))
    assert found.reviewed == (Reviewed("君安社区", "命名", date(2026, 10, 28), "材料齐全"),)
    assert found.praised == (("君安社区", "获命名（10月28日）"),)
    assert found.supervision.looked_at == 1
    assert (november.reviewed, november.praised, november.supervision.looked_at) == ((), (), 0)
    assert [replace(month, received=0) for month in found.months] == [
        MonthLine("2026年10月", 62, 0, 1, 0, 0),
        MonthLine("2026年11月", 103, 0, 0, 0, 0),
    ]
    assert "（样板街道　2026年第四季度）" in paragraphs(file)


def test_a_month_that_has_just_begun_has_no_day_yet(town: Database) -> None:
    """On its first morning nothing is due, so nothing is missing."""
    with town.read() as connection:
        found = papers.report(connection, HOUSE, "JA", period("2026-12"), NOW.replace(month=12, day=1, hour=9))
    assert (found.prevention.expected, found.unverified) == (0, ())


def test_the_first_cycle_owes_its_nominations(town: Database) -> None:
    """篇六: a township at least one model village; and one that hardly reports is criticised with both numbers."""
    with town.read() as connection:
        found = papers.report(connection, HOUSE, "T", period("2026-12"), NOW.replace(month=12, day=20))
    assert found.criticised == (("样板街道", "日报 0/95，不到 80%"), ("样板街道", "首次创建尚未申报示范村"))


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Paper("poster", "JA"), "no document 'poster'; there are daily-table"),
        (Paper("ledger", "JA", "", "docx"), "ledger is written as xlsx, not as docx"),
        (Paper("daily-table", "JA", "2026-11"), "daily-table is not made of 2026-11"),
        (Paper("monthly", "JA", "2026Q4"), "monthly is not made of 2026Q4"),
        (Paper("quarterly", "JA", "2026-11-24"), "quarterly is not made of 2026-11-24"),
        (Paper("monthly", "JA", "昨天"), "is no day"),
        (Paper("daily-table", "JA", "2026-11-25"), "2026-11-25 is still to come"),
        (Paper("monthly", "NOWHERE"), "no place 'NOWHERE'"),
        (Paper("assessment", "T"), "no assessment of T"),
        (Paper("application", "T"), "no application of T"),
    ],
)
def test_what_cannot_be_made_says_why(town: Database, wanted: Paper, why: str) -> None:
    """One sentence; the caller puts it into the words of its channel."""
    with town.read() as connection, pytest.raises(ValueError, match=why):
        documents.render(connection, HOUSE, wanted, NOW)


def test_a_place_without_compounds_has_no_daily_table(town: Database) -> None:
    """An empty table would say that all is well."""
    row = {"code": "E", "name": "空社区", "level": "community", "parent": "T", "aliases": ""}
    town.write(lambda connection: connection.execute(insert(named("place")), row))
    with town.read() as connection, pytest.raises(ValueError, match="no compound at E"):
        documents.render(connection, HOUSE, Paper("daily-table", "E"), NOW)


@pytest.mark.parametrize("kind", ["daily-table", "monthly", "quarterly", "ledger"])
def test_many_places_cost_no_more_questions(town: Database, kind: str) -> None:
    """A table of a county is a few questions, whatever the number of its compounds."""

    def asked() -> int:
        count = 0

        def one(*_: object) -> None:
            nonlocal count
            count += 1

        with town.read() as connection:
            event.listen(connection, "before_cursor_execute", one)
            documents.render(connection, HOUSE, Paper(kind, "X"), NOW)
            event.remove(connection, "before_cursor_execute", one)
        return count

    before = asked()
    more = [
        {"code": f"9{number:03}", "name": f"小区{number}", "level": "compound", "parent": "XM", "aliases": ""}
        for number in range(300)
    ]
    town.write(lambda connection: connection.execute(insert(named("place")), more))
    assert asked() == before
