"""``wuyi streaks`` and ``wuyi explain`` over a real database, on a fixed day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, insert

from bot.__main__ import wuyi
from bot.commands.table import cells
from bot.scoring.packs import load
from bot.store.database import Database
from bot.store.figures import project
from bot.store.schema import migrate
from bot.store.tables import Case, CaseEvent, Filing, Place, Report

PLACES = [
    ("T", "塔子湖街道", "township", None, None, None),
    ("S", "君安社区", "community", "T", None, None),
    ("X1", "星悦城一期", "compound", "S", None, None),
    ("X2", "君安花园", "compound", "S", None, None),
    ("X3", "汉口花园六期", "compound", "S", date(2026, 11, 1), None),
    ("X4", "雅菊苑", "compound", "S", None, None),
    ("X5", "清芷园", "compound", "S", None, date(2026, 11, 20)),
    ("X6", "清芷园", "compound", "T", None, None),
    ("X7", "兴隆苑", "compound", "T", None, None),
    ("X8", "馨竹苑", "compound", "T", date(2026, 12, 1), None),
]
EVENTS = [
    ("S1015-01", "X1", "found", "suspected", date(2026, 10, 15)),
    ("S1015-01", "X1", "left", "", date(2026, 10, 18)),
    ("F1", "X2", "found", "fever", date(2026, 11, 10)),
    ("F1", "X2", "left", "", date(2026, 11, 11)),
    ("F1", "X2", "diagnosed", "confirmed", date(2026, 11, 13)),
    ("C9", "X4", "found", "close_contact", date(2026, 11, 20)),
    ("C7", "X7", "found", "close_contact", date(2026, 11, 20)),
    ("C7", "X7", "left", "", date(2026, 11, 24)),
    ("C6", "X6", "found", "asymptomatic", date(2026, 11, 1)),
    ("C6", "X6", "released", "", date(2026, 11, 8)),
]


def noon(day: date) -> datetime:
    """Noon in Shanghai."""
    return datetime.combine(day, time(4), UTC)


def fill(connection: Connection) -> None:
    """A township as above, with 37 days of reports of one compound and one of another."""
    keys = ("code", "name", "level", "parent", "start", "closed")
    connection.execute(insert(Place), [dict(zip(keys, row, strict=True)) for row in PLACES])
    cases = {case: {"code": case, "place": place, "opened_at": noon(on)} for case, place, _, _, on in EVENTS}
    connection.execute(insert(Case), list(cases.values()))
    names = ("case", "place", "event", "kind", "on")
    events = [dict(zip(names, row, strict=True)) | {"recorded_at": noon(row[4])} for row in EVENTS]
    connection.execute(insert(CaseEvent), events)
    days = [("X1", date(2026, 10, 19) + timedelta(days=n)) for n in range(37)] + [("X2", date(2026, 11, 23))]
    for n, (place, day) in enumerate(days):
        row = {"day": day, "recorded_at": noon(day)}
        connection.execute(insert(Filing).values(id=n + 1, **row))
        connection.execute(insert(Report).values(filing=n + 1, place=place, status="normal", **row))
    project(connection, load("default"), list(cases))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with that township in it."""
    folder = tmp_path_factory.mktemp("data")
    database = Database(f"sqlite:///{folder / 'wuyi.db'}")
    migrate(database)
    database.write(fill)
    database.close()
    return folder


@pytest.fixture
def call(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls ``wuyi`` with arguments, on 24 November 2026."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUYI_DATA_DIR", str(data))
    monkeypatch.setenv("WUYI_NOW", "2026-11-24T20:00+08:00")
    return Call()


class Call:
    """The command line."""

    def __call__(self, *arguments: str) -> Result:
        """Run it in this process."""
        return CliRunner().invoke(wuyi, arguments)


