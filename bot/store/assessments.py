"""Assessments: begun with the first mark, judged item by item, submitted as they stand (DOMAIN 4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.model import Answer, AssessmentMarked, AssessmentSubmitted, Mark, Reached, Sheet, Standard
from bot.scoring import criteria
from bot.scoring.answers import answers
from bot.scoring.awards import ANSWERS_FOR
from bot.scoring.qualification import MarkError, Score, check, score
from bot.store import codec
from bot.store.acts import Act
from bot.store.asking import House
from bot.store.authority import roles_at
from bot.store.cases import RefusedError
from bot.store.duties import PLACE
from bot.store.milestones import INSERT
from bot.store.standing_facts import facts_of
from bot.store.tables import named

ASSESSMENT = named("assessment")
MARK = named("assessment_mark")
END = named("assessment_end")
EVIDENCE = named("evidence")
KEPT = named("kept_standard")


@dataclass(frozen=True, slots=True)
class Begun:
    """An assessment as it lies in the store."""

    number: int
    standard: Standard
    on: date
    marks: tuple[Mark, ...]


def present(name: str) -> Standard | None:
    """The standard in the version that a new assessment is made with; None: its file is gone, or does not read.

    What was begun goes on without it, and whoever starts the bot is told by the pack.
    """
    try:
        return criteria.load(name)
    except criteria.CriteriaError:
        return None


def sheet_of(connection: Connection, house: House, place: Any, name: str, today: date) -> Sheet | None:  # noqa: ANN401 - a row of a place
    """The assessment of a place by a standard as it stands: what was marked, and what the facts answer today.

    None: none was begun, and none can be: neither does the pack ask for this standard at this level, or it is gone.
    """
    begun = running(connection, house, place.code, name)
    asked = name in house.rules.standards.get(place.level, ())
    standard = begun.standard if begun else present(name) if asked else None
    if standard is None:
        return None
    last = newest(connection, place.code, name)
    return Sheet(
        place.code,
        place.name,
        standard,
        answers(standard, facts_of(connection, house, place.code, today)),
        begun.marks if begun else (),
        marks(connection, house, last.assessment, standard) if last else (),
        last.on if last else None,
        begun.on if begun else None,
        _threshold(house, standard),
        decides=deciding(house, place.level) == name,
    )


def scored(sheet: Sheet) -> Score:
    """What an assessment comes to as it lies on the table."""
    return score(sheet.standard, sheet.assessment, sheet.answers, sheet.threshold)


def deciding(house: House, level: str) -> str | None:
    """The standard on which an application from this level rests; None: the pack names none."""
    return next(iter(house.rules.standards.get(level, ())), None)


def _threshold(house: House, standard: Standard) -> int | None:
    """The pack's threshold, for standards in points."""
    return None if standard.threshold is None else house.rules.assess_threshold


