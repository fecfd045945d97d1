"""Briefs of many kinds of days, and walks through every flow: each choice taken, words and pictures said everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.dialog import Flow, Reply, Turn, begin, take
from bot.dialog.steps import PHOTO
from bot.handlers import FLOWS
from bot.model import (
    Action,
    ApplicationMade,
    AssessmentMarked,
    AssessmentSubmitted,
    Brief,
    Care,
    CaseCard,
    CaseFact,
    Colleague,
    CreationStepped,
    DayState,
    DeadlineSaid,
    DocumentAsked,
    EntryPosted,
    EntryTakenBack,
    Event,
    Fact,
    Field,
    Finding,
    FormField,
    IsolationBegun,
    IsolationBroken,
    IsolationEnded,
    KnownCase,
    Leave,
    Locale,
    Near,
    Owed,
    PastDay,
    PictureAsked,
    PictureSeen,
    PlaceStreak,
    ProblemStep,
    ProblemStepped,
    ReturneeRegistered,
    Self,
    Snoozed,
    Standing,
    Status,
    Streak,
    Todo,
)
from bot.model.care import Isolation, Returned, Visited
from bot.model.facts import Nudged, PersonInvited
from bot.model.office import Ask
from tests.dialog import creation_days, menu_days, office_days, plain_days, problem_days, reminder_days, work_days
from tests.town import NOW, ZONE

TODAY = NOW.date()
MOST = 3
"""So many exceptions, notes or reviews are enough to see everything that is asked."""
FREE = Owed("23", "星悦城一期")
ALSO = Owed("22", "君安花园小区")
MINE = Owed("24", "汉口花园六期", Status.NORMAL, mine=True)
ILL = Owed("25", "星悦城二期", Status.ABNORMAL, mine=True, findings=(Finding("fever", 2), Finding("suspected", 1)))
DIRTY = Owed("26", "新苗小区", Status.ABNORMAL, mine=True)
THEIRS = Owed("61", "金潭村", Status.ABNORMAL, findings=(Finding("confirmed", 1),))


def streak(place: str, days: int, state: DayState = DayState.CLEAN) -> PlaceStreak:
    """A place's clean days."""
    return PlaceStreak(f"小区{place}", Streak(place, TODAY, days, state, None, None, days, 0))


SELF = Self("138****0001", (("grid_worker", "星悦城一期"),), ("telegram", "web"), TODAY, 12)
PLAIN = Brief(
    now=NOW,
    day=TODAY,
    cutoff=datetime(2026, 11, 24, 17, tzinfo=ZONE),
    person=1,
    name="张*",
    me=SELF,
    colleagues=(Colleague(2, "李*"), Colleague(3, "王*")),
    streaks=(streak("23", 91), streak("24", 0, DayState.BROKEN)),
    history=(
        PastDay(TODAY, 1, 2, 1, on_time=True),
        PastDay(TODAY - timedelta(days=1), 0, 2, 0, on_time=True),
        PastDay(TODAY - timedelta(days=2), 2, 2, 0, on_time=False),
        PastDay(TODAY - timedelta(days=3), 0, 0, 0, on_time=True),
    ),
)
YESTERDAY = TODAY - timedelta(days=1)
DAYS = {
    "nobody": replace(PLAIN, person=None, name="", me=replace(SELF, accepted_on=None)),
    "nothing owed": PLAIN,
    "one place": replace(PLAIN, owed=(FREE,)),
    "places": replace(PLAIN, owed=(FREE, ALSO), missed=(YESTERDAY,)),
    "some reported": replace(PLAIN, owed=(FREE, MINE, THEIRS)),
    "all mine": replace(PLAIN, owed=(MINE, ILL, DIRTY), missed=(YESTERDAY,)),
    "all theirs": replace(PLAIN, owed=(THEIRS,)),
    "mine and theirs": replace(PLAIN, owed=(ILL, THEIRS)),
    "late": replace(PLAIN, owed=(FREE, ALSO), now=NOW + timedelta(hours=4)),
    "another day": replace(PLAIN, owed=(FREE, MINE), day=YESTERDAY),
    "another day, done": replace(PLAIN, owed=(MINE,), day=YESTERDAY),
    "on leave": replace(PLAIN, leave=Leave(YESTERDAY, TODAY, "李*")),
    "on leave alone": replace(PLAIN, leave=Leave(YESTERDAY, TODAY)),
    "leave ahead": replace(PLAIN, owed=(FREE,), coming=Leave(TODAY + timedelta(days=1), TODAY + timedelta(days=2))),
    "leave ahead, covered": replace(PLAIN, coming=Leave(TODAY + timedelta(days=1), TODAY + timedelta(days=2), "李*")),
    "no photos": replace(PLAIN, owed=(FREE, MINE), photo_limit=0, note_limit=3),
}
"""By what sort of day it is."""
ASK = {"fever": ("door", "temperature"), "close_contact": ("door", "contact"), "key_person": ("area",)}
RULES = replace(PLAIN, ask=ASK, breaking=("confirmed", "suspected", "asymptomatic", "close_contact"))
FEVER = KnownCase("F1124-01", "23", "星悦城一期", "fever", TODAY, NOW, "3栋", own=True)
FEVERS = tuple(replace(FEVER, code=f"F1124-{n:02}", building=None) for n in range(1, 4))
ILLNESS = KnownCase("C1120-01", "23", "星悦城一期", "confirmed", TODAY - timedelta(days=4), NOW)
OVER = replace(FEVER, code="F1101-01", on=TODAY - timedelta(days=9), ended_on=TODAY - timedelta(days=2), own=False)


