"""A text's pieces → clauses: what stands between two commas, or where another place begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.understand.lexicon import EXAMPLE, Sort
from bot.understand.tokens import Token

CONTENT = frozenset({Sort.KIND, Sort.NORMAL, Sort.ABNORMAL})
_OPENS = frozenset({Sort.PLACE, Sort.REST, Sort.EXCEPT})
_ENDS = frozenset({Sort.CLAUSE, Sort.SENTENCE, Sort.LINE, Sort.BUT})
_EXAMPLE = re.compile(rf"\W*(?:{EXAMPLE})(?:如|子)?[\s:]")
_NUMBERED = re.compile(r"\s*[.、):](?!\d)")
_NO = re.compile("[不没未非别]|(?<![a-z])bu$")


@dataclass(slots=True)
class Clause:
    """Pieces between two commas, or where another place begins."""

    line: int
    sentence: int
    pieces: list[Token] = field(default_factory=list)
    behind: bool = False
    """Whether it is a place in brackets behind what was found there."""
    numbered: bool = False
    """Whether its line is an item of a list: somebody's name stands there, too."""

    def of(self, *sorts: Sort) -> list[Token]:
        """Its pieces of these sorts."""
        return [piece for piece in self.pieces if piece.sort in sorts]


def clauses(pieces: Sequence[Token], text: str) -> list[Clause]:
    """The clauses that say something, in order; lines that show how to write one are left out."""
    listed = any(piece.sort is Sort.LINE for piece in pieces)
    found = [Clause(0, 0)]
    skipping = bool(_EXAMPLE.match(text))
    begun = False
    for piece in pieces:
        now = found[-1]
        if piece.sort is Sort.LINE:
            skipping, begun = bool(_EXAMPLE.match(text, piece.end)), False
            found.append(Clause(now.line + 1, now.sentence + 1))
        elif skipping:
            continue
        elif piece.sort in _ENDS:
            begun = begun and piece.sort is not Sort.SENTENCE
            found.append(Clause(now.line, now.sentence + (piece.sort is Sort.SENTENCE), numbered=now.numbered))
        elif piece.sort is Sort.NUMBER and not begun and _numbers(piece, text, listed=listed):
            now.numbered, begun = listed, True
        else:
            begun = True
            if piece.sort in _OPENS and now.of(*CONTENT):
                bracket = text[piece.start - 1] == "("
                found.append(Clause(now.line, now.sentence, behind=bracket, numbered=now.numbered))
            found[-1].pieces.append(piece)
            if piece.sort is Sort.QUESTION and text[piece.start] in "?？":
                found.append(Clause(now.line, now.sentence + 1, numbered=now.numbered))
    return [each for each in found if each.pieces]


def _numbers(piece: Token, text: str, *, listed: bool) -> bool:
    """Whether a figure at the beginning of a line is the number of an item."""
    return bool(_NUMBERED.match(text, piece.end)) or (listed and text[piece.end : piece.end + 1].isspace())


def not_normal(clause: Clause) -> bool:
    """Whether a negation stands before “正常” (“不是都正常”, “谈不上正常”): nobody knows what that is."""
    normal = next((piece.start for piece in clause.of(Sort.NORMAL)), 0)
    before = (piece for piece in clause.of(Sort.NOT, Sort.RUN) if piece.start < normal)
    return not clause.of(Sort.KIND) and any(piece.sort is Sort.NOT or _NO.search(piece.words) for piece in before)


def only_denies(clause: Clause) -> bool:
    """Whether nothing but a place and a negation stands there (“二期没有”), or symptoms are denied."""
    words = any(piece.words for piece in clause.of(Sort.RUN))
    return bool(clause.of(Sort.NOT)) and not words and bool(clause.of(Sort.PLACE, Sort.SYMPTOM))
