"""Corners of a report in plain words: what is known already, what belongs to others, what stands already."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot import words as text
from bot.dialog import Turn, resume
from bot.handlers import FLOWS
from bot.model import Brief, Called, CaseFound, Finding, Line, Locale, Owed, ReportFiled, Status
from bot.questions.drafted import understood
from tests.dialog.plain_days import CALLED, KNOWN, ONE, THREE, TWO
from tests.dialog.walks import RULES

MINE = replace(ONE, status=Status.ABNORMAL, mine=True, findings=(Finding("fever", 1),))
OWING = replace(RULES, owed=(ONE, TWO, THREE), called=CALLED)


def said(brief: Brief, words: str, **answers: str) -> Turn:
    """Where the conversation stands once these words were said and these answers given (``draft_1`` is ``draft/1``)."""
    keys = {key.replace("_", "/", 1).replace("_", "."): raw for key, raw in answers.items()}
    return resume(FLOWS["plain_words"].run, replace(brief, subject=words), keys)


@pytest.mark.parametrize("owed", [(), (MINE,)], ids=["a lead", "a worker"])
def test_a_case_that_is_known_is_not_made_twice(owed: tuple[Owed, ...]) -> None:
    """Nothing new: it is said so, and nothing is recorded."""
    brief = replace(RULES, owed=owed, called=CALLED, cases=(KNOWN,))
    turn = said(brief, "星悦城一期3栋发热1人", same_1_1_1_0="F1124-01", draft_1_1="submit")
    assert turn.outcome is None
    assert [each.key for each in turn.said] == ["case_notice/known", "case_notice/kept"]


def test_another_person_is_a_case_of_its_own() -> None:
    """Beside the one that is known; what stood before stays."""
    brief = replace(RULES, owed=(MINE,), called=CALLED, cases=(KNOWN,))
    turn = said(brief, "星悦城一期3栋发热1人", same_1_1_1_0="another", draft_1_1="submit")
    assert isinstance(turn.outcome, ReportFiled)
    ((finding,),) = (line.findings for line in turn.outcome.lines)
    assert (finding.kind, finding.count) == ("fever", 2)
    alone = said(replace(brief, owed=()), "星悦城一期3栋发热1人", same_1_1_1_0="another", draft_1_1="submit")
    assert isinstance(alone.outcome, CaseFound)


def test_words_for_several_places_of_others() -> None:
    """“星悦城” is none of theirs, whichever is meant: it is left out and named, and goes to no other place."""
    called = (
        Called("22", "君安花园小区"),
        *(Called(code, f"星悦城{n}期", mine=False) for code, n in (("25", "二"), ("26", "三"))),
    )
    brief = replace(RULES, owed=(TWO,), called=called)
    alone = said(brief, "星悦城密接1人")
    assert [(each.key, each.values["names"]) for each in alone.said] == [("plain_words/foreign", ("星悦城",))]
    turn = said(brief, "星悦城密接1人，君安花园小区正常", draft_1_1="submit")
    assert isinstance(turn.outcome, ReportFiled)
    assert turn.outcome.lines == (Line("22", Status.NORMAL),)


def test_all_is_named_where_it_was_not_understood() -> None:
    """The words that were not understood go with the report as its note; of a normal day there is none."""
    turn = said(OWING, "君安花园密接2人，李大爷家，其余正常", draft_1_1="submit")
    assert isinstance(turn.outcome, ReportFiled)
    assert turn.outcome.note == "李大爷"
    assert {line.place: line.status for line in turn.outcome.lines} == {
        "22": Status.ABNORMAL, "23": Status.NORMAL, "24": Status.NORMAL,
    }  # fmt: skip
    well = said(OWING, "一切正常，请领导放心", draft_1_1="submit")
    assert isinstance(well.outcome, ReportFiled)
    assert well.outcome.note is None


def test_a_place_that_is_put_right_joins_what_was_said_of_it() -> None:
    """Two rows of one place are one."""
    turn = said(
        OWING, "星悦城一期密接1人，君安花园密接2人", draft_1_1="move", move_1_1="0", to_1_1="22", draft_1_2="submit"
    )
    assert isinstance(turn.outcome, ReportFiled)
    assert [(line.place, line.findings[0].count) for line in turn.outcome.lines] == [("22", 3)]


@pytest.mark.parametrize("name", ["1栋", "星悦城一期1栋", "十二号楼", "星悦城一期", "金潭村"])
@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("key", ["plain_words/lost", "case_notice/rewrite"])
def test_the_example_can_be_said(key: str, locale: Locale, name: str) -> None:
    """The example is of one's own place, has one building in it, and is read as it stands."""
    brief = replace(RULES, locale=locale, owed=(Owed("p", name),), called=(Called("p", name, (name,)),))
    told = text.text(key, locale, {"brief": brief, "said": "嗯", "place": name, "odd": ()})
    example = next(part for part in re.findall("“(.+?)”", told) if name in part)
    draft = understood(brief, example.partition("，")[0].partition(",")[0])
    (line,) = draft.lines
    (found,) = line.findings
    assert (line.place, found.kind, found.count, found.temperature) == ("p", "fever", 1, 38.5)
    assert "501" in found.door or "3栋" in found.door
    assert len(re.findall("栋|号楼", example)) == 1 or locale is Locale.EN
    assert draft.lost == ()
