"""Rule packs: what ships, what builds on what, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.model import Kind
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