def test_streaks_as_json_have_the_shape_of_the_interface(call: Call) -> None:
    """One object a place, with exactly the names promised."""
    done = call("streaks", "--place", "X1", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [
        {
            "place": "X1",
            "name": "星悦城一期",
            "level": "compound",
            "as_of": "2026-11-24",
            "streak": 37,
            "state": "clean",
            "since": "2026-10-19",
            "reason": {"rule": "note-2", "case": "S1015-01", "kind": "suspected", "ended_on": "2026-10-18"},
            "reported_days": 37,
            "unverified_days": 0,
        }
    ]


def test_streaks_of_all_places_without_the_closed_ones(call: Call) -> None:
    """Every open place has a row; a case still there has no end, and a broken place no beginning."""
    rows = {row["place"]: row for row in json.loads(call("streaks", "--json").stdout)}
    assert set(rows) == {row[0] for row in PLACES} - {"X5"}
    assert rows["X4"]["reason"]["ended_on"] is None
    assert (rows["T"]["state"], rows["T"]["streak"], rows["T"]["since"]) == ("broken", 0, None)
    assert (rows["X3"]["state"], rows["X3"]["streak"], rows["X3"]["reason"]) == ("unverified", 24, None)


def test_streaks_of_a_level_and_of_a_level_within_a_place(call: Call) -> None:
    """``--level`` keeps a level; with ``--place`` it keeps what lies in it, and alone the place itself."""

    def places(*arguments: str) -> list[str]:
        return [row["place"] for row in json.loads(call("streaks", "--json", *arguments).stdout)]

    assert places("--level", "township") == ["T"]
    assert places("--level", "compound", "--place", "君安社区") == ["X1", "X2", "X3", "X4"]
    assert places("--place", "君安社区") == ["S"]


def test_streaks_as_of_a_day_and_as_known_at_a_moment(call: Call) -> None:
    """A fever counts as clean until its diagnosis, on the day and as known then; a naive time is local."""

    def streak(*arguments: str) -> int:
        return int(json.loads(call("streaks", "--json", "--place", "X2", *arguments).stdout)[0]["streak"])

    assert streak("--as-of", "2026-11-12") == 316
    assert streak("--as-of", "2026-11-13") == 2
    assert streak("--as-of", "2026-11-13", "--known-at", "2026-11-13T11:59") == 317
    assert streak("--as-of", "2026-11-13", "--known-at", "2026-11-13T04:00+00:00") == 2


def test_streaks_under_a_pack_that_was_not_projected(call: Call) -> None:
    """Another pack is answered from the facts themselves."""
    under = json.loads(call("streaks", "--json", "--pack", "village").stdout)
    assert under == json.loads(call("streaks", "--json").stdout)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_streaks_as_a_table_align(call: Call, lang: str) -> None:
    """Every column begins at the same cell of the terminal, whatever the width of its characters."""
    done = call("streaks", "--lang", lang)
    assert done.exit_code == 0
    _, head, *rows = done.stdout.splitlines()
    column = {"zh": "级别", "en": "Level"}[lang]
    begin = cells(head[: head.index(column)])
    words = {"zh": ("街道", "乡镇", "社区", "小区"), "en": ("township", "community", "compound")}[lang]
    for row in rows:
        assert any(cells(row[:n]) == begin and row[n:].startswith(words) for n in range(len(row))), row


def test_cells_count_what_a_terminal_shows() -> None:
    """Chinese and full-width signs take two cells, an accent none."""
    assert cells("小区A，e\u0301") == 8


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            ["星悦城一期"],
            [
                "37 天，自 10月19日 起算",
                "疑似 1 例（S1015-01）：10月15日 发现，10月18日 集中收治，次日起重新计算（篇四·注2）",
                "37 天都有日报",
            ],
        ),
        (
            ["X2"],
            [
                "13 天，自 11月12日 起算",
                (
                    "确诊 1 例（F1）："
                    "11月10日 发现时为发热，11月11日 离开，11月13日 诊断，离开的次日起重新计算（篇四·注3）"
                ),
                "1 天有日报，12 天没有（未经核实）",
                "11月24日 还没有日报",
            ],
        ),
        (
            ["X3"],
            ["24 天，自 11月1日 起算", "起算以来没有使计数中断的病例", "24 天都没有日报，未经核实"],
        ),
        (
            ["S"],
            [
                "0 天，有病例尚未离开或解除",
                "雅菊苑 密接 1 例（C9）：11月20日 发现，还没有离开，离开的次日起重新计算（篇四·注4）",
            ],
        ),
        (
            ["兴隆苑"],
            [
                "0 天，11月25日 起重新计算",
                "密接 1 例（C7）：11月20日 发现，11月24日 送隔离，次日起重新计算（篇四·注4）",
            ],
        ),
        (
            ["X6"],
            [
                "16 天，自 11月9日 起算",
                "无症状 1 例（C6）：11月1日 发现，11月8日 解除，次日起重新计算（篇四·注2）",
                "16 天都没有日报，未经核实",
            ],
        ),
        (["X8"], ["0 天，11月24日 还没有计入"]),
        (
            ["X1", "--as-of", "2027-01-02"],
            [
                "76 天，自 2026年10月19日 起算",
                "疑似 1 例（S1015-01）：2026年10月15日 发现，2026年10月18日 集中收治，次日起重新计算（篇四·注2）",
                "37 天有日报，39 天没有（未经核实）",
                "1月2日 还没有日报",
            ],
        ),
        (
            ["X2", "--lang", "en"],
            [
                "13 days, counted from 12 Nov",
                (
                    "1 confirmed (F1): found 10 Nov as fever, left 11 Nov, diagnosed 13 Nov; "
                    "counting restarts the day after it left (篇四, note 3)"
                ),
                "Reports on 1 day, none on 12 days (unverified)",
                "No report for 24 Nov yet",
            ],
        ),
        (
            ["S", "--lang", "en"],
            [
                "0 days; a case has not left or been released yet",
                (
                    "1 close contact (C9) at 雅菊苑: found 20 Nov, has not left yet; "
                    "counting restarts the day after (篇四, note 4)"
                ),
            ],
        ),
        (
            ["X1", "--lang", "en", "--as-of", "2026-10-19"],
            [
                "1 day, counted from 19 Oct",
                "1 suspected (S1015-01): found 15 Oct, admitted 18 Oct; counting restarts the day after (篇四, note 2)",
                "Reports on the day",
            ],
        ),
    ],
)
def test_explain_says_why(call: Call, arguments: list[str], lines: list[str]) -> None:
    """The figure first, then the case and its rule, then how many days have reports."""
    done = call("explain", *arguments)
    assert (done.exit_code, done.stdout.splitlines()) == (0, lines)


