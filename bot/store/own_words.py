"""What a person wrote in the workflow, of problems and on the board: it belongs to their own data (PIPL 45)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, FromClause, Select, select

from bot.store.crypto import Keyring
from bot.store.tables import named


def written(connection: Connection, keyring: Keyring, person: int) -> list[dict[str, Any]]:
    """Each with its kind, the place, the moment and the words; what is past its term is not there any more."""
    found = []
    for kind, query in _queries(person):
        for row in connection.execute(query):
            if row.words:
                said: Any = keyring.open(row.words)
                said = json.loads(said) if kind == "application" else said
                found.append({"kind": kind, "place": row.place, "at": row.recorded_at, "words": said})
    return found


def _queries(person: int) -> Iterator[tuple[str, Select[Any]]]:
    mark, sheet = named("assessment_mark"), named("assessment")
    problem, event = named("problem"), named("problem_event")
    lines: tuple[tuple[str, FromClause, Any, FromClause], ...] = (
        ("assessment", mark.join(sheet, sheet.c.id == mark.c.assessment), mark.c.reason, sheet),
        ("problem step", event.join(problem, problem.c.code == event.c.problem), event.c.words, problem),
    )
    for kind, joined, column, of in lines:
        table = column.table
        columns = (of.c.place, table.c.recorded_at, column.label("words"))
        yield kind, select(*columns).select_from(joined).where(table.c.person == person).order_by(table.c.id)
    for name, column in (
        ("application", "body"),
        ("creation_event", "words"),
        ("problem", "words"),
        ("red_black", "words"),
    ):
        table = named(name)
        (key,) = table.primary_key.columns
        query = select(table.c.place, table.c.recorded_at, table.c[column].label("words"))
        yield name.replace("_", " "), query.where(table.c.person == person).order_by(table.c.recorded_at, key)
