"""What was understood so far of a message: places with what was said of each, and the words that were lost."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.model import Doubt, DraftFinding, DraftLine, Kind, Status
from bot.understand.gazetteer import Named
from bot.understand.lexicon import Sort
from bot.understand.tokens import VAGUE, Token


@dataclass(slots=True)
class Entry:
    """One place, or several that are meant alike, or none that was said, and all that was said of it."""

    named: Named
    said: str = ""
    findings: list[DraftFinding] = field(default_factory=list)
    normal: bool = False
    denied: bool = False
    """Single kinds were denied, or a part of it is normal."""
    bad: bool = False
    mixed: bool = False
    """Normal and not, in one breath."""

    @property
    def open(self) -> bool:
        """Whether nothing was said of it yet."""
        return not (self.findings or self.normal or self.denied or self.bad)

    def line(self) -> DraftLine | None:
        """The line of the draft; None where the place was only mentioned."""
        if self.open:
            return None
        doubts = set() if self.named.sure else {Doubt.PLACE}
        abnormal = bool(self.findings) or self.bad
        if self.mixed or (self.findings and self.normal) or not (abnormal or self.normal):
            doubts.add(Doubt.STATUS)
        if abnormal and not self.findings:
            doubts.add(Doubt.KIND)
        codes = self.named.codes
        place, near = (codes[0], ()) if len(codes) == 1 else ("", codes)
        status = Status.ABNORMAL if abnormal else Status.NORMAL
        return DraftLine(place, status, tuple(self.findings), near, self.said, frozenset(doubts))


def _warmed(finding: DraftFinding, piece: Token) -> bool:
    """Whether a finding was made of a temperature alone."""
    guessed = finding.kind == Kind.FEVER and Doubt.KIND in finding.doubts
    return guessed and finding.temperature == _degrees(piece)


def _degrees(piece: Token) -> float:
    return piece.warmth or float(piece.number)


NOWHERE = Named(())


@dataclass(slots=True)
class Notes:
    """The places in the order in which they were named, and where the reader stands."""

    entries: dict[tuple[str, ...], Entry] = field(default_factory=dict)
    current: list[Named] = field(default_factory=list)
    """The places that are spoken of."""
    last: tuple[Entry, int] | None = None
    """The finding that was told last, as long as more may be said of it."""
    added: list[tuple[Entry, DraftFinding]] = field(default_factory=list)
    """What the clause before this one told, and where it was noted."""
    cool: bool = False
    """Whether a fever was denied."""
    warmed: list[tuple[Entry, Token]] = field(default_factory=list)
    """Where a temperature alone was taken for a fever."""
    door: str = ""
    """A door that waits for what was found there."""
    lost: list[tuple[int, int]] = field(default_factory=list)

    def entry(self, named: Named, said: str = "") -> Entry:
        """What is noted of a place."""
        if named.codes not in self.entries:
            self.entries[named.codes] = Entry(named, said)
        return self.entries[named.codes]

    def here(self) -> list[Entry]:
        """The places that are spoken of."""
        return [self.entry(named) for named in self.current]

    def add(self, findings: list[DraftFinding], *, each: bool) -> Entry:
        """Note findings at the place that is spoken of, and return it; of several at one, unless ``each`` has them."""
        if len(self.current) > 1 and not each:
            codes = tuple(dict.fromkeys(code for named in self.current for code in named.codes))
            places = [self.entry(Named(codes, all(named.sure for named in self.current)))]
        else:
            places = self.here() or [self.entry(NOWHERE)]
        if self.door and not findings[0].door:
            findings = [replace(findings[0], door=self.door), *findings[1:]]
        self.door = ""
        for place in places:
            place.findings += findings
            self.added += [(place, each) for each in findings]
            self.last = place, len(place.findings) - 1
        return places[-1]

    def settle(self, named: Named, *, behind: bool) -> bool:
        """The place comes behind what was found there: move it; False where nothing waits for a place.

        ``behind``: it stands in brackets, and is the place of what was told just before it, wherever that was noted.
        """
        if behind and self.added:
            place = self.entry(named)
            for where, finding in self.added:
                where.findings[:] = [each for each in where.findings if each is not finding]
                place.findings.append(finding)
            self.last = place, len(place.findings) - 1
            return True
        homeless = self.entries.get(())
        if homeless is None or not homeless.findings:
            return False
        del self.entries[()]
        place = self.entry(named)
        place.findings += homeless.findings
        self.last = place, len(place.findings) - 1
        return True

    def no_fever(self) -> None:
        """A fever is denied: what was taken for one, where one speaks now, is none."""
        self.cool = True
        here = {code for named in self.current for code in named.codes}
        for place, piece in self.warmed:
            if not here or not place.named.codes or here & set(place.named.codes):
                place.findings[:] = [each for each in place.findings if not _warmed(each, piece)]
                self.lost.append((piece.start, piece.end))
                self.last = None

    def undo(self) -> None:
        """What was told last is over already: nothing is made of it."""
        if self.last is not None:
            place, index = self.last
            del place.findings[index]
            self.last = None

    def more(self, loose: list[Token]) -> None:
        """More of what was told last, or, where a body is warm, a fever that nobody called one."""
        warm = [piece for piece in loose if piece.sort is Sort.WARMTH or piece.sort is Sort.NUMBER]
        doors = [piece for piece in loose if piece.sort is Sort.DOOR]
        if warm and self._warm(warm[0], doors, [piece for piece in loose if piece.sort is Sort.COUNT]):
            self.lost += [(piece.start, piece.end) for piece in warm[1:]]
            return
        for piece in loose:
            if piece.sort is Sort.DOOR:
                self._door(piece)
            elif piece not in warm and not self._detail(piece):
                self.lost.append((piece.start, piece.end))
        self.lost += [(piece.start, piece.end) for piece in warm]

    def _warm(self, piece: Token, doors: list[Token], counts: list[Token]) -> bool:
        """Take a temperature up; False where it belongs to nothing."""
        degrees = _degrees(piece)
        if self.last is not None:
            place, index = self.last
            told = place.findings[index]
            if told.kind == Kind.FEVER and told.temperature is None:
                doubts = told.doubts - {Doubt.COUNT}
                if told.count > 1 or piece.sort is Sort.NUMBER:
                    doubts |= {Doubt.TEMPERATURE}
                place.findings[index] = replace(told, temperature=degrees, doubts=doubts)
                for door in doors:
                    self._door(door)
                return True
        if degrees < WARM or self.cool or not (self.current or doors):
            return False
        exact = [count.number for count in counts if count.number != VAGUE]
        where = doors[0].words if doors else ""
        found = DraftFinding(Kind.FEVER, exact[0] if exact else 1, where, degrees, doubts=frozenset({Doubt.KIND}))
        self.warmed.append((self.add([found], each=False), piece))
        return True

    def _door(self, piece: Token) -> None:
        if self.last is not None:
            place, index = self.last
            if not place.findings[index].door:
                place.findings[index] = replace(place.findings[index], door=piece.words)
                return
        self.door = piece.words

    def _detail(self, piece: Token) -> bool:
        """A count or a symptom of what was told last; False where it belongs to nothing."""
        if self.last is None:
            return False
        place, index = self.last
        told = place.findings[index]
        if piece.sort is Sort.SYMPTOM:
            signs = tuple(dict.fromkeys((*told.symptoms, piece.words)))
            place.findings[index] = replace(told, symptoms=signs)
            return True
        if Doubt.COUNT not in told.doubts or piece.number == VAGUE:
            return False
        place.findings[index] = replace(told, count=piece.number, doubts=told.doubts - {Doubt.COUNT})
        return True


WARM = 37.3
"""From so many °C on a temperature without a kind is a fever (篇七 三)."""
