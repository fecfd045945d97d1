"""Assessments in the store: begun with the first mark, kept with their standard, submitted as they stand; refusals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select, update

from bot.dialog import Need
from bot.model import AssessmentMarked, AssessmentSubmitted, Brief, Mark, Sheet, Standard
from bot.scoring import criteria
from bot.store import assessments, briefs
from bot.store.acts import Act
from bot.store.assessments import reached, reached_of, sheet_of
from bot.store.cases import RefusedError
from bot.store.database import Database
from bot.store.submitted import submitted
from bot.store.tables import named
from tests.assessed import HOUSE, begin, submit
from tests.store.test_standing_facts import case
from tests.town import KEYRING, LONG_AGO, NOW, PEOPLE, RULES, _fill

DAY = timedelta(days=1)
FORM, LIST = "assessment-form", "community-criteria"
PLACE = named("place")
SIX = AssessmentMarked("JA", FORM, "1", (Mark("6", Decimal("7.5"), "缺照片", ("0" * 32, "1" * 32)),))
WANG = Act(PEOPLE["wang"][0], None, NOW)


@pytest.fixture
def town(database: Database) -> Database:
    """The town, on SQLite and on PostgreSQL."""
    database.write(_fill)
    return database


def sheet(town: Database, place: str = "JA", name: str = FORM) -> Sheet | None:
    """The assessment on the table."""
    with town.read() as connection:
        row = connection.execute(select(PLACE).where(PLACE.c.code == place)).one()
        return sheet_of(connection, HOUSE, row, name, NOW.date())


def brief(town: Database, who: str, need: str, subject: str = "") -> Brief:
    """What somebody is told when a conversation opens."""
    with town.read() as connection:
        someone = briefs.person(connection, KEYRING, PEOPLE[who][0], NOW)
        return briefs.brief(connection, HOUSE, someone, NOW, NOW.date(), [Need(need)], subject=subject)


def count(town: Database, name: str) -> int:
    """How many rows a table has."""
    with town.read() as connection:
        return connection.execute(select(func.count()).select_from(named(name))).scalar_one()


def refused(town: Database, job: Callable[[Connection], object]) -> str:
    """Why something was not recorded."""
    with pytest.raises(RefusedError) as why:
        town.write(job)
    return why.value.reason


def marked(fact: AssessmentMarked = SIX, act: Act = WANG) -> Callable[[Connection], object]:
    """Somebody judges."""
    return lambda connection: assessments.mark(connection, HOUSE, act, fact)


def test_the_first_mark_begins_it(town: Database) -> None:
    """Half points, the reason sealed, the pictures as evidence; the newest mark of an item holds."""
    town.write(marked())
    town.write(marked(replace(SIX, marks=(Mark("1", Decimal(5)),))))
    table = sheet(town)
    assert table is not None
    assert table.marks == (Mark("1", Decimal(5)), SIX.marks[0])
    assert (table.begun_on, table.decides, table.threshold) == (NOW.date(), True, 80)
    town.write(marked(replace(SIX, marks=(Mark("6", Decimal(10)),))))
    again = sheet(town)
    assert again is not None
    assert again.marks == (Mark("1", Decimal(5)), Mark("6", Decimal(10)))
    assert (count(town, "assessment"), count(town, "assessment_mark"), count(town, "kept_standard")) == (1, 3, 1)
    with town.read() as connection:
        reasons = connection.execute(select(named("assessment_mark").c.reason)).scalars().all()
    assert [KEYRING.open(each) for each in reasons if each] == ["缺照片"]


def test_submitted_as_it_stands(town: Database) -> None:
    """With what the facts answered at that moment; a case that comes later changes the next one only."""
    town.write(lambda connection: submit(connection, "wang", "JA", FORM, {"6": ("2.5", "缺照片")}))
    town.write(lambda connection: case(connection, "C1", "22", ("found", 3, "confirmed")))
    with town.read() as connection:
        ended = reached(connection, HOUSE, "JA")
        row = connection.execute(select(PLACE).where(PLACE.c.code == "JA")).one()
        kept = submitted(connection, HOUSE, row, FORM)
        assert reached_of(connection, HOUSE, ["XM", "nowhere"]) == {}
        assert submitted(connection, HOUSE, row, LIST) is None
    assert ended is not None
    assert (ended.points, ended.needed) == (Decimal("97.5"), Decimal(80))
    assert (ended.qualifies, ended.person) == (True, 3)
    assert kept is not None
    assert (assessments.scored(kept).points, kept.before_on) == (ended.points, NOW.date())
    fresh = sheet(town)
    assert fresh is not None
    assert (fresh.marks, fresh.before, fresh.before_on) == ((), kept.marks, NOW.date())
    assert assessments.scored(fresh).points == 40


def test_a_list_is_met_or_not(town: Database) -> None:
    """All is needed; no threshold of a pack changes that."""
    town.write(lambda connection: submit(connection, "wang", "JA", LIST, {"2.1": ("1", "")}))
    with town.read() as connection:
        row = connection.execute(select(PLACE).where(PLACE.c.code == "JA")).one()
        kept = submitted(connection, HOUSE, row, LIST)
        assert reached(connection, HOUSE, "JA") is None, "an application does not rest on it"
    assert kept is not None
    found = assessments.scored(kept)
    assert (found.points, found.needed) == (Decimal(6), Decimal(7))
    assert (kept.threshold, kept.decides) == (None, False)


@pytest.mark.parametrize(
    ("fact", "who", "reason"),
    [
        (replace(SIX, place="nowhere"), "wang", "unknown"),
        (replace(SIX, standard="unit-100"), "wang", "unknown"),
        (replace(SIX, place="22"), "wang", "unknown"),
        (replace(SIX, place="XM"), "wang", "entitled"),
        (SIX, "zhang", "entitled"),
        (SIX, "zhao", "entitled"),
        (SIX, "sun", "entitled"),
        (replace(SIX, place="T", standard="township-100"), "brown", "entitled"),
        (replace(SIX, version="0"), "wang", "version"),
        (replace(SIX, marks=(Mark("2", Decimal(20)),)), "wang", "facts"),
        (replace(SIX, marks=(Mark("6", Decimal(11)),)), "wang", "range"),
        (replace(SIX, marks=(Mark("6", Decimal("7.3")),)), "wang", "step"),
        (replace(SIX, marks=(Mark("11", Decimal(1)),)), "wang", "unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused(town: Database, fact: AssessmentMarked, who: str, reason: str) -> None:
    """Nothing of it is kept: neither a mark nor an assessment that would be begun."""
    assert refused(town, marked(fact, Act(PEOPLE[who][0], None, NOW))) == reason
    assert count(town, "assessment") == count(town, "assessment_mark") == 0


def close(town: Database, day: date) -> None:
    """The community is closed from a day on."""
    change = update(PLACE).where(PLACE.c.code == "JA").values(closed=day)
    town.write(lambda connection: connection.execute(change))


def test_a_closed_place(town: Database) -> None:
    """From the day on which it is closed; until then it may be assessed."""
    close(town, NOW.date() + DAY)
    town.write(marked())
    close(town, NOW.date())
    assert refused(town, marked()) == "closed"
    assert brief(town, "wang", "assessable").assessable == ()
    assert brief(town, "wang", "sheet", "JA").sheet is None


def test_what_cannot_be_submitted(town: Database) -> None:
    """Nothing begun, items that are open, another version; and nothing twice."""
    fact = AssessmentSubmitted("JA", FORM, "1")

    def job(connection: Connection) -> Sheet:
        return assessments.submit(connection, HOUSE, WANG, fact)

    assert refused(town, job) == "nothing"
    town.write(marked())
    assert refused(town, job) == "open"
    town.write(lambda connection: begin(connection, "wang", "JA", FORM))
    assert refused(town, lambda c: assessments.submit(c, HOUSE, WANG, replace(fact, version="0"))) == "version"
    town.write(job)
    assert refused(town, job) == "nothing"
    assert count(town, "assessment_end") == 1


def test_who_assesses_what(town: Database) -> None:
    """A lead theirs and those below, a reviewer the township, a unit's contact the unit; nobody else anything."""

    def unit(connection: Connection) -> None:
        row = {"code": "U1", "name": "示例小学", "level": "unit", "parent": "JA", "aliases": ""}
        connection.execute(insert(PLACE), row)
        role = {"person": 2, "role": "unit_contact", "place": "U1", "recorded_at": LONG_AGO}
        connection.execute(insert(named("assignment")), role)

    town.write(unit)
    found = {
        who: [each.place for each in brief(town, who, "assessable").assessable]
        for who in ("wang", "brown", "zhao", "li", "zhang", "sun")
    }
    mine = {"wang": ["JA"], "brown": ["61", "JA", "XM"], "zhao": ["T"], "li": ["U1"], "zhang": [], "sun": []}
    assert found == mine
    assert brief(town, "li", "sheet", "示例小学").sheet is not None
    assert brief(town, "wang", "sheet", "U1").sheet is None
    assert brief(town, "wang", "sheet").sheet is None


