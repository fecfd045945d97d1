"""Rule packs: what ships, what builds on what, and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.model import Kind
from bot.scoring.pack_keys import DEADLINE, DUTY, FIELD, KIND, PACK, TIMERS, line_of
from bot.scoring.packs import FOLDER, PackError, load


def test_the_default_pack_is_pian_4() -> None:
    """Confirmed, suspected, asymptomatic and contacts break; a fever, a secondary contact and a returnee do not."""
    rules = load("default")
    assert rules.breaking == {"confirmed", "suspected", "asymptomatic", "close_contact"}
    assert (rules.unverified, rules.ruled_out, rules.cutoff) == ("count", "restart", "17:00")
    assert set(rules.kinds) == set(Kind)
    assert rules.rule_of["fever"] == "note-3"
    assert set(rules.form_kinds) <= set(rules.kinds)
    hash(rules)


def test_the_village_pack_adds_the_secondary_contact() -> None:
    """篇五 二 names 次密接; all else is as in the default pack."""
    rules = load("village")
    assert rules.breaking == load("default").breaking | {"secondary_contact"}
    assert (rules.name, rules.source) == ("village", "篇五")
    assert rules.start == load("default").start


def test_every_pack_that_ships_loads() -> None:
    """No pack in the folder is refused."""
    assert {load(file.stem).name for file in FOLDER.glob("*.toml")} >= {"default", "village"}


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    """A deployment sets its start, and another disease its kinds, in a file of its own."""
    file = tmp_path / "dengue.toml"
    file.write_text(
        'extends = "default"\nstart = 2027-05-01\nform_kinds = ["dengue"]\n'
        '[kinds.dengue]\nbreaking = true\nrule = "市方案 3"\nzh = "登革热"\n',
        encoding="utf-8",
    )
    rules = load(str(file))
    assert (rules.name, rules.start.isoformat(), rules.form_kinds) == ("dengue", "2027-05-01", ("dengue",))
    assert "dengue" in rules.breaking
    assert rules.labels["dengue"] == {"zh": "登革热"}


WHOLE = 'title = "t"\nversion = "1"\nsource = "s"\nstart = 2026-01-01\n'
FIELDS = '[[fields]]\nid = "n"\nminimum = 0\nmaximum = 9\nzh = "数"\nen = "number"\n'
KINDS = '[kinds.a]\nbreaking = true\nrule = "r"\n'


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (KINDS, "title", "is missing"),
        (WHOLE, "kinds", "must have a table"),
        ("kinds = 3\n" + WHOLE, "kinds", "must have a table"),
        (WHOLE + "[kinds]\na = 3\n", "kinds.a", "must be a table"),
        (WHOLE + "[kinds.a]\n", "kinds.a.breaking", "must be true or false"),
        (WHOLE + "[kinds.a]\nbreaking = true\n", "kinds.a.rule", "is missing"),
        (WHOLE + KINDS + "zh = 3\n", "kinds.a.zh", "must be a text"),
        (WHOLE + KINDS + "colour = 3\n", "kinds.a.colour", "is not a key of a kind"),
        ("colour = 3\n" + WHOLE + KINDS, "colour", "is not a key of a pack"),
        ('unverified = "ignore"\n' + WHOLE + KINDS, "unverified", "must be count, hold or break"),
        ('ruled_out = "x"\n' + WHOLE + KINDS, "ruled_out", "must be restart or restore"),
        ('cutoff = "25:00"\n' + WHOLE + KINDS, "cutoff", "must be a time"),
        ("cutoff = 17\n" + WHOLE + KINDS, "cutoff", "must be a time"),
        ("milestones = [7, 7]\n" + WHOLE + KINDS, "milestones", "must be a rising list"),
        ("threshold_days = 0\n" + WHOLE + KINDS, "threshold_days", "must be a whole number"),
        ('form_kinds = ["b"]\n' + WHOLE + KINDS, "form_kinds", "is not among the kinds"),
        ('form_kinds = ["a", "a"]\n' + WHOLE + KINDS, "form_kinds", "must be a list of kinds"),
        (WHOLE.replace("2026-01-01", '"soon"') + KINDS, "start", "must be a day"),
        (WHOLE.replace("2026-01-01", "2026-01-01T00:00:00") + KINDS, "start", "must be a day"),
        ("extends = 3\n" + WHOLE + KINDS, "extends", "must be the name of a pack"),
        ('kinds = 3\nextends = "default"\n', "kinds", "must have a table"),
        ("title = \n", "", "cannot be read"),
        ("levels = ['street']\n" + WHOLE + KINDS, "levels", "must be a list of county"),
        ("fever_from = 98.6\n" + WHOLE + KINDS, "fever_from", "must be degrees"),
        ("revoke_on_break = 1\n" + WHOLE + KINDS, "revoke_on_break", "must be true or false"),
        (WHOLE + "[timers]\nunmoved_hours = -1\n" + KINDS, "timers.unmoved_hours", "must be a whole number"),
        (WHOLE + "[timers]\ncoffee = 3\n" + KINDS, "timers.coffee", "is not a key of a timer"),
        (WHOLE + KINDS + "letter = 'ab'\n", "kinds.a.letter", "must be one capital letter"),
        (WHOLE + KINDS + "ask = ['age']\n", "kinds.a.ask", "must be a list of door"),
        (WHOLE + KINDS + "alert = ['mayor']\n", "kinds.a.alert", "must be a list of building_leader"),
        (WHOLE + KINDS + "quiet = 0\n", "kinds.a.quiet", "must be a whole number"),
        ("fields = 3\n" + WHOLE + KINDS, "fields", "must be written as [[fields]]"),
        ("fields = [3]\n" + WHOLE + KINDS, "fields.1", "must be a table"),
        (WHOLE + KINDS + FIELDS.replace('zh = "数"\n', ""), "fields.1.zh", "is missing"),
        (WHOLE + KINDS + FIELDS.replace("minimum = 0", "minimum = -1"), "fields.1.minimum", "must be a whole number"),
        (WHOLE + KINDS + FIELDS.replace("minimum = 0", "minimum = 10"), "fields.1.maximum", "is below the minimum"),
        (WHOLE + KINDS + FIELDS + FIELDS, "fields", "has an id twice"),
    ],
)
def test_a_pack_that_is_wrong_is_refused_with_file_key_and_reason(
    tmp_path: Path, text: str, key: str, reason: str
) -> None:
    """The error names the file and the key, and says what is wrong with it."""
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as why:
        load(str(file))
    assert (why.value.file, why.value.key) == ("mine.toml", key)
    assert reason in why.value.reason
    assert str(why.value).startswith(f"mine.toml:{why.value.line}: " if why.value.line else "mine.toml: ")


def test_packs_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    """A circle of packs is an error, not an endless loop."""
    one = tmp_path / "one.toml"
    one.write_text(f'extends = "{one.as_posix()}"\n', encoding="utf-8")
    with pytest.raises(PackError, match="circle"):
        load(str(one))


@pytest.mark.parametrize("name", ["nowhere", "../default", ""])
def test_a_pack_that_does_not_exist_is_refused(name: str) -> None:
    """An unknown name, or one that is no name, is said to be so."""
    with pytest.raises(PackError):
        load(name)


def test_the_line_is_named(tmp_path: Path) -> None:
    """An error says on which line of which file, also where the file only builds on the one that is wrong."""
    beneath = tmp_path / "beneath.toml"
    beneath.write_text('extends = "default"\n\n[kinds.fever]\nask = ["door"]\nalert = ["mayor"]\n', encoding="utf-8")
    above = tmp_path / "above.toml"
    above.write_text(f'extends = "{beneath.as_posix()}"\n', encoding="utf-8")
    with pytest.raises(
        PackError, match=r"^beneath\.toml:5: kinds\.fever\.alert: must be a list of .+, not \['mayor'\]$"
    ):
        load(str(above))


@pytest.mark.parametrize(
    ("key", "line"),
    [("a", 1), ("kinds.fever.ask", 4), ("kinds.fever.zh", 3), ("fields.2.id", 8), ("fields.1.zh", 5), ("b.c", None)],
)
def test_where_a_key_stands(key: str, line: int | None) -> None:
    """The key's own line, else that of the table that lacks it; of a list of tables the right one."""
    text = 'a = 1\n\n[kinds."fever"] # hot\nask = []\n[[fields]]\nid = 1\n[[fields]]\nid = 2\n'
    assert line_of(text, key) == line


