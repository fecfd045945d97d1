"""``wuyi standards``: the list, the outline, and the JSON of the interface."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import wuyi
from bot.commands.table import cells


def call(*arguments: str) -> Result:
    """Run ``wuyi standards`` in this process."""
    return CliRunner().invoke(wuyi, ["standards", *arguments])


def test_json_has_the_shape_of_the_interface() -> None:
    """All ten, each with exactly the names promised, at every depth."""
    done = call("--json")
    assert (done.exit_code, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert len(found) == 10
    names = {"id", "title", "source", "levels", "threshold", "total", "items"}
    assert [each["id"] for each in found if set(each) != names] == []
    rows = [item for each in found for item in each["items"]]
    rows += [below for item in rows for below in item["items"]]
    assert [row["id"] for row in rows if set(row) != {"id", "title", "points", "group", "auto", "items"}] == []


def test_json_of_one_standard_in_points() -> None:
    """Whole points are whole numbers, halves are exact, and an item on cases names its rule."""
    (found,) = json.loads(call("township-100", "--json").stdout)
    assert (found["total"], found["threshold"], found["levels"]) == (100, 80, ["township"])
    assert [item["points"] for item in found["items"]] == [10, 5, 5, 5, 5, 10, 5, 5, 20, 30]
    assert [item["points"] for item in found["items"][8]["items"]] == [2.5] * 8
    assert found["items"][8]["items"][0] == {
        "id": "2.8.1",
        "title": "有防控工作机制",
        "points": 2.5,
        "group": "measures",
        "auto": None,
        "items": [],
    }
    assert [item["auto"] for item in found["items"]] == [None] * 9 + ["no-new"]


def test_json_of_a_list_of_things_to_be_met() -> None:
    """It has no points, no total and no threshold; titles come in the language asked for."""
    (found,) = json.loads(call("village-creation", "--json", "--lang", "en").stdout)
    assert (found["total"], found["threshold"], len(found["items"])) == (None, None, 4)
    assert found["items"][0]["points"] is None
    assert found["title"] == "Epidemic-free village, evaluation"


@pytest.mark.parametrize(("lang", "title"), [("zh", "标题"), ("en", "Title")])
def test_the_list_aligns(lang: str, title: str) -> None:
    """One row each, the titles one beneath another in a terminal."""
    done = call("--lang", lang)
    assert done.exit_code == 0
    _, head, *rows = done.stdout.splitlines()
    assert len(rows) == 10
    begin = cells(head[: head.index(title)])
    for row in rows:
        assert any(cells(row[:n]) == begin and row[n - 1] == " " and row[n] != " " for n in range(1, len(row))), row


def test_an_outline_in_chinese() -> None:
    """Item by item under its group, with points, what shows it, and what nobody types."""
    said = call("unit-100").stdout
    assert said.startswith(
        "无疫单位创建标准（百分制）（unit-100，篇七 三，第 1 版）\n适用：单位 · 满分 100，80 分合格\n"
    )
    assert "\n\n【防控措施】\n2.1 主体责任：" in said
    assert "\n  2.7.5 个人用品：手机、座机等每日用 75% 酒精擦拭两次以上（2 分）\n    材料：" in said
    assert said.endswith("（30 分）\n  由病例和日报记录自动得出，不用填\n")


def test_an_outline_in_english() -> None:
    """The same, and of a list how much is to be met."""
    said = call("village-four-goals", "--lang", "en").stdout
    assert said.startswith(
        "Epidemic-free village or neighbourhood, four goals (village-four-goals, 篇五 三, version 1)\n"
    )
    assert "For: community, village · all 12 to be met\n" in said
    assert "\n  2.1 On duty: staff around the clock, 24 hours\n    Shown by: Duty roster\n" in said


def test_an_unknown_standard_is_refused() -> None:
    """With exit status 1 and the known ones on stderr."""
    done = call("moon-100")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "there is no such standard; there are assessment-form" in done.stderr
