"""The offer to go on with a draft says what it is: its day, what was chosen, how far it had come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store.database import Database
from tests.talking import Talk


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("日报", "有异常", "星悦城一期", "发热"), "没写完：11月24日 日报，星悦城一期 · 发热（答了 2 步）"),
        (("请假", "明天"), "没写完：11月24日 请假，明天（答了 1 步）"),
        (("上报病例", "星悦城一期", "发热", "3栋"), "没写完：11月24日 上报病例，星悦城一期 · 发热（答了 3 步）"),
        (
            ("星悦城一期3栋发热1人38度5，其他都正常",),
            "没写完：11月24日 日报，“星悦城一期3栋发热1人38度5，其他都正…”（待提交）",
        ),
        (("挂账", "星悦城一期", "楼道里的电话 13800000000"), "没写完：11月24日 挂账，星悦城一期（答了 2 步）"),
    ],
)
async def test_a_draft_says_what_it_is(town: Database, said: tuple[str, ...], told: str) -> None:
    """What was typed about somebody is not said again; what was tapped is."""
    talk = Talk(town)
    for each in said:
        await talk.write("zhang", each)
    talk.now += timedelta(days=2)
    (offer,) = await talk.open("zhang")
    assert offer.text.partition("\n")[0] == told
