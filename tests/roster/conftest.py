"""An empty database, a clock that stands, and a way to write small rosters."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from bot.model import PackRules
from bot.roster.bring import Brought, RefusedError, bring
from bot.scoring import packs
from bot.store.crypto import Keyring
from bot.store.database import Database
from tests.store.servers import database, migrated_file, postgres

__all__ = ["database", "migrated_file", "postgres"]
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
Table = Sequence[Sequence[object]]
PLACES: Table = (
    ("code", "name", "level", "parent"),
    ("T", "样板街道", "township", ""),
    ("C", "君安社区", "社区", "T"),
    ("23", "星悦城一期", "小区", "C"),
)
PEOPLE: Table = (("手机号", "姓名"), ("13800000001", "张三"))
ASSIGNMENTS: Table = (("phone", "role", "place"), ("13800000001", "网格员", "23"))
CASES: Table = (
    ("case", "place", "event", "kind", "on"),
    ("S1", "23", "found", "suspected", "2026-11-10"),
    ("S1", "23", "left", "", "2026-11-12"),
)
REPORTS: Table = (("place", "day", "status", "reporter"), ("23", "2026-11-23", "normal", "13800000001"))
TOWN = {"places": PLACES, "people": PEOPLE, "assignments": ASSIGNMENTS, "case_events": CASES, "reports": REPORTS}


class Office:
    """A database and somebody who imports into it."""

    def __init__(self, folder: Path, database: Database) -> None:
        """Import into ``database``; files are made in ``folder``."""
        self.folder = folder
        self.database = database
        self.keyring = Keyring(b"0" * 32)
        self.rules: PackRules = packs.load("default")

    def files(self, tables: dict[str, Table], encoding: str = "utf-8") -> Path:
        """Write a folder of CSV, in place of the last one."""
        folder = self.folder / "roster"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, rows in tables.items():
            with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
                csv.writer(file).writerows(rows)
        return folder

    def bring(self, what: Path | dict[str, Table], *, dry_run: bool = False, replace_sample: bool = False) -> Brought:
        """Import files, or tables written as files."""
        path = what if isinstance(what, Path) else self.files(what)
        return bring(self.database, self.keyring, self.rules, NOW, path, dry_run=dry_run, replace_sample=replace_sample)

    def refused(self, what: Path | dict[str, Table]) -> list[tuple[str, int | None, str | None, str]]:
        """The problems of an import that must fail: where, row, column, reason."""
        with pytest.raises(RefusedError) as caught:
            self.bring(what)
        return [(one.where, one.row, one.column, one.reason) for one in caught.value.problems]

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.database.read() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar() or 0
                for name, table in SQLModel.metadata.tables.items()
            }

    def contents(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything in the database."""
        with self.database.read() as connection:
            return {
                name: [tuple(row) for row in connection.execute(select(table))]
                for name, table in SQLModel.metadata.tables.items()
            }


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with an empty database."""
    with closing(Database(f"sqlite:///{tmp_path / 'wuyi.db'}")) as made:
        SQLModel.metadata.create_all(made.engine)
        yield Office(tmp_path, made)
