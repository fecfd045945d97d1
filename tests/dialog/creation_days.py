"""Briefs of those who assess, apply, review and award: sheets in every state, places at every stage, documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from bot.model import (
    Answer,
    Assessable,
    Brief,
    Circular,
    Course,
    CourseLine,
    DayState,
    Level,
    Mark,
    Near,
    Paper,
    Reached,
    Reason,
    Role,
    Sheet,
    Stage,
    Standing,
    Step,
    Stepped,
    Streak,
    Townlet,
)
from bot.scoring import criteria
from bot.scoring.awards import REASONS
from tests.town import NOW

TODAY = NOW.date()
FORM, MET = criteria.load("assessment-form"), criteria.load("community-criteria")
FULL = {leaf.id: Answer(leaf.worth, "none_there", TODAY, 14) for leaf in (*FORM.leaves, *MET.leaves) if leaf.auto}
ILL = Answer(Decimal(), "there", TODAY, 1, 0, "C1120-01", "confirmed", TODAY, TODAY + timedelta(days=14))
LASTING = replace(ILL, again=None)
EMPTY = Sheet("JA", "君安社区", FORM, {**FULL, "2": ILL, "3": LASTING}, decides=True)
OPEN = [leaf for leaf in FORM.leaves if leaf.auto is None]
DONE = tuple(Mark(leaf.id, leaf.worth) for leaf in OPEN)
BEGUN = replace(EMPTY, marks=(Mark("6", Decimal(4), "缺照片", ("0" * 32,)),), before=DONE, before_on=date(2026, 10, 9))
WHOLE = replace(EMPTY, answers=FULL, marks=DONE)
POOR = replace(EMPTY, marks=tuple(Mark(leaf.id, Decimal()) for leaf in OPEN))
LIST = Sheet("JA", "君安社区", MET, FULL, (Mark("1", Decimal()), Mark("2.1", Decimal(1))))
LISTED = replace(LIST, marks=tuple(Mark(leaf.id, Decimal(1)) for leaf in MET.leaves if leaf.auto is None))
PLACE = Assessable(
    "JA", "君安社区", (("assessment-form", "测评表", "begun", 2, 5), ("community-100", "百分制", "none", 0, 15))
)
UNIT = Assessable("U1", "示例小学", (("unit-100", "无疫单位", "submitted", 12, 12),))

GOOD = Reached(1, "assessment-form", TODAY, Decimal(92), Decimal(80), qualifies=True, person=3)
CLEAN = Streak("JA", TODAY, 37, DayState.CLEAN, date(2026, 10, 19), None, 20, 17)
BROKEN = Streak("JA", TODAY, 0, DayState.BROKEN, None, Reason("note-2", "C1", "confirmed", TODAY, None), 0, 0)
HINTS = (
    ("coverage", {"received": 0, "expected": 42, "days": 14}),
    ("lagging", {"names": ["君安社区"]}),
    ("unverified", {"days": 17, "of": 37}),
    ("burst", {"days": 8, "at": NOW}),
    ("alike", {"day": TODAY, "name": "星悦城一期"}),
)
TOWN = Townlet(GOOD, ("金潭村",), ("君安社区",), ("新苗社区",), ("own_short", "too_few"))


def course(*names: str, **more: object) -> Course:
    """A community after these steps, with every role at once."""
    steps = tuple(
        Stepped("JA", Step(name), TODAY, NOW, 3, "王*", Decimal(88) if name == "inspected_open" else None, "补照片")
        for name in names
    )
    roles = frozenset({Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER, Role.OFFICE})
    known = Course(
        "JA", "君安社区", Level.COMMUNITY, steps, GOOD, None, CLEAN, roles, hints=HINTS, draft="坚持人民至上。"
    )
    return replace(known, **more)  # type: ignore[arg-type]


WAY = ("applied", "passed", "inspected_open", "awarded")
STAGES = tuple(
    CourseLine(f"P{n}", f"第{n}社区", Level.COMMUNITY, list(Stage)[n % 7], TODAY if n % 7 else None, "样板街道")
    for n in range(12)
)
LINES = (*STAGES, CourseLine("T", "样板街道", Level.TOWNSHIP, Stage.APPLIED, TODAY))
PRAISE = Circular(
    "2026Q4",
    (("君安社区", "awarded", {"on": TODAY, "case": ""}),),
    (("新苗社区", "revoked", {"on": TODAY, "case": "C1"}), ("样板街道", "coverage", {"received": 1, "expected": 2})),
    (("样板街道", ("village",)),),
    {"place": "T", "name": "样板街道", "first": TODAY, "last": TODAY},
)
JA = Near("JA", "君安社区")


def days(plain: Brief) -> dict[str, Brief]:
    """By what sort of day it is."""
    named = replace(plain, subject="JA")
    sheet = replace(plain, subject="JA assessment-form")
    stages = {
        "new": (),
        "applied": WAY[:1],
        "passed": WAY[:2],
        "seen": WAY[:3],
        "awarded": WAY,
        "over": (*WAY, "revoked"),
    }
    taken = replace(course(*WAY, "revoked").steps[-1], case="C1", person=None)
    reasons: dict[str, dict[str, object]] = {
        "short": {"reached": replace(GOOD, points=Decimal(75), qualifies=False)},
        "old": {"reached": replace(GOOD, on=date(2026, 10, 9))},
        "unassessed": {"reached": None, "streak": None},
        "a township's": {"township": TOWN, "level": Level.TOWNSHIP},
        "broken": {"streak": BROKEN},
        "nobody's": {"roles": frozenset()},
    }
    found = {f"a place, {name}": replace(named, course=course(*steps)) for name, steps in stages.items()}
    found |= {f"no application, {name}": replace(named, course=course(**more)) for name, more in reasons.items()}
    found |= {
        f"a step asked for, {step}": replace(named, subject=f"JA {step}", course=course(*WAY[:2])) for step in Step
    }
    return found | {
        "an award to come back": replace(
            named, course=course(steps=(*course(*WAY).steps, taken), void=True, roles=frozenset({Role.OFFICE}))
        ),
        "a township applied": replace(named, course=course("applied", level=Level.TOWNSHIP, township=TOWN)),
        "places that take part": replace(plain, courses=LINES),
        "their second page": replace(plain, courses=LINES, subject="2"),
        "one place by its name": replace(plain, courses=LINES, subject="样板"),
        "no such place": replace(plain, courses=LINES[:2], subject="火星"),
        "a circular": replace(plain, circular=PRAISE),
        "a quiet circular": replace(plain, circular=replace(PRAISE, praised=(), criticised=(), quotas=())),
        "one desk": replace(plain, desks=(JA,)),
        "desks": replace(plain, desks=(JA, Near("XM", "新苗社区"))),
        "a desk that was not named": replace(plain, desks=(JA,), subject="新苗"),
        "a document of no period": replace(plain, desks=(JA,), subject="monthly JA 2026-13"),
        "a document, all said": replace(plain, desks=(JA,), subject="daily-table JA 2026-11-24"),
        "a place to assess": replace(plain, assessable=(PLACE,)),
        "a unit to assess": replace(plain, assessable=(UNIT,)),
        "places to assess": replace(plain, assessable=(PLACE, UNIT)),
        "a new sheet": replace(sheet, sheet=EMPTY),
        "a sheet begun": replace(sheet, sheet=BEGUN),
        "a sheet, one item": replace(sheet, subject="JA assessment-form 6", sheet=BEGUN),
        "a sheet, an item of the facts": replace(sheet, subject="JA assessment-form 2", sheet=BEGUN),
        "a sheet, the next": replace(sheet, subject="JA assessment-form next 6", sheet=BEGUN),
        "a sheet, the next of none": replace(sheet, subject="JA assessment-form next", sheet=WHOLE),
        "a sheet, whole": replace(sheet, sheet=WHOLE),
        "a sheet, poor": replace(sheet, sheet=POOR),
        "a list": replace(sheet, sheet=LIST),
        "a list, one item": replace(sheet, subject="JA community-criteria 1", sheet=LIST),
        "a list, whole": replace(sheet, sheet=LISTED),
        "a list, not whole": replace(sheet, sheet=replace(LISTED, marks=(Mark("1", Decimal()), *LISTED.marks[1:]))),
    }


OTHERWISE = {"left": 2, "item": "6", "on": TODAY, "place": "君安社区", "kind": "assessment"}
REFUSED = tuple(
    Standing(NOW, shown={"refused": reason, **OTHERWISE})
    for reason in ("version", "nothing", "facts", "range", "none", "entitled", "closed", "open", "unknown")
)
"""Refusals of assessments and documents."""
WHY = {
    "points": Decimal(75), "needed": Decimal(80), "on": TODAY, "township": TOWN, "case": "C1",
    "kind": "confirmed", "quarter": "2026Q4", "length": 700, "limit": 600,
}  # fmt: skip
GIVEN = {"paper": Paper("daily-table", "JA", "2026-11-24", "xlsx", "日报表-君安社区-2026-11-24.xlsx")}
NOT_STEPPED = tuple(
    Standing(NOW, shown={"refused": reason, **WHY})
    for reason in (*REASONS, "unknown", "words", "score", "closed", "long")
)
"""Every reason not to record a step."""
