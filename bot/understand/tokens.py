"""A folded text → its pieces, each of one sort and with the value that it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from bot.understand import days, lexicon
from bot.understand.doors import door
from bot.understand.gazetteer import Gazetteer, Named, placelike, trimmed
from bot.understand.lexicon import Sort

SHORT_NAME = 3
"""What is longer is a name by itself."""
SLIP = "slip"
"""Of “正常”: it was not written so."""
VAGUE = -1
"""Some, and it was not said how many."""
_SLIP = re.compile(lexicon.SLIPS)
_TWO = re.compile("两|俩|夫妻|母子|父子")
_WARM = re.compile(r"(\d{2})\D*(?:(\d{1,2})|(半))?")
_SYMPTOMS = {name: re.compile(words) for name, words in lexicon.SYMPTOMS.items()}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text from ``start`` to ``end``."""

    sort: Sort
    start: int
    end: int
    named: Named | None = None
    """Of a place."""
    day: date | None = None
    number: int = 0
    """Of a count and a bare number; ``VAGUE`` where none was said."""
    warmth: float = 0
    words: str = ""
    """A door as it is written here; the key of a kind or a symptom; the rest of a run, empty if it says nothing."""
    foreign: bool = False
    """Of a run: whether it looks like a place that is none of the writer's."""
    gap: str = ""
    """What stands before it: nothing, a space (or a bracket, or another sign), or a colon."""


def tokens(text: str, gazetteer: Gazetteer, today: date) -> list[Token]:
    """All pieces of the text, in order; signs without meaning are left out."""
    found: list[Token] = []
    at = 0
    for match in gazetteer.scanner.finditer(text):
        if match.start() > at:
            found += _runs(text, at, match.start())
        token = _token(match, gazetteer, today, text)
        if token.sort is Sort.DOOR and (building := gazetteer.building(token.words)) is not None:
            found.append(Token(Sort.PLACE, token.start, token.end, named=building, gap=token.gap))
        found.append(token)
        at = match.end()
    if at < len(text):
        found += _runs(text, at, len(text))
    resolved = [part for token in _merged(found, text) for part in _resolved(token, text, gazetteer)]
    return list(_misspelt(resolved, text, gazetteer))


def _misspelt(found: list[Token], text: str, gazetteer: Gazetteer) -> Iterator[Token]:
    """A short name with words that touch it may be a longer one with a slip of the pen (“君安花元”)."""
    last: Token | None = None
    for token in found:
        if last is not None and _beside(last, token):
            longer = gazetteer.named(text[last.start : token.end])
            if len(longer) == 1:
                yield replace(last, end=token.end, named=longer[0])
                last = None
                continue
        if last is not None:
            yield last
        last = token
    if last is not None:
        yield last


def _beside(token: Token, following: Token) -> bool:
    """Whether words touch a short name."""
    short = token.sort is Sort.PLACE and token.end - token.start <= SHORT_NAME
    return short and following.sort is Sort.RUN and bool(following.words) and following.start == token.end


_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?")


def _runs(text: str, start: int, end: int) -> Iterator[Token]:
    """The words between two other pieces."""
    for match in _WORD.finditer(text, start, end):
        yield Token(Sort.RUN, match.start(), match.end(), gap=_gap(text, match.start()))


def _gap(text: str, start: int) -> str:
    """What stands before ``start`` and has no meaning of its own."""
    before = text[start - 1 : start]
    if before in {" ", "\t"}:
        before = text[:start].rstrip(" \t")[-1:]
        return before if before == ":" else " "
    return ":" if before == ":" else "" if before.isalnum() else " "


def _token(match: re.Match[str], gazetteer: Gazetteer, today: date, text: str) -> Token:
    name = str(match.lastgroup)
    said, start, end = match[0], match.start(), match.end()
    gap = _gap(text, start)
    token = Token(Sort(name), start, end, gap=gap)
    match token.sort:
        case Sort.KIND:
            groups = match.groupdict().items()
            token = replace(token, words=next(key[2:] for key, value in groups if value and key.startswith("k_")))
        case Sort.PLACE:
            token = replace(token, named=gazetteer.exactly(said))
        case Sort.DAY:
            token = replace(token, day=days.day(said, today))
        case Sort.NORMAL if "正常" not in said and _SLIP.search(said):
            token = replace(token, words=SLIP)
        case Sort.WARMTH:
            token = replace(token, warmth=_warmth(said))
        case Sort.COUNT | Sort.NUMBER:
            token = replace(token, number=_count(said) if token.sort is Sort.COUNT else int(said[:9]))
        case Sort.DOOR | Sort.SYMPTOM:
            token = replace(token, words=_door(said) if token.sort is Sort.DOOR else _symptom(said))
    return token


def _symptom(said: str) -> str:
    return next(key for key, words in _SYMPTOMS.items() if words.fullmatch(said))


def _warmth(said: str) -> float:
    match = _WARM.match(said)
    assert match is not None  # noqa: S101 - the scanner's own expression begins with two digits
    return float(f"{match[1]}.{'5' if match[3] else match[2] or 0}")


def _door(said: str) -> str:
    written = door(said)
    return "".join(written.split())


def _count(said: str) -> int:
    digits = re.search(r"\d+", said.removeprefix("1家"))
    if digits:
        return int(digits[0])
    if _TWO.search(said) or said.endswith("老两口"):
        return 2
    if said.startswith("仨"):
        return 3
    return 1 if said in {"有个", "有位", "有名"} else VAGUE


def _merged(found: list[Token], text: str) -> list[Token]:
    """A figure that touches words belongs to them (“3组”, “1期”); what touches each other is one run."""
    merged: list[Token] = []
    for token in found:
        last = merged[-1] if merged else token
        touches = last.end == token.start and {last.sort, token.sort} <= {Sort.RUN, Sort.NUMBER}
        if touches and not (token.sort is Sort.NUMBER and trimmed(text[last.start : last.end]) == (0, 0)):
            merged[-1] = Token(Sort.RUN, last.start, token.end, gap=last.gap)
        else:
            merged.append(token)
    return merged


def _resolved(token: Token, text: str, gazetteer: Gazetteer) -> Iterator[Token]:
    """A run that names a place is that place; of another, what is left without empty words."""
    if token.sort is not Sort.RUN:
        yield token
        return
    run = text[token.start : token.end]
    cut = trimmed(run)
    for start, end in dict.fromkeys(((0, len(run)), (cut[0], len(run)), cut)):
        for named in gazetteer.named(run[start:end]) if start < end else ():
            yield Token(Sort.PLACE, token.start + start, token.start + end, named=named, gap=token.gap)
            run = ""
        if not run:
            return
    start, end = cut
    if start == end:
        yield token
        return
    foreign = placelike(run[start:])
    yield Token(Sort.RUN, token.start + start, token.start + end, words=run[start:end], foreign=foreign, gap=token.gap)