def card(case: KnownCase, *events: tuple[Event, str | None], **more: object) -> CaseCard:
    """A case with its log, everything shown, everything sealed, everything allowed."""
    log = [CaseFact(case.code, case.place, Event.FOUND, case.on, NOW - timedelta(hours=2), case.kind)]
    for n, (event, kind) in enumerate(events):
        other = ILLNESS.code if event is Event.MERGED else ""
        log.append(CaseFact(case.code, case.place, event, case.on, NOW - timedelta(minutes=60 - n), kind, other))
    known = CaseCard(
        case,
        tuple(log),
        ((Field.BUILDING, "3栋"), (Field.TEMPERATURE, "38.5"), (Field.SYMPTOMS, "cough"), (Field.NAME, "陈*")),
        (Field.DOOR, Field.NAME, Field.PHOTO),
        frozenset(Action),
        (("社区负责人 王*", NOW),),
    )
    return replace(known, **more)  # type: ignore[arg-type]


def about(case: CaseCard, subject: str = "") -> Brief:
    """A conversation about one case, among others."""
    return replace(
        RULES,
        subject=subject or case.case.code,
        case=case,
        cases=(case.case, ILLNESS, OVER),
        streaks=(streak("23", 91),),
    )


STAY = Isolation(7, "23", "星悦城一期", TODAY - timedelta(days=3), 14, "3栋", 1)
STAYS = tuple(replace(STAY, id=n, building=None) for n in range(1, 9))
NEAR = (Near("23", "星悦城一期"), Near("22", "君安花园小区"))
DAYS |= {
    "cases known": replace(RULES, owed=(FREE, ALSO), near=NEAR, cases=(FEVER, ILLNESS, OVER)),
    "cases alike": replace(RULES, owed=(MINE, replace(FREE, status=Status.NORMAL, mine=True)), cases=FEVERS),
    "one's own case": replace(RULES, owed=(replace(FREE, status=Status.NORMAL, mine=True),), cases=(FEVER,)),
    "a lead": replace(RULES, near=NEAR, cases=(FEVER,) * 1 + tuple(replace(ILLNESS, code=f"C{n}") for n in range(12))),
    "a lead of one place": replace(RULES, near=NEAR[:1], cases=(FEVER,)),
    "a second page": replace(RULES, subject="2", cases=tuple(replace(ILLNESS, code=f"C{n}") for n in range(12))),
    "a fever": about(card(FEVER)),
    "a fever, one item": about(card(FEVER), "F1124-01 door"),
    "a fever, no such item": about(card(FEVER), "F1124-01 phone"),
    "a case": about(card(ILLNESS)),
    "a case over": about(card(OVER, (Event.LEFT, None))),
    "a case diagnosed": about(card(FEVER, (Event.DIAGNOSED, "confirmed"))),
    "a case cleared": replace(about(card(ILLNESS, (Event.RULED_OUT, None))), restores=True),
    "a case merged": about(card(FEVER, (Event.MERGED, None), merged_into=ILLNESS.code)),
    "a case withdrawn": about(card(FEVER, (Event.WITHDRAWN, None), sealed=())),
    "a case reopened": about(card(FEVER, (Event.LEFT, None), (Event.REOPENED, None), joined=("F1124-02",))),
    "a case to look at": about(card(FEVER, may=frozenset({Action.SEE}), seen=(), shown=(), sealed=())),
    "a case to acknowledge": about(card(FEVER, may=frozenset({Action.SEE, Action.ACKNOWLEDGE}), seen=())),
    "a slip": replace(RULES, subject="君安社去", misnamed=office_days.MISNAMED[0]),
    "no such case": replace(RULES, subject="X9999-99"),
    "isolations": replace(RULES, owed=(FREE, ALSO), isolations=STAYS, cases=(FEVER, ILLNESS)),
    "one isolation": replace(RULES, subject="7", isolations=(STAY,)),
    "returnees": replace(RULES, owed=(FREE,), returnees=(Returned("23", "星悦城一期", TODAY, 2, "上海"),)),
    "visits": replace(RULES, owed=(FREE,), visited=(Visited("23", Care.DIALYSIS, TODAY, 2, 1),)),
    "wards": replace(RULES, wards=NEAR),
    "much to do": replace(
        RULES,
        owed=(FREE,),
        missed=(YESTERDAY,),
        todo=tuple(
            Todo(kind, f"F1124-0{n}", "星悦城一期", TODAY, NOW.isoformat(), overdue=n < 2, escalated=n < 1)
            for n, kind in enumerate(
                ("undiagnosed", "unmoved", "unseen", "isolation_ends", "leave_ends", "unseen", "unseen")
            )
        ),
    ),
    "steps of the workflow to do": replace(
        RULES,
        todo=tuple(
            Todo(kind, "JA", "君安社区", TODAY, NOW.isoformat() if kind == "review" else "")
            for kind in ("resubmit", "check", "inspect", "decide", "review")
        ),
    ),
    "a pack of one's own": replace(
        RULES,
        owed=(FREE, ALSO),
        kinds=("dengue",),
        labels={"dengue": "登革热"},
        ask={"dengue": ("door",)},
        fields=(FormField("larvae", 0, 50, {"zh": "积水", "en": "water"}), FormField("more", 1, 5, {})),
    ),
}
LATER = {
    frozenset({"assess", "sheet", "apply", "creation", "circular", "document"}): creation_days.days(RULES),
    frozenset({"checks", "redblack", "worklog"}): work_days.days(RULES),
    frozenset({"deadlines", "met", "unmet", "snooze", "fewer", "more"}): reminder_days.days(RULES),
    frozenset({"why"}): reminder_days.asked(RULES),
    frozenset({"problem", "problems", "ledger", "picture"}): problem_days.days(RULES),
    frozenset({"plain_words"}): plain_days.days(RULES),
    frozenset({"board", "days", "overview"}): {
        "places of one's own": replace(RULES, boards=NEAR, calendars=NEAR),
        "an overseer's place": replace(RULES, boards=NEAR[:1], calendars=NEAR[:1], overviews=NEAR[:1]),
        "an overseer's places": replace(RULES, boards=NEAR, calendars=NEAR, overviews=NEAR),
        "a place that nobody has": replace(RULES, subject="火星"),
        "a place of others": replace(RULES, subject="星悦城二期", misnamed=office_days.MISNAMED[2]),
    },
    frozenset(Ask): office_days.days(RULES),
    frozenset({"menu", "work", "help"}): menu_days.days(PLAIN),
    frozenset({"greeting"}): menu_days.greeted(PLAIN),
    frozenset({"barred", "whom"}): menu_days.refusals(PLAIN),
}
"""By flows, the days on which they have something to say; on the days above they have nothing."""


