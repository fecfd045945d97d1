"""Scores, what is missing and how to mend it, and the 80 % rule at its edges (DOMAIN 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Answer, Assessment, Level, Mark, Place, Standard
from bot.scoring.criteria import load
from bot.scoring.qualification import MarkError, Score, mend, score
from bot.scoring.township import Member, township

TODAY = date(2026, 11, 24)
TOWNSHIP, COMMUNITY, FORM, LIST = map(load, ("township-100", "community-100", "assessment-form", "village-creation"))


def made(standard: Standard, lost: dict[str, str] | None = None, without: tuple[str, ...] = ()) -> Assessment:
    """An assessment with everything given but what is lost, and without a mark where none is wanted."""
    marks = tuple(
        Mark(leaf.id, leaf.worth - Decimal((lost or {}).get(leaf.id, "0")))
        for leaf in standard.leaves
        if not leaf.auto and leaf.id not in without
    )
    return Assessment("X", standard.id, standard.version, TODAY, marks)


def known(standard: Standard, lost: tuple[str, ...] = ()) -> dict[str, Answer]:
    """What the facts say: all is well, but for these items."""
    return {
        leaf.id: Answer(Decimal() if leaf.id in lost else leaf.worth, "streak") for leaf in standard.leaves if leaf.auto
    }


def numbers(found: Score) -> tuple[float, float, float, float]:
    """Points, the most, what is needed and what is missing; halves are exact."""
    return float(found.points), float(found.of), float(found.needed), float(found.short)


def reached(points: str, standard: Standard = COMMUNITY) -> Score:
    """A score of so many of 100, by points lost in the items that people judge."""
    left, lost = Decimal(100) - Decimal(points), {}
    for leaf in standard.leaves:
        if not leaf.auto:
            lost[leaf.id] = str(min(left, leaf.worth))
            left -= min(left, leaf.worth)
    return score(standard, made(standard, lost), known(standard))


def test_a_score_adds_up_people_and_facts() -> None:
    """Points of each item, of what lies beneath it, and of the facts; 80 of 100 is enough."""
    found = score(COMMUNITY, made(COMMUNITY, {"2.7.1": "1.5", "2.6": "3"}), known(COMMUNITY))
    assert numbers(found) == (95.5, 100, 80, 0)
    assert found.qualifies
    assert [found.given(item) for item in COMMUNITY.items] == [10, 5, 5, 5, 5, 10, 7, Decimal("18.5"), 30]
    assert found.rows[-1].answer is not None


@pytest.mark.parametrize(("points", "qualifies"), [("80", True), ("79.5", False), ("79", False), ("100", True)])
def test_eighty_of_a_hundred(points: str, *, qualifies: bool) -> None:
    """Half a point less does not do."""
    found = reached(points)
    assert (found.points, found.qualifies) == (Decimal(points), qualifies)
    assert found.short == max(80 - Decimal(points), 0)


def test_the_pack_may_ask_for_more() -> None:
    """Beijing asks for 85; of a list all is needed, whatever the pack asks of points."""
    assessment = made(COMMUNITY, {"1": "10", "2.5": "8"})
    assert score(COMMUNITY, assessment, known(COMMUNITY)).qualifies
    assert score(COMMUNITY, assessment, known(COMMUNITY), threshold=85).short == 3
    assert score(LIST, made(LIST), known(LIST), threshold=85).needed == 13


def test_an_unfinished_assessment_reaches_nothing() -> None:
    """Even with 80 points already; what is open is named."""
    found = score(COMMUNITY, made(COMMUNITY, without=("1", "2.7.8")), known(COMMUNITY))
    assert numbers(found) == (87.5, 100, 80, 0)
    assert not found.qualifies
    assert [row.item.id for row in found.open] == ["1", "2.7.8"]


def test_a_list_is_reached_when_all_is_met() -> None:
    """Each thing counts one, and one that is not met is one too few."""
    assert score(LIST, made(LIST), known(LIST)).qualifies
    found = score(LIST, made(LIST, {"2.5": "1"}), known(LIST))
    assert numbers(found) == (12, 13, 13, 1)
    assert not found.qualifies
    assert not score(LIST, made(LIST), known(LIST, ("4.2",))).qualifies


@pytest.mark.parametrize(
    ("item", "points", "reason"),
    [
        ("9.9", "1", "unknown"),
        ("2.7", "20", "unknown"),
        ("3", "30", "facts"),
        ("2.1", "5.5", "range"),
        ("2.1", "-0.5", "range"),
        ("2.1", "NaN", "range"),
        ("2.1", "4.8", "step"),
        ("1", "10", "twice"),
    ],
)
def test_a_mark_that_cannot_stand(item: str, points: str, reason: str) -> None:
    """An item that is none, is judged through others or by the facts; points out of range or between the steps."""
    assessment = made(COMMUNITY, without=("2.1",))
    assessment = replace(assessment, marks=(*assessment.marks, Mark(item, Decimal(points))))
    with pytest.raises(MarkError) as refused:
        score(COMMUNITY, assessment, known(COMMUNITY))
    assert (refused.value.item, refused.value.reason) == (item, reason)


def test_half_of_a_thing_to_be_met_is_nothing() -> None:
    """It is met or not met."""
    with pytest.raises(MarkError, match=r"1\.1: step"):
        score(LIST, made(LIST, {"1.1": "0.5"}), known(LIST))


def test_an_assessment_stays_with_its_version() -> None:
    """It is never measured by another version or another standard; the old version finishes."""
    newer = replace(COMMUNITY, version="2")
    with pytest.raises(MarkError, match="community-100: version"):
        score(newer, made(COMMUNITY), known(COMMUNITY))
    with pytest.raises(MarkError, match="township-100: version"):
        score(COMMUNITY, made(TOWNSHIP), known(COMMUNITY))
    assert score(COMMUNITY, made(COMMUNITY), known(newer)).qualifies


def test_an_item_on_cases_is_never_left_out() -> None:
    """Without its answer nothing is scored: no points are given on hearsay."""
    with pytest.raises(KeyError, match="3"):
        score(COMMUNITY, made(COMMUNITY), {})


@pytest.mark.parametrize(
    ("lost", "chosen"),
    [
        ({"1": "10", "2.1": "5", "2.5": "10"}, ["2.1"]),
        ({"1": "10", "2.1": "4", "2.5": "10"}, ["2.1"]),
        ({"1": "10", "2.1": "2.5", "2.2": "1", "2.5": "10"}, ["1"]),
        ({"1": "7", "2.1": "3", "2.5": "9", "2.6": "9"}, ["2.5"]),
        ({"1": "10", "2.5": "10", "2.6": "10", "2.1": "5"}, ["1", "2.1"]),
        ({"1": "10"}, []),
    ],
    ids=["the smallest that does", "exactly", "nothing smaller does", "the first of equals", "two", "none needed"],
)
def test_what_is_cheapest_to_mend(lost: dict[str, str], chosen: list[str]) -> None:
    """The fewest items, and the smallest of those that would do."""
    found = score(COMMUNITY, made(COMMUNITY, lost), known(COMMUNITY))
    way = mend(found)
    assert [row.item.id for row in way.rows] == chosen
    assert (way.enough, way.waits) == (True, ())
    assert found.points + sum(row.lost for row in way.rows) >= 80


LEAVES = {leaf.id: int(leaf.worth * 2) for leaf in COMMUNITY.leaves if not leaf.auto}


@given(st.fixed_dictionaries({key: st.integers(0, halves) for key, halves in LEAVES.items()}))
def test_no_way_is_shorter(halves: dict[str, int]) -> None:
    """Whatever was lost: fewer items than those named never bring what is missing."""
    found = score(COMMUNITY, made(COMMUNITY, {key: str(n / 2) for key, n in halves.items()}), known(COMMUNITY))
    way = mend(found)
    most = sorted((row.lost for row in found.rows), reverse=True)[: max(len(way.rows) - 1, 0)]
    assert way.enough
    assert sum(row.lost for row in way.rows) >= found.short
    assert sum(most) < found.short or not way.rows


def test_what_only_time_mends() -> None:
    """What the facts took nobody mends by hand; what is open yet could still bring its points."""
    found = score(COMMUNITY, made(COMMUNITY, {"2.1": "5"}, without=("2.4",)), known(COMMUNITY, ("3",)))
    way = mend(found)
    assert numbers(found) == (60, 100, 80, 20)
    assert [row.item.id for row in way.rows] == ["2.1", "2.4"]
    assert not way.enough
    assert [row.item.id for row in way.waits] == ["3"]


GOOD, BAD = reached("80"), reached("79.5")
OWN = reached("80", TOWNSHIP)


def places(good: int, bad: int = 0, none: int = 0) -> list[Member]:
    """So many communities that qualify, that do not, and that were not assessed."""
    scores = [GOOD] * good + [BAD] * bad + [None] * none
    return [Member(Place(f"C{n}", f"社区{n}", Level.COMMUNITY, "T"), each) for n, each in enumerate(scores)]


@pytest.mark.parametrize(
    ("members", "reasons", "more"),
    [
        (places(4, 1), (), 0),
        (places(8, 2), (), 0),
        (places(3, 1), ("too_few",), 1),
        (places(799, 201), ("too_few",), 1),
        (places(800, 200), (), 0),
        (places(7, 2), ("too_few",), 1),
        (places(1), (), 0),
        (places(0, 1), ("too_few",), 1),
        (places(4, 0, 1), (), 0),
        (places(3, 1, 1), ("too_few",), 1),
        (places(0, 0, 5), ("too_few",), 4),
        ([], ("no_places",), 1),
    ],
    ids=[
        "4 of 5",
        "80 %",
        "75 %",
        "79.9 %",
        "80.0 %",
        "77.8 %",
        "1 of 1",
        "0 of 1",
        "1 missing",
        "3 of 5",
        "-",
        "none",
    ],
)
def test_eighty_percent_of_the_places(members: list[Member], reasons: tuple[str, ...], more: int) -> None:
    """Exactly 80 % counts, 79.9 % does not; no place at all does not; one without an assessment does not qualify."""
    found = township(OWN, members, TODAY)
    assert (found.reasons, found.more, found.qualifies) == (reasons, more, not reasons)


def test_none_asked_for_still_needs_a_place_that_qualifies() -> None:
    """A share of 0 is no way round: one place at least must qualify."""
    assert township(OWN, places(0, 2), TODAY, share=0).reasons == ("too_few",)
    assert township(OWN, places(1, 2), TODAY, share=0).qualifies


@pytest.mark.parametrize(
    ("own", "reason"),
    [
        (None, "own_missing"),
        (reached("79", TOWNSHIP), "own_short"),
        (score(TOWNSHIP, made(TOWNSHIP, without=("1",)), known(TOWNSHIP)), "own_open"),
    ],
)
def test_the_townships_own_assessment(own: Score | None, reason: str) -> None:
    """79 of 100, an unfinished one and none at all do not do, however many places qualify."""
    assert township(own, places(5), TODAY).reasons == (reason,)


def test_all_reasons_are_given_at_once() -> None:
    """Nobody mends one thing to hear of the next, and each place is named."""
    found = township(reached("79", TOWNSHIP), places(1, 1, 1), TODAY)
    assert found.reasons == ("own_short", "too_few")
    assert (found.qualified, found.lacking, found.missing) == (("C0",), ("C1",), ("C2",))
    assert (found.counted, found.more) == (3, 2)


@pytest.mark.parametrize(("closed", "counted"), [(TODAY, 4), (date(2026, 11, 25), 5), (date(2026, 11, 1), 4)])
def test_a_closed_place_is_left_out(closed: date, counted: int) -> None:
    """From the first day on which it no longer counts; until then it does."""
    *members, last = places(3, 2)
    found = township(OWN, [*members, last._replace(place=replace(last.place, closed=closed))], TODAY)
    assert found.counted == counted
    assert not found.qualifies


def test_closing_the_one_that_lacks_lets_the_others_qualify() -> None:
    """4 of 5 and one that lacks beside them; without the closed one it is 4 of 5 again."""
    *members, last = places(4, 2)
    assert not township(OWN, [*members, last], TODAY).qualifies
    assert township(OWN, [*members, last._replace(place=replace(last.place, closed=TODAY))], TODAY).qualifies


def test_villages_count_and_units_do_not() -> None:
    """The rule names communities and villages."""
    unit = Member(Place("U", "中学", Level.UNIT, "T"), None)
    village = Member(Place("V", "金潭村", Level.VILLAGE, "T"), GOOD)
    found = township(OWN, [unit, village], TODAY)
    assert (found.qualified, found.counted, found.qualifies) == (("V",), 1, True)


def test_the_assessment_form_with_one_confirmed_case() -> None:
    """Items 2 and 9 are gone: 75 at most, so a place with a confirmed case does not pass."""
    found = score(FORM, made(FORM), known(FORM, ("2", "9")))
    assert numbers(found) == (75, 100, 80, 5)
    assert not found.qualifies
