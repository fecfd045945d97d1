"""The plan → rows, inside the caller's transaction: a few bulk statements, whatever the size of the roster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, update
from sqlmodel import SQLModel

from bot.roster.known import table
from bot.store import audit, tables

if TYPE_CHECKING:
    from bot.model import PackRules, Place
    from bot.roster.plan import Plan, ReportLine
    from bot.store.crypto import Keyring

SOURCE = "import"
KEPT = frozenset({"audit", "setting"})
"""The audit log is append-only, and a setting may say which key sealed the database."""


def write(  # noqa: PLR0913 - all that a written row depends on
    connection: Connection,
    keyring: Keyring,
    rules: PackRules,
    now: datetime,
    plan: Plan,
    *,
    actor: str = "cli",
    beside: Sequence[PackRules] = (),
) -> None:
    """Carry the plan out. ``now`` is aware, in the programme's time zone; ``actor`` is for the audit log.

    ``beside``: the packs by which places are judged beside ``rules``.
    """
    if now.tzinfo is None:
        message = f"a moment without a time zone: {now!r}"
        raise ValueError(message)
    _places(connection, plan)
    if plan.counts["places"].new or plan.counts["places"].changed:
        _rerank(connection, (rules, *beside))
    people = {**plan.ids, **_people(connection, keyring, now, plan)}
    _assignments(connection, now, plan, people)
    _cases(connection, (rules, *beside), plan)
    _reports(connection, rules, now.tzinfo, plan.reports, people)
    _replanted(connection)
    parts = (
        f"{name} +{count.new} ~{count.changed}" for name, count in plan.counts.items() if count.new or count.changed
    )
    audit.record(connection, now, actor, "roster.import", "roster", "; ".join(parts))


def wipe(connection: Connection, now: datetime) -> list[str]:
    """Delete the sample and all that was tried with it; the names of the pictures that are now nobody's.

    The audit log stays, and says so.
    """
    pictures = list(connection.execute(table(tables.Media).select()).scalars())
    for one in reversed(SQLModel.metadata.sorted_tables):
        if one.name == tables.Place.__tablename__:
            # A place refers to the place above; no order of deleting single rows would do.
            connection.execute(update(one).values(parent=None))
        if one.name not in KEPT:
            connection.execute(delete(one))
    setting = table(tables.Setting)
    connection.execute(delete(setting).where(setting.c.key == "roster"))
    audit.record(connection, now, "cli", "roster.replace_sample", "roster")
    return pictures


def _insert(connection: Connection, of: type[SQLModel], rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        connection.execute(insert(table(of)), rows)


def _insert_for_ids(connection: Connection, of: type[SQLModel], rows: Sequence[Mapping[str, object]]) -> list[int]:
    """Insert, and give the new ids in the order of ``rows``."""
    if not rows:
        return []
    wanted = table(of)
    returned = insert(wanted).returning(wanted.c.id, sort_by_parameter_order=True)
    return list(connection.execute(returned, rows).scalars())


def _update(connection: Connection, of: type[SQLModel], key: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Update by ``key``, which a row holds under ``key_`` (a parameter may not be called like a column that is set)."""
    if rows:
        wanted = table(of)
        names: dict[str, BindParameter[Any]] = {name: bindparam(name) for name in rows[0] if name != f"{key}_"}
        connection.execute(update(wanted).where(wanted.c[key] == bindparam(f"{key}_")).values(names), rows)


def _places(connection: Connection, plan: Plan) -> None:
    new = {place.code: place for place in plan.new_places}
    _insert(connection, tables.Place, [_row(place) for place in _parents_first(new)])
    changed = [_row(place) for place in plan.changed_places]
    _update(connection, tables.Place, "code", [{"code_": row.pop("code"), **row} for row in changed])


def _row(place: Place) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name,
        "level": str(place.level),
        "parent": place.parent,
        "aliases": ";".join(place.aliases),
        "start": place.start,
        "closed": place.closed,
    }


