"""Problems as they are kept, for those who may know of them: a list, and one with its whole log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from bot.model import How, Problem, ProblemFact, ProblemStep, Role
from bot.scoring.ledger import SEE, WORKERS, Distance, Outline, allowed, distance, outline, waits
from bot.store import looks
from bot.store.asking import Asking, House
from bot.store.authority import scope
from bot.store.duties import PLACE
from bot.store.ledger_roles import Roles, alone, names, roles_of
from bot.store.ledger_spots import spot, spots
from bot.store.tables import named

PROBLEM = named("problem")
STEP = named("problem_event")
EVIDENCE = named("evidence")
RECENT = timedelta(days=14)
"""So long a problem that is done, or was a mistake, is still in the list."""
MOST = 60
"""As many problems as a list in a chat can carry."""
LINE = 24
"""So many characters of the words fit a line of the list."""
_LATER = STEP.alias("later")


class Entry(NamedTuple):
    """A problem as it is kept."""

    row: Any
    """The columns of ``problem``, and ``name``: what its place is called."""
    words: str
    photos: tuple[str, ...]
    log: tuple[ProblemFact, ...]
    stands: Outline


def entries(
    connection: Connection, house: House, where: ColumnElement[bool], most: int | None = None
) -> tuple[Entry, ...]:
    """Problems with their logs, the newest first; it is for the caller to ask for none that may not be read."""
    query = select(PROBLEM, PLACE.c.name).join(PLACE, PLACE.c.code == PROBLEM.c.place).where(where)
    rows = connection.execute(query.order_by(PROBLEM.c.recorded_at.desc(), PROBLEM.c.code.desc()).limit(most)).all()
    codes = [row.code for row in rows]
    logs, photos = _logs(connection, house, codes), _photos(connection, EVIDENCE.c.problem, codes)
    days = house.rules.look_again_days
    return tuple(
        Entry(
            row,
            opened(house, row.words),
            photos.get(row.code, ()),
            logs.get(row.code, ()),
            outline(row.found_on, logs.get(row.code, ()), days),
        )
        for row in rows
    )


def opened(house: House, body: bytes | None) -> str:
    """Sealed words, or nothing where there are none, or are no more."""
    return house.keyring.open(body) if body else ""


def _logs(connection: Connection, house: House, codes: Sequence[str]) -> dict[str, tuple[ProblemFact, ...]]:
    rows = connection.execute(select(STEP).where(STEP.c.problem.in_(codes)).order_by(STEP.c.id)).all() if codes else ()
    people = {number for row in rows for number in (row.person, row.responsible) if number is not None}
    known = names(connection, house.keyring, people)
    photos = _photos(connection, EVIDENCE.c.problem_event, [row.id for row in rows])
    found: dict[str, list[ProblemFact]] = defaultdict(list)
    for row in rows:
        fact = ProblemFact(
            ProblemStep(row.step),
            row.on,
            row.recorded_at.astimezone(house.zone),
            known.get(row.person, ""),
            row.due,
            row.responsible,
            opened(house, row.words),
            photos.get(row.id, ()),
            row.person,
            known.get(row.responsible, ""),
            row.id,
        )
        found[row.problem].append(fact)
    return {code: tuple(log) for code, log in found.items()}


def _photos(connection: Connection, column: ColumnElement[Any], keys: Collection[Any]) -> dict[Any, tuple[str, ...]]:
    """By what they belong to, the pictures in the order in which they came."""
    found: dict[Any, list[str]] = defaultdict(list)
    query = select(column.label("key"), EVIDENCE.c.media).where(column.in_(keys)).order_by(EVIDENCE.c.id)
    for row in connection.execute(query) if keys else ():
        found[row.key].append(row.media)
    return {key: tuple(media) for key, media in found.items()}


def visible(asking: Asking) -> ColumnElement[bool]:
    """Those at a place of the person's, or below it, and those that they found."""
    see = scope(asking.who.person, SEE, asking.today)
    return PROBLEM.c.place.in_(select(see.c.code)) | (PROBLEM.c.person == asking.who.person)


def lasting(asking: Asking) -> ColumnElement[bool]:
    """Those that are not over, and those that were not long ago."""
    over = STEP.c.step.in_((ProblemStep.LOOKED_AGAIN.value, ProblemStep.WITHDRAWN.value))
    again = select(_LATER.c.id).where(
        _LATER.c.problem == STEP.c.problem, _LATER.c.step == ProblemStep.REOPENED.value, _LATER.c.id > STEP.c.id
    )
    gone = select(STEP.c.problem).where(over, STEP.c.recorded_at < asking.now - RECENT, ~again.exists())
    return PROBLEM.c.code.not_in(gone)


