"""Thanks and “好的”, and what is more than that."""

from __future__ import annotations

import pytest

from bot.understand.courtesy import courtesy


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("谢谢", "thanks"),
        ("谢谢啦！", "thanks"),
        ("好的，谢谢领导", "thanks"),
        ("收到，辛苦了", "thanks"),
        ("太感谢了🙏", "thanks"),
        ("Thanks!", "thanks"),
        ("ok, thank you so much", "thanks"),
        ("收到", "seen"),
        ("好的收到", "seen"),
        ("Noted.", "seen"),
        ("好的", "yes"),
        ("好的好的", "yes"),
        ("嗯嗯", "yes"),
        ("ＯＫ", "yes"),
        ("👌", "yes"),
        ("好的，都正常", None),
        ("谢谢，一期发热1人", None),
        ("好了吗", None),
        ("嗯？", None),
        ("", None),
        ("？", None),
        ("谢庄村", None),
        ("不好", None),
        ("fine", None),
    ],
)
def test_courtesy(said: str, kind: str | None) -> None:
    """Whole and nothing else: what reports, asks or names a place is none."""
    assert courtesy(said) == kind
