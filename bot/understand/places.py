"""The place that typed words mean: by name, alias, code, a part of it, pinyin, initials, or a slip of the pen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from bot.understand import numerals

PART = 2
"""So many signs of a name must be said before they count as a part of it."""
LIKE = 75
"""Of 100: how alike a slip of the pen must be to the name that is meant."""
CLEAR = 8
"""So much more alike than the next one is the one that is meant."""
_NUMERALS = re.compile(rf"[{numerals.SIGNS}]+")
_LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that could be meant."""

    code: str
    name: str
    """As it is shown."""
    others: tuple[str, ...] = ()
    """What else it is called: its bare name, its aliases."""
    closed: date | None = None
    """The day from which it is no more."""


def rank(said: str, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Those that are meant: one where it is clear, several that are meant alike, none.

    Each way to be meant is tried in turn, the surest first, and the first that fits anything decides.
    """
    return Ranking(tuple(candidates)).rank(said)


def fold(said: str) -> str:
    """``said`` without signs, spaces, case and width, its Chinese numbers as figures (``一期`` → ``1期``)."""
    plain = unicodedata.normalize("NFKC", said).casefold()
    plain = _NUMERALS.sub(lambda match: str(numerals.value(match[0])), plain)
    return "".join(sign for sign in plain if sign.isalnum())


_folded = lru_cache(maxsize=8192)(fold)


@dataclass(frozen=True)
class Ranking:
    """The names of some places, laid out once so that any number of words may be looked up among them."""

    candidates: tuple[Candidate, ...]

    def rank(self, said: str) -> tuple[Candidate, ...]:
        """As the function ``rank``."""
        return self.meant(said)[0]

    def meant(self, said: str) -> tuple[tuple[Candidate, ...], bool]:
        """The same, and whether the words say so: a name or a part of one, no spelling and no slip of the pen."""
        wanted = fold(said)
        if not wanted:
            return (), True
        surely = self._exactly(wanted) or self._partly(wanted)
        if surely:
            return self._ordered(surely), True
        alike = self._spelled(wanted) or self._spelled_partly(wanted)
        return self._ordered(alike) if alike else self._likely(wanted), False

    @cached_property
    def _names(self) -> dict[str, set[int]]:
        """By folded name, alias or code the places, as numbers in their order."""
        found: dict[str, set[int]] = {}
        for number, each in enumerate(self.candidates):
            for name in (each.name, *each.others, each.code):
                found.setdefault(_folded(name), set()).add(number)
        return found

    @cached_property
    def _spellings(self) -> dict[str, set[int]]:
        """By every spelling of a name."""
        return self._spelt_by(slice(None))

    @cached_property
    def _sounds(self) -> dict[str, set[int]]:
        """By the spelling that has its figures as they are."""
        return self._spelt_by(slice(1))

    def _spelt_by(self, which: slice) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for name, numbers in self._names.items():
            for spelling in _spelt(name)[which]:
                found.setdefault(spelling, set()).update(numbers)
        return found

    @cached_property
    def _all_names(self) -> str:
        return "\n".join(self._names)

    @cached_property
    def _all_spellings(self) -> str:
        return "\n" + "\n".join(self._spellings)

    @cached_property
    def _by_figures(self) -> dict[str, tuple[list[str], list[str], list[set[int]]]]:
        """By the figures in a name: the names and their spellings, each with the places."""
        found: dict[str, tuple[list[str], list[str], list[set[int]]]] = {}
        for name, numbers in self._names.items():
            names, spellings, whose = found.setdefault(_figures(name), ([], [], []))
            for spelling in dict.fromkeys(_spelt(name)[:2]):
                names.append(name)
                spellings.append(spelling)
                whose.append(numbers)
        return found

    def _exactly(self, wanted: str) -> set[int]:
        return self._names.get(wanted, set())

    def _partly(self, wanted: str) -> set[int]:
        if len(wanted) < PART or wanted not in self._all_names:
            return set()
        return {number for name, numbers in self._names.items() if wanted in name for number in numbers}

    def _spelled(self, wanted: str) -> set[int]:
        """Pinyin or initials in Latin letters, or other signs that sound the same."""
        if _LATIN.search(wanted):
            return self._spellings.get(wanted, set())
        return self._sounds.get(_sound(wanted), set())

    def _spelled_partly(self, wanted: str) -> set[int]:
        """The beginning of it."""
        said = wanted if _LATIN.search(wanted) else _sound(wanted)
        if len(wanted) < PART or f"\n{said}" not in self._all_spellings:
            return set()
        return {number for name, numbers in self._spellings.items() if name.startswith(said) for number in numbers}

    def _likely(self, wanted: str) -> tuple[Candidate, ...]:
        """Near misses: none that says another number (“二期” is no slip for “一期”), and the clearly nearest alone."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - only a slip of the pen needs it

        names, spellings, whose = self._by_figures.get(_figures(wanted), ([], [], []))
        if not names or len(wanted) <= PART:
            return ()
        scores: dict[int, float] = {}
        for said, known in ((wanted, names), (wanted if _LATIN.search(wanted) else _sound(wanted), spellings)):
            near = process.extract(said, known, scorer=fuzz.ratio, score_cutoff=LIKE, limit=None)
            for _, score, at in near:
                for number in whose[at]:
                    scores[number] = max(score, scores.get(number, 0))
        best = max(scores.values(), default=0)
        likely = [(-score, number) for number, score in scores.items() if best - score < CLEAR]
        return tuple(self.candidates[number] for _, number in sorted(likely))

    def _ordered(self, numbers: Iterable[int]) -> tuple[Candidate, ...]:
        return tuple(self.candidates[number] for number in sorted(numbers))


def _sound(name: str) -> str:
    """The pinyin of a folded name, its figures as they are."""
    return _spelt(name)[0]


@lru_cache(maxsize=8192)
def _spelt(name: str) -> tuple[str, ...]:
    """The pinyin and the initials of a folded name, its figures once as they are and once as they are said."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - a fifth of a second, for those who write pinyin only

    figures = tuple(lazy_pinyin(name))
    said = tuple(lazy_pinyin("".join(numerals.DIGITS[int(sign)] if sign.isdecimal() else sign for sign in name)))
    # What was Latin letters or figures before is no pinyin, and stays whole.
    initials = ["".join(part if part in name else part[:1] for part in parts) for parts in (figures, said)]
    return ("".join(figures), "".join(said), *initials)


def _figures(name: str) -> str:
    return "".join(sign for sign in name if sign.isdecimal())
