"""Lines as workers write them: the drafts that they become, of those that the rules were made with and of others."""

from __future__ import annotations

import re

import pytest

from bot.understand.drafts import tells
from tests.understand.lines import KINDS, Line, lines, written

SHOWN, HELD, LATER = lines("shown"), lines("held"), lines("later")
ENOUGH = 0.95
"""So many of the lines that were kept apart are read exactly."""


def test_the_corpus_is_large_enough() -> None:
    """At least 400 lines, each once, a quarter of them kept apart."""
    said = [(line.said, line.gazetteer) for line in (*SHOWN, *HELD)]
    assert len(said) >= 400
    assert len(HELD) * 4 >= len(said)
    assert len({line.said for line in HELD} & {line.said for line in SHOWN}) == 0


@pytest.mark.parametrize("line", [*SHOWN, *LATER], ids=lambda line: line.said[:30])
def test_lines_that_the_rules_were_made_with(line: Line) -> None:
    """Each is read as it is meant, part by part."""
    assert line.exact(), (written(line.read()), line.read().lost)


def test_lines_that_were_kept_apart() -> None:
    """Nearly all of them are, too."""
    exact = sum(line.exact() for line in HELD)
    assert exact / len(HELD) >= ENOUGH, f"{exact} of {len(HELD)}"


@pytest.mark.parametrize("part", [SHOWN, HELD, LATER], ids=["shown", "held", "later"])
def test_nothing_is_made_of_nothing(part: list[Line]) -> None:
    """Questions, talk and tricks come to no draft; no draft has a finding of a kind that nobody reported."""
    assert [line.said for line in part if line.expected == "-" and not line.read().empty] == []
    for line in part:
        found = {KINDS[each.kind] for one in line.read().lines for each in one.findings}  # type: ignore[index]
        meant = set(re.findall(r"\b([A-Z])\??\d", line.expected))
        assert found <= meant, line.said


def test_a_quick_look_misses_no_report() -> None:
    """What comes to a draft was worth a look; most talk was not."""
    talk = [line for line in SHOWN if line.expected == "-"]
    assert [line.said for line in (*SHOWN, *HELD, *LATER) if line.read().lines and not tells(line.said)] == []
    assert sum(tells(line.said) for line in talk) < len(talk)
