"""The lists of the office commands go on: page by page, by one button, until everything was shown once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Connection, insert

from bot.store.database import Database
from bot.store.tables import named
from tests.talking import Talk
from tests.town import KEYRING, LONG_AGO

MANY = 45
NEXT = "下一页"


def crowd(connection: Connection) -> None:
    """Many compounds below a community, many people without a chat, many communities."""
    places = [
        {"code": f"N{n:02}", "name": f"新{n:02}区", "level": "compound", "parent": "JA", "start": date(2026, 11, 1)}
        for n in range(MANY)
    ] + [
        {"code": f"C{n:02}", "name": f"第{n:02}社区", "level": "community", "parent": "T", "start": None}
        for n in range(MANY)
    ]  # fmt: skip
    connection.execute(insert(named("place")), [{**place, "aliases": "", "closed": None} for place in places])
    people = [
        {
            "id": 100 + n, "name": KEYRING.seal(f"钱{n:02}"), "phone": KEYRING.seal(f"+8613900000{n:03}"),
            "locale": "zh", "phone_hash": KEYRING.lookup(f"+8613900000{n:03}", "phone"), "created_at": LONG_AGO,
        }
        for n in range(MANY)
    ]  # fmt: skip
    connection.execute(insert(named("person")), people)
    tasks = [
        {"person": 100 + n, "role": "grid_worker", "place": f"N{n:02}", "recorded_at": LONG_AGO} for n in range(MANY)
    ]
    connection.execute(insert(named("assignment")), tasks)


async def pages(talk: Talk, who: str, said: str) -> list[str]:
    """Everything that is shown from the first page to the last."""
    (answer,) = await talk.write(who, said)
    found = [answer.text]
    while any(button.label == NEXT for row in answer.buttons for button in row):
        (answer,) = await talk.tap(who, NEXT)
        found.append(answer.text)
        assert len(found) < MANY
    return found


@pytest.mark.parametrize(
    ("who", "said", "shown", "count"),
    [
        ("wang", "谁没报", "新{n:02}区", 3),
        ("wang", "谁没报 昨天", "新{n:02}区", 3),
        ("wang", "/streaks JA 11月20日 p1", "新{n:02}区", 5),
        ("wang", "/streaks JA p1", "新{n:02}区", 5),
        ("wang", "人员", "139****0{n:03}", 4),
        ("wang", "邀请", "139****0{n:03}", 6),
        ("zhao", "评分", "第{n:02}社区", 5),
        ("zhao", "创建", "第{n:02}社区", 6),
    ],
)
async def test_every_list_goes_on_to_its_end(town: Database, who: str, said: str, shown: str, count: int) -> None:
    """Each row stands on one page."""
    town.write(crowd)
    talk = Talk(town)
    found = await pages(talk, who, said)
    assert len(found) == count
    everything = "\n".join(found)
    for n in range(MANY):
        assert shown.format(n=n) in everything


async def test_all_of_the_days_are_behind_the_longest_and_the_shortest(town: Database) -> None:
    """The first card is short; the button under it leads to the whole list."""
    town.write(crowd)
    talk = Talk(town)
    (card,) = await talk.write("wang", "天数")
    assert "最短" in card.text
    (first,) = await talk.tap("wang", "全部")
    assert "另有 38 处" in first.text
    (second,) = await talk.tap("wang", NEXT)
    assert "另有 28 处" in second.text


async def test_in_a_group_the_list_stays_short(town: Database) -> None:
    """Its first page, and how many more there are; no button."""
    town.write(crowd)
    talk = Talk(town)
    await talk.write("wang", "/bind JA", "g")
    (answer,) = await talk.write("wang", "谁没报", "g")
    assert "另有 28 处" in answer.text
    assert answer.buttons == ()
