"""Rosters that are read: languages, encodings, dates, phones, twice, changed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from bot.model import Streak
from bot.roster.known import table
from bot.store import tables
from bot.store.figures import streaks
from tests.roster.conftest import ASSIGNMENTS, CASES, NOW, PEOPLE, PLACES, TOWN, Office, Table


def book(file: Path, sheets: dict[str, Table]) -> Path:
    """Write a workbook."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    made.save(file)
    return file


def figures(office: Office) -> dict[str, Streak]:
    """The streaks of today, by place."""
    with office.database.read() as connection:
        return {one.place: one for one in streaks(connection, office.rules, NOW.date())}


def test_a_small_town_arrives(office: Office) -> None:
    """Places, people, assignments, cases and reports are there, and the streak follows from the case."""
    brought = office.bring(TOWN)
    assert {name: count.new for name, count in brought.counts.items()} == {
        "places": 3,
        "people": 1,
        "assignments": 1,
        "case_events": 2,
        "reports": 1,
    }
    assert figures(office)["23"].days == 12
    with office.database.read() as connection:
        person = connection.execute(select(table(tables.Person))).one()
    assert office.keyring.open(person.name) == "张三"
    assert office.keyring.open(person.phone) == "+8613800000001"
    assert person.phone_hash == office.keyring.lookup("+8613800000001", "phone")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_of_excel_is_read(office: Office, encoding: str) -> None:
    """UTF-8 with and without BOM, GB18030 and Excel's Unicode text give the same names."""
    office.bring(office.files(TOWN, encoding))
    with office.database.read() as connection:
        names = connection.execute(select(table(tables.Place).c.name)).scalars().all()
    assert set(names) == {"样板街道", "君安社区", "星悦城一期"}


def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    """Not one row, not even of the audit log, is new or different after a second import."""
    office.bring(TOWN)
    before = office.contents()
    brought = office.bring(TOWN)
    assert office.contents() == before
    assert [(count.new, count.changed) for count in brought.counts.values()] == [(0, 0)] * 5


def test_sheets_in_both_languages_and_any_order(office: Office, tmp_path: Path) -> None:
    """Sheet names, headers with remarks, levels, roles, events, kinds and states are known in both languages."""
    path = book(
        tmp_path / "名册.xlsx",
        {
            "日报": (("状态（必填）", "日期", "地点编码", "上报人"), ("有异常", "2026-11-23", 23.0, 13800000001)),
            "case_events 病例": (
                ("病例", "所在地点", "事件", "类型", "日期"),
                ("F1", 23, "发现", "发烧", "2026/11/20"),
            ),
            "Places": (
                ("CODE", " Name ", "ＬＥＶＥＬ", "parent 上级编码"),
                ("C", "君安", "Community", None),
                (23, "一期", "小区", "C"),
            ),
            "Assignment": (("手机", "角色", "地点"), ("138 0000 0001", "grid worker", "２３")),
            "人员": (("手机号", "姓名"), (13800000001, "张三")),
            "说明": (("随便", "什么"), ("不", "读")),
        },
    )
    brought = office.bring(path)
    assert sum(count.new for count in brought.counts.values()) == 6
    assert brought.warnings == ()
    with office.database.read() as connection:
        assert connection.execute(select(table(tables.Report).c.status)).scalar() == "abnormal"
        assert connection.execute(select(table(tables.CaseEvent).c.kind)).scalar() == "fever"


def test_unknown_sheets_and_columns_are_named_and_passed_over(office: Office, tmp_path: Path) -> None:
    """What nobody knows is a warning, with its name; empty rows and titles above the header are nothing."""
    path = book(
        tmp_path / "r.xlsx",
        {
            "places": (
                ("2026 名册",),
                (),
                ("code", "name", "level", "颜色"),
                (),
                ("C", "君安", "社区", "红"),
                (None, "", " "),
            ),
            "Sheet9": (("x",),),
            "空": (),
        },
    )
    brought = office.bring(path)
    assert brought.counts["places"].new == 1
    assert {(one.where, one.column, one.reason) for one in brought.warnings} == {
        ("r.xlsx [places]", "颜色", "unknown_column"),
        ("r.xlsx [Sheet9]", None, "unknown_sheet"),
    }


