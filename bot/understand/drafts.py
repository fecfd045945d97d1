"""A sentence, or a pasted 接龙 → a draft of the day's report: pure, and whatever is not understood is named."""

from __future__ import annotations

import re
from datetime import date

from bot.model import Doubt, Draft, DraftLine, Status
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
    return _draft(reading, said[LONGEST:])


def _draft(reading: Reading, cut: str) -> Draft:
    """All that was understood; ``cut``: what was too long to be read."""
    for each in reading.excepted if reading.rest else ():
        entry = reading.notes.entry(each)
        entry.bad = entry.bad or entry.open
    only = reading.gazetteer.candidates[0].code if len(reading.gazetteer.candidates) == 1 else ""
    lines = [line for entry in reading.notes.entries.values() if (line := entry.line()) is not None]
    # A place of which something was said that nobody understood is not simply one of “the others”.
    unread = reading.odd or reading.numbers
    apart = unread and any(entry.open and entry.named.codes for entry in reading.notes.entries.values())
    rest, sure = reading.rest, reading.rest_sure and not apart
    if not lines and not rest and reading.denied and not reading.unclear:
        rest, sure = True, False
    doubts = set() if sure or not rest else {Doubt.REST}
    if only:
        lines = [_at(line, only) for line in lines]
        if rest and not lines:
            lines = [DraftLine(only, Status.NORMAL, doubts=frozenset(() if sure else {Doubt.STATUS}))]
        rest, doubts = False, set()
    if len(reading.days) > 1:
        doubts.add(Doubt.DAY)
    lost = [reading.text.written(start, end) for start, end in sorted(dict.fromkeys(reading.notes.lost))]
    day = next(iter(reading.days), reading.today)
    tail = (cut.strip(),) if cut.strip() else ()
    spoken = tuple(codes[0] for codes in reading.notes.entries if len(codes) == 1)
    return Draft(
        day,
        tuple(lines),
        rest,
        frozenset(doubts),
        (*lost, *tail),
        spoken,
        tuple(dict.fromkeys(reading.foreign)),
        reading.trouble,
        tuple(reading.text.written(start, end) for start, end in dict.fromkeys(reading.odd)),
    )


def _at(line: DraftLine, only: str) -> DraftLine:
    """A line without a place, where there is one place only."""
    if line.place or line.near:
        return line
    return DraftLine(only, line.status, line.findings, (), line.said, line.doubts)


def tells(said: str) -> bool:
    """Whether words speak of a case or of a normal day at all: a quick look, for talk of which most does not."""
    return bool(_TELLS.search(plain(said).text))


def _ahead(clause: Clause, today: date) -> bool:
    return any(piece.day is not None and piece.day > today for piece in clause.of(Sort.DAY))
