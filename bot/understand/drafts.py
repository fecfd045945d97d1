"""A sentence, or a pasted 接龙 → a draft of the day's report: pure, and whatever is not understood is named."""

from __future__ import annotations

import re
from datetime import date

from bot.model import Draft
from bot.understand.clauses import Clause, clauses
from bot.understand.gazetteer import Gazetteer
from bot.understand.lexicon import KINDS, WORDS, Sort
from bot.understand.plain import LONGEST, plain
from bot.understand.reading import Reading
from bot.understand.tokens import tokens

_TELLS = re.compile(
    "|".join(
        (*KINDS.values(), WORDS[Sort.NORMAL], WORDS[Sort.ABNORMAL], WORDS[Sort.WARMTH], WORDS[Sort.SYMPTOM], "体温")
    )
)
_NO_REPORT = frozenset({Sort.QUESTION, Sort.IF, Sort.ORDER})
"""A sentence with one of these asks, supposes or tells others what to do: it reports nothing."""


def understand(said: str, gazetteer: Gazetteer, today: date) -> Draft:
    """The draft of what was ``said`` on ``today`` by somebody who may name the gazetteer's places.

    Nothing is guessed in silence: what could be meant otherwise is in ``doubts``, what was not understood in ``lost``.
    """
    text = plain(said)
    reading = Reading(text, gazetteer, today)
    found = clauses(tokens(text.text, gazetteer, today), text.text)
    silent = {clause.sentence for clause in found if clause.of(*_NO_REPORT) or _ahead(clause, today)}
    for clause in found:
        if clause.sentence in silent:
            reading.lose(clause)
        else:
            reading.hear(clause)
    return reading.draft(said[LONGEST:])


def tells(said: str) -> bool:
    """Whether words speak of a case or of a normal day at all: a quick look, for talk of which most does not."""
    return bool(_TELLS.search(plain(said).text))


def _ahead(clause: Clause, today: date) -> bool:
    return any(piece.day is not None and piece.day > today for piece in clause.of(Sort.DAY))
