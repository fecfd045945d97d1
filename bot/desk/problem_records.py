"""Problems that were found, followed and looked at → the store, and a word to those whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from bot.dialog import Option, Say
from bot.model import PictureSeen, ProblemFound, ProblemState, ProblemStep, ProblemStepped, Role, Standing
from bot.scoring.ledger import LADDER, WORKERS
from bot.store import audit, ledger
from bot.store.asking import Asking
from bot.store.authority import responsible, roles_at
from bot.store.cases import RefusedError
from bot.store.ledger_kept import PROBLEM, entries

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept
    from bot.store.ledger_kept import Entry

LINE = 60
"""So much of a problem's words goes into a letter; the rest stands on its card."""
MENDED = frozenset({ProblemStep.ASSIGNED, ProblemStep.REOPENED, ProblemStep.WITHDRAWN})
"""What concerns those who mend it."""


def _found(visit: Visit, _: Kept, fact: ProblemFound) -> Standing:
    """Put it on the list, and tell those who are to mend it."""
    try:
        code = ledger.enter(visit.connection, visit.tools.house, visit.act(), fact)
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(visit.connection, visit.now, visit.owner, "problem found", fact.place, code)
    (entry,) = entries(visit.connection, visit.tools.house, PROBLEM.c.code == code)
    told = _tell_menders(visit, entry, "found", fact.responsible)
    return Standing(visit.now, shown={"code": code, "told": told})


def _stepped(visit: Visit, _: Kept, fact: ProblemStepped) -> Standing:
    """Append the step, and tell whose turn it is now, or what became of what they found."""
    try:
        before, after = ledger.step(visit.connection, visit.tools.house, visit.act(), fact)
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(visit.connection, visit.now, visit.owner, f"problem {fact.step.value}", fact.problem)
    (entry,) = entries(visit.connection, visit.tools.house, PROBLEM.c.code == fact.problem)
    told: tuple[str, ...] = ()
    again = fact.step is ProblemStep.REOPENED and before.stands.state is not ProblemState.RECTIFIED
    if fact.step in MENDED:
        told = _tell_menders(visit, entry, "again" if again else fact.step.value, after.responsible)
    elif fact.step is ProblemStep.RECTIFIED:
        told = _tell_deciders(visit, entry, fact.step.value, {visit.act().person})
    elif fact.step is ProblemStep.CLOSED:
        told = _tell_finder(visit, entry)
    return Standing(visit.now, shown={"told": told, "after": after, "again": again})


def _tell_menders(visit: Visit, entry: Entry, what: str, person: int | None) -> tuple[str, ...]:
    """Who is to mend it: whoever works there, where nobody is named or they are gone; if none hears it, who decides."""
    place, today, me = entry.row.place, visit.now.date(), visit.act().person
    theirs = roles_at(visit.connection, person, place, today) & WORKERS if person is not None else frozenset()
    menders = {each.person: each.role for each in responsible(visit.connection, place, WORKERS, today)}
    if person is not None and theirs:
        menders = {person: next(role for role in Role if role in theirs)}
    told = {
        role.value: None
        for each, role in menders.items()
        if each != me and visit.notify(each, _letter(entry, what, mine=True))
    }
    if told or what == "withdrawn" or roles_at(visit.connection, me, place, today) & set(LADDER):
        return tuple(told)
    return _tell_deciders(visit, entry, what, {me})


def _tell_deciders(visit: Visit, entry: Entry, what: str, without: Collection[int]) -> tuple[str, ...]:
    """Those nearest to the place who decide there and can be told; the first role that has anybody."""
    today = visit.now.date()
    for role in LADDER:
        people = responsible(visit.connection, entry.row.place, (role,), today)
        others = [each.person for each in people if each.person not in without]
        # Each of them is told: ``any`` would stop at the first.
        if any([visit.notify(person, _letter(entry, what)) for person in others]):  # noqa: C419
            return (role.value,)
    return ()


def _tell_finder(visit: Visit, entry: Entry) -> tuple[str, ...]:
    """Whoever found it hears that it is mended, if they did not close it themselves."""
    finder = entry.row.person
    if finder is None or finder == visit.act().person:
        return ()
    return ("finder",) if visit.notify(finder, _letter(entry, "closed")) else ()


def _letter(entry: Entry, what: str, *, mine: bool = False) -> Say:
    """To one person's own chat: somebody with a role at the place or above it, or who found it."""
    words = " ".join(entry.words.split())
    last = entry.log[-1]
    shown = {
        "what": what,
        "mine": mine,
        "code": entry.row.code,
        "name": entry.row.name,
        "words": words if len(words) <= LINE else f"{words[: LINE - 1]}…",
        "last": last.words,
        "photos": len(entry.photos) if what == "found" else len(last.photos),
        "due": entry.stands.due,
        "look": entry.stands.look_again_on,
    }
    return Say("problem/news", shown, (Option(f"ledger {entry.row.code}", name="ledger"),))


def _seen(visit: Visit, _: Kept, fact: PictureSeen) -> Standing:
    """Show a picture to somebody who may know of the problem, and write down that they looked."""
    me = visit.who
    assert me is not None  # noqa: S101 - who has not enrolled has no conversation about a problem
    asking = Asking(visit.connection, visit.tools.house, me, visit.now, visit.now.date(), fact.problem)
    try:
        media, count = ledger.picture(asking, fact.problem, fact.number)
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(visit.connection, visit.now, visit.owner, "picture seen", fact.problem, str(fact.number))
    return Standing(visit.now, shown={"photo": media, "count": count})


def _refused(visit: Visit, why: RefusedError) -> Standing:
    """Nothing was recorded; the receipt says why (``standing.shown.refused``) and what to do."""
    return Standing(visit.now, shown={"refused": why.reason, **why.values})


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {
    ProblemFound: _found,
    ProblemStepped: _stepped,
    PictureSeen: _seen,
}
"""By fact: what writes it, and says how things stand then."""
