"""A roster brought in: read, checked, compared, and written in one transaction, or refused as a whole."""

# ruff: noqa: EM101 - what is raised carries a key of the words, not a message

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from bot import words
from bot.model import Locale
from bot.roster import facts, people, places, reading, writing
from bot.roster.check import Check
from bot.roster.known import Known, load, table
from bot.roster.plan import Count, Plan
from bot.roster.sheets import Problem, Roster
from bot.store import tables

if TYPE_CHECKING:
    from bot.model import PackRules
    from bot.store.crypto import Keyring
    from bot.store.database import Database

SHOWN = 200
"""The most problems that are named."""
Stage = Callable[[str, Mapping[str, object]], None]
"""Told what begins: a part of ``roster/summary`` and its values."""


class RefusedError(Exception):
    """Nothing was imported: why, as a part of ``roster/problems``, and every bad row."""

    def __init__(self, reason: str, problems: Sequence[Problem] = ()) -> None:
        """Keep both; as text it is everything that an operator must read."""
        self.reason = reason
        self.problems = tuple(problems)
        super().__init__("\n".join(self.lines()))

    def lines(self) -> Iterator[str]:
        """The sentence, then one line a problem, 200 at most, each in Chinese and English."""
        yield _both(self.reason, count=len(self.problems))
        for problem in self.problems[:SHOWN]:
            yield f"  {problem.said()}"
        if len(self.problems) > SHOWN:
            yield f"  {_both('more', count=len(self.problems) - SHOWN)}"


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of an import: rows by table, what was passed over, pictures that went with the sample."""

    counts: Mapping[str, Count]
    warnings: tuple[Problem, ...]
    pictures: tuple[str, ...] = ()


def bring(  # noqa: PLR0913 - one door, with all that an import depends on
    database: Database,
    keyring: Keyring,
    rules: PackRules,
    now: datetime,
    path: Path,
    *,
    dry_run: bool = False,
    replace_sample: bool = False,
    stage: Stage = lambda _name, _values: None,
    beside: Sequence[PackRules] = (),
    actor: str = "cli",
) -> Brought:
    """Import ``path`` into ``database``; with ``dry_run`` only say what would come of it.

    ``now`` is aware, in the programme's time zone. ``replace_sample`` deletes a sample roster in the same transaction.
    ``beside``: the packs by which places are judged beside ``rules``. ``actor`` is for the audit log.

    Raises:
        RefusedError: a bad row, or a sample roster in the way; nothing was written.
    """
    with database.read() as connection:
        _guard(connection, replace_sample=replace_sample)
    stage("reading", {"path": path.name})
    roster = reading.read(path, rules)
    stage("checking", {"rows": sum(map(len, roster.rows.values()))})
    # Checked on a reader's connection first: a bad roster never keeps the bot from writing.
    with database.read() as connection:
        check = examine(roster, Known() if replace_sample else load(connection, keyring, roster), rules, now)
    _refuse(check)
    brought = Brought(check.plan.counts, (*roster.warnings, *check.warnings))
    if dry_run or (check.plan.empty and not replace_sample):
        return brought

    def job(connection: Connection) -> Brought:
        _guard(connection, replace_sample=replace_sample)
        pictures = writing.wipe(connection, now) if replace_sample else []
        again = examine(roster, load(connection, keyring, roster), rules, now)
        _refuse(again)
        if not again.plan.empty:
            writing.write(connection, keyring, rules, now, again.plan, actor=actor, beside=beside)
        return Brought(again.plan.counts, brought.warnings, tuple(pictures))

    stage("writing", {})
    return database.write(job)


def examine(roster: Roster, known: Known, rules: PackRules, now: datetime) -> Check:
    """Everything that a roster would change, and everything that is wrong with it."""
    check = Check(roster, known, rules, now, problems=list(roster.problems), plan=Plan())
    places.examine(check)
    people.examine(check)
    facts.examine_cases(check)
    facts.examine_reports(check)
    return check


def is_sample(connection: Connection) -> bool:
    """Whether the database holds the sample roster."""
    setting = table(tables.Setting)
    return connection.execute(select(setting.c.value).where(setting.c.key == "roster")).scalar() == "sample"


def _guard(connection: Connection, *, replace_sample: bool) -> None:
    """A real roster never mixes with the sample, and what is not the sample is never deleted."""
    if is_sample(connection):
        if not replace_sample:
            raise RefusedError("sample")
    elif replace_sample and connection.execute(select(table(tables.Place).c.code).limit(1)).first():
        raise RefusedError("not_sample")


def _refuse(check: Check) -> None:
    if check.problems:
        ordered = sorted(check.problems, key=lambda problem: (problem.where, problem.row or 0))
        raise RefusedError("refused", ordered)


def _both(reason: str, **values: object) -> str:
    return " / ".join(words.text("roster/problems", locale, values, reason) for locale in Locale)
