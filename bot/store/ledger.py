"""Problems put on the list and followed to their end: written down by those who may, and never written over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select, text

from bot.model import Problem, ProblemFound, ProblemState, ProblemStep, ProblemStepped
from bot.scoring.ledger import SEE, WORKERS, Outline, allowed, due_fits, misfit
from bot.store.acts import Act
from bot.store.asking import Asking, House
from bot.store.authority import roles_at
from bot.store.cases import RefusedError
from bot.store.duties import PLACE
from bot.store.ledger_counts import Tally, below, counts, tally
from bot.store.ledger_kept import EVIDENCE, PROBLEM, STEP, Entry, entries, shown, visible
from bot.store.ledger_roles import alone, names

__all__ = ["Happened", "Tally", "counts", "enter", "picture", "rows", "step", "tally"]
LETTER = "W"
"""How a problem's number begins (``W1124-01``): 问题."""
LOCK = 0x57000000
"""PostgreSQL's advisory lock under which the numbers of a day are given, apart from those of cases."""


def enter(connection: Connection, house: House, act: Act, fact: ProblemFound) -> str:
    """Put a problem on the list, with who is to mend it and until when; its number.

    Raises:
        RefusedError: not the sender's place, a closed one, a day to come, a due day that cannot be, no words, or
            somebody who does not work there.
    """
    _check_place(connection, act, fact.place, fact.on)
    if not fact.words.strip():
        raise RefusedError("words")
    if not due_fits(fact.due, fact.on):
        raise RefusedError("due", on=fact.due)
    _check_worker(connection, act, fact.place, fact.responsible)
    code = _number(connection, fact.on)
    by = {"person": act.person, "recorded_at": act.now}
    found = {"code": code, "place": fact.place, "how": fact.how.value, "found_on": fact.on}
    connection.execute(insert(PROBLEM), found | by | {"words": house.keyring.seal(fact.words)})
    connection.execute(
        insert(STEP),
        {"problem": code, "step": ProblemStep.ASSIGNED.value, "on": fact.on, "due": fact.due} | by
        | {"responsible": fact.responsible},
    )  # fmt: skip
    _show(connection, fact.photos, problem=code)
    return code


def _check_place(connection: Connection, act: Act, place: str, on: date) -> None:
    """The place as it is today: where nobody answers, nothing is put on a list."""
    today = act.now.date()
    row = connection.execute(select(PLACE.c.name, PLACE.c.closed).where(PLACE.c.code == place)).first()
    if row is None or not SEE & roles_at(connection, act.person, place, today):
        raise RefusedError("place")
    if row.closed is not None and row.closed <= today:
        raise RefusedError("closed", name=row.name, on=row.closed)
    if on > today:
        raise RefusedError("future", on=on)


def _check_worker(connection: Connection, act: Act, place: str, person: int | None) -> None:
    if person is not None and not WORKERS & roles_at(connection, person, place, act.now.date()):
        raise RefusedError("worker")


