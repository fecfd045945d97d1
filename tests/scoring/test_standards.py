"""The standards that ship, against the figures of the source written out by hand; and what the loader refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.model import Group, Kind, Level, Locale, Scale, Standard
from bot.scoring.criteria import FOLDER, CriteriaError, load, standards

EIGHT = [2.5] * 8

POINTS: dict[str, tuple[str, set[str], dict[str, tuple[str, float, list[float]]]]] = {
    "assessment-form": (
        "篇二 附件3",
        {"community", "village"},
        {
            "1": ("organisation", 5, []),
            "2": ("effect", 20, []),
            "3": ("effect", 15, []),
            "4": ("effect", 15, []),
            "5": ("effect", 10, []),
            "6": ("measures", 10, []),
            "7": ("measures", 10, []),
            "8": ("measures", 5, []),
            "9": ("effect", 5, []),
            "10": ("measures", 5, []),
        },
    ),
    "township-100": (
        "篇七 一",
        {"township"},
        {
            "1": ("organisation", 10, []),
            "2.1": ("measures", 5, []),
            "2.2": ("measures", 5, []),
            "2.3": ("measures", 5, []),
            "2.4": ("measures", 5, []),
            "2.5": ("measures", 10, []),
            "2.6": ("measures", 5, []),
            "2.7": ("measures", 5, []),
            "2.8": ("measures", 20, EIGHT),
            "3": ("effect", 30, []),
        },
    ),
    "community-100": (
        "篇七 二",
        {"community", "village"},
        {
            "1": ("organisation", 10, []),
            "2.1": ("measures", 5, []),
            "2.2": ("measures", 5, []),
            "2.3": ("measures", 5, []),
            "2.4": ("measures", 5, []),
            "2.5": ("measures", 10, []),
            "2.6": ("measures", 10, []),
            "2.7": ("measures", 20, EIGHT),
            "3": ("effect", 30, []),
        },
    ),
    "unit-100": (
        "篇七 三",
        {"unit"},
        {
            "1": ("organisation", 10, []),
            "2.1": ("measures", 10, []),
            "2.2": ("measures", 10, []),
            "2.3": ("measures", 5, []),
            "2.4": ("measures", 5, []),
            "2.5": ("measures", 5, []),
            "2.6": ("measures", 5, []),
            "2.7": ("measures", 20, [5, 5, 5, 3, 2]),
            "3": ("effect", 30, []),
        },
    ),
}
"""Id → source, levels, and each item's group, points and the points beneath it."""

SEVEN = {"1": 0, "2.1": 0, "2.2": 0, "2.3": 0, "2.4": 0, "2.5": 0, "3": 0}
MET: dict[str, tuple[str, set[str], dict[str, int]]] = {
    "township-criteria": ("篇二 标准一", {"township"}, SEVEN),
    "village-criteria": ("篇二 标准二", {"village"}, SEVEN),
    "community-criteria": ("篇二 标准三", {"community"}, SEVEN),
    "village-creation": ("篇一 四", {"village"}, {"1": 3, "2": 6, "3": 2, "4": 2}),
    "village-four-goals": ("篇五 三", {"community", "village"}, {"1": 2, "2": 5, "3": 2, "4": 3}),
    "village-measures": ("篇五 四", {"community", "village"}, {str(n): 0 for n in range(1, 11)}),
}
"""Id → source, levels, and of each item how many criteria lie beneath it."""

FIGURES = {
    ("township-100", "2.6"): "100%",
    ("township-100", "2.8.8"): "食品安全",
    ("township-100", "3"): "2 月 12 日",
    ("community-100", "2.4"): "100%",
    ("community-100", "2.6"): "每周消毒至少 2 次",
    ("community-100", "3"): "2 月 12 日",
    ("unit-100", "2.7.2"): "37.3℃",
    ("unit-100", "2.7.3"): "每日消毒 1 次",
    ("unit-100", "2.7.5"): "75% 酒精擦拭两次以上",
    ("unit-100", "3"): "2 月 12 日",
    ("township-criteria", "2.5"): "100%",
    ("village-four-goals", "2.1"): "24 小时",
    ("village-four-goals", "3.2"): "14 天",
    ("village-measures", "1"): "1 个出入口，24 小时",
    ("village-measures", "2"): "14 天",
}
"""What the source measures in words."""

