"""``wuyi qualify`` over the real store: scores with their reasons, and the 80 % rule at its edges."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, insert, update

from bot.__main__ import wuyi
from bot.store import figures
from bot.store.database import Database
from bot.store.schema import migrate
from bot.store.tables import named
from tests.assessed import Lost, begin, submit
from tests.town import NOW, RULES, ZONE, _fill

SECRET = "a secret of the tests, long enough to be one"
FORM, TOWNSHIP = "assessment-form", "township-100"
PLACE = named("place")
POOR: Lost = {"6": ("10", "没有宣传"), "7": ("10", ""), "8": ("0.5", "缺台账")}
"""79.5 of 100."""


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town: two communities and a village below its township, whose counting begins where no case lies."""
    path = tmp_path_factory.mktemp("pattern") / "wuyi.db"
    with closing(Database(f"sqlite:///{path}")) as database:
        migrate(database)

        def job(connection: Connection) -> None:
            _fill(connection)
            connection.execute(update(PLACE).where(PLACE.c.code == "T").values(start=date(2026, 11, 1)))

        database.write(job)
    return path


class Town:
    """A data folder of one's own, and ``wuyi qualify`` in it."""

    def __init__(self, folder: Path) -> None:
        """There it lies."""
        self.url = f"sqlite:///{folder / 'wuyi.db'}"

    def write(self, *jobs: Callable[[Connection], object]) -> None:
        """Something happens before the command is asked."""
        with closing(Database(self.url)) as database:
            for job in jobs:
                database.write(job)

    def says(self, *arguments: str) -> Result:
        """What ``wuyi qualify`` says."""
        return CliRunner().invoke(wuyi, ["qualify", *arguments])

    def json(self, place: str, *arguments: str) -> dict[str, Any]:
        """The same for a program."""
        done = self.says(place, "--json", *arguments)
        assert (done.exit_code, done.stderr) == (0, ""), done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture
