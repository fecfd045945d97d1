"""Briefs of people who have to do with problems: places to report from, and problems in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.model import Brief, How, Problem, ProblemFact, ProblemState, ProblemStep, Spot
from bot.scoring.ledger import Outline
from tests.town import NOW

TODAY = NOW.date()
OWN = Spot("23", "星悦城一期")
OTHER = Spot("22", "君安花园小区")
LED = Spot("24", "汉口花园六期", decides=True, workers=((1, "网格员 张* 1"), (5, "网格员 张* 2")))
ALONE = Spot("61", "金潭村", decides=True)
DUE = TODAY + timedelta(days=3)


def step(what: ProblemStep, number: int, *, day: date = TODAY, words: str = "", **more: object) -> ProblemFact:
    """A line of a log."""
    return ProblemFact(what, day, NOW, "王*", words=words, number=number, person=3, **more)  # type: ignore[arg-type]


def problem(*steps: ProblemStep, day: date = TODAY, **more: object) -> Problem:
    """A problem with a log of these steps, every one of which this person may record."""
    first = step(ProblemStep.ASSIGNED, 0, due=DUE, responsible=1, to="张*", day=day)
    log = [first, *(step(each, n, due=DUE, words="好了", photos=("0" * 32,)) for n, each in enumerate(steps, 1))]
    found = Problem("W1124-01", "24", "汉口花园六期", How.EXPERIENCE, "楼道有纸箱", day, NOW, "王*", log=tuple(log))
    return replace(found, may=frozenset(ProblemStep), **more)  # type: ignore[arg-type]


MENDED = (ProblemStep.RECTIFIED, ProblemStep.CLOSED)
DONE = (*MENDED, ProblemStep.LOOKED_AGAIN)
LATE = problem(day=TODAY - timedelta(days=9))
OVERDUE = replace(LATE, log=(replace(LATE.log[0], due=TODAY - timedelta(days=2), to=""),), responsible="", finder="")
LIST = (
    replace(OVERDUE, code="W1115-01", waits=True),
    replace(problem(*MENDED[:1]), code="W1124-02"),
    replace(problem(*DONE), code="W1124-03"),
    replace(problem(ProblemStep.WITHDRAWN), code="W1124-04"),
    *(replace(problem(*MENDED), code=f"W1123-0{n}") for n in range(1, 7)),
    replace(problem(), code="W1124-05", log=()),
)
AGAIN = problem(*DONE, ProblemStep.REOPENED, photos=("0" * 32,))
ASSIGNED = problem(ProblemStep.ASSIGNED, words="")
STANDS = Outline(ProblemState.OPEN, TODAY, DUE, look_again_on=DUE)
"""Whatever a receipt may want to tell of it."""


def days(plain: Brief) -> dict[str, Brief]:
    """By what sort of day it is."""
    about = replace(plain, subject="W1124-01", spots=(LED,))
    states = {"open": (), "mended": MENDED[:1], "closed": MENDED, "done": DONE, "withdrawn": (ProblemStep.WITHDRAWN,)}
    found = {f"a problem, {name}": replace(about, problem=problem(*steps)) for name, steps in states.items()}
    waits = replace(about, now=NOW + timedelta(days=20), problem=problem(*MENDED))
    return found | {
        "own places": replace(plain, spots=(OWN, OTHER)),
        "one's own place": replace(plain, spots=(OWN,), photo_limit=1),
        "places to lead": replace(plain, spots=(LED, ALONE)),
        "a place to lead": replace(plain, spots=(ALONE,), photo_limit=0),
        "problems": replace(plain, problems=LIST),
        "problems, a second page": replace(plain, problems=LIST, subject="2"),
        "a problem to look at again": waits,
        "a problem that came back": replace(about, problem=AGAIN),
        "a problem given out": replace(about, problem=ASSIGNED, spots=()),
        "a problem overdue": replace(about, problem=OVERDUE, spots=(ALONE,), photo_limit=0),
        "a problem to read": replace(about, problem=replace(problem(), may=frozenset())),
        "a problem one mended": replace(
            about,
            subject="W1124-01 2",
            problem=replace(AGAIN, log=AGAIN.log[:2], may=frozenset({ProblemStep.ASSIGNED, ProblemStep.REOPENED})),
        ),
    }