def _parents_first(new: Mapping[str, Place]) -> Iterable[Place]:
    """In an order in which no row refers to one that is still to come; the tree has no cycles by now."""
    depth: dict[str, int] = {}

    def deep(code: str) -> int:
        if code not in depth:
            parent = new[code].parent
            depth[code] = deep(parent) + 1 if parent and parent in new else 0
        return depth[code]

    return sorted(new.values(), key=lambda place: deep(place.code))


def _people(connection: Connection, keyring: Keyring, now: datetime, plan: Plan) -> dict[str, int]:
    """Add and rename people; the ids of the new ones, by phone."""
    rows = [
        {
            "phone_hash": keyring.lookup(phone, "phone"),
            "phone": keyring.seal(phone),
            "name": keyring.seal(name),
            "locale": "zh",
            "created_at": now,
        }
        for phone, name in plan.new_people.items()
    ]
    ids = _insert_for_ids(connection, tables.Person, rows)
    renamed = [{"id_": id_, "name": keyring.seal(name)} for id_, name in plan.changed_people.items()]
    _update(connection, tables.Person, "id", renamed)
    return dict(zip(plan.new_people, ids, strict=True))


def _assignments(connection: Connection, now: datetime, plan: Plan, people: Mapping[str, int]) -> None:
    rows = [
        {
            "person": people[task.phone],
            "role": task.role,
            "place": task.place,
            "since": task.since,
            "until": task.until,
            "recorded_at": now,
        }
        for task in plan.new_tasks
    ]
    _insert(connection, tables.Assignment, rows)
    spans = [{"id_": span.id, "since": span.since, "until": span.until} for span in plan.changed_tasks]
    _update(connection, tables.Assignment, "id", spans)


def _rerank(connection: Connection, packs: Sequence[PackRules]) -> None:
    """A place that hangs elsewhere takes its cases along."""
    from bot.store.spans import rerank  # noqa: PLC0415 - reads the whole of scoring

    rerank(connection, packs)


def _replanted(connection: Connection) -> None:
    """What was summed up of days is counted anew."""
    from bot.store.settling import replanted  # noqa: PLC0415 - reads the whole of scoring

    replanted(connection)


def _cases(connection: Connection, rules: Sequence[PackRules], plan: Plan) -> None:
    if not plan.events:
        return
    from bot.store.figures import project  # noqa: PLC0415 - reads the whole of scoring, and most imports have no case

    first = {case: min(fact.recorded_at for fact in facts) for case, facts in plan.events.items()}
    places = plan.case_places
    cases = [{"code": code, "place": place, "opened_at": first[code]} for code, place in plan.new_cases.items()]
    _insert(connection, tables.Case, cases)
    events = [
        {"case": case, "place": places[case], **fact._asdict(), "source": SOURCE}
        for case, facts in plan.events.items()
        for fact in facts
    ]
    _insert(connection, tables.CaseEvent, events)
    project(connection, rules, sorted(plan.events))


def _reports(
    connection: Connection, rules: PackRules, zone: tzinfo, lines: Sequence[ReportLine], people: Mapping[str, int]
) -> None:
    """One filing for what one person sent at one moment for one day, with a line for each place."""
    filings: dict[tuple[int | None, date, datetime], list[ReportLine]] = defaultdict(list)
    for line in lines:
        filings[people[line.phone] if line.phone else None, line.day, line.sent_at].append(line)
    cutoff = time.fromisoformat(rules.cutoff)
    facts = [
        {
            "person": person,
            "day": day,
            "recorded_at": sent_at,
            "late": sent_at > datetime.combine(day, cutoff, zone),
        }
        for person, day, sent_at in filings
    ]
    ids = _insert_for_ids(connection, tables.Filing, [{**fact, "source": SOURCE} for fact in facts])
    reports = [
        {**fact, "filing": id_, "place": line.place, "status": line.status}
        for id_, fact, group in zip(ids, facts, filings.values(), strict=True)
        for line in group
    ]
    _insert(connection, tables.Report, reports)
