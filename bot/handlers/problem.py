"""The ledger: the list of problems, one problem with its whole log and what may be recorded of it, and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from bot.dialog import Attachment, Choice, Dialog, Flow, Goto, Need, Option, Say, Text
from bot.dialog.choosing import options
from bot.dialog.steps import PHOTO
from bot.model import Brief, Fact, PictureSeen, Problem, ProblemState, ProblemStep, ProblemStepped, Standing
from bot.model.paging import numbered, page
from bot.questions.attachments import attachments
from bot.questions.described import described, said_something, until
from bot.questions.pages import following
from bot.questions.refused import barred
from bot.scoring.ledger import Outline, fitting, looks, outline

PAGE = 8
"""So many problems fit a message that people read."""
REASON = 100
"""Characters of the reason why there is no picture."""
PICTURED = frozenset({ProblemStep.CLOSED, ProblemStep.LOOKED_AGAIN, ProblemStep.REOPENED})
"""Steps to which a picture may be added before they are recorded."""
_OVER = (ProblemState.CLOSED, ProblemState.DONE, ProblemState.WITHDRAWN)


def problems(brief: Brief) -> Dialog:
    """List the problems that this person may know of: what waits for them, what is open, what is closed."""
    if not brief.problems and "problems" not in brief.may:
        return barred("problems")
    stands = {each.code: stand(brief, each) for each in brief.problems}
    known = sorted(brief.problems, key=lambda each: (not each.waits, *_urgent(stands[each.code])))  # stable
    cut = page(known, numbered(brief.subject), PAGE)
    shown = cut.rows
    running = [each for each in known if stands[each.code].state not in _OVER]
    values = {
        "rows": [(each, stands[each.code]) for each in shown],
        "waiting": sum(each.waits for each in known), "running": len(running),
        "overdue": sum(stands[each.code].overdue(brief.today) for each in running),
        "known": len(known), "page": cut.number, "pages": cut.of,
    }  # fmt: skip
    actions = [Option(f"ledger {each.code}", name=each.code) for each in shown]
    actions += following("problems", cut.number, cut.more)
    yield from Say("problem/list", values, (*actions, Option("problem"), Option("menu")))
    return None


def _urgent(stands: Outline) -> tuple[bool, date]:
    """What is due first comes first; what is closed comes last."""
    over = stands.state in _OVER
    return over, date.max if over or stands.due is None else stands.due


def stand(brief: Brief, each: Problem) -> Outline:
    """How a problem stands."""
    return outline(each.found_on, each.log, brief.look_again_days)


def ledger(brief: Brief) -> Dialog:
    """Show a problem, and record what happened to it."""
    if brief.problem is None:
        return _none(brief)
    each, stands = brief.problem, stand(brief, brief.problem)
    can = [step for step in fitting(stands, brief.today) if step in each.may]
    pictures = len(each.photos) + sum(len(fact.photos) for fact in each.log)
    look = (Option(f"picture {each.code} 1", name="picture"),) if pictures else ()
    returned = stands.state is ProblemState.RECTIFIED
    held = returned and ProblemStep.ASSIGNED in each.may and ProblemStep.CLOSED not in each.may
    shown = {"problem": each, "stands": stands, "pictures": pictures, "held": held, **_log(each)}
    yield from Say("problem/card", shown, (*look, Option("problems")))
    if not can:
        return None
    names = {ProblemStep.REOPENED: "returned"} if returned else {}
    steps = tuple(Option(step.value, name=names.get(step)) for step in can)
    chosen = yield from Choice("next", (*steps, Option("leave")), {"code": each.code})
    if chosen == "leave":
        yield from Say("problem/left", {"code": each.code}, (Option("problems"), Option("menu")))
        return None
    fact = ProblemStepped(each.code, ProblemStep(chosen), brief.today)
    return (yield from _STEPS.get(fact.step, _confirmed)(brief, fact))


def _log(each: Problem) -> dict[str, object]:
    """Who was to mend it at first, and what happened since; whether it came back after it had been closed."""
    again = {fact for fact in looks(each.found_on, each.log) if fact.step is ProblemStep.REOPENED}
    first = each.log[0] if each.log and each.log[0].step is ProblemStep.ASSIGNED else None
    return {"first": first, "rows": [(fact, fact in again) for fact in each.log[1 if first else 0 :]]}


def _none(brief: Brief) -> Goto:
    """No such problem, or none of theirs: which of the two is not told."""
    return barred("problems", brief.subject.partition(" ")[0]) if brief.subject else Goto("problems")


def _rectified(brief: Brief, fact: ProblemStepped) -> Dialog:
    """A picture of how it looks now; without one a reason why there is none. The last tap records it."""
    words: list[str] = []
    photos: list[str] = []
    n = 0
    while True:
        n += 1
        done = options("finish") if photos else options("without")
        shown = {"code": fact.problem, "photos": photos, "words": words}
        said = yield from Attachment(f"proof/{n}", brief.note_limit, brief.photo_limit - len(photos), done, shown)
        if said in {"finish", "without"}:
            break
        if said.startswith(PHOTO):
            photos.append(said.removeprefix(PHOTO))
        elif said_something(said):
            words.append(said)
    if not photos:
        words.append((yield from Text("why", REASON, values={"code": fact.problem})))
    return replace(fact, words="\n".join(words), photos=tuple(photos))


def _reopened(brief: Brief, fact: ProblemStepped) -> Dialog:
    """What is still, or again, wrong, and a new due day."""
    shown: dict[str, object] = {"code": fact.problem, "place": fact.problem}
    what = yield from described(brief, "still", shown)
    due = yield from until(brief, "until/0", shown)
    return (yield from _confirmed(brief, replace(fact, words=what.words, photos=what.photos, due=due)))


def _assigned(brief: Brief, fact: ProblemStepped) -> Dialog:
    """Somebody else, or another day."""
    shown: dict[str, object] = {"place": fact.problem}
    workers = dict(brief.spots[0].workers) if brief.spots else {}
    who = "anyone"
    if workers:
        known = tuple(Option(str(person), name) for person, name in workers.items())
        who = yield from Choice("who", (Option("anyone"), *known), shown)
    due = yield from until(brief, "until/0", shown)
    return (yield from _confirmed(brief, replace(fact, responsible=None if who == "anyone" else int(who), due=due)))


_STEPS: Mapping[ProblemStep, Callable[[Brief, ProblemStepped], Dialog]] = {
    ProblemStep.RECTIFIED: _rectified,
    ProblemStep.REOPENED: _reopened,
    ProblemStep.ASSIGNED: _assigned,
}
"""What is asked of a step before it is confirmed; of the others nothing."""


def _confirmed(brief: Brief, fact: ProblemStepped) -> Dialog:
    """Show what is to be recorded; a picture that comes meanwhile joins it."""
    who = dict(brief.spots[0].workers).get(fact.responsible or 0, "") if brief.spots else ""
    again = brief.problem is not None and stand(brief, brief.problem).state is not ProblemState.RECTIFIED
    n = 0
    while True:
        n += 1
        room = brief.photo_limit - len(fact.photos)
        attach = ("attach",) if fact.step in PICTURED and room > 0 else ()
        shown = {"fact": fact, "who": who, "look": brief.look_again_days, "again": again}
        sure = yield from Choice(f"sure/{fact.step}.{n}", options("submit", *attach, "discard"), shown)
        if sure == "submit":
            return fact
        if sure == "discard":
            yield from Say("problem/left", {"code": fact.problem}, (Option(f"ledger {fact.problem}", name="ledger"),))
            return None
        note, more = yield from attachments(brief, n, room)
        said = "\n".join(filter(None, (fact.words, note)))
        fact = replace(fact, words=said, photos=(*fact.photos, *more))


def picture(brief: Brief) -> Dialog:
    """Show one of its pictures: the first, or the one that the command numbered."""
    yield from ()
    if brief.problem is None:
        return _none(brief)
    number = brief.subject.strip().rpartition(" ")[2]
    fits = number.isascii() and number.isdigit() and len(number) < len(brief.problem.code)
    return PictureSeen(brief.problem.code, int(number) if fits else 1)


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """What was recorded, who was told, what is next and by when; or why nothing was recorded."""
    assert isinstance(fact, ProblemStepped | PictureSeen)  # noqa: S101 - these flows come to nothing else
    code, shown = fact.problem, standing.shown
    look = Option(f"ledger {code}", name="ledger")
    if "refused" in shown:
        return Say("problem/refused", {"code": code, "why": shown}, (look, Option("problems")))
    if isinstance(fact, PictureSeen):
        count = int(str(shown.get("count", 1)))
        more = (Option(f"picture {code} {fact.number + 1}", name="next"),) if fact.number < count else ()
        return Say("problem/picture", {"fact": fact, "count": count}, (*more, look))
    values = {"fact": fact, "told": shown.get("told", ()), "after": shown.get("after"), "at": standing.at}
    values["again"] = shown.get("again", False)
    return Say("problem/stepped", values, (look, Option("problems")))


_ONE = frozenset({Need.PROBLEM})
FLOWS = (
    Flow("problems", problems, "problem", needs=frozenset({Need.PROBLEMS, Need.RIGHTS}), about="subject"),
    Flow("ledger", ledger, "problem", receipt, _ONE, about="subject"),
    Flow("picture", picture, "problem", receipt, _ONE, about="subject"),
)
