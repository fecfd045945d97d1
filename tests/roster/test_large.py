"""A workbook of fifty thousand rows: all of it is counted, and each bad row is found; nothing here is timed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.roster.conftest import Office, Table

PLACES, PEOPLE, REPORTS = 5_000, 10_000, 20_000


def tables() -> dict[str, list[tuple[object, ...]]]:
    """A town: places, people, an assignment each, cases of two events, reports."""
    places: list[tuple[object, ...]] = [
        ("code", "name", "level", "parent"),
        ("T", "街道", "乡镇", ""),
        ("C", "社区", "社区", "T"),
    ]
    places += [(f"P{number}", f"小区{number}", "小区", "C") for number in range(PLACES - 2)]
    phones = [13900000000 + number for number in range(PEOPLE)]
    people: list[tuple[object, ...]] = [("phone", "name"), *((phone, f"某{phone % 1000}") for phone in phones)]
    tasks: list[tuple[object, ...]] = [
        ("phone", "role", "place"),
        *((phone, "网格员", f"P{phone % 4998}") for phone in phones),
    ]
    cases: list[tuple[object, ...]] = [("case", "place", "event", "kind", "on")]
    for number in range(2_500):
        cases.append((f"S{number}", f"P{number}", "发现", "疑似", "2026-10-01"))
        cases.append((f"S{number}", f"P{number}", "离开", "", "2026-10-02"))
    reports: list[tuple[object, ...]] = [("place", "day", "status", "reporter", "sent_at")]
    reports += [
        (f"P{number % 4998}", f"2026-11-{1 + number // 4998:02d}", "正常", phones[number % PEOPLE], "16:00")
        for number in range(REPORTS)
    ]
    return {"places": places, "people": people, "assignments": tasks, "case_events": cases, "reports": reports}


def workbook(path: Path, sheets: dict[str, list[tuple[object, ...]]] | dict[str, Table]) -> Path:
    """Write it fast."""
    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.fixture
def town() -> dict[str, list[tuple[object, ...]]]:
    """Fifty thousand rows."""
    return tables()


def test_fifty_thousand_rows_arrive_and_arrive_once(office: Office, town: dict[str, list[tuple[object, ...]]]) -> None:
    """Every row is counted as new, and the second time as unchanged."""
    path = workbook(office.folder / "town.xlsx", town)
    brought = office.bring(path)
    assert [count.new for count in brought.counts.values()] == [PLACES, PEOPLE, PEOPLE, 5_000, REPORTS]
    before = office.rows()
    again = office.bring(path)
    assert [count.same for count in again.counts.values()] == [PLACES, PEOPLE, PEOPLE, 5_000, REPORTS]
    assert office.rows() == before


def test_three_bad_rows_among_fifty_thousand_are_named(
    office: Office, town: dict[str, list[tuple[object, ...]]]
) -> None:
    """By sheet, row and column, and nothing is written."""
    town["people"].append(("1390000", "某"))
    town["reports"][19_999] = ("P9999", "2026-11-01", "正常", "", "")
    town["places"][4_000] = (*town["places"][4_000][:3], "没有")
    assert office.refused(workbook(office.folder / "town.xlsx", town)) == [
        ("town.xlsx [people]", 10002, "phone", "not_phone"),
        ("town.xlsx [places]", 4001, "parent", "unknown_parent"),
        ("town.xlsx [reports]", 20000, "place", "unknown_place"),
    ]
    assert not any(office.rows().values())
