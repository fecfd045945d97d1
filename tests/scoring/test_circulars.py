"""Praise and criticism from the records, and what the first cycle still owes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.model import Step, Stepped
from bot.scoring.circulars import Taking, Town, circular, quotas
from tests.town import NOW, RULES

TODAY = date(2026, 12, 28)
FULL, THIN = Town("T", "样板街道", 100, 80), Town("U", "城关镇", 100, 79)


def stepped(name: str, on: date, case: str = "") -> Stepped:
    """One step."""
    return Stepped("JA", Step(name), on, NOW, case=case)


AWARDED = (stepped("applied", date(2026, 12, 2)), stepped("awarded", date(2026, 12, 20)))


def test_praise_and_criticism() -> None:
    """Who holds an award at the quarter's end is praised for it; who lost, or did not get it, is named with the day."""
    taking = [
        Taking("君安社区", "community", "T", AWARDED),
        Taking("新苗社区", "community", "T", (*AWARDED, stepped("revoked", date(2026, 12, 25), "C1225-01"))),
        Taking("跃进社区", "community", "T", (stepped("applied", date(2026, 12, 2)), stepped("returned", TODAY))),
        Taking("金潭村", "village", "T", (stepped("applied", date(2026, 12, 2)),)),
    ]
    found = circular("2026Q4", taking, [FULL, THIN], TODAY, RULES)
    assert found.praised == (("君安社区", "awarded", {"on": date(2026, 12, 20), "case": ""}),)
    assert found.criticised == (
        ("新苗社区", "revoked", {"on": date(2026, 12, 25), "case": "C1225-01"}),
        ("跃进社区", "returned", {"on": TODAY, "case": ""}),
        ("城关镇", "coverage", {"received": 79, "expected": 100}),
    )
    assert found.quotas == ()


def test_made_good_within_the_quarter() -> None:
    """Who was returned and then awarded is praised and not criticised; steps of other quarters do not count."""
    way = (stepped("applied", date(2026, 9, 30)), stepped("returned", date(2026, 10, 1)), *AWARDED)
    found = circular("2026Q4", [Taking("君安社区", "community", "T", way)], [], TODAY, RULES)
    assert (len(found.praised), found.criticised) == (1, ())
    assert circular("2026Q3", [Taking("君安社区", "community", "T", way)], [], TODAY, RULES).criticised == ()


def test_quotas_of_the_first_cycle() -> None:
    """A seat town owes a community and a village, every other a village; what a township has none of is not asked."""
    rules = replace(RULES, seat_towns=("U",))
    taking = [
        Taking("君安社区", "community", "T"),
        Taking("金潭村", "village", "T"),
        Taking("城东社区", "community", "U"),
        Taking("城西村", "village", "U", (stepped("applied", date(2026, 12, 1)),)),
        Taking("早村", "village", "V", (stepped("applied", date(2026, 11, 30)),)),
        Taking("水社区", "community", "W"),
    ]
    towns = [FULL, THIN, Town("V", "早镇", 0, 0), Town("W", "水镇", 0, 0)]
    assert quotas(taking, towns, rules) == (
        ("样板街道", ("village",)),
        ("城关镇", ("community",)),
        ("早镇", ("village",)),
    )
    assert circular("2026Q4", taking, towns, TODAY, rules).quotas == quotas(taking, towns, rules)
    assert circular("2026Q4", taking, towns, date(2026, 11, 30), rules).quotas == ()
    assert circular("2027Q1", taking, towns, date(2027, 1, 3), rules).quotas == ()
