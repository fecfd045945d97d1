"""The lookup of places against a slow walk over all names that shares no index with it."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

from bot.understand.places import CLEAR, LIKE, PART, Candidate, _spelt, fold, rank

SIGNS = "星悦城君安花园金潭村"
NAMES = st.builds(
    "{}{}".format, st.text(SIGNS, min_size=2, max_size=5), st.sampled_from(["一期", "二期", "3区", "小区", "", "12栋"])
)
PLACES = st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=2)), min_size=1, max_size=12).map(
    lambda rows: [Candidate(f"C{n}", name, tuple(others)) for n, (name, others) in enumerate(rows)]
)


def slow(said: str, places: list[Candidate]) -> list[str]:
    """Each way in turn, name by name."""
    wanted = fold(said)
    latin = bool(re.search("[a-z]", wanted))
    sound = wanted if latin else _spelt(wanted)[0]
    names = {each.code: [fold(name) for name in (each.name, *each.others, each.code)] for each in places}

    def spelled(name: str) -> bool:
        return wanted in _spelt(name) if latin else sound == _spelt(name)[0]

    def begun(name: str) -> bool:
        return len(wanted) >= PART and any(each.startswith(sound) for each in _spelt(name))

    ways = (lambda name: name == wanted, lambda name: len(wanted) >= PART and wanted in name, spelled, begun)
    for fits in ways:
        found = [each.code for each in places if any(map(fits, names[each.code]))]
        if found:
            return found

    def alike(name: str) -> float:
        if re.sub(r"\D", "", wanted) != re.sub(r"\D", "", name) or len(wanted) <= PART:
            return 0
        return max(fuzz.ratio(wanted, name), *(fuzz.ratio(sound, each) for each in _spelt(name)[:2]))

    scores = [(max(map(alike, names[each.code])), each.code) for each in places]
    likely = sorted(((score, code) for score, code in scores if score >= LIKE), key=lambda pair: -pair[0])
    return [code for score, code in likely if likely[0][0] - score < CLEAR]


@settings(max_examples=300)
@given(st.data())
def test_it_finds_what_a_slow_walk_finds(data: st.DataObject) -> None:
    """By name, by a part, by sound and initials, with slips of the pen."""
    places = data.draw(PLACES)
    said = data.draw(st.one_of(NAMES, st.sampled_from([name for each in places for name in (each.name, *each.others)])))
    cut = data.draw(st.integers(1, len(said)))
    at = data.draw(st.integers(0, len(said)))
    slip = data.draw(st.sampled_from(["", "", "星", "二", "a"]))
    said = said[:at] + slip + said[at + len(slip) :][:cut]
    if data.draw(st.integers(0, 4)) == 0:
        said = "".join(lazy_pinyin(said))
    if fold(said):
        assert [each.code for each in rank(said, places)] == slow(said, places)
