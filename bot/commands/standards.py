"""``standards``: the standards and their items, as an outline or as JSON."""

from __future__ import annotations

import json
from decimal import Decimal

import click

from bot import words
from bot.commands.table import cells
from bot.model import Group, Item, Locale, Standard
from bot.scoring.criteria import CriteriaError, load
from bot.scoring.criteria import standards as every

COLUMNS = ("id", "scale", "items", "leaves", "source", "levels", "title")


@click.command()
@click.argument("name", metavar="[ID]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@click.option(
    "--lang",
    type=click.Choice([locale.value for locale in Locale]),
    default="zh",
    show_default=True,
    help="The language.",
)
def standards(*, name: str | None, as_json: bool, lang: str) -> None:
    """The standards, one row each; of ID alone, item by item."""
    locale = Locale(lang)
    try:
        found = every() if name is None else (load(name),)
    except CriteriaError as why:
        raise click.ClickException(str(why)) from why
    if as_json:
        click.echo(json.dumps([_standard(each, locale) for each in found], ensure_ascii=False, indent=2))
    elif name is None:
        click.echo(_list(found, locale))
    else:
        click.echo(_outline(found[0], locale))


def _standard(standard: Standard, locale: Locale) -> dict[str, object]:
    """One standard of ``standards --json`` (INTERFACES); what is met or not met has no points, threshold or total."""
    return {
        "id": standard.id,
        "title": standard.said(locale),
        "source": standard.source,
        "levels": [level.value for level in standard.levels],
        "threshold": standard.threshold,
        "total": number(standard.total),
        "items": [_item(item, locale) for item in standard.items],
    }


def _item(item: Item, locale: Locale) -> dict[str, object]:
    return {
        "id": item.id,
        "title": item.said(locale),
        "points": number(item.points),
        "group": item.group.value,
        "auto": item.auto.name if item.auto else None,
        "items": [_item(each, locale) for each in item.items],
    }


def number(points: Decimal | None) -> int | float | None:
    """JSON has no decimals: whole points are whole, halves are exact as they are."""
    if points is None:
        return None
    return int(points) if points == int(points) else float(points)


def _list(found: tuple[Standard, ...], locale: Locale) -> str:
    head = {column: words.label("standards/list", locale, column) for column in COLUMNS}
    shown = [head, *(_row(each, locale) for each in found)]
    width = {column: max(cells(row[column]) for row in shown) for column in COLUMNS}
    table = "\n".join(
        "  ".join(row[column] + " " * (width[column] - cells(row[column])) for column in COLUMNS).rstrip()
        for row in shown
    )
    return words.text("standards/list", locale, {"count": len(found)}) + "\n" + table


def _row(standard: Standard, locale: Locale) -> dict[str, str]:
    met = words.label("standards/list", locale, "met")
    return {
        "id": standard.id,
        "scale": met if standard.total is None else f"{standard.threshold}/{number(standard.total)}",
        "items": str(len(standard.items)),
        "leaves": str(len(standard.leaves)),
        "source": standard.source,
        "levels": _levels(standard, locale),
        "title": standard.said(locale),
    }


def _levels(standard: Standard, locale: Locale) -> str:
    return "、".join(_named(standard, locale)) if locale is Locale.ZH else ", ".join(_named(standard, locale))


def _named(standard: Standard, locale: Locale) -> list[str]:
    return [words.label("levels", locale, level.value) for level in standard.levels]


def _outline(standard: Standard, locale: Locale) -> str:
    rows, group = [], None
    for depth, item in standard:
        rows.append(
            {
                "depth": depth,
                "group": "" if item.group is group else _group(item.group, locale),
                "id": item.id,
                "title": item.said(locale),
                "points": number(item.points),
                "evidence": item.hint(locale),
                "auto": item.auto,
            }
        )
        group = item.group
    values = {
        "id": standard.id,
        "title": standard.said(locale),
        "source": standard.source,
        "version": standard.version,
        "levels": _named(standard, locale),
        "total": number(standard.total),
        "threshold": standard.threshold,
        "leaves": len(standard.leaves),
        "rows": rows,
    }
    return words.text("standards/outline", locale, values)


def _group(group: Group, locale: Locale) -> str:
    return words.label("standards/groups", locale, group.value)
