"""The platform and its people: each fate comes, what is noted is what happened, and a run can be repeated."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

import pytest

from bot.model import Address, Button, Outbound, Retry, Sent, Uncertain, Undeliverable
from bot.simulation import habits, moments
from bot.simulation.clock import Agenda, Clock
from bot.simulation.log import Log, Span, Told
from bot.simulation.people import PATIENCE, Deed, Person
from bot.simulation.platform import CALM, Arrival, Odds, Platform, Trap
from bot.simulation.town import CHANNELS, FEWEST_PLACES, MOST_PLACES, invent
from tests.town import NOW, RULES, ZONE

CHAT = ("alpha", "1")
MIDNIGHT = datetime(2026, 11, 24, tzinfo=ZONE)


class Yard:
    """A platform with everything that it stands in."""

    def __init__(self, odds: Odds = CALM, rate: int | None = None, seed: int = 1) -> None:
        """Nothing is sent yet."""
        self.clock = Clock(NOW)
        self.log = Log(ZONE, NOW.date(), 1, NOW.time(), NOW.date())
        self.seen: list[Arrival] = []
        self.trap = Trap()
        self.platform = Platform("alpha", self.clock, self.log, self.seen.append, self.trap, seed, odds, rate)

    async def send(self, number: int, edits: str | None = None) -> object:
        """Hand over a message."""
        return await self.platform.send(Outbound(number, Address(*CHAT), f"text {number}", edits=edits))


def test_an_agenda_goes_by_moment_and_then_by_order() -> None:
    """And a clock never goes back."""
    agenda: Agenda[str] = Agenda()
    for after, name in ((2, "third"), (1, "first"), (1, "second")):
        agenda.add(NOW + timedelta(seconds=after), name)
    assert len(agenda) == 3
    assert [agenda.pop()[1] for _ in range(3)] == ["first", "second", "third"]
    clock = Clock(NOW)
    clock.advance(NOW - timedelta(days=1))
    assert clock() == NOW


async def test_every_fate_comes_and_repeats() -> None:
    """With the odds of a bad day a thousand messages meet all of them, and the same ones the next time."""
    runs = []
    for _ in range(2):
        yard = Yard(Odds(0.1, 0.1, 0.1, 0.1, 0.1, 0.1))
        fates = [await yard.send(number) for number in range(1000)]
        runs.append((fates, yard.log.attempts))
        assert {type(fate) for fate in fates} == {Sent, Retry, Uncertain}
        told = Counter((each.told, each.arrived is not None) for each in yard.log.attempts)
        assert set(told) == {
            (Told.SENT, True), (Told.RETRY, False), (Told.UNCERTAIN, True), (Told.UNCERTAIN, False)
        }  # fmt: skip
        assert sum(each.arrived is not None for each in yard.log.attempts) == len(yard.seen)
        waits = [(each.arrived - each.at).total_seconds() for each in yard.log.attempts if each.arrived is not None]
        assert 20 < max(waits) <= 25
        assert yard.platform.retries
    assert runs[0] == runs[1]


async def test_blocked_and_back() -> None:
    """Nothing is delivered meanwhile; blocking twice is blocking once; the log knows from when to when."""
    yard = Yard()
    for _ in range(2):
        yard.platform.shut("1", to=True)
    assert await yard.send(1) == Undeliverable("blocked by the user")
    yard.clock.advance(NOW + timedelta(hours=1))
    for _ in range(2):
        yard.platform.shut("1", to=False)
    assert await yard.send(1) == Sent("m1")
    assert yard.log.blocked == {CHAT: [Span(NOW, NOW + timedelta(hours=1))]}


async def test_outage_and_pace() -> None:
    """Away is away for everybody; more than the rate within a second is asked to wait."""
    yard = Yard(rate=2)
    assert [type(await yard.send(number)) for number in range(3)] == [Sent, Sent, Retry]
    yard.clock.advance(NOW + timedelta(seconds=1))
    assert isinstance(await yard.send(2), Sent)
    yard.clock.advance(NOW + timedelta(seconds=2))
    yard.platform.outage = Span(NOW, NOW + timedelta(seconds=3))
    assert isinstance(await yard.send(2), Retry)
    yard.clock.advance(NOW + timedelta(seconds=3))
    assert await yard.send(3, edits="m1") == Sent("m1")
    assert yard.log.attempts[-1].edits


async def test_a_trap_catches_one_message() -> None:
    """It hangs, and is noted as one whose fate nobody was told; half of them arrive."""
    arrived = set()
    for number in range(20):
        yard = Yard()
        yard.trap.armed = True
        sending = asyncio.create_task(yard.send(number))
        await yard.trap.sprung.wait()
        assert not sending.done()
        assert not yard.trap.armed
        sending.cancel()
        assert [each.told for each in yard.log.attempts] == [Told.KILLED]
        arrived.add(yard.log.attempts[0].arrived is not None)
    assert arrived == {True, False}


def test_what_a_dead_process_was_told_is_known_to_nobody() -> None:
    """But for success, and what was settled before."""
    yard = Yard()
    for at, told in ((NOW, Told.RETRY), (NOW + timedelta(1), Told.SENT), (NOW + timedelta(1), Told.RETRY)):
        yard.clock.advance(at)
        yard.platform._note(Outbound(1, Address(*CHAT), ""), at, told, None)
    yard.log.died(yard.clock(), NOW)
    assert [each.told for each in yard.log.attempts] == [Told.RETRY, Told.SENT, Told.REFUSED]
    assert yard.log.up == [Span(NOW, yard.clock())]
    assert yard.log.kills == 1


def person(style: str = "prompt", **more: float) -> Person:
    """Somebody who does nothing by chance, but for what is named."""
    never = dict.fromkeys(("forgets", "twice", "snoozes", "corrects", "fever", "leaves", "alone", "blocks"), 0.0)
    return Person(1, (CHAT,), habits.Habits(style, **(never | more)), Random("one"))


def arrival(*values: str) -> Arrival:
    """A message with buttons."""
    buttons = tuple((Button(value, value, f"t-{value}"),) for value in values)
    return Arrival(CHAT, NOW, "m1", Outbound(1, Address(*CHAT), "text", buttons))


def said(deeds: list[Deed]) -> list[tuple[str, str]]:
    """What they do."""
    return [(str(deed.kind), deed.said) for deed in deeds]


@pytest.mark.parametrize(
    ("somebody", "kinds"),
    [
        (person("prompt"), set()),
        (person("early"), {"text", "open"}),
        (person("words"), {"text"}),
        (person("late"), {"open"}),
        (person(leaves=1), {"text"}),
        (person("early", forgets=1), set()),
        (person(blocks=1), {"block", "unblock", "open"}),
    ],
)  # fmt: skip
def test_what_people_do_unasked(somebody: Person, kinds: set[str]) -> None:
    """In a month, by their habits."""
    done = [deed for n in range(30) for deed in somebody.wake(MIDNIGHT + timedelta(days=n))]
    assert {str(deed.kind) for deed in done} == kinds


def test_what_people_do_when_asked() -> None:
    """One tap; some tap twice, put it off, report a fever, ask for leave; a receipt is left alone, or corrected."""
    asked = arrival("normal", "exceptions", "leave")
    assert said(list(person().see(asked))) == [("tap", "t-normal")]
    assert said(list(person(twice=1).see(asked))) == [("tap", "t-normal")] * 2
    reminded = arrival("/normal 2026-11-24 23,24", "/exceptions 2026-11-24 23,24", "/leave")
    assert said(list(person().see(reminded))) == [("tap", "t-/normal 2026-11-24 23,24")]
    (put_off,) = person(snoozes=1).see(arrival("normal", "/snooze 30"))
    assert (put_off.said, put_off.puts_off) == ("t-/snooze 30", True)
    ill = person(fever=1)
    list(ill.wake(MIDNIGHT))
    for values, does in (
        (("normal", "exceptions"), "t-exceptions"), (("23", "24"), "t-2"), (("fever", "other"), "t-fever"),
        (("unknown", "several"), "-501"), (("low", "untaken"), "3"), (("same", "another"), "t-another"),
        (("submit", "more"), "t-submit"),
    ):  # fmt: skip
        (deed,) = ill.see(arrival(*values))
        assert does in deed.said
    away = person(leaves=1)
    list(away.wake(MIDNIGHT))
    assert said(list(away.see(arrival("normal", "exceptions", "leave")))) == [("tap", "t-leave")]
    for values in (("2026-11-24", "2026-11-25"), ("2026-11-25", "2026-11-26"), ("7", "nobody"), ("submit", "discard")):
        (deed,) = away.see(arrival(*values))
        assert deed.said.removeprefix("t-") in values
    assert away.away in {date(2026, 11, 25), date(2026, 11, 26)}
    assert list(away.wake(MIDNIGHT + timedelta(days=1))) == []
    careful = person(corrects=1)
    assert said(list(careful.see(arrival("/fix", "/add")))) == [("tap", "t-/fix")]
    assert said(list(careful.see(arrival("normal", "exceptions", "withdraw", "keep")))) == [("tap", "t-normal")]
    assert said(list(careful.see(arrival("void", "keep")))) == [("tap", "t-keep")]
    assert list(careful.see(arrival("/fix"))) == []


def test_patience_ends_and_leads_acknowledge() -> None:
    """Nobody answers for ever; who has no places only says that an alert was seen."""
    somebody = person()
    assert sum(len(list(somebody.see(arrival("normal")))) for _ in range(30)) == PATIENCE
    lead = person()
    lead.works = False
    assert said(list(lead.see(arrival("/ack F1", "/case F1")))) == [("tap", "t-/ack F1")]


def test_a_town_is_invented() -> None:
    """Two to five places a worker, some shared, some on two platforms; the same seed is the same town."""
    town = invent(50, 3)
    workers = [each for each in town.people if each.role == "grid_worker"]
    assert len(workers) == 50
    assert all(FEWEST_PLACES <= len(each.at) <= MOST_PLACES for each in workers)
    held = Counter(place for each in workers for place in each.at)
    assert max(held.values()) >= 2
    assert {each.channels for each in workers} == {CHANNELS, CHANNELS[:1]}
    assert len({code for code, *_ in town.places}) == len(town.places)
    assert invent(50, 3) == town != invent(50, 4)
    today = [f"{each:%H:%M}" for each in moments.moments(NOW.date(), RULES, ZONE)]
    assert today == ["07:30", "09:00", "15:00", "16:30", "17:10"]
