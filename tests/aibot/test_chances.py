"""Whatever happens on the way, by the seed: each answer is seen once, and no message is taken twice."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx
import pytest

from bot.model import Fate, Outbound, Retry, Sent
from bot.model.messages import Written
from tests.aibot.conftest import Make, Shell, called
from tests.aibot.standin import MOMENT, Standin
from tests.wecom import sealing

MESSAGES = 40
WAIT = 0.25
"""Seconds that a call is waited on here, so that half of the answers come too late for it."""


class House:
    """The desk and the post, as late as chance has it, and never sending what was sent."""

    def __init__(self, shell: Shell, chance: random.Random) -> None:
        """Nothing was taken."""
        self.shell = shell
        self.chance = chance
        self.taken: Counter[str] = Counter()
        self.fates: list[Fate] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, inbound: Any) -> None:  # noqa: ANN401 - an Inbound
        """Store a message with one letter or two, and begin to send them."""
        await asyncio.sleep(self.chance.choice((0, 0, WAIT / 2, WAIT * 1.5)))
        if await self.shell.seen(inbound.dedupe):
            return
        await self.shell.take(inbound)
        self.taken[inbound.text] += 1
        first = 10 * len(self.shell.taken)
        letters = [
            Outbound(first + number, inbound.address, f"回{inbound.text}{part}", tap=inbound.tap)
            for number, part in enumerate("甲乙"[: self.chance.choice((1, 1, 2))])
        ]
        self.shell.written[inbound.dedupe] = [Written(each, "pending") for each in letters]
        task = asyncio.create_task(self._send(inbound.dedupe, letters))
        self._tasks.add(task)

    async def _send(self, dedupe: str, letters: list[Outbound]) -> None:
        for number, each in enumerate(letters):
            await asyncio.sleep(self.chance.choice((0, 0, WAIT / 3, WAIT * 1.2)))
            fate: Fate = Retry()
            for _ in range(MESSAGES):
                fate = fate if not isinstance(fate, Retry) else await self.shell.channel.send(each)
            self.fates.append(fate)
            ref = fate.ref if isinstance(fate, Sent) else None
            self.shell.written[dedupe][number] = Written(each, "sent", ref)

    async def done(self) -> None:
        """Wait until all is sent."""
        await asyncio.gather(*self._tasks)


async def member(client: httpx.AsyncClient, url: str, said: dict[str, Any], chance: random.Random) -> list[str]:
    """WeCom about one message: it may hang up, and asks again until it was heard; what it was told."""
    chunk = sealing.seal(json.dumps(said, ensure_ascii=False), corp="")
    params, body = sealing.query(chunk, MOMENT), json.dumps({"encrypt": chunk}).encode()
    told: list[str] = []
    for _ in range(chance.choice((0, 0, 1, 2))):
        with suppress(TimeoutError):
            async with asyncio.timeout(chance.uniform(0, WAIT)):
                told.append((await client.post(url, params=params, content=body)).text)
    calls = [client.post(url, params=params, content=body) for _ in range(chance.choice((1, 1, 2)))]
    told += [answer.text for answer in await asyncio.gather(*calls)]
    opened = [json.loads(sealing.unseal(json.loads(each)["encrypt"], corp="")) for each in told if each]
    return sorted({each["stream"]["content"] for each in opened})


@pytest.mark.parametrize("seed", range(3))
async def test_each_answer_is_seen_once(aibot: Standin, make: Make, seed: int) -> None:
    """Calls that hang up and are repeated, answers that come late, a server that fails: none lost, none doubled."""
    chance = random.Random(seed)
    shell = make(wait=WAIT)
    house = House(shell, chance)
    for how in (502, None) * (MESSAGES // 4):
        aibot.fail("response", how)
    client = httpx.AsyncClient(trust_env=False, timeout=20)
    async with called(aibot, shell, house.take) as url, client:
        messages = [
            aibot.payload(f"user{number % 7}", None, "text", text={"content": f"〈{number}〉"})
            for number in range(MESSAGES)
        ]
        told = await asyncio.gather(*(member(client, url, said, chance) for said in messages))
        await house.done()
    later = [each["markdown"]["content"] for each in aibot.later]
    seen = Counter(part for answers in told for answer in answers for part in answer.split("\n\n"))
    seen += Counter(part for content in later for part in content.split("\n\n"))
    meant = {each.outbound.text for letters in shell.written.values() for each in letters}
    assert len(meant) >= MESSAGES
    assert seen == Counter(dict.fromkeys(meant, 1))
    assert set(house.taken.values()) == {1}
    assert {type(each) for each in house.fates} == {Sent}
    assert later, "some were too late, or the test would show little"
    assert any(told), "and some were not"