def test_a_kind_is_changed_key_by_key() -> None:
    """A pack that builds on another says only what differs, also within a kind; timers alike."""
    jilin, default = load("jilin"), load("default")
    assert jilin.quiet == {"close_contact": 14}
    assert jilin.ask["close_contact"] == default.ask["close_contact"] == ("door", "contact")
    assert (jilin.undiagnosed_hours, jilin.unmoved_hours) == (24, 12)
    assert default.alert["confirmed"] == ("community_lead", "township_reviewer")


def test_who_is_alerted_where_a_pack_does_not_say(tmp_path: Path) -> None:
    """A kind of one's own without ``alert`` reaches the community's lead."""
    file = tmp_path / "mine.toml"
    file.write_text(WHOLE + KINDS + FIELDS, encoding="utf-8")
    rules = load(str(file))
    assert rules.alert["a"] == ("community_lead",)
    assert rules.fields[0].labels == {"zh": "数", "en": "number"}


def test_every_key_is_documented() -> None:
    """docs/packs.md has a row for each key that a pack may have, and for none that it may not."""
    text = (Path(__file__).parents[2] / "docs" / "packs.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_.\[\]]+)` \|", text.partition("## Keys")[2], re.MULTILINE)
    accepted = {"extends", *PACK, *(f"timers.{key}" for key in TIMERS), *(f"kinds.[].{key}" for key in KIND)}
    lists = {f"fields.{key}" for key in FIELD} | {f"duties.{key}" for key in DUTY} | {"standards.[]"}
    lists |= {f"deadlines.{key}" for key in DEADLINE}
    assert sorted(rows) == sorted(accepted | lists)