def test_a_compound_may_stand_alone_but_it_is_said(office: Office) -> None:
    """A file without parents is read; that the compound counts in no community is a warning."""
    brought = office.bring({"places": (("code", "name", "level"), ("23", "一期", "compound"), ("T", "街", "乡镇"))})
    assert [(one.row, one.column, one.reason) for one in brought.warnings] == [(2, "parent", "no_parent")]


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-10",
        "2026/11/10",
        "2026/11/10 00:00:00",
        "2026年11月10日",
        "２０２６-１１-１０",
        "20261110",
        "2026.11.10",
        dt.date(2026, 11, 10),
        dt.datetime(2026, 11, 10, 9, 30),  # noqa: DTZ001 - as Excel has it
        46336,
    ],
)
def test_days_in_every_usual_way(office: Office, tmp_path: Path, written: object) -> None:
    """Excel dates, their numbers, and text with the year first all mean the same day."""
    cases = (CASES[0], ("S1", "23", "found", "suspected", written))
    office.bring(book(tmp_path / "r.xlsx", {"places": PLACES, "case_events": cases}))
    with office.database.read() as connection:
        event = connection.execute(select(table(tables.CaseEvent))).one()
    assert event.on == dt.date(2026, 11, 10)
    assert event.recorded_at == dt.datetime(2026, 11, 10, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("written", "hour", "late"),
    [
        ("2026-11-23 17:00", "09:00", False),
        ("2026-11-23 17:01", "09:01", True),
        ("2026年11月23日 8时5分", "00:05", False),
        ("2026-11-23T18:30:00+09:00", "09:30", True),
        ("16:30", "08:30", False),
        (dt.time(16, 30), "08:30", False),
        ("2026-11-23", "04:00", False),
        (None, "04:00", False),
    ],
)
def test_reports_know_when_they_were_sent(
    office: Office, tmp_path: Path, written: object, hour: str, *, late: bool
) -> None:
    """The time is local unless it says otherwise, noon by default, and late after the cutoff, not at it."""
    reports = (("place", "day", "status", "sent_at"), ("23", "2026-11-23", "normal", written))
    office.bring(book(tmp_path / "r.xlsx", {"places": PLACES, "reports": reports}))
    with office.database.read() as connection:
        report = connection.execute(select(table(tables.Report))).one()
    assert (f"{report.recorded_at:%H:%M}", report.late, report.person) == (hour, late, None)


def test_what_somebody_sent_at_once_is_one_filing(office: Office) -> None:
    """Two places in one message are one filing with two lines; another moment is another filing."""
    places = (*PLACES, ("24", "汉口花园六期", "小区", "C"))
    reports = (
        ("place", "day", "status", "reporter", "sent_at"),
        ("23", "2026-11-23", "normal", "13800000001", "16:00"),
        ("24", "2026-11-23", "normal", "13800000001", "16:00"),
        ("24", "2026-11-23", "abnormal", "13800000001", "16:10"),
    )
    office.bring({"places": places, "people": PEOPLE, "reports": reports})
    assert (office.rows()["filing"], office.rows()["report"]) == (2, 3)


def test_places_people_and_assignments_change(office: Office) -> None:
    """A rename, a closing, a new name and an end are updates; what a file does not say stays as it was."""
    office.bring(TOWN)
    brought = office.bring(
        {
            "places": (("code", "name", "level", "closed", "parent"), ("23", "星悦一期", "compound", "2026-12-31", "")),
            "people": (PEOPLE[0], ("138-0000-0001", "张叁")),
            "assignments": ((*ASSIGNMENTS[0], "to"), (*ASSIGNMENTS[1], "2026-12-01")),
        }
    )
    assert [(count.new, count.changed) for count in brought.counts.values()] == [(0, 1), (0, 1), (0, 1), (0, 0), (0, 0)]
    with office.database.read() as connection:
        place = connection.execute(select(table(tables.Place)).where(table(tables.Place).c.code == "23")).one()
        until = connection.execute(select(table(tables.Assignment).c.until)).scalar()
    assert (place.name, place.parent, place.closed) == ("星悦一期", "C", dt.date(2026, 12, 31))
    assert until == dt.date(2026, 12, 1)
    office.bring({"places": (("code", "name", "level", "closed"), ("23", "星悦一期", "compound", "-"))})
    assert "23" in figures(office)


def test_later_events_join_a_case_that_is_there(office: Office) -> None:
    """References may point into the database, and the streak follows in the same import."""
    office.bring({**TOWN, "case_events": CASES[:2]})
    assert figures(office)["23"].days == 0
    brought = office.bring({"case_events": (CASES[0], CASES[2])})
    assert brought.counts["case_events"].new == 1
    assert figures(office)["23"].days == 12


def test_a_person_may_return_to_a_task(office: Office) -> None:
    """A second span of the same task is a new assignment; the ended one stays."""
    header = (*ASSIGNMENTS[0], "from", "to")
    first = ("13800000001", "网格员", "23", "2026-01-01", "2026-03-31")
    second = ("13800000001", "网格员", "23", "2026-06-01", "")
    office.bring({**TOWN, "assignments": (header, first)})
    office.bring({"assignments": (header, first, second)})
    assert office.rows()["assignment"] == 2


def test_a_new_kind_is_data(office: Office) -> None:
    """A kind that only the pack knows is read by the pack's own word for it."""
    pack = office.folder / "dengue.toml"
    pack.write_text('extends = "default"\n[kinds.dengue]\nbreaking = true\nrule = "note-2"\nzh = "登革热"\n', "utf-8")
    from bot.scoring import packs  # noqa: PLC0415 - only here

    office.rules = packs.load(str(pack))
    office.bring({"places": PLACES, "case_events": (CASES[0], ("D1", "23", "发现", "登革热", "2026-11-20"))})
    assert figures(office)["23"].days == 0
