"""When a case was over: from then on the term runs in which the details of its person are still kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection

from bot.model import CaseFact
from bot.scoring.log import Person, outline, persons
from bot.store.case_logs import read_logs
from bot.store.logs import chunks, tangled


def over(connection: Connection, codes: Collection[str], term: datetime) -> set[str]:
    """Those of the cases that were over before ``term``, and of which nothing was learned since.

    A case merged into another is over with the other; one that was withdrawn was over when it was withdrawn.
    """
    if not codes:
        return set()
    logs: dict[str, list[CaseFact]] = {}
    for some in chunks(set(codes) | tangled(connection, codes)):
        logs |= read_logs(connection, some)
    known = persons(logs)
    return {code for code in codes if code in known and _over(known, code, term)}


def _over(known: Mapping[str, Person], code: str, term: datetime) -> bool:
    stands = known[known[code].into or code]
    facts = (*known[code].log, *stands.log, *stands.joined)
    if max(fact.recorded_at for fact in facts) >= term:
        return False
    line = outline(stands)
    return line.withdrawn or (line.ended_on is not None and line.ended_on < term.date())