def running(connection: Connection, house: House, place: str, name: str) -> Begun | None:
    """The assessment that was begun and not submitted, in the version that it was begun with."""
    ended = select(END.c.assessment)
    query = (
        select(ASSESSMENT.c.id, ASSESSMENT.c.version, ASSESSMENT.c.on, KEPT.c.body)
        .join(KEPT, (KEPT.c.id == ASSESSMENT.c.standard) & (KEPT.c.version == ASSESSMENT.c.version))
        .where(ASSESSMENT.c.place == place, ASSESSMENT.c.standard == name, ASSESSMENT.c.id.not_in(ended))
        .order_by(ASSESSMENT.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    standard = codec.load(Standard, row.body)
    return Begun(row.id, standard, row.on, marks(connection, house, row.id, standard))


def marks(connection: Connection, house: House, assessment: int, standard: Standard) -> tuple[Mark, ...]:
    """The newest mark of each item that the standard still has, in its order, with its pictures."""
    rows: dict[str, Any] = {}
    for row in connection.execute(select(MARK).where(MARK.c.assessment == assessment).order_by(MARK.c.id)):
        rows[row.item] = row
    pictures: dict[int, list[str]] = {}
    shown = select(EVIDENCE.c.mark, EVIDENCE.c.media).join(MARK, MARK.c.id == EVIDENCE.c.mark)
    for row in connection.execute(shown.where(MARK.c.assessment == assessment).order_by(EVIDENCE.c.id)):
        pictures.setdefault(row.mark, []).append(row.media)
    found = []
    for leaf in standard.leaves:
        mine = rows.get(leaf.id)
        if mine is not None and leaf.auto is None and mine.halves <= leaf.worth * 2:
            reason = house.keyring.open(mine.reason) if mine.reason else ""
            found.append(Mark(leaf.id, Decimal(mine.halves) / 2, reason, tuple(pictures.get(mine.id, ()))))
    return tuple(found)


def mark(connection: Connection, house: House, act: Act, fact: AssessmentMarked) -> None:
    """Write marks down; the first begins the assessment, and keeps the standard as it is today.

    Raises:
        RefusedError: ``unknown``, ``entitled``, ``closed``, ``version`` (the standard has changed since it was shown),
            or what ``MarkError`` says of a mark.
    """
    _, begun = _entitled(connection, house, act, fact.place, fact.standard)
    standard = begun.standard if begun else present(fact.standard)
    if standard is None:
        raise RefusedError("unknown")
    if standard.version != fact.version:
        raise RefusedError("version")
    known = {leaf.id: leaf for leaf in standard.leaves}
    for each in fact.marks:
        try:
            check(known.get(each.item), each)
        except MarkError as why:
            raise RefusedError(why.reason, item=why.item) from why
    number = begun.number if begun else _begin(connection, act, fact.place, standard)
    by = {"assessment": number, "person": act.person, "recorded_at": act.now}
    for each in fact.marks:
        reason = house.keyring.seal(each.reason) if each.reason else None
        values = by | {"item": each.item, "halves": int(each.points * 2), "reason": reason}
        row = connection.execute(insert(MARK).returning(MARK.c.id), values).scalar_one()
        if each.evidence:
            connection.execute(insert(EVIDENCE), [{"media": media, "mark": row} for media in each.evidence])


def _begin(connection: Connection, act: Act, place: str, standard: Standard) -> int:
    body = codec.dump(standard).decode()
    kept = {"id": standard.id, "version": standard.version, "body": body, "kept_at": act.now}
    connection.execute(INSERT[connection.dialect.name](KEPT).on_conflict_do_nothing(), kept)
    values = {
        "place": place, "standard": standard.id, "version": standard.version, "on": act.now.date(),
        "person": act.person, "begun_at": act.now,
    }  # fmt: skip
    return int(connection.execute(insert(ASSESSMENT).returning(ASSESSMENT.c.id), values).scalar_one())


def submit(connection: Connection, house: House, act: Act, fact: AssessmentSubmitted) -> Sheet:
    """Let an assessment stand as it is, with what the facts answer now; the sheet that was submitted.

    Raises:
        RefusedError: as in ``mark``; ``nothing`` (none was begun), ``open`` (items that nobody has judged).
    """
    place, begun = _entitled(connection, house, act, fact.place, fact.standard)
    if begun is None:
        raise RefusedError("nothing")
    if begun.standard.version != fact.version:
        raise RefusedError("version")
    sheet = sheet_of(connection, house, place, fact.standard, act.now.date())
    assert sheet is not None  # noqa: S101 - one was begun
    result = scored(sheet)
    if result.open:
        raise RefusedError("open", left=len(result.open))
    said = codec.dump(dict(sheet.answers), dict[str, Answer]).decode()
    values = {
        "assessment": begun.number, "on": act.now.date(), "halves": int(result.points * 2),
        "needed": int(result.needed * 2), "qualifies": result.qualifies, "answers": said,
        "person": act.person, "recorded_at": act.now,
    }  # fmt: skip
    connection.execute(insert(END), values)
    return replace(sheet, begun_on=begun.on)


def _entitled(connection: Connection, house: House, act: Act, code: str, standard: str) -> tuple[Any, Begun | None]:
    """The place, and what was begun there by this standard; on PostgreSQL nobody else changes it meanwhile.

    What was begun goes on, also where the pack does not ask for the standard any more.
    """
    place = connection.execute(select(PLACE).where(PLACE.c.code == code).with_for_update()).first()
    if place is None:
        raise RefusedError("unknown")
    begun = running(connection, house, code, standard)
    if begun is None and standard not in house.rules.standards.get(place.level, ()):
        raise RefusedError("unknown")
    if ANSWERS_FOR.get(place.level) not in roles_at(connection, act.person, code, act.now.date()):
        raise RefusedError("entitled")
    if place.closed is not None and place.closed <= act.now.date():
        raise RefusedError("closed", on=place.closed)
    return place, begun


_ENDED = select(
    END.c.assessment, END.c.on, END.c.halves, END.c.needed, END.c.qualifies, END.c.person, END.c.answers,
    ASSESSMENT.c.place, ASSESSMENT.c.standard, ASSESSMENT.c.version,
).join(ASSESSMENT, ASSESSMENT.c.id == END.c.assessment).order_by(END.c.id)  # fmt: skip


def newest(connection: Connection, place: str, name: str) -> Any:  # noqa: ANN401 - a row, or None
    """The end of the newest assessment by a standard that was submitted."""
    query = _ENDED.where(ASSESSMENT.c.place == place, ASSESSMENT.c.standard == name)
    return connection.execute(query.order_by(None).order_by(END.c.id.desc()).limit(1)).first()


def reached(connection: Connection, house: House, place: str) -> Reached | None:
    """What the newest submitted assessment of a place came to, by the standard that decides; None: there is none."""
    return reached_of(connection, house, [place]).get(place)


def reached_of(connection: Connection, house: House, places: Collection[str]) -> dict[str, Reached]:
    """The same of many places. Two queries."""
    query = select(PLACE.c.code, PLACE.c.level).where(PLACE.c.code.in_(list(places)))
    levels = {row.code: row.level for row in connection.execute(query)}
    rows: Sequence[Any] = connection.execute(_ENDED.where(ASSESSMENT.c.place.in_(list(levels)))).all()
    return {row.place: _reached(row) for row in rows if row.standard == deciding(house, levels[row.place])}


def _reached(row: Any) -> Reached:  # noqa: ANN401 - a row of an end
    points, needed = Decimal(row.halves) / 2, Decimal(row.needed) / 2
    return Reached(row.assessment, row.standard, row.on, points, needed, row.qualifies, row.person)
