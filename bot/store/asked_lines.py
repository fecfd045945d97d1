"""What figures ask of the database most: its statements, each built once for every shape of the question."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from bot.model import Status
from bot.store.prepared import Prepared
from bot.store.tables import named

place_, report, assignment = named("place"), named("report"), named("assignment")


class Shape(NamedTuple):
    """What the statements over lines of reports depend on, besides their values."""

    everywhere: bool
    always: bool
    """Whatever is known now counts."""
    long: bool
    """The window is a good part of what there is, on SQLite."""
    timely: bool
    """Only what was said in time counts."""


_PLACES: BindParameter[Any] = bindparam("places", expanding=True)


def _inside(query: Select[Any], column: ColumnElement[Any], *, everywhere: bool) -> Select[Any]:
    """``query`` for the subtrees of the parameter ``places``."""
    if everywhere:
        return query
    tree = select(place_.c.code).where(place_.c.code.in_(_PLACES)).cte(recursive=True)
    tree = tree.union(select(place_.c.code).join(tree, place_.c.parent == tree.c.code))
    return query.where(column.in_(select(tree.c.code)))


@cache
def places_of(everywhere: bool) -> Prepared:  # noqa: FBT001 - remembered by it
    """The places, in the order of codes."""
    query = select(place_.c.code, place_.c.parent, place_.c.level, place_.c.start, place_.c.closed)
    return Prepared(_inside(query, place_.c.code, everywhere=everywhere).order_by(place_.c.code))


def _within(query: Select[Any], lines: FromClause, shape: Shape) -> Select[Any]:
    """``query`` for the lines of reports of the days from ``first`` to ``last`` that were known at ``known_at``."""
    # SQLite takes the index by days for days alone; for many of them the one by places has all that is asked.
    day = cast(lines.c.day, String) if shape.long else lines.c.day
    query = query.where(day.between(bindparam("first"), bindparam("last")))
    if not shape.always:
        query = query.where(lines.c.recorded_at <= bindparam("known_at"))
    if shape.timely:
        query = query.where(lines.c.late.is_(False))
    return _inside(query, lines.c.place, everywhere=shape.everywhere)


@cache
def said(shape: Shape) -> Prepared:
    """What was said of each place's days, the last word last, and whether it was late."""
    query = select(report.c.place, report.c.day, report.c.status, report.c.late)
    order = (report.c.place, report.c.day, report.c.recorded_at, report.c.id)
    return Prepared(_within(query, report, shape).order_by(*order))


@cache
def day_texts(shape: Shape) -> Prepared:
    """By place its days, in one text."""
    days = func.aggregate_strings(cast(report.c.day, String), ",")
    return Prepared(_within(select(report.c.place, days), report, shape).group_by(report.c.place))


@cache
def taken_back(shape: Shape) -> Prepared:
    """What was said of the days on which something was withdrawn, the last word last."""
    lines = report.alias("back")
    taken = select(lines.c.place, lines.c.day).where(lines.c.status == literal_column(f"'{Status.WITHDRAWN.value}'"))
    query = select(report.c.place, report.c.day, report.c.status)
    query = query.where(tuple_(report.c.place, report.c.day).in_(_within(taken, lines, shape)))
    order = (report.c.place, report.c.day, report.c.recorded_at, report.c.id)
    return Prepared(_within(query, report, shape).order_by(*order))


@cache
def assigned(everywhere: bool) -> Prepared:  # noqa: FBT001 - remembered by it
    """Which place is somebody's, and when."""
    query = select(assignment.c.place, assignment.c.since, assignment.c.until).where(
        or_(assignment.c.since.is_(None), assignment.c.since <= bindparam("last")),
        or_(assignment.c.until.is_(None), assignment.c.until >= bindparam("first")),
    )
    return Prepared(_inside(query, assignment.c.place, everywhere=everywhere))