AUTO = {
    "assessment-form": {
        "2": ("no-case", ("confirmed",)),
        "3": ("no-case", ("suspected",)),
        "4": ("no-case", ("close_contact",)),
        "5": ("no-lapse", ()),
        "9": ("streak", ()),
    },
    "township-100": {"3": ("no-new", ("suspected", "confirmed"))},
    "community-100": {"3": ("no-new", ("suspected", "confirmed"))},
    "unit-100": {"3": ("no-new", ("suspected", "confirmed"))},
    "township-criteria": {"3": ("no-case", ("suspected", "confirmed"))},
    "village-criteria": {"3": ("no-case", ("suspected", "confirmed"))},
    "community-criteria": {"3": ("no-case", ("suspected", "confirmed"))},
    "village-creation": {"4.2": ("settled", ("confirmed", "asymptomatic"))},
    "village-four-goals": {},
    "village-measures": {},
}
"""The items on cases, and the rule of each."""
ALL = standards()


@pytest.mark.parametrize("name", POINTS)
def test_a_standard_in_points_is_that_of_the_source(name: str) -> None:
    """Item by item, with the points beneath; 100 in all, 80 to pass."""
    source, levels, items = POINTS[name]
    found = load(name)
    assert (found.source, set(found.levels), found.scale) == (source, {Level(each) for each in levels}, Scale.POINTS)
    seen = {
        item.id: (item.group, float(item.worth), [float(each.worth) for each in item.items]) for item in found.items
    }
    assert seen == {key: (Group(group), points, beneath) for key, (group, points, beneath) in items.items()}
    assert (str(found.total), found.threshold) == ("100", 80)
    assert sum(item.worth for item in found.leaves) == 100
    assert [item.id for _, item in found if item.points is None] == []


@pytest.mark.parametrize("name", MET)
def test_a_list_of_things_to_be_met_is_that_of_the_source(name: str) -> None:
    """Each has its criteria and no points, no total and no threshold."""
    source, levels, items = MET[name]
    found = load(name)
    assert (found.source, set(found.levels), found.scale) == (source, {Level(each) for each in levels}, Scale.MET)
    assert {item.id: len(item.items) for item in found.items} == items
    assert {item.points for _, item in found} == {None}
    assert (found.total, found.threshold) == (None, None)
    assert sum(item.worth for item in found.items) == len(found.leaves)


def test_all_ten_ship_those_in_points_first() -> None:
    """No more and no fewer than DOMAIN 4 names."""
    assert [each.id for each in ALL] == [*sorted(POINTS), *sorted(MET)]


@pytest.mark.parametrize("standard", ALL, ids=lambda each: each.id)
def test_the_items_on_cases_are_answered_by_the_facts(standard: Standard) -> None:
    """By a rule each, over kinds that the bot knows; every other item is judged by a person, who is told how."""
    found = {leaf.id: (leaf.auto.name, leaf.auto.kinds) for leaf in standard.leaves if leaf.auto}
    assert found == AUTO[standard.id]
    assert {kind for _, kinds in found.values() for kind in kinds} <= set(Kind)
    assert [leaf.id for leaf in standard.leaves if not leaf.auto and not leaf.evidence] == []


@pytest.mark.parametrize("standard", ALL, ids=lambda each: each.id)
def test_every_title_is_in_both_languages_and_begins_with_a_head(standard: Standard) -> None:
    """A head fits a button; the English says no Chinese; what shows an item is said in both or in neither."""
    assert standard.said(Locale.ZH) != standard.said(Locale.EN)
    assert standard.said(Locale.EN).isascii()
    for _, item in standard:
        assert 2 <= len(item.head(Locale.ZH)) <= 12
        assert 3 <= len(item.head(Locale.EN)) <= 36
        assert item.said(Locale.ZH).startswith(item.head(Locale.ZH))
        assert item.said(Locale.EN).replace("℃", "").isascii()
        assert bool(item.hint(Locale.ZH)) == bool(item.hint(Locale.EN))


