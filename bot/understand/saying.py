"""What a clause says of kinds, counts, doors and temperatures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.model import Doubt, DraftFinding, Kind
from bot.understand.clauses import Clause
from bot.understand.lexicon import Sort
from bot.understand.negation import Denied, denied
from bot.understand.tokens import VAGUE, Token

UNLIKELY = frozenset({*range(20, 61), *range(341, 430)})
"""Figures beside a fever that may have been meant as its °C (“385” for 38.5), and are none: they are asked about."""
MOST = 200
"""More persons of one kind at one place are a slip of the finger."""
_FOUND = re.compile("有|出现|发现|新增|确认")
_WARMTH_SAID = re.compile("体温|温度|量了|测了")


@dataclass(slots=True)
class Read:
    """What a clause says of kinds, and what of it has found no kind yet."""

    findings: list[DraftFinding] = field(default_factory=list)
    denied: bool = False
    cool: bool = False
    """Whether a fever is denied: then no temperature makes one."""
    unclear: list[Token] = field(default_factory=list)
    """Pieces of which nothing can be made."""
    bare: list[Token] = field(default_factory=list)
    """Kinds that were only mentioned."""
    figures: list[Token] = field(default_factory=list)
    """Figures that say nothing: a phone, another door."""
    odd: list[Token] = field(default_factory=list)
    """What was meant for a temperature, and is none that a body has."""
    loose: list[Token] = field(default_factory=list)
    """Doors, temperatures, counts and symptoms of whatever was said before or comes next."""


def read(clause: Clause, text: str, *, placed: bool) -> Read:
    """Read a clause; ``placed``: it is known of which place it speaks."""
    pieces = clause.pieces
    kinds = [index for index, piece in enumerate(pieces) if piece.sort is Sort.KIND]
    taken: set[int] = set()
    counts = {at: _count(pieces, at, kinds, taken) for at in kinds}
    says = denied(pieces, {at: None if count is None else pieces[count].number for at, count in counts.items()})
    result = Read()
    verb = any(piece.sort is Sort.RUN and _FOUND.search(text, piece.start, piece.end) for piece in pieces)
    for at in kinds:
        count = counts[at]
        unsaid = says[at] in {Denied.YES, Denied.UNCLEAR}
        result.cool = result.cool or (unsaid and pieces[at].words == Kind.FEVER)
        if says[at] is Denied.YES or (count is None and text[: pieces[at].end].endswith("无症状")):
            result.denied = True
        elif says[at] is Denied.UNCLEAR or _of_another(pieces, at, text) or _too_many(pieces, count):
            result.unclear.append(pieces[at])
        else:
            findings = list(_findings(pieces, at, kinds, None if count is None else pieces[count], taken))
            known = findings[0].temperature is not None or findings[0].door
            if count is None and not known and not (placed or verb):
                result.bare.append(pieces[at])
            elif says[at] is Denied.PERHAPS:
                result.findings += [_doubted(each, Doubt.KIND) for each in findings]
            else:
                result.findings += findings
    result.loose = [
        piece
        for index, piece in enumerate(pieces)
        if index not in taken
        and piece.sort in {Sort.DOOR, Sort.WARMTH, Sort.COUNT, Sort.SYMPTOM}
        and not (kinds and piece.number == VAGUE)
    ]
    odd = [piece for piece in pieces if piece.sort is Sort.ODD]
    numbers = [piece for index, piece in enumerate(pieces) if piece.sort is Sort.NUMBER and index not in taken]
    if odd or numbers:
        _figures(clause, text, result, odd, numbers)
    return result


def _figures(clause: Clause, text: str, result: Read, odd: list[Token], numbers: Sequence[Token]) -> None:
    """What is made of figures without a unit: a temperature of whatever was said before, or what is to be named."""
    cold = any(each.kind == Kind.FEVER and each.temperature is None for each in result.findings)
    result.odd = odd + [piece for piece in numbers if cold and piece.number in UNLIKELY]
    said = any(_WARMTH_SAID.search(text, piece.start, piece.end) for piece in clause.of(Sort.RUN))
    if not clause.of(Sort.KIND) and (said or len(clause.pieces) == 1):
        result.loose += [piece for piece in numbers if _body(piece.number)]
    known = (*result.odd, *result.loose)
    result.figures = [piece for piece in numbers if piece.number and piece not in known]


def _too_many(pieces: Sequence[Token], count: int | None) -> bool:
    return count is not None and pieces[count].number > MOST


def _of_another(pieces: Sequence[Token], at: int, text: str) -> bool:
    """Whether a kind only tells whose contact somebody is (“确诊患者的密接3人”)."""
    nearby = pieces[at + 1 : at + 3]
    return len(nearby) == 2 and nearby[1].sort is Sort.KIND and "的" in text[nearby[0].start : nearby[0].end]  # noqa: PLR2004 - the word between, and the kind


def _count(pieces: Sequence[Token], at: int, kinds: Sequence[int], taken: set[int]) -> int | None:
    """The piece that says how many: the one before a kind if there is one, else the one behind it."""
    before = max((each for each in kinds if each < at), default=-1)
    after = min((each for each in kinds if each > at), default=len(pieces))
    first = [index for index in range(before + 1, at) if pieces[index].sort is Sort.COUNT and index not in taken]
    last = [index for index in range(at + 1, after) if pieces[index].sort is Sort.COUNT]
    if first and pieces[first[-1]].number == VAGUE and last:
        first = []
    chosen = first[-1] if first else last[0] if last else None
    if chosen is None and pieces[at - 1].sort is Sort.NUMBER and at - 1 > before and at - 1 not in taken:
        chosen = at - 1
    if chosen is None:
        chosen = _figure(pieces, at, after)
    if chosen is not None:
        taken.add(chosen)
    return chosen


def _figure(pieces: Sequence[Token], at: int, after: int) -> int | None:
    """A bare figure right behind a kind (“密接：2”); one that is a temperature of the body is no count."""
    index = at + 1
    while index < after and pieces[index].sort is Sort.RUN and not pieces[index].words:
        index += 1
    if index == after or pieces[index].sort is not Sort.NUMBER:
        return None
    return None if pieces[at].words == Kind.FEVER and _body(pieces[index].number) else index


def _body(number: int) -> bool:
    return 35 <= number <= 42  # noqa: PLR2004 - °C of a living body, without a unit


def _findings(
    pieces: Sequence[Token], at: int, kinds: Sequence[int], count: Token | None, taken: set[int]
) -> Iterator[DraftFinding]:
    """What is said of one kind, once for each door where each has its own."""
    before = max((each for each in kinds if each < at), default=-1)
    after = min((each for each in kinds if each > at), default=len(pieces))
    around = [index for index in (*range(before + 1, at), *range(at + 1, after)) if index not in taken]
    doubts = set[Doubt]()
    many = 1 if count is None or count.number == VAGUE else count.number
    doors = [index for index in around if pieces[index].sort is Sort.DOOR]
    if after < len(pieces):
        doors = [index for index in doors if index < at]  # what stands behind belongs to the next one
    symptoms = [index for index in around if pieces[index].sort is Sort.SYMPTOM]
    warmth, warm = _fever(pieces, at, around) if pieces[at].words == Kind.FEVER else (None, None)
    if warmth is not None and (many > 1 or (warm is not None and pieces[warm].sort is Sort.NUMBER)):
        doubts.add(Doubt.TEMPERATURE)
    taken.update(doors, symptoms, () if warm is None else (warm,))
    if (count is None and warmth is None) or (count is not None and count.number == VAGUE):
        doubts.add(Doubt.COUNT)
    if any(piece.sort is Sort.MAYBE for piece in pieces[before + 1 : at]):
        doubts.add(Doubt.KIND)
    written = [pieces[index].words for index in doors]
    each = len(doors) > 1 and any(piece.sort is Sort.EACH for piece in pieces)
    if len(doors) > 1 and not each:
        doubts.add(Doubt.DOOR)
    for door in written if each else ["、".join(written)]:
        signs = tuple(dict.fromkeys(pieces[index].words for index in symptoms))
        yield DraftFinding(pieces[at].words, many, door, warmth, signs, frozenset(doubts))


def _fever(pieces: Sequence[Token], at: int, around: Sequence[int]) -> tuple[float | None, int | None]:
    """The temperature of a fever, and the piece that says it: with its unit, or a bare figure behind the word."""
    for index in around:
        if pieces[index].sort is Sort.WARMTH:
            return pieces[index].warmth, index
    for index in around:
        if index > at and pieces[index].sort is Sort.NUMBER and _body(pieces[index].number):
            return float(pieces[index].number), index
    return None, None


def _doubted(finding: DraftFinding, doubt: Doubt) -> DraftFinding:
    return DraftFinding(
        finding.kind, finding.count, finding.door, finding.temperature, finding.symptoms, finding.doubts | {doubt}
    )
