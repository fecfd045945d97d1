"""People and their assignments: who is new, whose name changed, who does what from when to when."""

from __future__ import annotations

from collections.abc import Sequence

from bot.roster.check import Check
from bot.roster.plan import Span, Task
from bot.roster.sheets import Row


def examine(check: Check) -> None:
    """Compare people, then assignments, with those known."""
    check.plan.ids.update({phone: person.id for phone, person in check.known.people.items()})
    _people(check)
    _assignments(check)


def _people(check: Check) -> None:
    count = check.plan.counts["people"]
    for row in check.once("people", lambda row: row.values["phone"], "phone"):
        phone, name = row.values["phone"], row.values["name"]
        known = check.known.people.get(phone)
        if known is None:
            count.new += 1
            check.plan.new_people[phone] = name
        elif known.name != name:
            count.changed += 1
            check.plan.changed_people[known.id] = name
        else:
            count.same += 1


def _assignments(check: Check) -> None:
    count = check.plan.counts["assignments"]
    taken: set[int] = set()
    for row in check.once("assignments", _key, "phone"):
        sound = [check.person(row, "phone"), check.place(row)]
        known = check.known.people.get(row.values["phone"])
        held = check.known.tasks.get((known.id, row.values["role"], row.values["place"]), []) if known else []
        old = _same([span for span in held if span.id not in taken], row)
        since = row.values.get("from", old.since if old else None)
        until = row.values.get("to", old.until if old else None)
        if since and until and since > until:
            check.refuse(row, "from" if "from" in row.values else "to", "from_after_to")
        elif not all(sound):
            continue
        elif old is None:
            count.new += 1
            task = Task(row.values["phone"], row.values["role"], row.values["place"], since, until)
            check.plan.new_tasks.append(task)
        else:
            taken.add(old.id)
            changed = (since, until) != (old.since, old.until)
            count.changed += changed
            count.same += not changed
            if changed:
                check.plan.changed_tasks.append(Span(old.id, since, until))


def _key(row: Row) -> tuple[object, ...]:
    return tuple(row.values.get(column) for column in ("phone", "role", "place", "from"))


def _same(held: Sequence[Span], row: Row) -> Span | None:
    """The assignment that the row is about: the one with its first day; else, if either says none, the newest one."""
    since = row.values.get("from")
    for span in held:
        if span.since == since:
            return span
    for span in reversed(held):
        if since is None or (span.since is None and (span.until is None or since <= span.until)):
            return span
    return None
