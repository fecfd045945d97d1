"""Rule packs: a TOML file → ``PackRules``, checked, or a ``PackError`` that names file, line, key and reason."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.model import DeadlineRule, Every, FormField, PackRules, RecurringDuty, Role, Settled
from bot.scoring.pack_keys import (
    DEADLINE,
    DEADLINE_NEEDS,
    DUTY,
    DUTY_NEEDS,
    FIELD,
    KIND,
    PACK,
    STANDARDS,
    TIMERS,
    Key,
    line_of,
)

FOLDER = Path(__file__).with_suffix("")
CRITERIA = Path(__file__).with_name("standards")
NEEDED = ("title", "version", "source", "start")
TABLES = frozenset({"extends", "kinds", "timers", "fields", "standards", "duties", "deadlines"})
LOCALES = ("zh", "en")
REPORT = "daily-report"
"""The one deadline that a report settles: its reminder is the report, one tap away."""
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
        for n, row in enumerate(self._rows("fields", FIELD, tuple(FIELD), "a field"), 1):
            if row["minimum"] > row["maximum"]:
                raise self.wrong(f"fields.{n}.maximum", "is below the minimum")
        self._rows("duties", DUTY, DUTY_NEEDS, "a duty")
        self._deadlines()
        self._standards(self.table.get("standards", {}))

    def _deadlines(self) -> None:
        for n, row in enumerate(self._rows("deadlines", DEADLINE, DEADLINE_NEEDS, "a deadline"), 1):
            if (row["every"] == Every.DAY) == ("day" in row):
                reason = "is for those that do not come every day" if "day" in row else "is missing"
                raise self.wrong(f"deadlines.{n}.day", reason)
            if (row["settled"] == Settled.REPORTED) is not (row["id"] == REPORT):
                raise self.wrong(f"deadlines.{n}.settled", f"must be {Settled.REPORTED} for {REPORT!r}, and no other")
            if row["id"] == REPORT and row["every"] != Every.DAY:
                raise self.wrong(f"deadlines.{n}.every", f"must be {Every.DAY} for {REPORT!r}")

    def _standards(self, standards: dict[str, list[str]]) -> None:
        self._keys("standards", standards, STANDARDS, "the standards, which are levels")
        for level, names in standards.items():
            for name in names:
                if not (CRITERIA / f"{name}.toml").is_file():
                    raise self.wrong(f"standards.{level}", f"there is no standard {name!r}")

    def _rows(self, where: str, known: Mapping[str, Key], needed: Sequence[str], what: str) -> list[dict[str, Any]]:
        """A list of tables, each with all that it needs and an id of its own."""
        rows = self.table.get(where, [])
        if not isinstance(rows, list):
            raise self.wrong(where, f"must be written as [[{where}]], once for each")
        for n, row in enumerate(rows, 1):
            self._keys(f"{where}.{n}", row, known, what)
            for key in needed:
                if key not in row:
                    raise self.wrong(f"{where}.{n}.{key}", "is missing")
        if len({row["id"] for row in rows}) < len(rows):
            raise self.wrong(where, "has an id twice")
        return rows

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
        fields=tuple(
            FormField(row["id"], row["minimum"], row["maximum"], _labels(row)) for row in table.get("fields", [])
        ),
        standards=MappingProxyType({level: tuple(names) for level, names in table.get("standards", {}).items()}),
        duties=tuple(_duty(row) for row in table.get("duties", [])),
        deadlines=tuple(_deadline(row) for row in table.get("deadlines", [])),
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
    standards = beneath.get("standards", {}) | table.get("standards", {})
    return beneath | table | {"kinds": kinds, "timers": timers, "standards": standards}


def _duty(row: Mapping[str, Any]) -> RecurringDuty:
    return RecurringDuty(row["id"], row["every"], row.get("times", 1), _labels(row), tuple(row.get("levels", ())))


def _deadline(row: Mapping[str, Any]) -> DeadlineRule:
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items() if key not in LOCALES
    }
    values |= {"every": Every(row["every"]), "settled": Settled(row["settled"]), "labels": _labels(row)}
    return DeadlineRule(**values)


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
