"""What pictures look like, so that one used before, here or elsewhere, is hinted to who reviews (PRODUCT, honesty).

Two pictures are alike where their 64 bits differ in three at most. Each look is kept in four parts of 16 bits: of two
that differ in three bits at most, one part at least is the same, so that an index finds every candidate.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PIL import Image, ImageStat
from sqlalchemy import Connection, delete, insert, or_, select, union_all

from bot.store.duties import FILING, PLACE, REPORT
from bot.store.tables import named

LOOK = named("media_look")
MEDIA = named("media")
EVIDENCE = named("evidence")
PARTS = ("a", "b", "c", "d")
DIGITS = 4
"""Hexadecimal digits of a part."""
APART = 3
"""So many bits two pictures may differ in that are taken for the same."""
PLAIN = 4.0
"""Standard deviation of grey below which a picture shows nothing: a black one is like every black one."""


def look(data: bytes) -> str | None:
    """The look of a JPEG as sixteen hexadecimal digits; None where it shows next to nothing."""
    import imagehash  # noqa: PLC0415 - it brings numpy and scipy, which nothing else needs

    with Image.open(io.BytesIO(data)) as image:
        grey = image.convert("L")
    if ImageStat.Stat(grey).stddev[0] < PLAIN:
        return None
    return str(imagehash.phash(grey))


def keep(connection: Connection, media: str, seen: str) -> None:
    """Write down what a picture looks like."""
    parts = {name: seen[n * DIGITS : (n + 1) * DIGITS] for n, name in enumerate(PARTS)}
    connection.execute(insert(LOOK), {"media": media, "look": seen} | parts)


def forget(connection: Connection, names: Collection[str]) -> None:
    """The pictures are gone, and so is what they looked like."""
    connection.execute(delete(LOOK).where(LOOK.c.media.in_(list(names))))


@dataclass(frozen=True, slots=True)
class Use:
    """Where a picture was used."""

    media: str
    place: str
    name: str
    """The place's name."""
    day: date


def alike(connection: Connection, names: Collection[str]) -> dict[str, tuple[Use, ...]]:
    """By picture, earlier uses of ones that look like it, the newest first; its own use is left out. Three queries."""
    wanted = connection.execute(select(LOOK).where(LOOK.c.media.in_(list(names)))).all()
    if not wanted:
        return {}
    near = [LOOK.c[part].in_(sorted({getattr(row, part) for row in wanted})) for part in PARTS]
    others = connection.execute(select(LOOK.c.media, LOOK.c.look).where(or_(*near))).all()
    same = {row.media: {other.media for other in others if _close(row.look, other.look)} for row in wanted}
    uses = used(connection, {media for found in same.values() for media in found})
    found = {}
    for media, others_of in same.items():
        first = min((use.day for use in uses.get(media, ())), default=date.max)
        earlier = [use for other in others_of - {media} for use in uses.get(other, ()) if use.day <= first]
        again = uses.get(media, ())[1:]
        if earlier or again:
            found[media] = tuple(sorted((*earlier, *again), key=lambda use: (use.day, use.place), reverse=True))
    return found


def _close(one: str, other: str) -> bool:
    return (int(one, 16) ^ int(other, 16)).bit_count() <= APART


def used(connection: Connection, names: Collection[str]) -> Mapping[str, Sequence[Use]]:
    """By picture where it was used, the oldest use first: reports, marks, ticks, problems, inspections. One query."""
    found: dict[str, list[Use]] = {}
    for row in connection.execute(union_all(*_uses(list(names)))) if names else ():
        found.setdefault(row.media, []).append(Use(row.media, row.place, row.name, row.day))
    return {media: sorted(set(uses), key=lambda use: (use.day, use.place)) for media, uses in found.items()}


def _uses(names: list[str]) -> Iterator[Any]:
    """Each kind of use as media, place, its name and the day."""
    photo, mark, sheet = named("photo"), named("assessment_mark"), named("assessment")
    tick, problem, event, step = named("duty_tick"), named("problem"), named("problem_event"), named("creation_event")
    yield (
        select(photo.c.media, PLACE.c.code.label("place"), PLACE.c.name, FILING.c.day)
        .join(FILING, FILING.c.id == photo.c.filing)
        .join(REPORT, REPORT.c.filing == FILING.c.id)
        .join(PLACE, PLACE.c.code == REPORT.c.place)
        .where(photo.c.media.in_(names))
    )
    shown = EVIDENCE.c.media.in_(names)
    marks = EVIDENCE.join(mark, mark.c.id == EVIDENCE.c.mark).join(sheet, sheet.c.id == mark.c.assessment)
    ticks = EVIDENCE.join(tick, tick.c.id == EVIDENCE.c.tick)
    problems = EVIDENCE.join(problem, problem.c.code == EVIDENCE.c.problem)
    events = EVIDENCE.join(event, event.c.id == EVIDENCE.c.problem_event).join(
        problem, problem.c.code == event.c.problem
    )
    steps = EVIDENCE.join(step, step.c.id == EVIDENCE.c.creation_event)
    for joined, place, day in (
        (marks, sheet.c.place, sheet.c.on),
        (ticks, tick.c.place, tick.c.day),
        (problems, problem.c.place, problem.c.found_on),
        (events, problem.c.place, event.c.on),
        (steps, step.c.place, step.c.on),
    ):
        rows = select(EVIDENCE.c.media, place.label("place"), PLACE.c.name, day.label("day"))
        yield rows.select_from(joined.join(PLACE, PLACE.c.code == place)).where(shown)