class Seen(NamedTuple):
    """A problem as one person has to do with it."""

    entry: Entry
    roles: frozenset[Role]
    """The person's, at the place or above it."""
    present: bool
    """Whether who is to mend it still works there."""
    alone: bool
    far: Distance


def seen(asking: Asking, found: Sequence[Entry]) -> tuple[Seen, ...]:
    """What the person has to do with each of these problems. Two questions, and one for each that they mended."""
    me, today = asking.who.person, asking.today
    concerned = {me}
    for each in found:
        concerned |= {who for who in (each.stands.responsible, each.stands.rectifier) if who is not None}
    roles = roles_of(asking.connection, concerned, {each.row.place for each in found}, today)
    return tuple(_seen(asking, each, roles) for each in found)


def _seen(asking: Asking, entry: Entry, roles: Roles) -> Seen:
    me, place, stands = asking.who.person, entry.row.place, entry.stands
    mine = roles.get((me, place), frozenset())
    present = bool(WORKERS & roles.get((stands.responsible or 0, place), frozenset()))
    if not present:
        stands = stands._replace(responsible=None)
    others = roles.get((stands.rectifier or 0, place), frozenset())
    only = stands.rectifier == me and alone(asking.connection, me, place, asking.today)
    return Seen(entry, mine, present, only, distance(mine, stands, me, others, alone=only))


def problems(asking: Asking, most: int = MOST) -> Mapping[str, Any]:
    """The list: what waits for this person first, then the newest; of each no more than a line says."""
    found = seen(asking, entries(asking.connection, asking.house, visible(asking) & lasting(asking), most))
    shown = sorted((_line(asking, each) for each in found), key=lambda each: not each.waits)
    return {"problems": tuple(shown), "look_again_days": asking.house.rules.look_again_days}


def _line(asking: Asking, each: Seen) -> Problem:
    log = tuple(ProblemFact(fact.step, fact.on, fact.at, due=fact.due, number=fact.number) for fact in each.entry.log)
    words = " ".join(each.entry.words.split())
    short = words if len(words) <= LINE else f"{words[: LINE - 1]}…"
    known = shown(asking.house, each.entry)
    return replace(
        known,
        finder="",
        responsible="",
        words=short,
        photos=(),
        log=log,
        own=each.entry.row.person == asking.who.person,
        mine=each.far.mend == 0,
        waits=waits(each.entry.stands, asking.today, each.far),
    )


def shown(house: House, entry: Entry, finder: str = "") -> Problem:
    """A problem as it is shown, whoever asks."""
    row = entry.row
    to = next((fact.to for fact in entry.log if fact.responsible == entry.stands.responsible and fact.to), "")
    return Problem(
        row.code,
        row.place,
        row.name,
        How(row.how),
        entry.words,
        row.found_on,
        row.recorded_at.astimezone(house.zone),
        finder,
        photos=entry.photos,
        log=entry.log,
        responsible=to if entry.stands.responsible is not None else "",
    )


def _used(asking: Asking, problem: Problem) -> tuple[tuple[date, str], ...]:
    """Earlier uses of pictures that look like the ones that show this problem, or that it was mended."""
    names = [*problem.photos, *(photo for fact in problem.log for photo in fact.photos)]
    return (
        tuple((uses[0].day, uses[0].name) for uses in looks.alike(asking.connection, names).values()) if names else ()
    )


def card(asking: Asking) -> Mapping[str, Any]:
    """The problem that the command named, if this person may know of it; else the places where they may enter one."""
    rules = asking.house.rules
    told = {"look_again_days": rules.look_again_days, "rectify_days": rules.rectify_days}
    code = asking.subject.strip().partition(" ")[0].upper()
    found = entries(asking.connection, asking.house, visible(asking) & (PROBLEM.c.code == code)) if code else ()
    if not found:
        return {"spots": spots(asking)} | told
    (each,) = seen(asking, found)
    row = each.entry.row
    finder = names(asking.connection, asking.house.keyring, [row.person] if row.person else []).get(row.person, "")
    problem = shown(asking.house, each.entry, finder)
    own = row.person == asking.who.person
    problem = replace(
        problem,
        own=own,
        mine=each.far.mend == 0,
        may=allowed(each.roles, each.entry.stands, asking.who.person, own=own, alone=each.alone),
        waits=waits(each.entry.stands, asking.today, each.far),
        responsible=problem.responsible if each.present else "",
        used=_used(asking, problem),
    )
    return {"problem": problem, "spots": (spot(asking, row.place, row.name, decides=True),)} | told
