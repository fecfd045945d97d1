"""``wuyi export``: a file of each kind, refusals with their exit status, and a line in the audit log."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from bot.__main__ import wuyi
from bot.store.database import Database
from bot.store.tables import named
from tests.documents.reading import paragraphs, sheet, values, word
from tests.documents.seen import image


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample."""
    folder = tmp_path_factory.mktemp("data")
    environment = {"WUYI_DATA_DIR": str(folder), "WUYI_NOW": "2026-11-24T14:58+08:00"}
    done = CliRunner().invoke(wuyi, ["init", "--sample"], env=environment)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(autouse=True)
def _there(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of one's own, on 24 November 2026."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUYI_DATA_DIR", str(data))
    monkeypatch.setenv("WUYI_NOW", "2026-11-24T14:58+08:00")


def call(*arguments: str) -> Result:
    """``wuyi export`` with these arguments."""
    return CliRunner().invoke(wuyi, ("export", *arguments))


def audited(data: Path) -> list[tuple[str, str, str, str]]:
    """What the audit log says of exports."""
    database = Database(f"sqlite:///{data / 'wuyi.db'}")
    table = named("audit")
    columns = (table.c.actor, table.c.action, table.c.subject, table.c.detail)
    with database.read() as connection:
        found = connection.execute(select(*columns).where(table.c.action == "exported").order_by(table.c.id)).all()
    database.close()
    return [tuple(row) for row in found]


def test_the_daily_table_of_the_sample_is_that_of_the_source(data: Path) -> None:
    """40 lines from 22 to 61; the place by name; the export is written down."""
    done = call("daily-table", "--place", "样板街道", "--day", "2026-11-23", "--out", "日报.xlsx")
    assert (done.exit_code, done.output) == (0, "日报.xlsx\n")
    rows = values(sheet(Path("日报.xlsx").read_bytes()))
    assert [row[1] for row in rows[3:43]] == list(range(22, 62))
    assert [row[2] for row in rows[3:6]] == ["君安花园小区", "星悦城一期", "汉口花园六期"]
    assert audited(data)[-1] == ("cli", "exported", "SL-01", "daily-table 2026-11-23")


@pytest.mark.parametrize(
    ("kind", "option", "title"),
    [
        ("monthly", ("--month", "2026-10"), "（君安社区　2026年10月）"),
        ("quarterly", ("--quarter", "2026Q3"), "（君安社区　2026年第三季度）"),
        ("monthly", (), "（君安社区　2026年11月）"),
    ],
)
def test_a_report_is_of_the_period_that_was_said(kind: str, option: tuple[str, ...], title: str) -> None:
    """Of the present one where none was; a file of that name is replaced."""
    Path("r.DOCX").write_bytes(b"before")
    assert call(kind, "--place", "C01", *option, "--out", "r.DOCX").exit_code == 0
    assert title in paragraphs(word(Path("r.DOCX").read_bytes()))


@pytest.mark.parametrize("option", [(), ("--day", "2026-11-01"), ("--month", "2026-11"), ("--quarter", "2026Q4")])
def test_the_ledger_is_of_any_period(option: tuple[str, ...]) -> None:
    """A day, a month, a quarter."""
    assert call("ledger", "--place", "C01", *option, "--out", "l.xlsx").exit_code == 0
    assert values(sheet(Path("l.xlsx").read_bytes()))[0][0] == "疫情防控问题整改台账"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("poster", "--place", "C01", "--out", "p.docx"), "Invalid value for 'KIND'"),
        (("monthly", "--out", "m.docx"), "Missing option '--place'"),
        (("monthly", "--place", "C01", "--out", "m.pdf"), "monthly is written as .docx, not as m.pdf"),
        (("assessment", "--place", "C01", "--out", "m"), "assessment is written as .docx or .xlsx, not as m"),
        (("monthly", "--place", "C01", "--day", "2026-11-24", "--out", "m.docx"), "made of a month, not of a day"),
        (("monthly", "--place", "C01", "--month", "2026-11-24", "--out", "m.docx"), "'2026-11-24' is no month"),
        (("monthly", "--place", "C01", "--month", "heute", "--out", "m.docx"), "'heute' is no day"),
        (
            ("ledger", "--place", "C01", "--day", "2026-11-24", "--month", "2026-11", "--out", "l.xlsx"),
            "give one of --day, --month",
        ),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], why: str) -> None:
    """Exit status 2, with what would be right; no file is made."""
    done = call(*arguments)
    assert (done.exit_code, why in done.stderr) == (2, True), done.stderr
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("monthly", "--place", "C99", "--out", "m.docx"), "C99"),
        (("assessment", "--place", "C01", "--out", "a.docx"), "no assessment of C01 was submitted"),
        (("application", "--place", "C01", "--out", "a.docx"), "no application of C01 is kept"),
        (("monthly", "--place", "C01", "--month", "2026-12", "--out", "m.docx"), "2026-12 is still to come"),
        (("monthly", "--place", "C01", "--out", "nowhere/m.docx"), "nowhere/m.docx cannot be written"),
    ],
)
def test_what_is_refused(arguments: tuple[str, ...], why: str) -> None:
    """Exit status 1 with the reason on stderr; no file is made."""
    done = call(*arguments)
    assert (done.exit_code, why in done.stderr, done.stdout) == (1, True, ""), done.stderr
    assert list(Path().iterdir()) == []


def test_a_clock_that_does_not_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As every command does."""
    monkeypatch.setenv("WUYI_NOW", "noon")
    done = call("monthly", "--place", "C01", "--out", "m.docx")
    assert (done.exit_code, "WUYI_NOW is no moment" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("kind", "place", "more"),
    [
        ("board-picture", "样板街道", ()),
        ("board-picture", "C01", ("--day", "2026-11-01", "--lang", "en")),
        ("calendar-picture", "23", ()),
        ("overview-picture", "SL-01", ("--day", "2026-11-23")),
    ],
)
def test_a_picture_of_the_board(data: Path, kind: str, place: str, more: tuple[str, ...]) -> None:
    """Of a day, today where none was said, for whoever wants to look without a chat; it is written down."""
    done = call(kind, "--place", place, *more, "--out", "图.png")
    assert (done.exit_code, done.output) == (0, "图.png\n")
    assert image(Path("图.png").read_bytes()).width == 1080
    assert audited(data)[-1][3].split()[0] == kind


def test_a_picture_is_of_a_day_and_a_png() -> None:
    """What else was asked for is refused, and nothing is written."""
    for odd in (("--month", "2026-11", "--out", "a.png"), ("--out", "a.docx"), ("--lang", "fr", "--out", "a.png")):
        assert call("board-picture", "--place", "C01", *odd).exit_code == 2
    late = call("board-picture", "--place", "C01", "--day", "2026-11-25", "--out", "a.png")
    assert (late.exit_code, list(Path().iterdir())) == (1, [])
