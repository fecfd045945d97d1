"""Rule packs: a TOML file → ``PackRules``, checked, or a ``PackError`` that names file, key and reason."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.model import PackRules

FOLDER = Path(__file__).with_suffix("")
NEEDED = ("title", "version", "source", "start")
KIND_KEYS = frozenset({"breaking", "rule", "zh", "en"})


class PackError(ValueError):
    """A pack cannot be used: which file, which key, and why."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        """Keep the three apart, and say them in one line."""
        self.file, self.key, self.reason = file, key, reason
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")


def load(name: str) -> PackRules:
    """The pack ``name`` that ships with the bot or, where ``name`` ends in ``.toml``, the file of that path.

    A pack may build on another (``extends = "default"``): what it sets wins, kind by kind.

    Raises:
        PackError: no such file, not TOML, or a key that is unknown, missing or out of range.
    """
    path = _path(name)
    table = _table(path, ())
    _known(path, table)
    values: dict[str, Any] = {key: _checked(path, table, key) for key in CHECKS if key in table}
    for key in NEEDED:
        if key not in values:
            raise PackError(path.name, key, "is missing")
    kinds = _kinds(path, table.get("kinds"))
    for kind in values.get("form_kinds", ()):
        if kind not in kinds:
            raise PackError(path.name, "form_kinds", f"{kind!r} is not among the kinds")
    return PackRules(
        name=path.stem,
        breaking=frozenset(kind for kind, row in kinds.items() if row["breaking"]),
        kinds=tuple(kinds),
        rule_of=MappingProxyType({kind: row["rule"] for kind, row in kinds.items() if "rule" in row}),
        labels=MappingProxyType({kind: _labels(row) for kind, row in kinds.items() if _labels(row)}),
        **values,
    )


def _path(name: str) -> Path:
    if name.endswith(".toml"):
        return Path(name)
    if not name.replace("-", "").isalnum():
        raise PackError(name, "", "a pack's name has letters, digits and hyphens; a file of your own ends in .toml")
    return FOLDER / f"{name}.toml"


def _table(path: Path, above: tuple[Path, ...]) -> dict[str, Any]:
    """The file with what it extends beneath it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as why:
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.toml")))
        raise PackError(path.name, "", f"there is no such pack; there are {known}") from why
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as why:
        raise PackError(path.name, "", f"cannot be read: {why}") from why
    if "extends" not in table:
        return table
    base = table.pop("extends")
    if not isinstance(base, str):
        raise PackError(path.name, "extends", "must be the name of a pack")
    if path in above:
        raise PackError(path.name, "extends", "the packs extend each other in a circle")
    beneath = _table(_path(base), (*above, path))
    ours, theirs = table.get("kinds", {}), beneath.get("kinds", {})
    if isinstance(ours, dict) and isinstance(theirs, dict):
        table["kinds"] = theirs | ours
    return beneath | table


def _known(path: Path, table: Mapping[str, Any]) -> None:
    for key in table:
        if key != "kinds" and key not in CHECKS:
            raise PackError(path.name, key, "is not a key of a pack")


def _checked(path: Path, table: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401 - whatever the key holds
    test, wanted = CHECKS[key]
    value = table[key]
    if not test(value):
        raise PackError(path.name, key, f"must be {wanted}, not {value!r}")
    return tuple(value) if isinstance(value, list) else value


def _kinds(path: Path, table: object) -> dict[str, dict[str, Any]]:
    if not isinstance(table, dict) or not table:
        raise PackError(path.name, "kinds", "must have a table for each kind of case")
    for kind, row in table.items():
        where = f"kinds.{kind}"
        if not isinstance(row, dict):
            raise PackError(path.name, where, "must be a table")
        if not isinstance(row.get("breaking"), bool):
            raise PackError(path.name, f"{where}.breaking", "must be true or false")
        for key, value in row.items():
            if key not in KIND_KEYS:
                raise PackError(path.name, f"{where}.{key}", "is not a key of a kind")
            if key != "breaking" and not _text(value):
                raise PackError(path.name, f"{where}.{key}", "must be a text")
        if row["breaking"] and "rule" not in row:
            raise PackError(path.name, f"{where}.rule", "is missing: a breaking kind is explained by a rule")
    return table


def _labels(row: Mapping[str, Any]) -> dict[str, str]:
    return {locale: row[locale] for locale in ("zh", "en") if locale in row}


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_text, value)) and len(set(value)) == len(value)


def _day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _rising(value: object) -> bool:
    return isinstance(value, list) and all(map(_count, value)) and value == sorted(set(value))


def _clock(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.strptime(value, "%H:%M").strftime("%H:%M") == value  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        return False


CHECKS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "title": (_text, "a text"),
    "version": (_text, "a text"),
    "source": (_text, "a text"),
    "start": (_day, "a day such as 2026-01-01"),
    "unverified": (lambda value: value in ("count", "hold", "break"), "count, hold or break"),
    "ruled_out": (lambda value: value in ("restart", "restore"), "restart or restore"),
    "threshold_days": (_count, "a whole number above 0"),
    "milestones": (_rising, "a rising list of days"),
    "cutoff": (_clock, "a time such as 17:00, in quotes"),
    "form_kinds": (_texts, "a list of kinds, each once"),
    "note_limit": (_count, "a whole number above 0"),
    "photo_limit": (_count, "a whole number above 0"),
    "assess_threshold": (_count, "a whole number above 0"),
    "retention_days": (_count, "a whole number above 0"),
}
"""Each key of a pack, what it may hold, and how to say so."""