def each_locale(days: Mapping[str, Brief]) -> list[Brief]:
    """The briefs in both languages, one after the other."""
    return [replace(brief, locale=locale) for brief in days.values() for locale in Locale]


GROUPS = [
    (each_locale(DAYS), [flow for name, flow in FLOWS.items() if not any(name in names for names in LATER)]),
    *(
        (each_locale({"plain": PLAIN, **days}), [FLOWS[name] for name in sorted(names)])
        for names, days in LATER.items()
    ),
]
"""Briefs, and the flows that are walked with them."""
SAID = ("0", "5", "999", "楼道里有积水", "11-30", "2020-01-01", "", PHOTO, f"{PHOTO}{'0' * 32}", "\x1f")
"""What people say whatever they are asked."""


@dataclass(frozen=True)
class Stop:
    """Where a walk has come to."""

    flow: Flow
    brief: Brief
    turn: Turn
    raw: str | None = None
    """What was said last."""

    def on(self, raw: str) -> Stop:
        """One answer further, through JSON as a conversation is kept."""
        assert self.turn.ask is not None
        kept = kept_answers(self.turn)
        return Stop(self.flow, self.brief, take(self.flow.run, self.brief, kept, Reply(self.turn.ask.key, raw)), raw)


def kept_answers(turn: Turn) -> Mapping[str, str]:
    """The answers as they come back from where they were kept."""
    kept: dict[str, str] = json.loads(json.dumps(dict(turn.answers), ensure_ascii=False))
    return kept


