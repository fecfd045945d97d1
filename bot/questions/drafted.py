"""A draft of what was said → rows to be checked: places completed, kinds asked where none was said, known cases met."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from bot.dialog import Choice, Degrees, Option, Step, Text
from bot.dialog.choosing import BUTTONS
from bot.model import Brief, Called, Details, Doubt, Draft, DraftFinding, DraftLine, Kind, KnownCase, Near, Status
from bot.questions.person import Item, same_case
from bot.understand import drafts
from bot.understand.gazetteer import Gazetteer, build
from bot.understand.places import Candidate
from bot.understand.warmth import likely

OTHER = "other"
"""Something that is no kind of case: said in words."""


@dataclass(frozen=True, slots=True)
class Row:
    """One place of the draft as it is shown and filed."""

    place: Near
    findings: tuple[DraftFinding, ...] = ()
    normal: bool = False
    words: str = ""
    doubts: frozenset[Doubt] = frozenset()
    same: Mapping[int, KnownCase] = field(default_factory=dict)
    """By the number of a finding, from nought, the case that it is already."""

    @property
    def items(self) -> tuple[Item, ...]:
        """What was found there, one by one as the report has it."""
        found: list[Item] = []
        for n, each in enumerate(self.findings):
            told = Details(door=each.door or None, temperature=each.temperature, symptoms=each.symptoms)
            if each.count == 1:
                found.append(Item(self.place, each.kind, 1, details=told, same=self.same.get(n)))
            elif told == Details():
                found.append(Item(self.place, each.kind, each.count))
            else:  # what was said once is known of the first of them; where they live, of all
                found += [Item(self.place, each.kind, 1, details=told)]
                found += [Item(self.place, each.kind, 1, details=Details(door=told.door))] * (each.count - 1)
        return (*found, *([Item(self.place, OTHER, words=self.words)] if self.words else []))


def understood(brief: Brief, said: str) -> Draft:
    """What was said, as a draft, in the kinds and places that this person may speak of."""
    return drafts.understand(said, _gazetteer(brief.called, tuple(sorted(brief.labels.items()))), brief.today)


@lru_cache(maxsize=256)
def _gazetteer(called: Sequence[Called], labels: tuple[tuple[str, str], ...]) -> Gazetteer:
    return build([Candidate(each.code, each.name, each.others) for each in called], dict(labels))


def kinds(brief: Brief) -> tuple[str, ...]:
    """The kinds of the form, then those of which the pack wants to know something at once."""
    return tuple(dict.fromkeys((*brief.kinds, *brief.ask)))


def mine(brief: Brief) -> dict[str, Near]:
    """By code, the places that this person may report: those that are owed first."""
    owed = {each.code: Near(each.code, each.name) for each in brief.owed}
    others = {each.code: Near(each.code, each.name) for each in brief.called if each.mine}
    return owed | {code: place for code, place in others.items() if code not in owed}


def offered(brief: Brief) -> dict[str, Near]:
    """The places to choose from: what is owed, or, where nothing is, what this person may report."""
    return {each.code: Near(each.code, each.name) for each in brief.owed} or mine(brief)


def rows(brief: Brief, n: int, draft: Draft) -> Generator[Step, Any, list[Row]]:
    """The draft's places, each known and with what was found there; asks for what nobody said."""
    found: list[Row] = []
    for i, line in enumerate(draft.lines, 1):
        place = yield from _place(brief, f"where/{n}.{i}", line, rest=draft.rest)
        row = Row(place, _known_kinds(brief, line), line.status is Status.NORMAL, doubts=line.doubts)
        if line.status is Status.ABNORMAL and not line.findings:
            row = yield from _what(brief, f"{n}.{i}", row)
        found.append(row)
    return found


def _known_kinds(brief: Brief, line: DraftLine) -> tuple[DraftFinding, ...]:
    """What the pack asks for; a fever that is none by its figure is marked."""
    return tuple(
        replace(each, doubts=each.doubts | {Doubt.TEMPERATURE})
        if each.temperature is not None and each.temperature < brief.fever_from
        else each
        for each in line.findings
        if each.kind in kinds(brief)
    )