def _number(connection: Connection, on: date) -> str:
    """The next free number of the day."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:day)"), {"day": LOCK + on.toordinal()})
    prefix = f"{LETTER}{on:%m%d}-"
    # A range on the primary key: the greatest by length, then by sign.
    taken = select(PROBLEM.c.code).where(PROBLEM.c.code >= prefix, PROBLEM.c.code < prefix[:-1] + ".")
    last = connection.execute(
        taken.order_by(func.length(PROBLEM.c.code).desc(), PROBLEM.c.code.desc()).limit(1)
    ).scalar()
    digits = (last or "").removeprefix(prefix)
    return f"{prefix}{(int(digits) if digits.isdigit() else 0) + 1:02d}"


def _show(connection: Connection, photos: Sequence[str], **of: object) -> None:
    if photos:
        connection.execute(insert(EVIDENCE), [{"media": media, **of} for media in photos])


class Happened(NamedTuple):
    """What a step changed."""

    entry: Entry
    """The problem as it was before."""
    after: Outline


def step(connection: Connection, house: House, act: Act, fact: ProblemStepped) -> Happened:
    """Append a step to a problem's log.

    Raises:
        RefusedError: no such problem for this person, not entitled, rectified by themself, or a step that does not
            fit how the problem stands now.
    """
    # Two who press at once follow one another: what the second sees is what the first left behind.
    connection.execute(select(PROBLEM.c.code).where(PROBLEM.c.code == fact.problem).with_for_update())
    found = entries(connection, house, PROBLEM.c.code == fact.problem)
    if not found:
        raise RefusedError("unknown")
    (entry,) = found
    _check_step(connection, act, entry, fact)
    due = fact.due
    if fact.step is ProblemStep.CLOSED:
        due = fact.on + timedelta(days=house.rules.look_again_days)
    values = {
        "problem": fact.problem, "step": fact.step.value, "on": fact.on, "due": due, "responsible": fact.responsible,
        "words": house.keyring.seal(fact.words) if fact.words else None, "person": act.person, "recorded_at": act.now,
    }  # fmt: skip
    number = connection.execute(insert(STEP).returning(STEP.c.id), values).scalar_one()
    _show(connection, fact.photos, problem_event=number)
    (now,) = entries(connection, house, PROBLEM.c.code == fact.problem)
    return Happened(entry, now.stands)


def _check_step(connection: Connection, act: Act, entry: Entry, fact: ProblemStepped) -> None:
    """Asked in the transaction that writes: what was offered when the conversation began may hold no more."""
    row, stands, today = entry.row, entry.stands, act.now.date()
    roles, own = roles_at(connection, act.person, row.place, today), row.person == act.person
    if not own and not SEE & roles:
        raise RefusedError("unknown")
    only = stands.rectifier == act.person and alone(connection, act.person, row.place, today)
    if fact.step not in allowed(roles, stands, act.person, own=own, alone=only):
        others = fact.step in allowed(roles, stands, act.person, own=own, alone=True)
        raise RefusedError("others" if others else "entitled")
    why = misfit(stands, fact.step, fact.on, today, fact.due)
    if why is not None:
        raise RefusedError(why.reason, **why.values)
    needs_words = fact.step is ProblemStep.REOPENED or (fact.step is ProblemStep.RECTIFIED and not fact.photos)
    if needs_words and not fact.words.strip():
        raise RefusedError("words")
    _check_worker(connection, act, row.place, fact.responsible)


def picture(asking: Asking, code: str, number: int) -> tuple[str, int]:
    """The name of a picture of a problem, by its number in the order in which they came; and how many there are.

    Raises:
        RefusedError: no such problem for this person, or no such picture.
    """
    found = entries(asking.connection, asking.house, visible(asking) & (PROBLEM.c.code == code))
    if not found:
        raise RefusedError("unknown")
    pictures = pictures_of(found[0])
    if not 0 < number <= len(pictures):
        raise RefusedError("picture")
    return pictures[number - 1], len(pictures)


def pictures_of(entry: Entry) -> tuple[str, ...]:
    """All pictures of a problem: as it was found, then step by step."""
    return (*entry.photos, *(photo for fact in entry.log for photo in fact.photos))


def rows(connection: Connection, house: House, place: str, since: date, until: date) -> tuple[Problem, ...]:
    """The ledger of a place and all below it: what was found or not yet done within these days, oldest first.

    Names are masked. Whether somebody may have it is for the caller to ask; what was a mistake is left out.
    """
    down = below(place)
    found = entries(connection, house, PROBLEM.c.place.in_(select(down.c.code)) & (PROBLEM.c.found_on <= until))
    kept = [each for each in reversed(found) if not _over(each.stands, since)]
    finders = names(connection, house.keyring, {each.row.person for each in kept if each.row.person is not None})
    return tuple(shown(house, each, finders.get(each.row.person, "")) for each in kept)


def _over(stands: Outline, since: date) -> bool:
    done = stands.state is ProblemState.DONE and stands.since < since
    return done or stands.state is ProblemState.WITHDRAWN
