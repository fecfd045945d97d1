"""Standards: a TOML file → ``Standard``, checked, or a ``CriteriaError`` that names file, key and reason."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.model import HALF, AutoRule, Group, Item, Level, Scale, Standard
from bot.scoring.answers import RULES
from bot.scoring.packs import PackError

FOLDER = Path(__file__).with_name("standards")
AT = "@"
"""``ID@VERSION.toml`` is an older version, kept beside ``ID.toml`` for the assessments that were made with it."""
HUNDRED = Decimal(100)


class CriteriaError(PackError):
    """A standard cannot be used: which file, which key, and why."""


def standards(folder: Path = FOLDER) -> tuple[Standard, ...]:
    """Every standard in its present version: those of 100 points first, then the lists of what must be met.

    Raises:
        CriteriaError: one of them cannot be used.
    """
    found = [load(path.stem, folder=folder) for path in folder.glob("*.toml") if AT not in path.stem]
    return tuple(sorted(found, key=lambda each: (each.scale is Scale.MET, each.id)))


def load(name: str, version: str | None = None, *, folder: Path = FOLDER) -> Standard:
    """The standard ``name`` in its present version, or in the older one that an assessment was made with.

    Raises:
        CriteriaError: there is none, it is not TOML, or a key is unknown, missing or out of range.
    """
    for said in (name, version or name):
        if not said.replace("-", "").isalnum():
            raise CriteriaError(said, "", "a standard's name and version have letters, digits and hyphens")
    path = folder / f"{name}.toml"
    standard = _read(path, name)
    if version not in {None, standard.version}:
        path = folder / f"{name}{AT}{version}.toml"
        standard = _read(path, name)
        if standard.version != version:
            raise CriteriaError(path.name, "version", f"must be {version!r} as in the file's name")
    return standard


def _read(path: Path, name: str) -> Standard:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except FileNotFoundError as why:
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.toml") if AT not in file.stem))
        raise CriteriaError(path.name, "", f"there is no such standard; there are {known}") from why
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as why:
        raise CriteriaError(path.name, "", f"cannot be read: {why}") from why
    values = _checked(path, "", table, STANDARD, "a standard")
    scale = Scale(table["kind"])
    if (scale is Scale.POINTS) != ("threshold" in table):
        raise CriteriaError(path.name, "threshold", "belongs to a standard in points, and to no other")
    items = tuple(_item(path, row, f"items.#{n}", "", scale) for n, row in enumerate(table["items"], 1))
    standard = Standard(
        id=name,
        version=values["version"],
        title=values["title"],
        title_en=values["title_en"],
        source=values["source"],
        levels=tuple(map(Level, values["levels"])),
        scale=scale,
        items=items,
        threshold=values.get("threshold"),
    )
    _whole(path, standard)
    return standard


def _whole(path: Path, standard: Standard) -> None:
    """What no item can be blamed for alone."""
    ids = [item.id for _, item in standard]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        raise CriteriaError(path.name, f"items.{twice[0]}", "is there twice")
    if standard.total not in {None, HUNDRED}:
        raise CriteriaError(path.name, "items", f"total {standard.total} points, not 100")


def _item(path: Path, row: object, where: str, group: str, scale: Scale) -> Item:
    """One item with those beneath it, which belong to its group."""
    if not isinstance(row, dict):
        raise CriteriaError(path.name, where, "must be a table")
    where = f"items.{row['id']}" if _text(row.get("id")) else where
    values = _checked(path, where, row, BENEATH if group else ITEM, "an item beneath another" if group else "an item")
    group = group or values["group"]
    if (scale is Scale.POINTS) != ("points" in row):
        raise CriteriaError(path.name, f"{where}.points", "belongs to an item of a standard in points, and to no other")
    beneath = tuple(
        _item(path, each, f"{where}.#{n}", group, scale) for n, each in enumerate(values.get("items", ()), 1)
    )
    points = Decimal(row["points"]) if "points" in row else None
    if beneath and points is not None and sum(each.worth for each in beneath) != points:
        raise CriteriaError(
            path.name, f"{where}.points", f"is {points}, but the items beneath add up to something else"
        )
    if beneath and "auto" in row:
        raise CriteriaError(path.name, f"{where}.auto", "belongs to an item that has none beneath it")
    return Item(
        id=values["id"],
        title=values["title"],
        group=Group(group),
        points=points,
        title_en=values["title_en"],
        evidence=values.get("evidence", ""),
        evidence_en=values.get("evidence_en", ""),
        auto=_auto(path, f"{where}.auto", row["auto"]) if "auto" in row else None,
        items=beneath,
    )


def _auto(path: Path, where: str, row: dict[str, Any]) -> AutoRule:
    values = _checked(path, where, row, AUTO, "a rule")
    rule = RULES[values["rule"]]
    if rule.kinds != ("kinds" in values):
        wanted = "is missing: the rule asks for it" if rule.kinds else "means nothing to this rule"
        raise CriteriaError(path.name, f"{where}.kinds", wanted)
    if "days" in values and not rule.days:
        raise CriteriaError(path.name, f"{where}.days", "means nothing to this rule")
    return AutoRule(values["rule"], tuple(values.get("kinds", ())), values.get("days"))


def _checked(path: Path, where: str, row: dict[str, Any], keys: Keys, what: str) -> dict[str, Any]:
    """The row, when it has every key that it must have, and no other than it may have, with a fit value each."""
    dot = where and f"{where}."
    for key, value in row.items():
        if key not in keys:
            raise CriteriaError(path.name, f"{dot}{key}", f"is not a key of {what}")
        test, wanted, _ = keys[key]
        if not test(value):
            raise CriteriaError(path.name, f"{dot}{key}", f"must be {wanted}, not {value!r}")
    for key, (_, _, needed) in keys.items():
        if needed and key not in row:
            raise CriteriaError(path.name, f"{dot}{key}", "is missing")
    return row


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_text, value)) and len(set(value)) == len(value)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _percent(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= HUNDRED


def _points(value: object) -> bool:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return False
    number = Decimal(value)
    return number.is_finite() and number > 0 and number % HALF == 0


def _one_of(*known: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in known


def _levels(value: object) -> bool:
    return isinstance(value, list) and _texts(value) and set(value) <= set(Level)


Keys = Mapping[str, tuple[Callable[[object], bool], str, bool]]
"""Each key: what it may hold, how to say so, and whether it must be there."""

STANDARD: Keys = {
    "title": (_text, "a text", True),
    "title_en": (_text, "a text", True),
    "source": (_text, "a text", True),
    "version": (_text, "a text", True),
    "levels": (_levels, f"a list of {', '.join(Level)}", True),
    "kind": (_one_of(*Scale), " or ".join(Scale), True),
    "threshold": (_percent, "a whole number from 1 to 100", False),
    "items": (lambda value: isinstance(value, list) and bool(value), "a list of tables", True),
}
ITEM: Keys = {
    "id": (_text, "a text", True),
    "title": (_text, "a text", True),
    "title_en": (_text, "a text", True),
    "group": (_one_of(*Group), f"one of {', '.join(Group)}", True),
    "points": (_points, "a number of points above 0, in halves", False),
    "evidence": (_text, "a text", False),
    "evidence_en": (_text, "a text", False),
    "auto": (lambda value: isinstance(value, dict), "a table", False),
    "items": (lambda value: isinstance(value, list) and bool(value), "a list of tables", False),
}
BENEATH: Keys = {key: row for key, row in ITEM.items() if key != "group"}
AUTO: Keys = {
    "rule": (_one_of(*RULES), f"one of {', '.join(RULES)}", True),
    "kinds": (_texts, "a list of kinds, each once", False),
    "days": (_count, "a whole number above 0", False),
}