def _place(brief: Brief, key: str, line: DraftLine, *, rest: bool) -> Generator[Step, Any, Near]:
    if line.place:
        return mine(brief)[line.place]
    known = offered(brief)
    meant = [known[code] for code in line.near if code in known] or list(known.values())
    if len(meant) == 1:
        return meant[0]
    names = tuple(Option(each.code, each.name) for each in meant[:BUTTONS])
    shown = {"findings": line.findings, "rest": "normal" if rest else ""}
    return known[(yield from Choice(key, names, shown, near=True))]


def _what(brief: Brief, n: str, row: Row) -> Generator[Step, Any, Row]:
    """Ask what is not normal at a place of which just that was said."""
    shown = {"place": row.place}
    labels = (*(Option(kind, brief.labels.get(kind)) for kind in kinds(brief)), Option(OTHER))
    kind = yield from Choice(f"kind/{n}", labels, shown)
    if kind != OTHER:
        finding = DraftFinding(kind, 1, doubts=frozenset({Doubt.COUNT}))
        return replace(row, findings=(finding,), doubts=row.doubts - {Doubt.KIND})
    said = yield from Text(f"other/{n}", brief.note_limit, values=shown)
    return replace(row, words=said, doubts=row.doubts - {Doubt.KIND})


def warmed(n: int, draft: Draft, found: Sequence[Row]) -> Generator[Step, Any, tuple[list[Row], bool]]:
    """Ask for the temperature of a fever where one was written that no body has; and whether it is known now."""
    for i, row in enumerate(found):
        for j, each in enumerate(row.findings if draft.odd else ()):
            if each.kind == Kind.FEVER and each.temperature is None:
                said = draft.odd[0]
                meant = likely(said)
                can = (*((Option(meant, f"{meant}℃"),) if meant else ()), Option("untaken"))
                told = yield from Degrees(f"warm/{n}", can, {"place": row.place, "said": said})
                if told == "untaken":
                    return list(found), False
                warm = replace(each, temperature=float(told), doubts=each.doubts - {Doubt.COUNT, Doubt.TEMPERATURE})
                row = replace(row, findings=(*row.findings[:j], warm, *row.findings[j + 1 :]))  # noqa: PLW2901 - it is known now
                return [*found[:i], row, *found[i + 1 :]], True
    return list(found), False


def met(brief: Brief, n: str, found: Sequence[Row]) -> Generator[Step, Any, list[Row]]:
    """Ask of each single person whether it is a case that is known already."""
    asked: list[Row] = []
    for i, row in enumerate(found, 1):
        same: dict[int, KnownCase] = {}
        for j, each in enumerate(row.findings):
            item = Item(row.place, each.kind, 1, details=Details(door=each.door or None))
            case = (yield from same_case(brief, f"same/{n}.{i}.{j}", item, brief.day)) if each.count == 1 else None
            if case is not None:
                same[j] = case
        asked.append(replace(row, same=same))
    return asked


def moved(brief: Brief, n: str, found: Sequence[Row]) -> Generator[Step, Any, list[Row]]:
    """Let a row be put to another place: the doubtful one if there is one, else the one that is chosen."""
    doubtful = [i for i, row in enumerate(found) if Doubt.PLACE in row.doubts]
    which = doubtful[0] if doubtful else 0
    if len(found) > 1 and len(doubtful) != 1:
        names = tuple(Option(str(i), row.place.name) for i, row in enumerate(found))
        which = int((yield from Choice(f"move/{n}", names)))
    known = offered(brief)
    names = tuple(Option(each.code, each.name) for each in list(known.values())[:BUTTONS])
    shown = {"findings": found[which].findings, "rest": ""}
    code = yield from Choice(f"to/{n}", names, shown, near=True)
    row = replace(found[which], place=known[code], doubts=found[which].doubts - {Doubt.PLACE})
    return [*found[:which], row, *found[which + 1 :]]