@pytest.mark.parametrize(("where", "words"), FIGURES.items(), ids="/".join)
def test_the_figures_in_the_words_are_those_of_the_source(where: tuple[str, str], words: str) -> None:
    """Percentages, degrees, days and times that the source demands."""
    name, wanted = where
    (title,) = [item.title for _, item in load(name) if item.id == wanted]
    assert words in title


def test_an_outline_goes_from_top_to_bottom() -> None:
    """Each item is followed by what lies beneath it, one deeper."""
    seen = [(depth, item.id) for depth, item in load("unit-100")]
    assert seen[7:11] == [(0, "2.7"), (1, "2.7.1"), (1, "2.7.2"), (1, "2.7.3")]
    assert seen[-1] == (0, "3")


HEAD = 'title = "t"\ntitle_en = "t"\nsource = "s"\nversion = "1"\nlevels = ["village"]\n'
POINTED = HEAD + 'kind = "points"\nthreshold = 80\n'
LISTED = HEAD + 'kind = "met"\n'
ROW = '[[items]]\nid = "1"\ntitle = "t"\ntitle_en = "t"\ngroup = "effect"\n'
SUB = '[[items.items]]\nid = "1.1"\ntitle = "t"\ntitle_en = "t"\n'
NEW = 'auto = { rule = "no-new", kinds = ["confirmed"] }\n'


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("title = \n", "", "cannot be read"),
        (LISTED.replace('version = "1"\n', "") + ROW, "version", "is missing"),
        (LISTED, "items", "is missing"),
        (LISTED + "items = []\n", "items", "must be a list of tables"),
        (LISTED + "items = [3]\n", "items.#1", "must be a table"),
        (LISTED + "colour = 3\n" + ROW, "colour", "is not a key of a standard"),
        (LISTED.replace('"village"', '"moon"') + ROW, "levels", "must be a list of county"),
        (LISTED.replace('["village"]', "3") + ROW, "levels", "must be a list of county"),
        (LISTED.replace('"met"', '"felt"') + ROW, "kind", "must be points or met"),
        (LISTED.replace('"met"', "3") + ROW, "kind", "must be points or met"),
        (LISTED + "threshold = 80\n" + ROW, "threshold", "belongs to a standard in points"),
        (HEAD + 'kind = "points"\n' + ROW, "threshold", "belongs to a standard in points"),
        (POINTED.replace("80", "101") + ROW, "threshold", "must be a whole number from 1 to 100"),
        (POINTED.replace("80", "true") + ROW, "threshold", "must be a whole number from 1 to 100"),
        (LISTED + ROW.replace('id = "1"\n', ""), "items.#1.id", "is missing"),
        (LISTED + ROW.replace('"effect"', '"luck"'), "items.1.group", "must be one of organisation"),
        (LISTED + ROW.replace('group = "effect"\n', ""), "items.1.group", "is missing"),
        (LISTED + ROW + SUB + 'group = "effect"\n', "items.1.1.group", "is not a key of an item beneath"),
        (LISTED + ROW + "points = 5\n", "items.1.points", "belongs to an item of a standard in points"),
        (POINTED + ROW, "items.1.points", "belongs to an item of a standard in points"),
        (POINTED + ROW + "points = 99.9\n", "items.1.points", "must be a number of points above 0, in halves"),
        (POINTED + ROW + "points = 0\n", "items.1.points", "must be a number of points"),
        (POINTED + ROW + "points = nan\n", "items.1.points", "must be a number of points"),
        (POINTED + ROW + "points = true\n", "items.1.points", "must be a number of points"),
        (POINTED + ROW + 'points = "5"\n', "items.1.points", "must be a number of points"),
        (POINTED + ROW + "points = 99.5\n", "items", "total 99.5 points, not 100"),
        (POINTED + ROW + "points = 100\n" + SUB + "points = 99\n", "items.1.points", "is 100, but"),
        (LISTED + ROW + ROW, "items.1", "is there twice"),
        (LISTED + ROW + NEW + SUB, "items.1.auto", "belongs to an item that has none beneath"),
        (LISTED + ROW + "auto = 3\n", "items.1.auto", "must be a table"),
        (LISTED + ROW + 'auto = { rule = "hope" }\n', "items.1.auto.rule", "must be one of no-new"),
        (LISTED + ROW + "auto = {}\n", "items.1.auto.rule", "is missing"),
        (LISTED + ROW + 'auto = { rule = "no-new" }\n', "items.1.auto.kinds", "is missing: the rule asks"),
        (LISTED + ROW + 'auto = { rule = "streak", kinds = ["a"] }\n', "items.1.auto.kinds", "means nothing"),
        (LISTED + ROW + NEW.replace("}", ", days = 7 }"), "items.1.auto.days", "means nothing"),
        (LISTED + ROW + 'auto = { rule = "streak", days = 0 }\n', "items.1.auto.days", "must be a whole number"),
        (LISTED + ROW + NEW.replace('["confirmed"]', "[]"), "items.1.auto.kinds", "must be a list of kinds"),
    ],
)
def test_what_is_wrong_is_refused_with_file_key_and_reason(tmp_path: Path, text: str, key: str, reason: str) -> None:
    """Whoever writes a standard is told where to look."""
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CriteriaError) as refused:
        load("mine", folder=tmp_path)
    assert (refused.value.file, refused.value.key) == ("mine.toml", key)
    assert refused.value.reason.startswith(reason)


