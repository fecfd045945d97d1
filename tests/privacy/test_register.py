"""The register of what is collected, the database and the documentation say the same."""

from __future__ import annotations

import re
from pathlib import Path

from bot.model.register import NOTICES, REGISTER
from bot.store.rotation import sealed_columns
from bot.store.tables import named


def test_every_sealed_column_is_registered() -> None:
    """Nothing is sealed that the register does not name, and it names no column that does not exist."""
    known = {column for each in REGISTER for column in each.columns}
    assert {f"{table}.{column}" for table, columns in sealed_columns().items() for column in columns} <= known
    for column in known:
        table, _, name = column.partition(".")
        assert name in named(table).c


def test_the_documentation_is_the_register() -> None:
    """docs/privacy.md has a row for each collection, with its columns, basis and term."""
    text = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (\w+) \| (\w+) \|$", text, re.MULTILINE)
    assert rows == [(each.key, ", ".join(each.columns), each.basis.value, each.term.value) for each in REGISTER]


def test_every_notice_has_its_basis() -> None:
    """The notice that people accept now is among those of which the basis is known."""
    handler = (Path(__file__).parents[2] / "bot" / "handlers" / "enrol.py").read_text(encoding="utf-8")
    versions = re.findall(r'"(20\d\d-\d\d)"', handler)
    assert versions
    assert set(versions) <= set(NOTICES)
