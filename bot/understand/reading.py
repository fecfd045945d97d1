"""A message while it is read: clause after clause becomes what is known of places, days and all others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.understand.clauses import CONTENT, Clause, not_normal, only_denies
from bot.understand.gazetteer import Gazetteer, Named
from bot.understand.lexicon import Sort
from bot.understand.notes import WARM, Entry, Notes
from bot.understand.plain import Plain
from bot.understand.saying import Read, read
from bot.understand.tokens import SLIP, Token

SHORTEST = 2
"""A single sign that was not understood is not worth a word."""
LARGE = 2
"""“一” in signs is often no number at all."""
NAME = 4
"""So many signs beside an item of a list are the name of whoever wrote it."""
_PART = re.compile("楼|单元|人|户|居民")


@dataclass(slots=True)
class Reading:
    """A message while it is read, clause by clause, in order."""

    text: Plain
    gazetteer: Gazetteer
    today: date
    notes: Notes = field(default_factory=Notes)
    days: dict[date, None] = field(default_factory=dict)
    rest: bool = False
    rest_sure: bool = True
    denied: bool = False
    unclear: bool = False
    excepting: tuple[int, list[Named]] = (-1, [])
    """The sentence that begins with “除了”, and the places that are excepted."""
    inside: bool = False
    """Whether what is excepted is a part of the place that is spoken of: nothing is said of other places."""
    excepted: list[Named] = field(default_factory=list)
    """Places that are said not to be like the others."""
    stray: bool = False
    """Whether a place is spoken of that is none of the writer's."""
    foreign: list[str] = field(default_factory=list)
    odd: list[tuple[int, int]] = field(default_factory=list)
    """What was meant for a temperature, and is none."""
    numbers: bool = False
    """Whether a figure was lost."""
    trouble: bool = False
    """Whether something is not normal, and nothing more was said of it."""

    def lose(self, clause: Clause) -> None:
        """Nothing is made of a clause; it is named as it stands."""
        self.notes.lost.append((clause.pieces[0].start, clause.pieces[-1].end))

    def hear(self, clause: Clause) -> None:
        """Note what a clause says."""
        if self._elsewhere(clause) or clause.of(Sort.WRONG) or not_normal(clause):
            self.trouble = self.trouble or not_normal(clause)
            self.lose(clause)
            return
        if clause.of(Sort.FOLLOW):
            if not clause.of(Sort.KIND):
                self.notes.undo()
            self.lose(clause)
            return
        self._days(clause)
        places = self._places(clause)
        said = read(clause, self.text.text, placed=bool(self.notes.current))
        alone = len(places) == 1 and not clause.of(*CONTENT)
        if said.cool:
            self.notes.no_fever()
        moved = alone and self.notes.settle(places[0], behind=clause.behind)
        self.notes.added = []
        if places and not moved:
            self.notes.last = None
        if clause.of(Sort.EXCEPT):
            self._excepts(clause)
        self._note(clause, said, places)
        self._leftovers(clause, said)

    def _elsewhere(self, clause: Clause) -> bool:
        """Whether it speaks of a place that is none of the writer's; nothing of that goes to another place."""
        before = -1
        content = next((piece.start for piece in clause.of(*CONTENT)), None)
        placed = bool(clause.of(Sort.PLACE))
        for piece in clause.pieces:
            behind = piece.start == before
            early = content is not None and piece.start < content and not placed
            if piece.foreign and (behind or early or not (placed or content)):
                self.foreign.append(self.text.written(piece.start, piece.end))
                self.stray, self.notes.current, self.notes.last = True, [], None
                return True
            before = piece.end if piece.sort is Sort.PLACE else -1
        self.stray = self.stray and not placed
        return self.stray and content is not None

    def _days(self, clause: Clause) -> None:
        for piece in clause.of(Sort.DAY):
            if piece.day is None:
                self.notes.lost.append((piece.start, piece.end))
            else:
                self.days[piece.day] = None

    def _places(self, clause: Clause) -> list[Named]:
        pieces = clause.of(Sort.PLACE)
        named = [piece.named for piece in pieces if piece.named is not None]
        for piece, each in zip(pieces, named, strict=True):
            self.notes.entry(each, self.text.written(piece.start, piece.end))
        if named:
            self.notes.current = named
        return named

    def _note(self, clause: Clause, said: Read, places: Sequence[Named]) -> None:
        """Note the findings, or how the places are; what is loose goes to what was told last."""
        others = clause.of(Sort.REST)
        if others and self._within(others[0]):
            return
        if said.findings:
            self.notes.add(said.findings, each=bool(clause.of(Sort.EACH)))
            if clause.of(Sort.NORMAL):
                self._mixed(clause)
        else:
            self._stands(clause, said, places)
        self.notes.more(said.loose)

    def _excepts(self, clause: Clause) -> None:
        """“除了”: the places behind it, or, where none is, a part of the place before it."""
        begin = clause.of(Sort.EXCEPT)[0].start
        before = self.text.text.startswith("除外", begin)
        places = (piece for piece in clause.of(Sort.PLACE) if before or piece.start > begin)
        named = [piece.named for piece in places if piece.named is not None]
        self.excepted += named
        self.inside = not named and bool(self.notes.current)
        self.excepting = clause.sentence, self.notes.current if self.inside else named

    def _mixed(self, clause: Clause) -> None:
        """Findings and “正常” in one clause: all others are normal if there is an “except”, else nobody knows."""
        if self.excepting[0] == clause.sentence:
            if not self.inside:
                self._all_others(sure=True)
            return
        for place in self.notes.here():
            place.mixed = True

    def _stands(self, clause: Clause, said: Read, places: Sequence[Named]) -> None:
        """How the places are, where nothing was found."""
        normal, others = clause.of(Sort.NORMAL), clause.of(Sort.REST)
        denies = said.denied or bool(clause.of(Sort.NOT))
        if others:
            if normal or denies:
                self._all_others(sure=bool(normal) and normal[0].words != SLIP and not clause.of(Sort.MAYBE))
        elif normal:
            partly = any(piece.sort is Sort.DOOR for piece in said.loose) and not self.gazetteer.buildings
            self._normal(clause, places, normal[0], partly=partly)
            said.loose = [piece for piece in said.loose if piece.sort is not Sort.DOOR and not _cool(piece)]
        elif clause.of(Sort.ABNORMAL):
            meant = self._meant(places)
            self.trouble = self.trouble or not (meant or denies)
            for place in meant:
                place.bad, place.denied = place.bad or not denies, place.denied or denies
            self.denied = self.denied or (denies and not places)
        elif not said.unclear and (said.denied or only_denies(clause)):
            here = self.notes.here()
            self.denied = self.denied or not here
            for place in here:
                place.denied = True
            said.loose = []

    def _within(self, others: Token) -> bool:
        """Whether “其余楼栋”, “其他居民” are those of the place that is spoken of: nothing is said of other places."""
        said = self.text.text[others.start : others.end]
        return bool(_PART.search(said)) and bool(self.notes.current) and not self.gazetteer.buildings

    def _normal(self, clause: Clause, places: Sequence[Named], normal: Token, *, partly: bool) -> None:
        """“正常” of the places that were named, or of all."""
        if self.excepting[0] == clause.sentence:
            if not self.inside:
                self._all_others(sure=True)
            for named in self.excepting[1]:
                entry = self.notes.entry(named)
                entry.bad = entry.bad or not entry.findings
            return
        meant = self._meant(places)
        partly = partly or bool(clause.of(Sort.MAYBE)) or normal.words == SLIP
        for place in meant:
            place.denied = place.denied or partly
            place.normal = place.normal or not partly
        if meant or clause.numbered:
            return
        if clause.of(Sort.DOOR):
            self.lose(clause)
        elif not any(piece.words for piece in clause.of(Sort.RUN) if piece.start < normal.start):
            known = any(entry.findings for entry in self.notes.entries.values())
            self._all_others(sure=not known and not partly)

    def _meant(self, places: Sequence[Named]) -> list[Entry]:
        """The places of this clause, or those spoken of before of which nothing was said but what they lack."""
        here = self.notes.here()
        return here if places or not any(place.findings or place.normal or place.bad for place in here) else []

    def _all_others(self, *, sure: bool) -> None:
        self.rest, self.rest_sure = True, self.rest_sure and sure

    def _leftovers(self, clause: Clause, said: Read) -> None:
        """Name what was not understood, but for the names that stand in a list."""
        self.unclear = self.unclear or bool(said.unclear)
        talk = any(len(piece.words) >= SHORTEST for piece in clause.of(Sort.RUN))
        self.trouble = self.trouble or (bool(said.bare) and not talk)
        lost = self.notes.lost
        for piece in (*said.unclear, *said.bare):
            index = clause.pieces.index(piece)
            behind = clause.pieces[index + 1 : index + 2]
            end = behind[0].end if behind and behind[0].sort is Sort.COUNT else piece.end
            lost.append((piece.start, end))
        for piece in (*said.figures, *said.odd):
            if piece.sort is Sort.ODD or self._written_in_figures(piece):
                lost.append((piece.start, piece.end))
                self.numbers = True
        self.odd += [(piece.start, piece.end) for piece in said.odd]
        for piece in clause.of(Sort.RUN):
            if len(piece.words) >= SHORTEST and not (clause.numbered and len(piece.words) <= NAME):
                lost.append((piece.start, piece.end))

    def _written_in_figures(self, piece: Token) -> bool:
        """Whether somebody wrote figures, or a number in signs that is one for certain."""
        return piece.number >= LARGE or any(sign.isdecimal() for sign in self.text.written(piece.start, piece.end))


def _cool(piece: Token) -> bool:
    """A temperature that is none to speak of."""
    return piece.sort is Sort.WARMTH and piece.warmth < WARM
