"""What was written in the workflow goes when its term is over, and nobody who reads the rest stumbles over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from bot.dialog import Need
from bot.model import ApplicationMade, AssessmentMarked, Brief, How, Mark, ProblemFound, ProblemStep, ProblemStepped
from bot.store import assessments, briefs, codec, ending, ledger, own_data, rotation
from bot.store.acts import Act
from bot.store.crypto import BEFORE, Keyring
from bot.store.database import Database
from bot.store.tables import named
from bot.store.work_term import forget_work
from tests.assessed import HOUSE, submit
from tests.town import KEYRING, NOW, PEOPLE, RULES, ZONE, _fill

DAY = timedelta(days=1)
TERM = timedelta(days=RULES.retention_days)
SECRET = b"another secret, just as long as the first one"
FORM = ApplicationMade("JA", "王样例", "书记", "13800000003", "坚持人民至上。", "同意")


@pytest.fixture
def town(database: Database) -> Database:
    """The town, on SQLite and on PostgreSQL."""
    database.write(_fill)
    return database


def ago(days: float) -> datetime:
    """So many days before now."""
    return NOW - days * DAY


def assessed(connection: Connection, days: float, picture: str) -> int:
    """JA assessed and submitted so many days ago, with a reason and a picture; its number."""
    at = ago(days)
    mark = Mark("6", Decimal(8), f"原因{picture}", (picture,))
    assessments.mark(connection, HOUSE, Act(3, None, at), AssessmentMarked("JA", "assessment-form", "1", (mark,)))
    submit(connection, "wang", "JA", "assessment-form", {"7": ("1", f"另外{picture}")}, at)
    found = assessments.reached(connection, HOUSE, "JA")
    assert found is not None
    return found.number


def applied(connection: Connection, sheet: int, *steps: tuple[str, float], picture: str = "") -> int:
    """An application that rests on an assessment, and its steps with words, each so many days ago."""
    table, step = named("application"), named("creation_event")
    first = ago(steps[0][1])
    values: dict[str, Any] = {"place": "JA", "person": 3, "recorded_at": first, "on": first.date(), "assessment": sheet}
    body = {"body": KEYRING.seal(codec.dump(FORM)), "basis": ""}
    number = int(connection.execute(insert(table).returning(table.c.id), values | body).scalar_one())
    for name, days in steps:
        row = {"place": "JA", "application": number, "step": name, "on": ago(days).date(), "recorded_at": ago(days)}
        row |= {"words": KEYRING.seal(f"意见{name}"), "person": 7, "period": "", "case": ""}
        key = connection.execute(insert(step).returning(step.c.id), row).scalar_one()
        if picture:
            connection.execute(insert(named("evidence")), {"media": f"{picture}{name}", "creation_event": key})
    return number


def problem(connection: Connection, place: str, *steps: tuple[ProblemStep, float], since: float) -> str:
    """A problem with pictures, found so many days ago, and what became of it."""
    at = ago(since)
    fact = ProblemFound(place, How.LISTED, "纸箱", at.date(), at.date() + 3 * DAY, photos=("found",))
    code = ledger.enter(connection, HOUSE, Act(3, None, at), fact)
    for step, days in steps:
        when = ago(days)
        act = Act(7 if step is not ProblemStep.RECTIFIED else 1, None, when)
        stepped = ProblemStepped(code, step, when.date(), "好了", (f"did {step.value}",), when.date() + DAY)
        ledger.step(connection, HOUSE, act, stepped)
    return code


def forgotten(town: Database, days: float = 0) -> tuple[Counter[str], list[str]]:
    """What goes when the round is made so many days from now: how many of a kind, and the pictures."""
    counts: Counter[str] = Counter()

    def add(kind: str, count: int) -> None:
        counts[kind] += count

    media = town.write(lambda connection: forget_work(connection, NOW + days * DAY - TERM, add))
    return +counts, sorted(media)


def column(town: Database, table: str, name: str) -> list[Any]:
    """What lies in a column, in the order in which it came."""
    with town.read() as connection:
        of = named(table)
        (key,) = of.primary_key.columns
        return list(connection.execute(select(of.c[name]).order_by(key)).scalars())


def brief(town: Database, who: str, need: Need, subject: str = "") -> Brief:
    """What somebody is told when a conversation opens."""
    with town.read() as connection:
        someone = briefs.person(connection, KEYRING, PEOPLE[who][0], NOW)
        return briefs.brief(connection, HOUSE, someone, NOW, NOW.date(), [need], subject=subject)


def test_an_application_that_was_returned(town: Database) -> None:
    """All of it stays until the term after the return, however long before that it was made; then steps and days."""
    town.write(lambda c: applied(c, assessed(c, 250, "a"), ("applied", 250), ("returned", 179), picture="p-"))
    assert forgotten(town) == (Counter(), [])
    counts, media = forgotten(town, 2)
    assert counts == {
        "application_body": 1, "creation_event_words": 2, "assessment_mark_reason": 2, "evidence": 3,
    }  # fmt: skip
    assert media == ["a", "p-applied", "p-returned"]
    assert forgotten(town, 2) == (Counter(), []), "nothing goes twice"
    course = brief(town, "wang", Need.COURSE, "JA").course
    assert course is not None
    assert [(each.step.value, each.on, each.words) for each in course.steps] == [
        ("applied", ago(250).date(), ""),
        ("returned", ago(179).date(), ""),
    ]
    sheet = brief(town, "wang", Need.SHEET, "JA").sheet
    assert sheet is not None
    assert {(mark.item, mark.points, mark.reason) for mark in sheet.before} >= {("6", Decimal(10), "")}


def test_an_award_that_is_held(town: Database) -> None:
    """It keeps the application and the assessment that it rests on; what it does not rest on goes at its own time."""

    def job(connection: Connection) -> None:
        applied(connection, assessed(connection, 500, "old"), ("applied", 500), ("returned", 490))
        applied(connection, assessed(connection, 400, "kept"), ("applied", 400), ("passed", 399), ("awarded", 390))
        assessed(connection, 200, "monthly")
        assessed(connection, 100, "lately")

    town.write(job)
    counts, media = forgotten(town)
    assert media == ["monthly", "old"]
    assert counts["application_body"] == 1
    assert [bool(body) for body in column(town, "application", "body")] == [False, True]
    assert [bool(words) for words in column(town, "creation_event", "words")] == [False, False, True, True, True]
    left = {KEYRING.open(each) for each in column(town, "assessment_mark", "reason") if each}
    assert left == {"原因kept", "另外kept", "原因lately", "另外lately"}


def test_an_assessment_that_is_judged_still(town: Database) -> None:
    """Begun long ago and never submitted: it goes after the term from its last mark."""

    def mark(days: float) -> Callable[[Connection], None]:
        marks = (Mark("6", Decimal(8), f"{days}", (f"{days}",)),)
        fact = AssessmentMarked("JA", "assessment-form", "1", marks)
        return lambda connection: assessments.mark(connection, HOUSE, Act(3, None, ago(days)), fact)

    town.write(mark(200))
    town.write(mark(10))
    assert forgotten(town) == (Counter(), [])
    assert forgotten(town, 171)[1] == ["10", "200"]


def test_problems(town: Database) -> None:
    """One that is open keeps its own; one that is done, or was a mistake, goes after the term from then."""
    done = ((ProblemStep.RECTIFIED, 299), (ProblemStep.CLOSED, 298), (ProblemStep.LOOKED_AGAIN, 200))
    again = (*done, (ProblemStep.REOPENED, 199))

    def job(connection: Connection) -> list[str]:
        return [
            problem(connection, "24", since=300),
            problem(connection, "24", *done, since=300),
            problem(connection, "24", *again, since=300),
            problem(connection, "24", (ProblemStep.WITHDRAWN, 299), since=300),
            problem(connection, "24", *done[:2], (ProblemStep.LOOKED_AGAIN, 100), since=300),
        ]

    codes = town.write(job)
    counts, media = forgotten(town)
    assert (counts["problem_words"], counts["problem_event_words"]) == (2, 4)
    assert media == ["did closed", "did looked_again", "did rectified", "did withdrawn", "found", "found"]
    table = named("problem")
    with town.read() as connection:
        rows = connection.execute(select(table.c.code, table.c.words).order_by(table.c.code)).all()
    assert [row.code for row in rows if not row.words] == [codes[1], codes[3]]
    found = brief(town, "wang", Need.PROBLEM, codes[1]).problem
    assert found is not None
    assert (found.words, [fact.words for fact in found.log]) == ("", ["", "", "", ""])


def on_the_board(connection: Connection) -> None:
    """An entry of today, one of long ago, and a duty that was ticked off with a picture then and now."""
    for days in (0, 181):
        row = {"place": "24", "day": ago(days).date(), "colour": "red", "words": KEYRING.seal("楼道干净"), "person": 7}
        connection.execute(insert(named("red_black")), row | {"recorded_at": ago(days)})
        tick = named("duty_tick")
        row = {"place": "24", "item": "cleaning", "day": ago(days).date(), "person": 1, "recorded_at": ago(days)}
        number = connection.execute(insert(tick).returning(tick.c.id), row).scalar_one()
        connection.execute(insert(named("evidence")), {"media": f"tick{days}", "tick": number})


def test_the_board_and_what_was_ticked_off(town: Database) -> None:
    """The words and the picture go after the term; that it was so stays."""
    town.write(on_the_board)
    assert forgotten(town) == ({"red_black_words": 1, "evidence": 1}, ["tick181"])
    assert [bool(each) for each in column(town, "red_black", "words")] == [True, False]
    assert len(column(town, "duty_tick", "id")) == 2


def everything(connection: Connection) -> None:
    """Something of each kind, of today and of long ago."""
    applied(connection, assessed(connection, 250, "a"), ("applied", 250), ("returned", 240), picture="p-")
    applied(connection, assessed(connection, 5, "b"), ("applied", 5), ("passed", 4), picture="q-")
    problem(connection, "24", (ProblemStep.WITHDRAWN, 299), since=300)
    problem(connection, "23", since=1)
    on_the_board(connection)


@pytest.mark.parametrize("purged", [False, True], ids=["as it was", "after the term of some"])
def test_the_end_of_the_event_takes_every_text(town: Database, *, purged: bool) -> None:
    """Words and pictures of all of it; what is read afterwards has none, and a new key finds nothing amiss."""
    town.write(everything)
    if purged:
        forgotten(town)
    certificate, _ = town.write(lambda c: ending.end(c, KEYRING, NOW, keep_roster=True))
    assert certificate.deleted["evidence"] > 0
    assert certificate.emptied["application"] == 2
    for table, name in ending.TEXTS:
        assert not any(column(town, table, name)), table
    assert [each.words for each in brief(town, "wang", Need.ENTRIES).entries] == [""]
    assert [each.words for each in brief(town, "wang", Need.PROBLEMS).problems] == [""]
    course = brief(town, "wang", Need.COURSE, "JA").course
    assert course is not None
    assert len(course.steps) == 4
    both = Keyring(SECRET + BEFORE + b"a secret of the tests, long enough to be one")
    assert town.write(lambda c: rotation.reseal(c, both, NOW, "cli"))["problem"] == 2


def test_ones_own_words_are_ones_own_data(town: Database) -> None:
    """Whoever wrote them gets them as they are, with the application as it was filled in; nobody else does."""
    town.write(everything)
    with town.read() as connection:
        lead, reviewer, worker = (own_data.export(connection, KEYRING, n, ZONE)["written"] for n in (3, 7, 1))
    assert Counter(each["kind"] for each in lead) == {"assessment": 4, "application": 2, "problem": 2}
    form = next(each for each in lead if each["kind"] == "application")
    assert (form["place"], form["words"]["leader"], form["words"]["phone"]) == ("JA", "王样例", "13800000003")
    assert form["at"] == ago(250)
    assert Counter(each["kind"] for each in reviewer) == {"creation event": 4, "red black": 2, "problem step": 1}
    assert worker == []
    forgotten(town)
    with town.read() as connection:
        left = own_data.export(connection, KEYRING, 3, ZONE)["written"]
    assert Counter(each["kind"] for each in left) == {"assessment": 2, "application": 1, "problem": 1}
