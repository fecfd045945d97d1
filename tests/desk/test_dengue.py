"""Another disease, in another file, without a line of code: its kinds, its words, its numbers, its alerts."""

from __future__ import annotations

from sqlalchemy import select

from bot.desk import Desk
from bot.scoring import packs
from bot.store import figures
from bot.store.database import Database
from bot.store.tables import named
from tests.talking import Talk
from tests.town import KEYRING, TODAY, ZONE, tokens

DENGUE = packs.load("dengue")


def talking(town: Database) -> Talk:
    """The town under the rules for dengue."""
    town.write(lambda connection: figures.refresh(connection, DENGUE))
    talk = Talk(town)
    talk.desk = Desk(town, KEYRING, DENGUE, ZONE, lambda: talk.now, tokens(), "https://wuyi.example")
    return talk


async def test_a_case_of_dengue(town: Database) -> None:
    """Its kinds are asked in their own words, a case breaks the count under its own rule, the lead is alerted."""
    talk = talking(town)
    (asked,) = await talk.write("zhang", "有异常")
    (kinds,) = await talk.write("zhang", "星悦城一期")
    assert [button.label for row in kinds.buttons for button in row] == [
        "疑似登革热发热",
        "登革热确诊",
        "输入病例",
        "其他",
    ]
    for said in ("登革热确诊", "3-2-501", "4", "1"):
        (asked,) = await talk.write("zhang", said)
    assert "星悦城一期 3栋2单元501 · 登革热确诊" in asked.text
    assert "检查积水容器（处） 4" in asked.text
    letters = await talk.write("zhang", "提交")
    assert {letter.address.id for letter in letters} == {"wang", "zhao", "zhang"}
    assert all("登革热确诊" in letter.text for letter in letters)
    assert "编号 D1124-01" in letters[-1].text
    with town.read() as connection:
        found = {each.place: each for each in figures.streaks(connection, DENGUE, TODAY, places=["23", "22"])}
        field = named("field_value")
        assert connection.execute(select(field.c.field, field.c.value)).all() == [("containers", 4), ("larvae", 1)]
    assert (found["23"].days, found["22"].days > 0) == (0, True)


async def test_a_normal_day_is_still_one_tap(town: Database) -> None:
    """The numbers can be given in one tap more; who has none to give does not see the question."""
    talk = talking(town)
    await talk.open("zhang")
    (receipt,) = await talk.tap("zhang", "✅ 全部正常")
    assert "3 处正常" in receipt.text
    talk.now = talk.now.replace(day=25)
    await talk.open("zhang")
    (asked,) = await talk.tap("zhang", "填数字")
    for said in ("3", "0", "2", "1", "0", "0"):
        assert "？" in asked.text
        (asked,) = await talk.write("zhang", said)
    assert "请核对" in asked.text
    (receipt,) = await talk.write("zhang", "提交")
    assert "3 处正常" in receipt.text
    assert "数字已收" in receipt.text