def test_how_far_each_is(town: Database) -> None:
    """Not begun, so many of those that people judge, submitted; judging twice counts once."""
    for _ in range(2):
        town.write(marked())
    town.write(lambda connection: submit(connection, "wang", "JA", LIST))
    (place,) = brief(town, "wang", "assessable").assessable
    assert [(name, *state) for name, _, *state in place.standards] == [
        (FORM, "begun", 1, 5),
        ("community-100", "none", 0, 15),
        (LIST, "submitted", 6, 6),
    ]


class Files:
    """The standards as they lie in a folder that somebody edits."""

    def __init__(self, folder: Path) -> None:
        """As they are shipped."""
        self.folder = folder
        for path in criteria.FOLDER.glob("*.toml"):
            (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")

    def present(self, name: str) -> Standard | None:
        """What ``assessments.present`` finds there."""
        try:
            return criteria.load(name, folder=self.folder)
        except criteria.CriteriaError:
            return None

    def edit(self) -> None:
        """A second version of the form: 防控宣传 5 instead of 10 points, 防控资料 10 instead of 5."""
        path = self.folder / f"{FORM}.toml"
        text = path.read_text(encoding="utf-8").replace('version = "1"', 'version = "2"')
        before, six, after = text.partition('id = "6"')
        six, eight, rest = (six + after).partition('id = "8"')
        path.write_text(
            before + six.replace("points = 10", "points = 5", 1) + eight + rest.replace("points = 5", "points = 10", 1),
            encoding="utf-8",
        )

    def drop(self) -> None:
        """The form is gone."""
        (self.folder / f"{FORM}.toml").unlink()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """A folder of one's own."""
    folder = tmp_path / "standards"
    folder.mkdir()
    found = Files(folder)
    monkeypatch.setattr(assessments, "present", found.present)
    return found


def test_the_old_version_finishes(town: Database, files: Files) -> None:
    """What was begun goes on with its version, marks and submission; the next one is made with the new one."""
    town.write(marked())
    files.edit()
    begun = sheet(town)
    assert begun is not None
    assert (begun.standard.version, begun.marks) == ("1", SIX.marks)
    assert refused(town, marked(replace(SIX, version="2"))) == "version"
    known = [leaf for leaf in begun.standard.leaves if leaf.auto is None and leaf.id != "6"]
    rest = replace(SIX, marks=tuple(Mark(leaf.id, leaf.worth) for leaf in known))
    town.write(marked(rest))
    assert brief(town, "wang", "assessable").assessable[0].standards[0][3:] == (5, 5)
    done = town.write(lambda c: assessments.submit(c, HOUSE, WANG, AssessmentSubmitted("JA", FORM, "1")))
    assert (done.standard.version, assessments.scored(done).points) == ("1", Decimal("97.5"))
    fresh = sheet(town)
    assert fresh is not None
    worth = {leaf.id: leaf.worth for leaf in fresh.standard.leaves}
    assert (fresh.standard.version, worth["6"], worth["8"]) == ("2", Decimal(5), Decimal(10))
    assert {mark.item: mark.points for mark in fresh.before} == {"1": 5, "7": 10, "8": 5, "10": 5}, "7.5 of 5 is none"
    assert refused(town, marked()) == "version"
    town.write(lambda connection: submit(connection, "wang", "JA", FORM))
    with town.read() as connection:
        versions = connection.execute(select(named("assessment").c.version).order_by(named("assessment").c.id))
        assert versions.scalars().all() == ["1", "2"]
        row = connection.execute(select(PLACE).where(PLACE.c.code == "JA")).one()
        newest = submitted(connection, HOUSE, row, FORM)
    assert newest is not None
    assert newest.standard == fresh.standard


@pytest.mark.parametrize("asked", [True, False], ids=["the pack still asks for it", "the pack does not any more"])
def test_what_was_begun_goes_on_without_its_file(
    town: Database, files: Files, monkeypatch: pytest.MonkeyPatch, *, asked: bool
) -> None:
    """It is still offered, judged and submitted; then there is nothing to begin, and the other standards stay."""
    town.write(marked())
    files.drop()
    if not asked:
        wanted = {**RULES.standards, "community": (LIST,)}
        house = replace(HOUSE, rules=replace(RULES, standards=wanted))
        monkeypatch.setattr("tests.store.test_assessments.HOUSE", house)
    (place,) = brief(town, "wang", "assessable").assessable
    assert FORM in [name for name, *_ in place.standards]
    table = sheet(town)
    assert table is not None
    rest = tuple(Mark(leaf.id, leaf.worth) for leaf in table.standard.leaves if leaf.auto is None)
    town.write(marked(replace(SIX, marks=rest)))
    town.write(lambda c: assessments.submit(c, HOUSE, WANG, AssessmentSubmitted("JA", FORM, "1")))
    assert sheet(town) is None
    assert brief(town, "wang", "sheet", f"JA {FORM}").sheet is None
    assert refused(town, marked()) == "unknown"
    (place,) = brief(town, "wang", "assessable").assessable
    assert FORM not in [name for name, *_ in place.standards]
    assert place.standards


def test_a_standard_that_is_gone_is_none() -> None:
    """One that is there is found."""
    assert assessments.present(FORM) == criteria.load(FORM)
    assert assessments.present("gone") is None