def town(pattern: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """On 24 November 2026."""
    (tmp_path / "wuyi.db").write_bytes(pattern.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUYI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WUYI_SECRET_KEY", SECRET)
    monkeypatch.setenv("WUYI_NOW", NOW.isoformat())
    return Town(tmp_path)


def assessed(place: str, standard: str, lost: Lost | None = None, at: datetime = NOW) -> Callable[[Connection], object]:
    """A place assessed by whoever leads the township's places."""
    return lambda connection: submit(connection, "zhao" if place == "T" else "brown", place, standard, lost, at)


def villages(count: int) -> Callable[[Connection], None]:
    """So many more villages below the township."""

    def job(connection: Connection) -> None:
        rows = [
            {"code": f"V{n}", "name": f"第{n}村", "level": "village", "parent": "T", "aliases": ""}
            for n in range(1, count + 1)
        ]
        connection.execute(insert(PLACE), rows)

    return job


def found(connection: Connection) -> None:
    """A confirmed case at 君安社区, left on the 22nd."""
    connection.execute(insert(named("case_")), {"code": "C1120-01", "place": "22", "opened_at": NOW})
    row = {"case": "C1120-01", "place": "22", "other": "", "source": "chat", "recorded_at": NOW}
    events = [
        row | {"event": "found", "kind": "confirmed", "on": date(2026, 11, 20)},
        row | {"event": "left", "kind": "", "on": date(2026, 11, 22)},
    ]
    connection.execute(insert(named("case_event")), events)
    figures.project(connection, RULES, ["C1120-01"])


def test_a_submitted_assessment_in_json(town: Town) -> None:
    """Points, what was lost with its reason, who took it, and the fewest items that bring what is missing."""
    town.write(assessed("JA", FORM, POOR))
    said = town.json("JA")
    assert list(said) == ["place", "name", "level", "as_of", "qualifies", "reasons", "assessment", "township"]
    assert (said["place"], said["name"], said["level"], said["as_of"]) == ("JA", "君安社区", "community", "2026-11-24")
    assert (said["qualifies"], said["reasons"], said["township"]) == (False, ["short"], None)
    made = said["assessment"]
    assert (made["standard"], made["version"], made["state"], made["on"]) == (FORM, "1", "submitted", "2026-11-24")
    assert (made["points"], made["of"], made["needed"], made["short"]) == (79.5, 100, 80, 0.5)
    assert made["lost"][0] == {
        "item": "6", "title": "防控宣传", "points": 0, "of": 10, "lost": 10, "reason": "没有宣传",
        "facts": False, "again": None,
    }  # fmt: skip
    assert [each["item"] for each in made["lost"]] == ["6", "7", "8"]
    assert (made["mend"], made["waits"], made["open"]) == ({"items": ["8"], "enough": True}, [], [])


def test_what_the_facts_took(town: Town) -> None:
    """A case costs its item and the streak's; nobody mends them, and the day on which they come back is told."""
    town.write(found, assessed("JA", FORM))
    made = town.json("JA")["assessment"]
    assert (made["points"], made["short"], made["waits"]) == (75, 5, ["2", "9"])
    assert made["mend"] == {"items": [], "enough": False}
    case, run = made["lost"]
    assert (case["facts"], case["again"], run["again"]) == (True, "2026-12-06", "2026-12-06")
    assert "确诊（C1120-01，11月20日）" in case["reason"]
    said = town.says("君安社区").stdout
    assert "没有能补的，只能等" in said
    assert "  9 防控效果 0/5（连续无疫 2 天，不足 14 天，最早 12月6日 起得分）" in said


def test_it_is_told_as_it_was_submitted(town: Town) -> None:
    """A case that became known later changes the place's next assessment, not the one that stands."""
    town.write(assessed("JA", FORM), found)
    assert town.json("JA")["assessment"]["points"] == 100


def test_the_newest_that_was_submitted_counts(town: Town) -> None:
    """A better one of yesterday does not help; one that was begun since changes nothing."""
    day = timedelta(days=1)
    town.write(
        assessed("JA", FORM, at=NOW - day),
        assessed("JA", FORM, POOR),
        lambda connection: begin(connection, "wang", "JA", FORM, only=("6",)),
    )
    assert town.json("JA")["assessment"]["points"] == 79.5


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("还没自评", "还没打：1 组织领导、6")), ("en", ("not assessed yet",))]
)
def test_nothing_was_assessed(town: Town, lang: str, words: tuple[str, ...]) -> None:
    """What the facts give is told, and that nothing was submitted."""
    said = town.json("JA")
    assert (said["qualifies"], said["reasons"]) == (False, ["unsubmitted"])
    assert (said["assessment"]["state"], said["assessment"]["points"], said["assessment"]["on"]) == ("none", 65, None)
    assert said["assessment"]["open"] == ["1", "6", "7", "8", "10"]
    text = town.says("JA", "--lang", lang).stdout
    assert all(each in text for each in words), text


def test_one_that_was_begun(town: Town) -> None:
    """It is shown as far as it is, and does not count, however many points it has."""
    town.write(lambda connection: begin(connection, "wang", "JA", FORM))
    said = town.json("JA")
    assert (said["assessment"]["state"], said["assessment"]["points"], said["qualifies"]) == ("begun", 100, False)
    assert "11月24日 开始自评，没提交" in town.says("JA").stdout
    assert "begun 24 Nov, not submitted" in town.says("JA", "--lang", "en").stdout


def test_four_of_five(town: Town) -> None:
    """Exactly 80 % is enough; the one that lacks is named."""
    good = [assessed(code, FORM) for code in ("JA", "61", "V1", "V2")]
    town.write(villages(2), *good, assessed("XM", FORM, POOR), assessed("T", TOWNSHIP))
    said = town.json("T")
    assert (said["qualifies"], said["reasons"]) == (True, [])
    rule = said["township"]
    assert (rule["share"], rule["counted"], rule["more"]) == (80, 5, 0)
    assert [each["place"] for each in rule["qualified"]] == ["61", "JA", "V1", "V2"]
    assert rule["lacking"] == [{"place": "XM", "name": "新苗社区", "points": 79.5}]
    text = town.says("T").stdout
    assert "样板街道：合格（11月24日）" in text
    assert "所辖社区、村 5 个，合格 4 个（80.0%，要 80%）" in text
    assert "  不合格：新苗社区" in text


