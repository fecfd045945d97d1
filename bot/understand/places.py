"""The place that typed words mean: by name, alias, code, a part of it, pinyin, initials, or a slip of the pen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

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
    wanted = fold(said)
    if not wanted:
        return ()
    for fits in (_exactly, _partly, _spelled, _spelled_partly):
        found = tuple(each for each in candidates if any(fits(wanted, name) for name in _names(each)))
        if found:
            return found
    return _likely(wanted, candidates)


def fold(said: str) -> str:
    """``said`` without signs, spaces, case and width, its Chinese numbers as figures (``一期`` → ``1期``)."""
    plain = unicodedata.normalize("NFKC", said).casefold()
    plain = _NUMERALS.sub(lambda match: str(numerals.value(match[0])), plain)
    return "".join(sign for sign in plain if sign.isalnum())


def _names(candidate: Candidate) -> Iterable[str]:
    return (_folded(name) for name in (candidate.name, *candidate.others, candidate.code))


_folded = lru_cache(maxsize=8192)(fold)
Fits = Callable[[str, str], bool]


def _exactly(wanted: str, name: str) -> bool:
    return wanted == name


def _partly(wanted: str, name: str) -> bool:
    return len(wanted) >= PART and wanted in name


def _spelled(wanted: str, name: str) -> bool:
    """Pinyin or initials in Latin letters, or other signs that sound the same."""
    spelt = _spelt(name)
    if _LATIN.search(wanted):
        return wanted in spelt
    return _spelt(wanted)[0] == spelt[0]


def _spelled_partly(wanted: str, name: str) -> bool:
    """The beginning of it."""
    said = wanted if _LATIN.search(wanted) else _spelt(wanted)[0]
    return len(wanted) >= PART and any(each.startswith(said) for each in _spelt(name))


@lru_cache(maxsize=8192)
def _spelt(name: str) -> tuple[str, ...]:
    """The pinyin and the initials of a folded name, its figures once as they are and once as they are said."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - a fifth of a second, for those who write pinyin only

    figures = tuple(lazy_pinyin(name))
    said = tuple(lazy_pinyin("".join(numerals.DIGITS[int(sign)] if sign.isdecimal() else sign for sign in name)))
    # What was Latin letters or figures before is no pinyin, and stays whole.
    initials = ["".join(part if part in name else part[:1] for part in parts) for parts in (figures, said)]
    return ("".join(figures), "".join(said), *initials)


def _likely(wanted: str, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Near misses: none that says another number (“二期” is no slip for “一期”), and the clearly nearest alone."""
    scores = [(max(_alike(wanted, name) for name in _names(each)), each) for each in candidates]
    likely = sorted(((score, each) for score, each in scores if score >= LIKE), key=lambda pair: -pair[0])
    return tuple(each for score, each in likely if likely[0][0] - score < CLEAR)


def _alike(wanted: str, name: str) -> float:
    from rapidfuzz import fuzz  # noqa: PLC0415 - as above: only a slip of the pen needs it

    if _figures(wanted) != _figures(name) or len(wanted) <= PART:
        return 0
    said = wanted if _LATIN.search(wanted) else _spelt(wanted)[0]
    return max(fuzz.ratio(wanted, name), *(fuzz.ratio(said, each) for each in _spelt(name)[:2]))


def _figures(name: str) -> str:
    return "".join(sign for sign in name if sign.isdecimal())
