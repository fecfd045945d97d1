"""The creation workflow: the places that take part, one with its history, and the step that is due (DOMAIN 5)."""

from __future__ import annotations

from decimal import Decimal

from bot import words
from bot.dialog import Choice, Dialog, Flow, Goto, Need, Option, Points, Say, Text
from bot.dialog.choosing import options
from bot.model import (
    INSPECTIONS,
    Brief,
    Course,
    CreationStepped,
    Fact,
    Stage,
    Standing,
    Step,
    Stepped,
)
from bot.model.paging import named, numbered, page
from bot.model.standards import HALF
from bot.questions.attachments import attachments
from bot.questions.pages import following
from bot.questions.refused import barred, whom
from bot.scoring.awards import WORDED, fitting, refusal, since, stage
from bot.scoring.quarters import quarter
from bot.understand.places import Candidate, rank

PAGE = 9
"""So many places fit a message that people read."""
HUNDRED = Decimal(100)
OTHERS = frozenset({"entitled", "own"})
"""Why a step is for somebody else."""
REASONS = 300
"""Characters of the reasons for a step."""
ORDER = (Stage.APPLIED, Stage.PASSED, Stage.RETURNED, Stage.AWARDED, Stage.REVOKED, Stage.REFUSED, Stage.NONE)


def creation(brief: Brief) -> Dialog:
    """List the places that take part, or show the one that was named and record its next step."""
    if brief.course is not None:
        return (yield from _one(brief, brief.course))
    if not brief.courses:
        return barred("creation", brief.subject)
    said = named(brief.subject)[0]
    meant = rank(said, [Candidate(each.place, each.name) for each in brief.courses]) if said[:1].isalpha() else []
    if len(meant) == 1:
        return Goto("creation", meant[0].code)
    ordered = sorted(brief.courses, key=lambda line: (ORDER.index(line.stage), line.place))
    cut = page(ordered, numbered(brief.subject), PAGE)
    shown = cut.rows
    actions = [Option(f"creation {each.place}", each.name, each.place) for each in shown]
    actions += following("creation", cut.number, cut.more)
    held = sum(each.stage is Stage.AWARDED for each in ordered)
    values = {"shown": shown, "page": cut.number, "pages": cut.of, "count": len(ordered), "held": held, "said": said}
    yield from Say("creation/list", values, (*actions, Option("menu")))
    return whom("creation") if said and not said.isdigit() else None


def _one(brief: Brief, course: Course) -> Dialog:
    """One place: how it came to stand there, what a step would rest on, and the steps that this person may record."""
    wanted = brief.subject.partition(" ")[2]
    if wanted in set(Step):
        why = refusal(course, Step(wanted), brief.today)
        if why is not None:
            shown = {"place": course.name, "step": wanted, "reason": why.reason, **why.values}
            yield from Say("creation/refused", shown, (Option(f"creation {course.place}", name="creation"),))
            return whom(wanted, course.place) if why.reason in OTHERS else None
        return (yield from _step(brief, course, Step(wanted)))
    yield from Say("creation/card", card(brief, course), _onward(brief, course))
    steps = [step for step in fitting(course, brief.today) if step is not Step.APPLIED]
    if not steps:
        return None
    about = {"place": course.name}
    chosen = yield from Choice("next", options(*(step.value for step in steps), "close"), about)
    if chosen == "close":
        yield from Say("creation/kept", actions=(Option("creation"), Option("menu")))
        return None
    return (yield from _step(brief, course, Step(chosen)))


def card(brief: Brief, course: Course) -> dict[str, object]:
    """What a card says: the history of the place as one line, its figures, what a reviewer should look at."""
    hints = [words.label("creation/hints", brief.locale, key, values) for key, values in course.hints]
    return {
        "course": course, "stage": stage(course.steps), "since": since(course.steps), "hints": hints,
        "line": [(each, _words(each)) for each in course.steps], "quarter": quarter(brief.today),
        "said": [each for each in course.steps if each.words][-3:],
    }  # fmt: skip


def _words(step: Stepped) -> str:
    """The figure that a step bears."""
    return "" if step.score is None else f"{step.score.normalize():f}"


def _onward(brief: Brief, course: Course) -> tuple[Option, ...]:
    """What else can be done from here."""
    found = []
    if refusal(course, Step.APPLIED, brief.today) is None:
        found.append(Option(f"apply {course.place}", name="apply"))
    if any(each.step is Step.APPLIED for each in course.steps):
        found.append(Option(f"document application {course.place}", name="document"))
    return (*found, Option("creation", name="list"))


def _step(brief: Brief, course: Course, step: Step) -> Dialog:
    """Ask for what the step needs, show it for checking, and record it."""
    about: dict[str, object] = {"place": course.name, "step": step.value, "quarter": quarter(brief.today)}
    score: Decimal | None = None
    said = ""
    photos: tuple[str, ...] = ()
    if step in INSPECTIONS:
        points = yield from Points("score", HUNDRED, HALF, (), about)
        assert not isinstance(points, str)  # noqa: S101 - there are neither options nor pictures here
        score, said = points
        note, photos = yield from attachments(brief, 1, brief.photo_limit)
        said = "\n".join(part for part in (said, note) if part)
    elif step in WORDED:
        said = yield from Text("why", REASONS, (), about)
    shown = about | {"score": score, "words": said, "photos": len(photos), "course": course}
    shown["hints"] = [words.label("creation/hints", brief.locale, key, values) for key, values in course.hints]
    sure = yield from Choice("sure", options("submit", "discard"), shown)
    if sure == "discard":
        yield from Say("creation/kept", actions=(Option(f"creation {course.place}", name="creation"), Option("menu")))
        return None
    return CreationStepped(course.place, step, brief.today, score, said, photos)


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """What was recorded and who hears of it; or why nothing was."""
    assert isinstance(fact, CreationStepped)  # noqa: S101 - this flow comes to nothing else
    course = brief.course
    assert course is not None  # noqa: S101 - no fact without a place
    back = (Option(f"creation {course.place}", name="creation"), Option("creation", name="list"))
    if "refused" in standing.shown:
        shown = {"place": course.name, "step": fact.step.value, **standing.shown}
        return Say("creation/refused", shown | {"reason": standing.shown["refused"]}, back)
    shown = {"place": course.name, "step": fact.step.value, "score": fact.score, **standing.shown}
    return Say("creation/receipt", shown, back)


FLOWS = (Flow("creation", creation, "creation", receipt, frozenset({Need.COURSE, Need.COURSES}), about="subject"),)
