"""``docs/textbook.md``: the situations of 篇四, notes 1 to 4, day by day, as the program computes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scoring.test_textbook import figure

FILE = Path(__file__).parents[2] / "docs" / "textbook.md"
DAYS = range(4, 15)
SITUATIONS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("从未有过病例", (), "restart", "注1"),
    ("5日发现确诊，当日集中收治", ("found 5 confirmed, left 5",), "restart", "注2"),
    ("5日发现确诊，7日集中收治", ("found 5 confirmed, left 7",), "restart", "注2"),
    ("5日发现确诊，尚未离开小区", ("found 5 confirmed",), "restart", "注2"),
    ("5日发现疑似，8日在小区内排除（`restart`）", ("found 5 suspected, ruled_out 8",), "restart", "注2"),
    ("5日发现疑似，8日在小区内排除（`restore`）", ("found 5 suspected, ruled_out 8",), "restore", "注2"),
    ("5日发热，7日排除", ("found 5 fever, ruled_out 7",), "restart", "注3"),
    ("5日发热，6日离开小区，9日诊断确诊", ("found 5 fever, left 6, diagnosed 9 confirmed",), "restart", "注3"),
    ("5日发热，8日诊断疑似，9日集中收治", ("found 5 fever, diagnosed 8 suspected, left 9",), "restart", "注3"),
    ("5日发现密接，6日送隔离点", ("found 5 close_contact, left 6",), "restart", "注4"),
    (
        "5日发现密接，6日送隔离点，10日在隔离点确诊",
        ("found 5 close_contact, left 6, diagnosed 10 confirmed",),
        "restart",
        "注4",
    ),
    (
        "5日确诊、10日收治；7日另有密接、8日送隔离点",
        ("found 5 confirmed, left 10", "found 7 close_contact, left 8"),
        "restart",
        "注2、注4",
    ),
)
HEAD = """# 篇四注1至注4：连续无疫天数对照表

小区自 10月1日 起算；表中是 10月4日 至 14日 每天终了时的天数，由程序算出
（`tests/scoring/test_situations.py --update`）。
`restart`、`restore` 是规则包对“医学排除”的两种办法，见 [packs.md](packs.md)；其余各行按 `default`。

"""


def table() -> str:
    """The document, as the program computes it today."""
    rows = [["情形", "依据", *(f"{day}日" for day in DAYS)], ["---"] * (2 + len(DAYS))]
    for title, logs, policy, note in SITUATIONS:
        days = [str(figure(day, *logs, ruled_out=policy).days) for day in DAYS]
        rows.append([title, note, *days])
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def test_the_document_says_what_the_program_computes(request: pytest.FixtureRequest) -> None:
    """Each situation that a clerk may look up has its days in the documentation, and they are those of the engine."""
    if request.config.getoption("--update"):
        FILE.write_text(table(), encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == table()


@pytest.mark.parametrize(
    ("row", "days"),
    [
        (0, [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]),
        (1, [4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (2, [4, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]),
        (3, [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        (4, [4, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6]),
        (5, [4, 0, 0, 0, 8, 9, 10, 11, 12, 13, 14]),
        (6, [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]),
        (7, [4, 5, 6, 7, 8, 3, 4, 5, 6, 7, 8]),
        (8, [4, 5, 6, 7, 0, 0, 1, 2, 3, 4, 5]),
        (9, [4, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (10, [4, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (11, [4, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]),
    ],
)
def test_the_days_by_hand(row: int, days: list[int]) -> None:
    """The same, counted by hand from the notes."""
    _, logs, policy, _ = SITUATIONS[row]
    assert [figure(day, *logs, ruled_out=policy).days for day in DAYS] == days
