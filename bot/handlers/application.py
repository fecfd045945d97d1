"""The application (申报): checked at once, then the form of 篇二, question by question, with its text drafted."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from bot.dialog import Choice, Dialog, Flow, Goto, Need, Option, Retake, Say, Step, Text
from bot.dialog.choosing import options, which_place
from bot.dialog.reading import phone
from bot.model import TEXT_LIMIT, ApplicationMade, Brief, Course, Fact, Standing
from bot.model import Step as Stage
from bot.questions.refused import barred, whom
from bot.scoring.awards import Refusal, refusal

NAME, TITLE, PHONE, OPINION = 30, 30, 20, 60
DIGITS = 7
FIELDS = ("leader", "title", "phone", "text", "opinion")


def apply(brief: Brief) -> Dialog:
    """Apply for a place: first whether that is possible, then what the form asks for."""
    course = brief.course
    if course is None:
        return (yield from _which(brief))
    why = refusal(course, Stage.APPLIED, brief.today)
    if why is not None:
        yield from _no(course, why)
        return whom(Stage.APPLIED.value, course.place) if why.reason == "entitled" else None
    form = yield from _form(brief, course)
    shown = {"form": form, "place": course.name, "count": len(form["text"]), "today": brief.today}
    sure = yield from Choice("check", options("submit", "revise", "discard"), shown)
    if sure == "revise":
        which = yield from Choice("which", options(*FIELDS))
        yield from Retake((which, "check", "which"))
    if sure == "discard":
        yield from Say("application/kept", actions=(Option(f"apply {course.place}", name="apply"), Option("menu")))
        return None
    leader, phone = ("" if form[key] == "own" else form[key] for key in ("leader", "phone"))
    return ApplicationMade(course.place, leader, form["title"], phone, form["text"], form["opinion"])


def _which(brief: Brief) -> Dialog:
    """The place, where the command names none."""
    if not brief.desks:
        return barred("apply", brief.subject)
    if len(brief.desks) == 1 and not brief.subject:
        return Goto("apply", brief.desks[0].code)
    return Goto("apply", (yield from which_place(brief.desks, {"said": brief.subject})))


def _no(course: Course, why: Refusal) -> Generator[Step, Any, None]:
    """Why not, and what to do about it."""
    onward: tuple[Option, ...] = ()
    if why.reason in {"unassessed", "short", "old", "township"}:
        onward = (Option(f"assess {course.place}", name="assess"),)
    elif why.reason in {"running", "awarded"}:
        onward = (Option(f"creation {course.place}", name="creation"),)
    shown = {"place": course.name, "step": Stage.APPLIED.value, "reason": why.reason, **why.values}
    yield from Say("creation/refused", shown, (*onward, Option("menu")))


def _form(brief: Brief, course: Course) -> Generator[Step, Any, Mapping[str, str]]:
    """What the form asks for (篇二: 单位负责人, 职务, 联系电话, 工作经验及主要做法, 申报单位意见)."""
    form: dict[str, str] = {}
    about = {"place": course.name, "name": brief.name}
    form["leader"] = yield from Text("leader", NAME, options("own"), about)
    form["title"] = yield from Text("title", TITLE, options("secretary", "director"), about)
    said = yield from Text("phone", PHONE, options("own"), about, DIGITS)
    form["phone"] = "own" if said == "own" else phone(said)
    form["text"] = yield from Text("text", TEXT_LIMIT, options("draft"), about | {"draft": course.draft})
    form["opinion"] = yield from Text(
        "opinion",
        OPINION,
        options("agree"),
        about | {"count": len(course.draft if form["text"] == "draft" else form["text"])},
    )
    drafted = {"text": ("draft", course.draft), "opinion": ("agree", AGREE)}
    titles = {"secretary": "书记", "director": "主任"}  # the form is Chinese, whatever language is spoken here
    for key, (option, text) in drafted.items():
        form[key] = text if form[key] == option else form[key]
    form["title"] = titles.get(form["title"], form["title"])
    return form


AGREE = "同意申报"
"""申报单位意见, as it is usually written; on the paper it is signed and sealed."""


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """To whom it went; or why nothing was recorded."""
    course = brief.course
    assert course is not None  # noqa: S101 - no fact without a place
    if "refused" in standing.shown:
        shown = {"place": course.name, "step": Stage.APPLIED.value, **standing.shown}
        shown["reason"] = standing.shown["refused"]
        return Say("creation/refused", shown, (Option(f"creation {course.place}", name="creation"), Option("menu")))
    paper = Option(f"document application {course.place}", name="document")
    card = Option(f"creation {course.place}", name="creation")
    return Say("application/receipt", {"place": course.name, "level": course.level, **standing.shown}, (paper, card))


FLOWS = (Flow("apply", apply, "application", receipt, frozenset({Need.COURSE}), about="subject"),)
