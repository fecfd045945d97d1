"""A whole run: the town is made in an empty folder, its days pass, and the log of them is given back."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from bot.model import Role
from bot.scoring import packs
from bot.settings import Settings
from bot.simulation import habits
from bot.simulation.clock import Agenda, Clock
from bot.simulation.course import Course, Happening, Misfortune
from bot.simulation.hospital import Hospital
from bot.simulation.log import Audience, Log, Somebody
from bot.simulation.people import Person
from bot.simulation.platform import CALM, Arrival, Odds, Platform, Trap
from bot.simulation.process import Process
from bot.simulation.town import CHANNELS, TOWNSHIP, Citizen, Town, invent, settle_in
from bot.store.schema import migrate

if TYPE_CHECKING:
    from bot.model import PackRules

FIRST = date(2024, 12, 1)
"""The first day: a first cycle begins on it, and the year that follows has every holiday in the calendar's library."""
DATED = {
    Role.TOWNSHIP_REVIEWER: ("prepare", "first-report", "first-cycle-end", "monthly-report"),
    Role.OFFICE: ("quarterly-review",),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of run."""

    workers: int
    days: int
    seed: int = 1
    faults: bool = True
    rate: int | None = None
    """So many messages a second each platform takes; None: any number."""
    first: date = FIRST
    pack: str = "default"


def play(wanted: Wanted, folder: Path) -> Log:
    """Let the days of a town pass over a database in ``folder``, which is empty; what happened.

    The same ``wanted`` gives the same people, the same deeds and the same faults.
    """
    settings = Settings(data_dir=folder, database_url="", secret_key=None, pack=wanted.pack)
    rules = replace(packs.load(wanted.pack), start=wanted.first, first_cycle=wanted.first.replace(day=1))
    log = Log(settings.zone, wanted.first, wanted.days, time.fromisoformat(rules.cutoff), rules.cycle_from)
    levels = {name: logging.getLogger(name).level for name in ("scheduler", "bot")}
    try:
        for name in levels:
            logging.getLogger(name).setLevel(logging.ERROR)  # what goes wrong on purpose is no news
        with asyncio.Runner(loop_factory=_loop) as runner:
            runner.run(_pass(wanted, settings, rules, log, folder))
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    return log


def _loop() -> asyncio.AbstractEventLoop:
    """The loop that the bot runs on: the faster one where it exists."""
    try:
        import uvloop  # noqa: PLC0415 - it does not exist everywhere
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


async def _pass(wanted: Wanted, settings: Settings, rules: PackRules, log: Log, folder: Path) -> None:
    clock = Clock(datetime.combine(wanted.first, time(), log.zone))
    agenda: Agenda[Arrival | Happening] = Agenda()
    trap = Trap()
    odds = Odds() if wanted.faults else CALM

    def arrived(arrival: Arrival) -> None:
        agenda.add(arrival.at, arrival)

    platforms = {name: Platform(name, clock, log, arrived, trap, wanted.seed, odds, wanted.rate) for name in CHANNELS}
    process = Process(settings, clock, [rules], platforms, trap)
    town = invent(wanted.workers, wanted.seed)
    bot = process.new()
    try:
        migrate(bot.database)
        numbers = settle_in(bot, town, folder / "roster", clock())
    finally:
        bot.close()
    log.people = {numbers[each.phone]: _somebody(each, numbers[each.phone]) for each in town.people}
    log.audience = list(_audience(town, numbers))
    people = {number: _person(each, wanted.seed) for number, each in log.people.items()}
    misfortune = Misfortune() if wanted.faults else Misfortune(0, 0)
    hospital = Hospital(clock, wanted.seed)
    course = Course(clock, log, process, platforms, people, trap, agenda, hospital, wanted.seed, misfortune)
    await course.run()


def _somebody(citizen: Citizen, number: int) -> Somebody:
    works = citizen.role is Role.GRID_WORKER
    chats = tuple((channel, citizen.phone) for channel in citizen.channels)
    return Somebody(number, citizen.role.value, citizen.at if works else (), chats)


def _person(who: Somebody, seed: int) -> Person:
    chance = Random(f"person {seed} {who.person}")
    return Person(who.person, who.addresses, habits.draw(chance), chance, works=bool(who.places))


def _audience(town: Town, numbers: dict[str, int]) -> list[Audience]:
    return [
        Audience(deadline, numbers[each.phone], TOWNSHIP if each.role is Role.TOWNSHIP_REVIEWER else each.at[0])
        for each in town.people
        for deadline in DATED.get(each.role, ())
    ]
