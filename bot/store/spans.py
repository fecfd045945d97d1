"""The projection ``case_span``: what each case comes to, rebuilt from its facts in the transaction that adds them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from bot.model import CaseFact, Event, PackRules, Reason
from bot.scoring.streak import spans
from bot.store.prepared import Prepared
from bot.store.tables import Case, CaseEvent, CaseSpan, Setting

CHUNK = 500
"""Cases in one statement, well under what any database takes."""
MARK = "projection"
"""The setting that says under which rules ``case_span`` was made."""
OPEN = "9999-12-31"
_SEPARATOR = "\x1f"

case_span = CaseSpan.__table__  # type: ignore[attr-defined]
case_event = CaseEvent.__table__  # type: ignore[attr-defined]
case_ = Case.__table__  # type: ignore[attr-defined]
setting = Setting.__table__  # type: ignore[attr-defined]


def project(connection: Connection, rules: PackRules, cases: Collection[str]) -> None:
    """Make the spans of these cases anew; of all cases where the projection was made under other rules, or never.

    To be called in the transaction that adds facts to the cases.
    """
    if refresh(connection, rules):
        return
    codes = sorted(cases)
    for chunk in (codes[n : n + CHUNK] for n in range(0, len(codes), CHUNK)):
        connection.execute(delete(case_span).where(case_span.c.case.in_(chunk)))
        _write(connection, rules, facts_query().where(case_event.c.case.in_(chunk)))


def refresh(connection: Connection, rules: PackRules) -> bool:
    """Make the whole projection anew if it was made under other rules than these, or never; whether it was made."""
    if current(connection, rules):
        return False
    connection.execute(delete(case_span))
    _write(connection, rules, facts_query())
    connection.execute(delete(setting).where(setting.c.key == MARK))
    connection.execute(insert(setting).values(key=MARK, value=_print(rules)))
    return True


_MARKED = Prepared(select(setting.c.value).where(setting.c.key == MARK))


def current(connection: Connection, rules: PackRules) -> bool:
    """Whether the projection is the one of these rules; if not, figures must be computed from the facts."""
    mark: str | None = _MARKED.scalar(connection, {})
    return mark == _print(rules)


def _print(rules: PackRules) -> str:
    """The pack's name and a hash of what the projection depends on."""
    parts = [sorted(rules.breaking), sorted(rules.rule_of.items()), rules.ruled_out]
    return f"{rules.name} {hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]}"


def _write(connection: Connection, rules: PackRules, query: Select[Any]) -> None:
    rows: list[dict[str, object]] = []
    for facts in logs(connection, query):
        for span in spans(facts, rules):
            reason = span.reason
            rows.append(
                {
                    "pack": rules.name,
                    "case": reason.case,
                    "place": span.place,
                    "kind": reason.kind,
                    "rule": reason.rule,
                    "valid_from": span.valid_from,
                    "valid_until": span.valid_until,
                    "ends": reason.ended_on,
                    "rank": rank(reason),
                }
            )
    if rows:
        connection.execute(insert(case_span), rows)


def facts_query() -> Select[Any]:
    """Every fact of every case with the case's place, case by case."""
    columns = (case_event.c.case, case_.c.place, case_event.c.event, case_event.c.kind, case_event.c.on)
    return (
        select(*columns, case_event.c.recorded_at)
        .join(case_, case_.c.code == case_event.c.case)
        .order_by(case_event.c.case, case_event.c.on, case_event.c.recorded_at, case_event.c.id)
    )


def logs(connection: Connection, query: Select[Any], known_at: datetime | None = None) -> Iterator[list[CaseFact]]:
    """The facts that ``query`` (made from ``facts_query``) finds, known at ``known_at``, one case after another."""
    if known_at is not None:
        query = query.where(case_event.c.recorded_at <= known_at)
    rows = connection.execute(query)
    facts = (CaseFact(case, place, Event(event), on, at, kind or None) for case, place, event, kind, on, at in rows)
    for _, log in groupby(facts, key=attrgetter("case")):
        yield list(log)


def rank(reason: Reason) -> str:
    """``reason`` as a text that sorts as ``bot.scoring.streak.weight`` does, and that ``unrank`` reads."""
    ended = OPEN if reason.ended_on is None else reason.ended_on.isoformat()
    rest = _SEPARATOR.join((reason.case, reason.kind, reason.rule))
    return f"{ended}{reason.took_effect_on.isoformat()}{rest}"


def unrank(text: str) -> Reason:
    """The reason that ``rank`` wrote."""
    case, kind, rule = text[20:].rsplit(_SEPARATOR, 2)
    ended = None if text.startswith(OPEN) else date.fromisoformat(text[:10])
    return Reason(rule, case, kind, date.fromisoformat(text[10:20]), ended)
