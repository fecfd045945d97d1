"""What is said around a wish."""

from __future__ import annotations

import pytest

from bot.understand.wishes import wishes


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("汇总", "汇总"),
        ("请看一下汇总", "汇总"),
        ("帮我看看谁没报", "谁没报"),
        ("麻烦您查一下谁没报吧，谢谢！", "谁没报"),
        ("我要请假", "请假"),
        ("请假一下", "请假"),
        ("请请假", "请假"),
        ("给我看看我的小区", "我的小区"),
        ("can you show me the summary, please?", "summary"),
        ("I'd like to see who is missing", "who is missing"),
    ],
)
def test_what_is_wished(said: str, meant: str) -> None:
    """It is among what may be meant; what stands there as a whole comes first."""
    found = wishes(said)
    assert found[0] == said.strip()
    assert meant in found


@pytest.mark.parametrize("said", ["别催报", "不要汇总", "没请假"])
def test_what_is_not_wished(said: str) -> None:
    """A no before it is no politeness."""
    assert all(each.startswith(said[0]) for each in wishes(said))


def test_nothing_is_left_of_nothing() -> None:
    """Words that are all politeness, and none at all."""
    assert wishes("") == ()
    assert wishes("请" * 9)[0] == "请" * 9
