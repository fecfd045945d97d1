"""What is planted about persons, over each channel's own wire: who is granted it sees it there, and nobody else."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace

import pytest

from bot.channels.wecom_robot import Robots
from bot.desk import digests
from bot.model import Field, Grant, Role, grant
from tests.channels.conftest import DRIVERS, Give
from tests.channels.house import Driver, House
from tests.channels.telegram import GROUP, OnTelegram
from tests.channels.wecom import OnWeCom
from tests.privacy.planted import CONTACT, FEVER, PLANTED, RETURNEE, plant
from tests.privacy.test_seen import EVERY, PUBLIC

WHO = {"li": Role.GRID_WORKER, "wang": Role.COMMUNITY_LEAD, "sun": Role.OFFICE}
NOBODY = "smith"
ASKED = (
    "/cases", f"/case {FEVER}", f"/case {CONTACT}", f"/case {RETURNEE}", f"/sheet {FEVER}", f"/open {FEVER} name",
    "/todo", "/places", "/history 24", "/why 24",
    "/menu", "/board", "/reports", "/isolation", "/returnee", f"/resume {FEVER}",
)  # fmt: skip
TRACES = (*PLANTED.values(), "隐", "8栋", "F1124", "M1124", "K1124")


class Wire:
    """Everybody on one channel; what each is shown is kept, whether they asked or not."""

    def __init__(self, house: House, on: Driver) -> None:
        """Nobody has said anything."""
        self._house = house
        self._on = on
        self._line = 0
        self.shown: dict[str, str] = defaultdict(str)

    async def write(self, who: str, said: str, group: str = "") -> None:
        """Write, perhaps in a group."""
        self._turn()
        await self._on.say(who, said, group)
        await self._settle()

    async def photo(self, who: str, name: str) -> None:
        """Send a picture, where one can."""
        del name
        if self._on.pictures:
            self._turn()
            await self._on.photo(who, "")
            await self._settle()

    def _turn(self) -> None:
        self._line += 1
        self._house.turn(self._line)

    async def _settle(self) -> None:
        await self._house.post.settle()
        for each in await self._on.seen():
            self.shown[each.to] += "\n".join(("", each.text, *each.choices))


async def planted(house: House, driver: Give, name: str) -> tuple[Wire, Driver]:
    """A fever, a contact and a returnee, told on this channel with all that may be told."""
    on = await driver(name)
    house.fresh({name: on})
    await on.begin()
    wire = Wire(house, on)
    await plant(wire)
    assert FEVER in wire.shown["zhang"]
    assert FEVER in wire.shown["wang"]
    return wire, on


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("name", DRIVERS)
async def test_each_role_is_shown_what_the_table_grants(house: House, driver: Give, name: str) -> None:
    """Alerts, cards, lists and receipts: field by field, as at the desk."""
    wire, on = await planted(house, driver, name)
    for who in (*WHO, NOBODY):
        for said in ASKED:
            await wire.write(who, said)
    for who, role in WHO.items():
        assert "汉口花园六期" in wire.shown[who]
        for field, value in PLANTED.items():
            full = grant((role,), field, own=False) is Grant.FULL
            assert (value in wire.shown[who]) == full, (who, field)
        assert ("隐*" in wire.shown[who]) == (grant((role,), Field.NAME, own=False) is Grant.MASKED)
    assert not [trace for trace in TRACES[:-3] if trace in wire.shown[NOBODY]]
    assert "汉口" not in " ".join(wire.shown[NOBODY].split()).replace(PUBLIC, "")
    await on.over()


@pytest.mark.asyncio(loop_scope="session")
async def test_telegrams_group_hears_of_no_person(house: House, driver: Give) -> None:
    """Every command, sent by a lead in a group of the community: every byte that went to it is looked at."""
    wire, on = await planted(house, driver, "telegram")
    assert isinstance(on, OnTelegram)
    before = len(on.calls)
    for said in ("/bind 君安社区", "/board", *(f"/{name} {FEVER}" for name in EVERY), *(f"/{name}" for name in EVERY)):
        await wire.write("wang", said, "group")
    await wire.write("zhang", f"汉口花园六期{PLANTED[Field.DOOR]}发热1人{PLANTED[Field.TEMPERATURE]}度", "group")
    calls = [data for _, data in on.calls[before:] if str(data.get("chat_id")) == str(GROUP)]
    sent = json.dumps(calls, ensure_ascii=False, default=lambda picture: f"{len(picture)} bytes")
    assert "君安社区" in sent
    assert not [trace for trace in TRACES if trace in sent]


@pytest.mark.asyncio(loop_scope="session")
async def test_wecoms_group_hears_of_no_person(house: House, driver: Give) -> None:
    """The group robot's count of the day, after all that was told."""
    _, on = await planted(house, driver, "wecom")
    assert isinstance(on, OnWeCom)
    robots = Robots({"JA": f"{on.wecom.url}/cgi-bin/webhook/send?key=robot-ja"}, house.load)
    house.channels[robots.name] = robots
    house.talk.at("2026-11-24 17:10")
    tools = replace(house.talk.desk._tools, robots=("JA",))
    house.database.write(lambda connection: digests.send(connection, tools, house.talk.now))
    await house.post.settle()
    await next(iter(robots._https.values())).close()
    sent = json.dumps(on.wecom.groups["robot-ja"], ensure_ascii=False)
    assert "君安社区日报" in sent
    assert not [trace for trace in TRACES if trace in sent]