def test_what_is_assessed_and_ticked_off(tmp_path: Path) -> None:
    """A pack names standards by level and recurring duties; a standard that does not exist is refused with its line."""
    village = load("village")
    assert village.standards["village"][0] == "assessment-form"
    assert village.standards["unit"] == ("unit-100",)
    assert [(duty.id, duty.every, duty.times) for duty in village.duties] == [
        ("cleaning", "day", 1), ("disinfection", "week", 2), ("visits", "week", 1),
    ]  # fmt: skip
    file = tmp_path / "mine.toml"
    file.write_text('extends = "default"\n\n[standards]\nunit = ["unit-99"]\n', encoding="utf-8")
    with pytest.raises(PackError, match=r"mine.toml:4: standards.unit: there is no standard 'unit-99'"):
        load(str(file))
    file.write_text('extends = "default"\n[[duties]]\nid = "air"\nevery = "day"\nzh = "通风"\n', encoding="utf-8")
    with pytest.raises(PackError, match=r"duties.1.en: is missing"):
        load(str(file))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            'id = "nightly"\nevery = "day"\nsettled = "reported"',
            "deadlines.1.settled: must be reported for 'daily-report'",
        ),
        (
            'id = "daily-report"\nevery = "day"\nsettled = "told"',
            "deadlines.1.settled: must be reported for 'daily-report'",
        ),
        ('id = "daily-report"\nevery = "month"\nday = 25\nsettled = "reported"', "deadlines.1.every: must be day"),
        ('id = "x"\nevery = "month"\nsettled = "told"', "deadlines.1.day: is missing"),
        (
            'id = "x"\nevery = "day"\nday = 3\nsettled = "told"',
            "deadlines.1.day: is for those that do not come every day",
        ),
    ],
)
def test_what_a_report_settles(tmp_path: Path, row: str, reason: str) -> None:
    """It is the daily report, by that name: its reminder is the report, and another would carry the wrong buttons."""
    file = tmp_path / "mine.toml"
    text = f'extends = "default"\n[[deadlines]]\n{row}\nzh = "日报"\nen = "Report"\n'
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=reason):
        load(str(file))


def test_every_pack_reminds_of_the_report() -> None:
    """Those that ship: whoever owes a report is reminded of it, also where a pack builds on nothing."""
    for name in ("default", "village", "shanghai-347", "jilin", "beijing", "short-5", "dengue"):
        (daily,) = (rule for rule in load(name).deadlines if rule.id == "daily-report")
        assert daily.minutes_before


def test_the_first_cycle() -> None:
    """It begins where the pack says, else in the December of the year in which the programme starts."""
    default = load("default")
    assert default.cycle_from == date(2026, 12, 1)
    assert replace(default, first_cycle=date(2027, 12, 1)).cycle_from == date(2027, 12, 1)
