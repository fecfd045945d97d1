"""A place with all that a document may speak of: cases, problems, an assessment, an application, an award."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection, insert

from bot.model import (
    ApplicationMade,
    AssessmentMarked,
    AssessmentSubmitted,
    How,
    Mark,
    ProblemFound,
    ProblemStep,
    ProblemStepped,
)
from bot.store import assessments, creation, figures, ledger
from bot.store.acts import Act
from bot.store.asking import House
from bot.store.tables import named
from tests.town import KEYRING, NOW, RULES, TODAY, ZONE

HOUSE = House(KEYRING, RULES, ZONE)
WANG, ZHAO = 3, 7
MARKS = {"1": "5", "6": "7.5", "7": "8", "8": "4", "10": "5"}
"""Of 篇二 附件3 what nobody but a person answers; the facts give 15 + 20 + 15 + 10 + 5 for the rest of it."""
FORM = ApplicationMade("JA", "王样例", "书记", "13800000003", "一是健全组织体系。\n二是严格落实措施。", "同意申报。")


def act(person: int, days: int = 0) -> Act:
    """Somebody does something, so many days from now."""
    return Act(person, None, NOW + timedelta(days=days))


def case(connection: Connection, code: str, place: str, kind: str, found: date) -> None:
    """A case that is still open."""
    connection.execute(insert(named("case_")), {"code": code, "place": place, "opened_at": NOW})
    row = {"case": code, "place": place, "event": "found", "kind": kind, "on": found, "other": ""}
    connection.execute(insert(named("case_event")), row | {"recorded_at": NOW, "source": "import"})
    figures.project(connection, RULES, [code])


def assess(connection: Connection) -> None:
    """The community's own assessment by 篇二 附件3: two people, one reason."""
    marks = tuple(Mark(item, Decimal(said), "消毒只做 1 次" if item == "7" else "") for item, said in MARKS.items())
    assessments.mark(connection, HOUSE, act(WANG), AssessmentMarked("JA", "assessment-form", "1", marks))
    assessments.submit(connection, HOUSE, act(WANG), AssessmentSubmitted("JA", "assessment-form", "1"))


def apply(connection: Connection) -> None:
    """The community applies; the township returns it."""
    creation.apply(connection, HOUSE, act(WANG), FORM)


def problems(connection: Connection) -> None:
    """One that was closed, looked at and came back; one that is overdue; a mistake."""

    def found(place: str, how: How, words: str, on: date, due: date) -> str:
        return ledger.enter(connection, HOUSE, act(WANG), ProblemFound(place, how, words, on, due, None))

    def step(code: str, what: ProblemStep, on: date, person: int = WANG, due: date | None = None) -> None:
        ledger.step(connection, HOUSE, act(person), ProblemStepped(code, what, on, "好了", due=due))

    back = found("23", How.EXPERIENCE, "北门没人测温", date(2026, 11, 3), date(2026, 11, 6))
    step(back, ProblemStep.RECTIFIED, date(2026, 11, 5), 1)
    step(back, ProblemStep.CLOSED, date(2026, 11, 6))
    step(back, ProblemStep.REOPENED, date(2026, 11, 20), due=date(2026, 11, 30))
    found("24", How.LISTED, "=1+1 楼道堆物", date(2026, 11, 12), date(2026, 11, 15))
    step(found("22", How.LISTED, "看错了", date(2026, 11, 13), date(2026, 11, 15)), ProblemStep.WITHDRAWN, TODAY)


def told(connection: Connection) -> None:
    """The work log and the red-and-black board."""
    work = {"place": "23", "day": TODAY, "person": 1, "recorded_at": NOW}
    rows = [work | {"counter": counter, "value": value} for counter, value in (("publicity", 12), ("requests", 3))]
    connection.execute(insert(named("work_count")), rows)
    entry = {"place": "JA", "day": TODAY, "words": KEYRING.seal("表扬"), "person": WANG, "recorded_at": NOW}
    board = [
        entry | {"colour": colour, "taken_back_at": back}
        for colour, back in (("red", None), ("red", NOW), ("black", None))
    ]
    connection.execute(insert(named("red_black")), board)
