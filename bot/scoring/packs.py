"""Rule packs: a TOML file → ``PackRules``, checked, or a ``PackError`` that names file, line, key and reason."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.model import FormField, PackRules, Role
from bot.scoring.pack_keys import FIELD, KIND, PACK, TIMERS, Key, line_of

FOLDER = Path(__file__).with_suffix("")
NEEDED = ("title", "version", "source", "start")
TABLES = frozenset({"extends", "kinds", "timers", "fields"})
LOCALES = ("zh", "en")
ALERTED = (Role.COMMUNITY_LEAD.value,)
"""Who hears of a case at once where its kind does not say."""


class PackError(ValueError):
    """A pack cannot be used: which file, on which line (0: none in particular), which key, and why."""

    def __init__(self, file: str, key: str, reason: str, line: int | None = None) -> None:
        """Keep the four apart, and say them in one line."""
        self.file, self.key, self.reason, self.line = file, key, reason, line or 0
        where = f"{file}:{line}" if line else file
        super().__init__(f"{where}: {key}: {reason}" if key else f"{where}: {reason}")


class _File:
    """One file, as it is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text(encoding="utf-8-sig")
            self.table: dict[str, Any] = tomllib.loads(self.text)
        except FileNotFoundError as why:
            known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.toml")))
            raise PackError(path.name, "", f"there is no such pack; there are {known}") from why
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as why:
            raise PackError(path.name, "", f"cannot be read: {why}") from why

    def wrong(self, key: str, reason: str) -> PackError:
        return PackError(self.path.name, key, reason, line_of(self.text, key))

    def check(self) -> None:
        """What this file says by itself; what it lacks, the one that it extends may have."""
        for key, value in self.table.items():
            if key in PACK:
                self._holds(key, value, PACK[key])
            elif key not in TABLES:
                raise self.wrong(key, "is not a key of a pack")
        self._keys("timers", self.table.get("timers", {}), TIMERS, "a timer")
        kinds = self.table.get("kinds", {})
        if not isinstance(kinds, dict):
            raise self.wrong("kinds", "must have a table for each kind of case")
        for kind, row in kinds.items():
            self._keys(f"kinds.{kind}", row, KIND, "a kind")
        self._fields(self.table.get("fields", []))

    def _fields(self, fields: object) -> None:
        if not isinstance(fields, list):
            raise self.wrong("fields", "must be written as [[fields]], once for each number that is asked")
        for n, row in enumerate(fields, 1):
            self._keys(f"fields.{n}", row, FIELD, "a field")
            for key in FIELD:
                if key not in row:
                    raise self.wrong(f"fields.{n}.{key}", "is missing")
            if row["minimum"] > row["maximum"]:
                raise self.wrong(f"fields.{n}.maximum", "is below the minimum")

    def _keys(self, where: str, row: object, known: Mapping[str, Key], what: str) -> None:
        if not isinstance(row, dict):
            raise self.wrong(where, "must be a table")
        for key, value in row.items():
            if key not in known:
                raise self.wrong(f"{where}.{key}", f"is not a key of {what}")
            self._holds(f"{where}.{key}", value, known[key])

    def _holds(self, where: str, value: object, key: Key) -> None:
        if not key.test(value):
            raise self.wrong(where, f"must be {key.wanted}, not {value!r}")


def load(name: str) -> PackRules:
    """The pack ``name`` that ships with the bot or, where ``name`` ends in ``.toml``, the file of that path.

    A pack may build on another (``extends = "default"``): what it sets wins, key by key, also within a kind.

    Raises:
        PackError: no such file, not TOML, or a key that is unknown, missing or out of range.
    """
    file = _File(_path(name))
    table = _whole(file, ())
    for key in NEEDED:
        if key not in table:
            raise file.wrong(key, "is missing")
    kinds = _kinds(file, table)
    fields = table.get("fields", [])
    if len({row["id"] for row in fields}) < len(fields):
        raise file.wrong("fields", "has an id twice")
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in table.items() if key in PACK
    }
    return PackRules(
        name=file.path.stem,
        breaking=frozenset(kind for kind, row in kinds.items() if row["breaking"]),
        kinds=tuple(kinds),
        rule_of=_of(kinds, "rule"),
        labels=MappingProxyType({kind: _labels(row) for kind, row in kinds.items() if _labels(row)}),
        ask=MappingProxyType({kind: tuple(row.get("ask", ())) for kind, row in kinds.items()}),
        alert=MappingProxyType({kind: tuple(row.get("alert", ALERTED)) for kind, row in kinds.items()}),
        letters=_of(kinds, "letter"),
        quiet=_of(kinds, "quiet"),
        fields=tuple(FormField(row["id"], row["minimum"], row["maximum"], _labels(row)) for row in fields),
        **values,
        **table.get("timers", {}),
    )


def _path(name: str) -> Path:
    if name.endswith(".toml"):
        return Path(name)
    if not name.replace("-", "").isalnum():
        raise PackError(name, "", "a pack's name has letters, digits and hyphens; a file of your own ends in .toml")
    return FOLDER / f"{name}.toml"


def _whole(file: _File, above: tuple[Path, ...]) -> dict[str, Any]:
    """What the file says, with what it extends beneath it."""
    file.check()
    table = dict(file.table)
    if "extends" not in table:
        return table
    base = table.pop("extends")
    if not isinstance(base, str):
        raise file.wrong("extends", "must be the name of a pack")
    if file.path in above:
        raise file.wrong("extends", "the packs extend each other in a circle")
    beneath = _whole(_File(_path(base)), (*above, file.path))
    kinds: dict[str, dict[str, Any]] = {kind: dict(row) for kind, row in beneath.get("kinds", {}).items()}
    for kind, row in table.get("kinds", {}).items():
        kinds[kind] = kinds.get(kind, {}) | row
    timers = beneath.get("timers", {}) | table.get("timers", {})
    return beneath | table | {"kinds": kinds, "timers": timers}


def _kinds(file: _File, table: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The kinds, each complete, and those of the form among them."""
    kinds: Mapping[str, Mapping[str, Any]] = table.get("kinds", {})
    if not kinds:
        raise file.wrong("kinds", "must have a table for each kind of case")
    for kind, row in kinds.items():
        if "breaking" not in row:
            raise file.wrong(f"kinds.{kind}.breaking", "must be true or false")
        if row["breaking"] and "rule" not in row:
            raise file.wrong(f"kinds.{kind}.rule", "is missing: a breaking kind is explained by a rule")
    for kind in table.get("form_kinds", ()):
        if kind not in kinds:
            raise file.wrong("form_kinds", f"{kind!r} is not among the kinds")
    return kinds


def _of(kinds: Mapping[str, Mapping[str, Any]], key: str) -> Mapping[str, Any]:
    return MappingProxyType({kind: row[key] for kind, row in kinds.items() if key in row})


def _labels(row: Mapping[str, Any]) -> dict[str, str]:
    return {locale: row[locale] for locale in LOCALES if locale in row}
