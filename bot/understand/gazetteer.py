"""The places somebody may name, ready to be found in the middle of a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from bot.understand import lexicon
from bot.understand.places import Candidate, Ranking, fold

SHORT = 2
"""Signs of the shortest name that is found in a sentence."""
HEARD = 3
"""Signs that must be said before what sounds alike is taken for a place."""
LONG, SPELT = 14, 50
"""No name is longer than so many signs, or letters."""
_FILLER = re.compile(rf"(?:{'|'.join(sorted(set(lexicon.FILLERS.split('|')), key=len, reverse=True))}|\W)+")
_LEADING = re.compile(rf"(?:{_FILLER.pattern})")
_TRAILING = re.compile(rf"(?:{_FILLER.pattern})$")
_TAIL = re.compile(rf"(?:{lexicon.TAILS})$")
_PLACELIKE = re.compile(lexicon.PLACELIKE)
_NO_NAME = re.compile(lexicon.PRONOUNS)
_BUILDING = re.compile(r"[\da-z](?:栋|幢|座|号楼)$")
_SUFFIX = re.compile("(?:小区|社区)$")


@dataclass(frozen=True, slots=True)
class Named:
    """A part of a sentence that names a place: the code, or the codes of those that are meant alike."""

    codes: tuple[str, ...]
    sure: bool = True


@dataclass(frozen=True)
class Gazetteer:
    """The names, and the expression that finds them and every other sort of word."""

    candidates: tuple[Candidate, ...]
    names: Mapping[str, tuple[str, ...]]
    """Codes by folded name, alias or part of a name that says enough."""
    scanner: re.Pattern[str]
    parts: re.Pattern[str]
    """Several parts of names after one another (“一期二期”)."""
    buildings: bool = False
    """Whether some of the places are buildings."""
    heard: dict[str, Named | None] = field(default_factory=dict, compare=False)
    """What runs of other words turned out to be; at most ``REMEMBERED`` of them."""

    @cached_property
    def ranking(self) -> Ranking:
        """For words that are no name as it is written."""
        return Ranking(self.candidates)

    def exactly(self, name: str) -> Named:
        """The place of a name that the scanner found."""
        return Named(self.names[fold(name)])

    def building(self, door: str) -> Named | None:
        """The place of the writer's that a door lies in, where buildings report for themselves."""
        house, sign, _ = door.partition("栋")
        codes = self.names.get(f"{house.casefold()}{sign}") if sign and self.buildings else None
        return Named(codes) if codes else None

    def named(self, run: str) -> list[Named]:
        """The places that a run of words means as a whole: by parts of names, by sound, with a slip of the pen."""
        key = fold(run)
        if self.parts.fullmatch(key):
            return [Named(self.names[match[0]]) for match in _each(self.parts).finditer(key)]
        if len(key) == SHORT and not key.isascii() and not _NO_NAME.fullmatch(key):
            begun = tuple(each.code for each in self.candidates if fold(each.name).startswith(key))
            return [Named(begun, sure=False)] if begun else []
        if not HEARD <= len(key) <= (SPELT if key.isascii() else LONG) or _NO_NAME.fullmatch(key):
            return []
        if key not in self.heard:
            if len(self.heard) >= REMEMBERED:
                self.heard.clear()
            found = self.ranking.rank(key)
            self.heard[key] = Named(tuple(each.code for each in found), sure=False) if found else None
        known = self.heard[key]
        return [known] if known else []


REMEMBERED = 4096


@lru_cache(maxsize=64)
def _each(parts: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(parts.pattern.removesuffix("+"))


def build(candidates: Sequence[Candidate], kinds: Mapping[str, str] | None = None) -> Gazetteer:
    """The gazetteer of these places; ``kinds``: words of a pack for kinds of its own."""
    return _build(tuple(candidates), tuple(sorted((kinds or {}).items())))


@lru_cache(maxsize=256)
def _build(candidates: tuple[Candidate, ...], kinds: tuple[tuple[str, str], ...]) -> Gazetteer:
    full: dict[str, dict[str, None]] = {}
    part: dict[str, dict[str, None]] = {}
    for each in candidates:
        for name in (each.name, *each.others):
            key = fold(name)
            for whole in {key, _SUFFIX.sub("", key)}:
                full.setdefault(whole, {})[each.code] = None
        key = fold(each.others[0] if each.others else each.name)
        for name in (fold(each.name), key):
            tail = _TAIL.search(_SUFFIX.sub("", name))
            if tail:
                part.setdefault(tail[0], {})[each.code] = None
                part.setdefault(name[: tail.start()], {})[each.code] = None
    whole_names = {key: tuple(codes) for key, codes in full.items() if len(key) >= SHORT and not key.isdecimal()}
    parts = {key: tuple(codes) for key, codes in part.items() if len(key) >= SHORT and key not in whole_names}
    extra = {kind: re.escape("".join(word.casefold().split())) for kind, word in kinds}
    scanner = re.compile(lexicon.pattern(_any(whole_names), extra | dict(lexicon.KINDS)))
    several = re.compile(f"(?:{_any(parts) or '(?!)'})+")
    buildings = any(_BUILDING.search(name) for name in whole_names)
    return Gazetteer(candidates, whole_names | parts, scanner, several, buildings)


def _any(names: Mapping[str, object]) -> str:
    """One expression for all these names, the longest first, spaces allowed where letters and signs meet."""
    return "|".join(
        re.sub(r"(?<=[^\x00-\x7f])(?=[a-z0-9])|(?<=[a-z])(?=[^\x00-\x7f])", r"\\s*", _bounded(name))
        for name in sorted(names, key=len, reverse=True)
    )


def _bounded(name: str) -> str:
    """The name, where it stands for itself: not within another word of letters, nor behind another figure."""
    before = r"(?<![0-9])" if name[0].isdecimal() else r"(?<![a-z])" if name[0].isascii() else ""
    after = r"(?![a-z0-9])" if name[-1].isascii() else ""
    return f"{before}{re.escape(name)}{after}"


def trimmed(run: str) -> tuple[int, int]:
    """Where a run of words begins and ends without the empty words around it; (0, 0) where there are no others."""
    if _FILLER.fullmatch(run):
        return 0, 0
    lead = _LEADING.match(run)
    start = lead.end() if lead else 0
    end = len(run)
    trail = _TRAILING.search(run, start)
    return start, trail.start() if trail else end


def placelike(run: str) -> bool:
    """Whether words look like the name of a place."""
    key = fold(run)
    return bool(_PLACELIKE.search(key)) and not _NO_NAME.fullmatch(key)
