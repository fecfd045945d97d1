"""Rosters that are refused: every bad row with its file, row, column and reason, and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.roster.bring import SHOWN, RefusedError
from tests.roster.conftest import ASSIGNMENTS, CASES, PEOPLE, PLACES, REPORTS, TOWN, Office, Table

PLACE = ("code", "name", "level", "parent", "start", "closed")
TASK = ("phone", "role", "place", "from", "to")
CASE = ("case", "place", "event", "kind", "on", "recorded_at")
REPORT = ("place", "day", "status", "reporter", "sent_at")

BAD: dict[str, tuple[str, Table, list[tuple[int, str | None, str]]]] = {
    "unknown parent": ("places", (PLACE, ("30", "甲", "小区", "X")), [(2, "parent", "unknown_parent")]),
    "wrong order": ("places", (PLACE, ("C", "君安", "社区", ""), ("B", "1栋", "楼栋", "C")), [(3, "parent", "order")]),
    "compound under township": (
        "places",
        (PLACE, ("T", "街", "乡镇"), ("30", "甲", "小区", "T")),
        [(3, "parent", "order")],
    ),
    "under itself": ("places", (PLACE, ("30", "甲", "小区", "30")), [(2, "parent", "cycle")]),
    "cycle": (
        "places",
        (PLACE, ("V", "村", "村", "30"), ("30", "甲", "小区", "V")),
        [(2, "parent", "cycle")],
    ),
    "code twice": ("places", (PLACE, ("30", "甲", "小区"), ("30", "乙", "小区")), [(3, "code", "twice")]),
    "closed first": (
        "places",
        (PLACE, ("30", "甲", "小区", "", "2026-02-01", "2026-01-01")),
        [(2, "closed", "closed_before_start")],
    ),
    "unknown level": ("places", (PLACE, ("30", "甲", "院子")), [(2, "level", "not_option")]),
    "empty cells": ("places", (PLACE, ("30", "", "")), [(2, "name", "empty"), (2, "level", "empty")]),
    "code with a space": ("places", (PLACE, ("3 0", "甲", "小区")), [(2, "code", "not_code")]),
    "impossible day": ("places", (PLACE, ("30", "甲", "小区", "", "2026-02-30")), [(2, "start", "impossible_day")]),
    "no column": ("places", (("code", "name"), ("30", "甲")), [(1, None, "no_column")]),
    "twin columns": ("places", (("code", "编码", "name", "level"), ("1", "2", "a", "村")), [(1, None, "twin_columns")]),
    "bad phone": ("people", (("phone", "name"), ("1380000", "甲")), [(2, "phone", "not_phone")]),
    "two names": (
        "people",
        (("phone", "name"), ("13800000002", "甲"), ("+86 13800000002", "乙")),
        [(3, "phone", "twice")],
    ),
    "unknown person": ("assignments", (TASK, ("13800000009", "网格员", "23")), [(2, "phone", "unknown_person")]),
    "unknown task place": ("assignments", (TASK, ("13800000001", "网格员", "99")), [(2, "place", "unknown_place")]),
    "unknown role": ("assignments", (TASK, ("13800000001", "班长", "23")), [(2, "role", "not_option")]),
    "backwards": (
        "assignments",
        (TASK, ("13800000001", "网格员", "23", "2026-02-01", "2026-01-01")),
        [(2, "from", "from_after_to")],
    ),
    "unknown case place": (
        "case_events",
        (CASE, ("F", "99", "发现", "发热", "2026-11-01")),
        [(2, "place", "unknown_place")],
    ),
    "two places": (
        "case_events",
        (CASE, ("F", "23", "发现", "发热", "2026-11-01"), ("F", "C", "离开", "", "2026-11-02")),
        [(3, "place", "two_places")],
    ),
    "two places across imports": (
        "case_events",
        (CASE, ("S1", "C", "离开", "", "2026-11-13")),
        [(2, "place", "two_places")],
    ),
    "kind missing": ("case_events", (CASE, ("F", "23", "发现", "", "2026-11-01")), [(2, "kind", "kind_missing")]),
    "kind needless": (
        "case_events",
        (CASE, ("S1", "23", "离开", "疑似", "2026-11-13")),
        [(2, "kind", "kind_needless")],
    ),
    "unknown kind": ("case_events", (CASE, ("F", "23", "发现", "麻疹", "2026-11-01")), [(2, "kind", "not_option")]),
    "unknown event": ("case_events", (CASE, ("F", "23", "看见", "发热", "2026-11-01")), [(2, "event", "not_option")]),
    "future": ("case_events", (CASE, ("F", "23", "发现", "发热", "2026-11-25")), [(2, "on", "future_day")]),
    "end first": ("case_events", (CASE, ("S1", "23", "排除", "", "2026-11-09")), [(2, "on", "before_found")]),
    "never found": ("case_events", (CASE, ("N", "23", "解除", "", "2026-11-09")), [(2, "event", "never_found")]),
    "ambiguous day": ("case_events", (CASE, ("F", "23", "发现", "发热", "11/24/2026")), [(2, "on", "ambiguous_day")]),
    "recorded before": (
        "case_events",
        (CASE, ("F", "23", "发现", "发热", "2026-11-02", "2026-11-01 23:59")),
        [(2, "recorded_at", "recorded_before")],
    ),
    "recorded in future": (
        "case_events",
        (CASE, ("F", "23", "发现", "发热", "2026-11-24", "2026-11-24 15:01")),
        [(2, "recorded_at", "future_moment")],
    ),
    "identity card": (
        "case_events",
        (CASE, ("11010519491231002X", "23", "发现", "发热", "2026-11-01")),
        [(2, "case", "personal")],
    ),
    "report of tomorrow": ("reports", (REPORT, ("23", "2026-11-25", "正常")), [(2, "day", "future_day")]),
    "unknown reporter": (
        "reports",
        (REPORT, ("23", "2026-11-23", "正常", "13800000009")),
        [(2, "reporter", "unknown_person")],
    ),
    "unknown status": ("reports", (REPORT, ("23", "2026-11-23", "还行")), [(2, "status", "not_option")]),
    "unknown report place": ("reports", (REPORT, ("99", "2026-11-23", "正常")), [(2, "place", "unknown_place")]),
    "sent before": (
        "reports",
        (REPORT, ("23", "2026-11-23", "正常", "", "2026-11-22 12:00")),
        [(2, "sent_at", "sent_before")],
    ),
    "two words at once": (
        "reports",
        (REPORT, ("23", "2026-11-20", "正常"), ("23", "2026-11-20", "异常")),
        [(3, "status", "twice")],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_is_named_and_nothing_is_written(office: Office, name: str) -> None:
    """File, row, column and reason are given, and the database stays as it was, good rows included."""
    table, rows, expected = BAD[name]
    office.bring(TOWN)
    before = office.contents()
    good: dict[str, Table] = {"people": (*PEOPLE, ("13800000003", "新人"))} if table != "people" else {}
    assert office.refused({**good, table: rows}) == [(f"{table}.csv", *one) for one in expected]
    assert office.contents() == before


def test_a_closed_place_has_no_more_cases(office: Office) -> None:
    """The day of closing is the first that counts no more; the day before still does."""
    header, *_ = PLACES
    places = ((*header, "closed"), ("C", "君安", "社区", "", ""), ("23", "一期", "小区", "C", "2026-11-10"))
    assert office.refused({"places": places, "case_events": CASES}) == [
        ("case_events.csv", 2, "place", "closed"),
        ("case_events.csv", 3, "place", "closed"),
    ]
    office.bring({"places": places, "case_events": (CASES[0], ("S1", "23", "found", "suspected", "2026-11-09"))})


def test_a_level_must_suit_the_places_below(office: Office) -> None:
    """A community cannot become a unit while the database has a compound in it."""
    office.bring(TOWN)
    problems = office.refused({"places": (PLACES[0], ("C", "君安", "unit", "T"))})
    assert problems == [("places.csv", 2, "level", "order_below")]


def test_everything_that_is_wrong_is_said_at_once(office: Office) -> None:
    """All tables are checked whatever is wrong in one, and nothing is wrong twice for the same cause."""
    assert office.refused(
        {
            "places": (PLACES[0], ("C", "君安", "社区", ""), ("23", "一期", "院子", "C")),
            "people": (("phone", "name"), ("13800000001", "")),
            "assignments": ASSIGNMENTS,
            "case_events": (CASES[0], ("S1", "23", "found", "什么", "2026-11-10"), CASES[2]),
            "reports": (REPORTS[0], ("23", "昨天", "normal", "13800000001")),
        }
    ) == [
        ("case_events.csv", 2, "kind", "not_option"),
        ("people.csv", 2, "name", "empty"),
        ("places.csv", 3, "level", "not_option"),
        ("reports.csv", 2, "day", "not_day"),
    ]


def test_the_words_are_chinese_and_english_and_end_somewhere(office: Office) -> None:
    """Each line names file, row and column; after two hundred the rest is counted; no phone is repeated."""
    rows = (TASK, *((f"139{number:08d}", "网格员", "23") for number in range(SHOWN + 7)))
    with pytest.raises(RefusedError) as caught:
        office.bring({"places": PLACES, "assignments": rows})
    lines = str(caught.value).splitlines()
    assert len(lines) == SHOWN + 2
    assert "207" in lines[0]
    assert (
        lines[1]
        .strip()
        .startswith("assignments.csv · 第 2 行 row 2 · “phone”: 人员表和数据库中都没有这个手机号 / unknown")
    )
    assert "还有 7 处" in lines[-1]
    assert "139000" not in str(caught.value)


def test_files_that_are_no_roster(office: Office, tmp_path: Path) -> None:
    """A damaged workbook, a foreign file, an unreadable encoding and an empty folder are refused with a reason."""
    folder = tmp_path / "other"
    folder.mkdir()
    assert office.refused(folder) == [("other", None, None, "nothing")]
    (folder / "places.csv").write_bytes(b"code,name\n\xff\xfe\x80")
    assert office.refused(folder) == [("places.csv", None, None, "encoding")]
    broken = tmp_path / "r.xlsx"
    broken.write_bytes(b"PK no zip")
    assert office.refused(broken) == [("r.xlsx", None, None, "unreadable")]
    picture = tmp_path / "r.jpg"
    picture.write_bytes(b"\xff\xd8")
    assert office.refused(picture) == [("r.jpg", None, None, "unreadable")]


def test_a_failure_while_writing_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places that were written before the audit log failed are gone again."""
    before = office.contents()

    def fail(*_args: object) -> None:
        message = "disk full"
        raise OSError(message)

    monkeypatch.setattr("bot.store.audit.record", fail)
    with pytest.raises(OSError, match="disk full"):
        office.bring(TOWN)
    assert office.contents() == before


def test_a_dry_run_writes_nothing(office: Office) -> None:
    """It says what would be new, and the database stays as it was."""
    brought = office.bring(TOWN, dry_run=True)
    assert brought.counts["places"].new == 3
    assert not any(office.rows().values())
