"""Which kinds of a clause are denied: a negation is never read as a finding, and what is unclear is neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import pairwise

from bot.understand.lexicon import Sort
from bot.understand.tokens import Token


class Denied(Enum):
    """Whether a kind is denied."""

    NO = 0
    YES = 1
    UNCLEAR = 2
    """It stands next to a negation that could belong to something else: nothing is made of it."""
    PERHAPS = 3
    """It stands in a list that begins with a negation, and yet has a count of its own."""


_EMPTY = frozenset({Sort.MAYBE, Sort.EACH})


def denied(clause: Sequence[Token], counts: Mapping[int, int | None]) -> dict[int, Denied]:
    """By the index of each kind in the clause, whether it is denied; ``counts``: how many were said of each."""
    found: dict[int, Denied] = {}
    kinds = list(counts)
    used: set[int] = set()
    """Negations that stand behind what they deny (“发热无”)."""
    for at in kinds:
        found[at] = _one(clause, at, counts, found, used)
    _before_the_last(clause, kinds, counts, found, used)
    return found


def _one(
    clause: Sequence[Token], at: int, counts: Mapping[int, int | None], found: Mapping[int, Denied], used: set[int]
) -> Denied:
    count = counts[at]
    if count == 0:
        return Denied.YES
    before, words_between = _before(clause, at)
    if before is not None and before not in used:
        if words_between:
            return Denied.UNCLEAR
        second, more = _before(clause, before)
        return Denied.UNCLEAR if second is not None and second not in used and not more else Denied.YES
    behind = _behind(clause, at, count)
    if behind is not None:
        used.add(behind)
        following = _past_empty(clause, behind + 1)
        counted = following < len(clause) and clause[following].sort in {Sort.COUNT, Sort.NUMBER}
        return Denied.UNCLEAR if counted else Denied.YES  # “不是1人是2人”
    if before is not None and clause[at].gap == "":
        return Denied.YES if count is None else Denied.UNCLEAR
    return _listed(clause, at, count, found)


def _before(clause: Sequence[Token], at: int) -> tuple[int | None, bool]:
    """The negation that stands before a piece, and whether words stand between them."""
    words = False
    for index in range(at - 1, -1, -1):
        token = clause[index]
        if token.sort is Sort.NOT:
            return index, words
        if token.sort is Sort.RUN:
            words = words or bool(token.words)
        elif token.sort not in _EMPTY and not (token.sort is Sort.COUNT and token.number in {-1, 1}):
            return None, False
    return None, False


def _behind(clause: Sequence[Token], at: int, count: int | None) -> int | None:
    """The negation that stands behind a kind and denies it (“密接：无”, “一个发热的都没有”)."""
    index = _past_empty(clause, at + 1)
    if index + 1 < len(clause) and clause[index].number == 1 and _empty(clause[index + 1]):
        index = _past_empty(clause, index + 1)  # “发热的一个都没有”: the one is none
    if index == len(clause) or clause[index].sort is not Sort.NOT:
        return None
    following = next((token for token in clause[index + 1 :] if token.sort is not Sort.RUN or token.words), None)
    if following is None or following.sort is not Sort.KIND:
        return index
    if count is not None or (clause[index].gap and not following.gap):
        return None  # “发热1人无密接”, “发热 无密接”
    return index


def _empty(token: Token) -> bool:
    return token.sort is Sort.RUN and not token.words


def _past_empty(clause: Sequence[Token], index: int) -> int:
    """The next piece that says something."""
    while index < len(clause) and _empty(clause[index]):
        index += 1
    return index


def _listed(clause: Sequence[Token], at: int, count: int | None, found: Mapping[int, Denied]) -> Denied:
    """Whether a kind goes on with a list of what is denied (“无发热、密接”)."""
    last = max(found, default=None)
    if last is None or found[last] not in {Denied.YES, Denied.PERHAPS}:
        return Denied.NO
    for token in clause[last + 1 : at]:
        none = token.sort in {Sort.COUNT, Sort.NUMBER} and token.number == 0
        if token.sort not in {Sort.LIST, Sort.SYMPTOM} and not none and not _empty(token):
            return Denied.NO
    if count is None:
        return Denied.YES
    return Denied.NO if clause[at].gap else Denied.PERHAPS


def _before_the_last(
    clause: Sequence[Token],
    kinds: Sequence[int],
    counts: Mapping[int, int | None],
    found: dict[int, Denied],
    used: set[int],
) -> None:
    """A negation or a nought behind a list denies all of it (“发热、密接都没有”, “发热、疑似均为0”)."""
    last = bool(kinds) and found[kinds[-1]] is Denied.YES and (bool(used) or counts[kinds[-1]] == 0)
    for at, following in reversed(list(pairwise(kinds))):
        linked = all(token.sort is Sort.LIST or _empty(token) for token in clause[at + 1 : following])
        last = last and linked and counts[at] is None
        if last and found[at] is Denied.NO:
            found[at] = Denied.YES
