"""The projection ``case_span``: what each case comes to, rebuilt from its facts in the transaction that adds them.

Several packs may have theirs at once, side by side. For each a setting says under which of its rules it was made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, or_, select

from bot.model import CaseFact, PackRules, Reason
from bot.scoring.streak import spans
from bot.store import over, ranks
from bot.store.logs import case_, chunks, logs, logs_of
from bot.store.prepared import Prepared
from bot.store.tables import CaseSpan, Setting

MARK = "projection:"
"""With a pack's name behind it: the setting that says under which rules the pack's spans were made."""
ENGINE = 3
"""Counted up whenever the same facts under the same rules come to something else."""
OPEN = "9999-12-31"
ROWS = 5000
"""Spans written at a time."""
_SEPARATOR = "\x1f"

Packs = PackRules | Sequence[PackRules]
"""One pack, or all by which places are judged side by side."""

case_span = CaseSpan.__table__  # type: ignore[attr-defined]
setting = Setting.__table__  # type: ignore[attr-defined]
_CODES: BindParameter[Any] = bindparam("codes", expanding=True)
_DROP = delete(case_span).where(case_span.c.case.in_(_CODES))
_PLACES = select(case_.c.place).where(case_.c.code.in_(_CODES)).distinct()
_MARKS = select(setting.c.key, setting.c.value).where(setting.c.key >= MARK, setting.c.key < MARK[:-1] + ";")


def project(connection: Connection, rules: Packs, cases: Collection[str]) -> None:
    """Make the spans of these cases anew, and of all that were ever merged with them; under every pack at once.

    To be called in the transaction that adds facts to the cases, with all the packs that are in use: a pack that is
    not given loses its spans, so that nobody reads what is out of date. A pack whose spans were made under other
    rules, or never, is made anew as a whole.
    """
    over.note(connection, cases)
    fresh, _ = _refreshed(connection, rules)
    if fresh and cases:
        touched, found = logs_of(connection, cases)
        for chunk in chunks(touched):
            connection.execute(_DROP, {"codes": chunk})
        _write(connection, fresh, found)
        places = {
            place for chunk in chunks(touched) for place in connection.execute(_PLACES, {"codes": chunk}).scalars()
        }
        ranks.follow(connection, [pack.name for pack in fresh], places)


def refresh(connection: Connection, rules: Packs) -> bool:
    """Make the whole projection of each pack anew that was made under other rules, or never; whether any was made."""
    return _refreshed(connection, rules)[1]


def rerank(connection: Connection, rules: Packs) -> None:
    """To be called when places were moved in the tree: what lies above a case is another place now."""
    packs = [rules] if isinstance(rules, PackRules) else list(rules)
    ranks.rebuild(connection, [pack.name for pack in packs if current(connection, pack)])


def _refreshed(connection: Connection, rules: Packs) -> tuple[list[PackRules], bool]:
    """The packs that were up to date, and whether any was not and has been made anew."""
    packs = [rules] if isinstance(rules, PackRules) else list(rules)
    marks = {key.removeprefix(MARK): value for key, value in connection.execute(_MARKS)}
    stale = [pack for pack in packs if marks.get(pack.name) != _print(pack)]
    gone = marks.keys() - {pack.name for pack in packs}
    if not stale and not gone:
        return packs, False
    names = sorted(gone.union(pack.name for pack in stale))
    connection.execute(delete(case_span).where(case_span.c.pack.in_(names)))
    connection.execute(delete(setting).where(setting.c.key.in_([MARK + name for name in names])))
    if stale:
        _write(connection, stale, logs(connection))
        over.note(connection)
    ranks.rebuild(connection, names)
    if stale:
        connection.execute(insert(setting), [{"key": MARK + pack.name, "value": _print(pack)} for pack in stale])
    return [pack for pack in packs if pack not in stale], bool(stale)


_FROM = (case_span.c.pack == bindparam("pack"), case_span.c.valid_from <= bindparam("last"))
_LASTING, _PASSING = case_span.c.valid_until.is_(None), case_span.c.valid_until > bindparam("first")
# Each of the three walks a short stretch of one index, where one OR, or a DISTINCT, would read all that the pack has.
_BREAKING = [
    Prepared(select(case_span.c.place).where(*_FROM, *still))
    for still in (
        (case_span.c.ends.is_(None), _LASTING),
        (case_span.c.ends.is_(None), _PASSING),
        (case_span.c.ends >= bindparam("first"), or_(_LASTING, _PASSING)),
    )
]


def broken(connection: Connection, rules: PackRules, first: date, last: date) -> set[str]:
    """The places at which a case of their own broke some day of these; the projection must be ``current``."""
    values = {"pack": rules.name, "first": first, "last": last}
    return {row.place for query in _BREAKING for row in query.all(connection, values)}


_MARKED = Prepared(select(setting.c.value).where(setting.c.key == bindparam("key")))


def current(connection: Connection, rules: PackRules) -> bool:
    """Whether the pack's projection is the one of these rules; if not, figures must be computed from the facts."""
    mark: str | None = _MARKED.scalar(connection, {"key": MARK + rules.name})
    return mark == _print(rules)


@lru_cache(maxsize=64)
def _print(rules: PackRules) -> str:
    """A hash of what the projection depends on."""
    parts = [ENGINE, sorted(rules.breaking), sorted(rules.rule_of.items()), rules.ruled_out]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _write(connection: Connection, packs: Sequence[PackRules], found: Iterable[list[CaseFact]]) -> None:
    rows: list[dict[str, object]] = []
    for facts in found:
        for rules in packs:
            rows.extend(_rows(facts, rules))
        if len(rows) >= ROWS:
            connection.execute(insert(case_span), rows)
            rows = []
    if rows:
        connection.execute(insert(case_span), rows)


def _rows(facts: Iterable[CaseFact], rules: PackRules) -> Iterable[dict[str, object]]:
    for span in spans(facts, rules):
        reason = span.reason
        yield {
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