def walk(flow: Flow, brief: Brief) -> Iterator[Stop]:
    """Every question of the flow with every choice and a few words, each combination of the two once."""
    seen: set[tuple[str, str]] = set()
    waiting = [Stop(flow, brief, begin(flow.run, brief))]
    while waiting:
        stop = waiting.pop()
        yield stop
        ask = stop.turn.ask
        if ask is None or stop.turn.complaint or any(int(number) > MOST for number in re.findall(r"\d+", ask.key)):
            continue
        for raw in (*(option.value for option in ask.options), *SAID):
            if (ask.key, raw) not in seen:
                seen.add((ask.key, raw))
                waiting.append(stop.on(raw))


def walks() -> Iterator[Stop]:
    """Every stop of every flow, on every sort of day, in both languages."""
    for briefs, flows in GROUPS:
        for brief in briefs:
            for flow in flows:
                yield from walk(flow, brief)


STANDINGS = (
    Standing(NOW),
    Standing(
        NOW,
        late=True,
        filed=("22", "23", "24", "25", "26", "61"),
        streaks=(streak("23", 91), streak("24", 0, DayState.BROKEN)),
        run=5,
        cases=("F1124-01",),
        kept=("星悦城一期",),
        stand_in="李*",
        missed=(YESTERDAY,),
    ),
)
"""How things may stand once a fact is recorded: nothing worth telling, everything."""
REFUSALS = (
    "unknown", "entitled", "withdrawn", "future", "before", "open", "over", "unmerged", "merged", "itself", "other",
    "place", "closed", "same", "hidden", "empty", "many",
)  # fmt: skip
WHY = {
    "on": TODAY, "since": TODAY, "earliest": TODAY, "found": TODAY, "code": "F1124-01", "other": "C1120-01",
    "name": "星悦城一期", "most": 20,
}  # fmt: skip


def standings(fact: Fact) -> tuple[Standing, ...]:  # noqa: C901, PLR0912 - a list, a line a fact
    """How things may stand once this fact is recorded, or refused."""
    refused = tuple(Standing(NOW, shown={"refused": reason, **WHY}) for reason in REFUSALS)
    if isinstance(fact, Snoozed):
        return tuple(Standing(NOW, shown=each) for each in (reminder_days.UNTIL, reminder_days.LAST))
    shown: dict[str, object]
    match fact:
        case IsolationBegun():
            shown = {"isolation": STAY, "told": ("community_lead",)}
        case IsolationBroken() | IsolationEnded():
            shown = {"isolation": STAY, "before": STAY, "told": ()}
        case ReturneeRegistered():
            shown = {"until": TODAY}
        case ProblemStepped():
            shown = {"told": (), "after": problem_days.STANDS, "again": fact.step is ProblemStep.REOPENED}
        case EntryPosted() | EntryTakenBack():
            shown = {"told": ("community_lead",), "place": "君安社区"}
        case DocumentAsked():
            shown = dict(creation_days.GIVEN)
            refused = creation_days.REFUSED
        case PictureAsked():
            shown = {"places": ["星悦城一期", "君安花园小区"], "day": TODAY}
        case AssessmentMarked() | AssessmentSubmitted():
            shown = {}
            refused = creation_days.REFUSED
        case ApplicationMade() | CreationStepped():
            shown = {"told": ("community_lead",)}
            refused = creation_days.NOT_STEPPED
        case DeadlineSaid():
            shown = dict(reminder_days.TOLD)
        case Nudged():
            shown, refused = dict(office_days.SENT), office_days.NOT_SENT
        case PersonInvited():
            shown, refused = dict(office_days.LET_IN), office_days.NOT_LET_IN
        case PictureSeen():
            shown = {"photo": "0" * 32, "count": 2}
        case _:
            shown = {"told": ("community_lead",), "value": "3栋2单元501", "waits": ("x",)}
    return (*(replace(each, shown=shown) for each in STANDINGS), *refused)