def test_an_unknown_standard_is_refused_with_those_that_there_are() -> None:
    """And a name that is a path is none."""
    with pytest.raises(CriteriaError, match=r"no such standard; there are assessment-form, .*village-measures"):
        load("moon-100")
    with pytest.raises(CriteriaError, match="letters, digits and hyphens"):
        load("../packs/default")
    with pytest.raises(CriteriaError, match="letters, digits and hyphens"):
        load("unit-100", "../1")


def test_an_older_version_is_kept_beside_the_present_one(tmp_path: Path) -> None:
    """An assessment finds the version it was made with; the list shows the present ones only."""
    for name, version in (("mine", "2"), ("mine@1", "1"), ("mine@0", "7")):
        text = (LISTED + ROW).replace('version = "1"', f'version = "{version}"')
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    assert [load("mine", version, folder=tmp_path).version for version in (None, "2", "1")] == ["2", "2", "1"]
    assert [each.version for each in standards(tmp_path)] == ["2"]
    assert load("mine", "1", folder=tmp_path).id == "mine"
    with pytest.raises(CriteriaError, match=r"mine@0\.toml: version: must be '0'"):
        load("mine", "0", folder=tmp_path)
    with pytest.raises(CriteriaError, match=r"mine@3\.toml: there is no such standard"):
        load("mine", "3", folder=tmp_path)


def test_a_rule_takes_its_days_and_points_stay_exact(tmp_path: Path) -> None:
    """Days are read where they mean something; 2.5 is a decimal, not a float."""
    text = LISTED + ROW + 'auto = { rule = "no-case", kinds = ["confirmed"], days = 7 }\n'
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    (leaf,) = load("mine", folder=tmp_path).leaves
    assert leaf.auto is not None
    assert leaf.auto.days == 7
    assert [str(each.worth) for each in load("township-100").items[8].leaves] == ["2.5"] * 8
    assert [str(each.step) for each in (leaf, load("township-100").items[0])] == ["1", "0.5"]


def test_the_files_lie_where_the_package_is() -> None:
    """So that they are in the wheel with it."""
    assert FOLDER.is_dir()
    assert FOLDER.parent.name == "scoring"