@pytest.mark.parametrize(
    ("policy", "lines"),
    [
        ("hold", ["1 天，自 11月12日 起算（无日报的日子不计）"]),
        ("break", ["0 天，11月24日 还没有计入"]),
    ],
)
def test_explain_under_another_policy(call: Call, tmp_path: Path, policy: str, lines: list[str]) -> None:
    """A day without a report that adds nothing, or that restarts the count, is said to do so."""
    pack = tmp_path / "mine.toml"
    pack.write_text(f'extends = "default"\nunverified = "{policy}"\n', encoding="utf-8")
    done = call("explain", "X2", "--pack", str(pack))
    assert done.stdout.splitlines()[:1] == lines
    restarted = call("explain", "X2", "--pack", str(pack), "--as-of", "2026-11-23").stdout.splitlines()
    if policy == "break":
        assert restarted[:2] == ["1 天，自 11月23日 起算", "11月22日 没有日报，次日起重新计算"]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["explain", "nowhere"], 1, "there is no place “nowhere”"),
        (["explain", "nowhere", "--lang", "en"], 1, "there is no place “nowhere”"),
        (["explain", "清芷园"], 1, "2 places are called “清芷园”; use a code: X5, X6"),
        (["explain", "X5"], 1, "closed on that day"),
        (["streaks", "--place", "X5"], 1, "closed on that day"),
        (["streaks", "--place", "nowhere"], 1, "there is no place “nowhere”"),
        (["streaks", "--pack", "nowhere"], 1, "there is no such pack"),
        (["streaks", "--as-of", "soon"], 2, "not a day"),
        (["streaks", "--known-at", "soon"], 2, "not a time"),
        (["streaks", "--level", "planet"], 2, "planet"),
        (["explain"], 2, "PLACE"),
    ],
)
def test_what_is_refused(call: Call, arguments: list[str], status: int, said: str) -> None:
    """1 with the reason on stderr for what is refused, 2 for wrong usage; nothing on stdout."""
    done = call(*arguments)
    assert (done.exit_code, done.stdout) == (status, "")
    assert said in done.stderr


def test_without_a_database_there_is_one_clear_sentence(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No trace of a program, but what to do."""
    monkeypatch.setenv("WUYI_DATA_DIR", str(tmp_path))
    done = call("streaks")
    assert done.exit_code == 1
    assert "wuyi init" in done.stderr


def test_a_clock_that_does_not_read_is_refused(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """``WUYI_NOW`` that is no moment is an error of the caller's, with its reason."""
    monkeypatch.setenv("WUYI_NOW", "yesterday")
    done = call("streaks")
    assert (done.exit_code, "WUYI_NOW" in done.stderr) == (1, True)