def test_a_little_less_than_eighty_percent(town: Town) -> None:
    """7 of 9 is 77.7 %: one more must qualify. One without an assessment is named as missing."""
    good = [assessed(code, FORM) for code in ("JA", "61", "XM", "V1", "V2", "V3", "V4")]
    town.write(villages(6), *good, assessed("V5", FORM, POOR), assessed("T", TOWNSHIP))
    said = town.json("T")
    assert (said["qualifies"], said["reasons"], said["township"]["more"]) == (False, ["too_few"], 1)
    assert said["township"]["missing"] == [{"place": "V6", "name": "第6村", "points": None}]
    text = town.says("T", "--lang", "en").stdout
    assert "9 communities and villages, 7 qualify (77.7%, 80% needed), 1 more needed" in text
    assert "  Do not: 第5村\n  Not assessed: 第6村" in text


def test_none_at_all(town: Town) -> None:
    """A township below which nothing is left qualifies by nothing; closed places are left out of the count."""

    def close(connection: Connection) -> None:
        connection.execute(update(PLACE).where(PLACE.c.code.in_(["JA", "XM", "61"])).values(closed=NOW.date()))

    town.write(assessed("T", TOWNSHIP), close)
    said = town.json("T")
    assert (said["qualifies"], said["reasons"], said["township"]["counted"]) == (False, ["no_places"], 0)
    assert "所辖社区、村 0 个，合格 0 个" in town.says("T").stdout


def test_closing_the_one_that_lacks(town: Town) -> None:
    """Two of three do not do; once the third is closed, two of two do."""
    town.write(assessed("JA", FORM), assessed("61", FORM), assessed("T", TOWNSHIP))
    assert town.json("T")["reasons"] == ["too_few"]

    def close(connection: Connection) -> None:
        connection.execute(update(PLACE).where(PLACE.c.code == "XM").values(closed=NOW.date()))

    town.write(close)
    assert town.json("T")["qualifies"]
    done = town.says("XM")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "closed on that day" in done.stderr


@pytest.mark.parametrize(
    ("lost", "reasons"),
    [({"1": ("10", ""), "2.5": ("10", ""), "2.1": ("1", "")}, ["short"]), (None, ["unsubmitted"])],
    ids=["79 of 100", "no assessment"],
)
def test_the_townships_own_assessment(town: Town, lost: Lost | None, reasons: list[str]) -> None:
    """However many of its places qualify."""
    jobs = [assessed(code, FORM) for code in ("JA", "XM", "61")]
    town.write(*jobs, *([assessed("T", TOWNSHIP, lost)] if lost else []))
    said = town.json("T")
    assert (said["qualifies"], said["reasons"]) == (False, reasons)
    assert said["township"]["more"] == 0


def test_an_application_looks_at_the_first_standard_only(town: Town) -> None:
    """By which else a place was assessed says nothing."""
    town.write(assessed("JA", "community-criteria"))
    assert town.json("JA")["reasons"] == ["unsubmitted"]


def test_a_list_to_be_met(town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the pack puts a list first, all of it is needed, and nothing is counted in points."""
    pack = tmp_path / "lists.toml"
    pack.write_text('extends = "default"\n[standards]\ncommunity = ["community-criteria"]\n', encoding="utf-8")
    monkeypatch.setenv("WUYI_PACK", str(pack))
    town.write(assessed("JA", "community-criteria", {"2.1": ("1", "没有措施")}))
    text = town.says("JA").stdout
    assert "达到 6/7 项，还差 1 项\n未达到：\n  2.1 方案措施（没有措施）\n还要做：2.1 方案措施" in text
    assert "6 of 7 met, 1 to go" in town.says("JA", "--lang", "en").stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("nowhere",), "there is no place “nowhere”"),
        (("22",), "no standard for that level"),
        (("22", "--lang", "en"), "no standard for that level"),
    ],
)
def test_what_cannot_be_answered(town: Town, arguments: tuple[str, ...], why: str) -> None:
    """With exit status 1 and the reason on stderr."""
    done = town.says(*arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert why in done.stderr


def test_the_year_is_told_where_it_is_another(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is the command's own."""
    town.write(assessed("JA", FORM))
    monkeypatch.setenv("WUYI_NOW", datetime(2027, 1, 3, 9, tzinfo=ZONE).isoformat())
    assert "2026年11月24日 提交" in town.says("JA").stdout
    assert town.json("JA")["as_of"] == "2027-01-03"


def test_a_clock_that_does_not_read(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said in one sentence."""
    monkeypatch.setenv("WUYI_NOW", "noon")
    assert town.says("JA").exit_code == 1
