"""The people: what each does of their own accord on a day, and what they do when a message comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from bot.model import Button, InboundKind
from bot.simulation.habits import Habits
from bot.simulation.platform import Arrival, Chat

SNOOZE = "/snooze"
"""How the value of a button begins that puts a reminder off."""
RECEIPT = "/fix"
"""A button of this command stands under the receipt of a report, and nowhere else."""
NORMAL = ("都正常", "全部正常", "没事", "一切正常")
ASKS_LEAVE = "请假"
ACKNOWLEDGE, MET = "/ack", "/met"
DILIGENT = 0.15
"""So often a reminder of a dated duty is answered with its being done."""
PROMPTS = ("normal", "exceptions", "leave")
"""The answers that a reminder offers, as commands, and the question itself, as options."""
PATIENCE = 12
"""After so many questions a person has had enough."""


class Deed(NamedTuple):
    """Something that a person will do: ``tap`` a token, write a ``text``, ``open`` the chat, ``block``, ``unblock``."""

    at: datetime
    chat: Chat
    kind: InboundKind | str
    said: str = ""
    edits: str | None = None
    times: int = 1
    """So often the platform delivers it."""
    puts_off: bool = False
    """Whether it asks to be reminded later."""


@dataclass(slots=True)
class Person:
    """Somebody with habits. ``chance`` is their own, so that what one does changes nobody else."""

    number: int
    chats: tuple[Chat, ...]
    habits: Habits
    chance: Random
    works: bool = True
    goal: str = "normal"
    """What they want of the conversation in hand: normal, fever, leave, correct."""
    asked: int = 0
    done: date | None = None
    """The day of the last receipt that they have seen."""
    away: date | None = None
    """The last day of their leave."""
    hidden: date | None = None
    """Until this day they have blocked the bot."""
    forgetful: bool = False
    snoozed: date | None = None
    _mind: list[str] = field(default_factory=list)

    def wake(self, day: datetime) -> Iterator[Deed]:
        """What they will do on a day of their own accord; ``day`` is its midnight."""
        self.asked = 0
        today, habits, draw = day.date(), self.habits, self.chance.random
        if not self.works or (self.away is not None and today <= self.away):
            return
        if self.hidden is not None:
            if today >= self.hidden:
                self.hidden = None
                yield from self._back(day)
            return
        self.forgetful = draw() < habits.forgets
        self.goal = "fever" if draw() < habits.fever else "normal"
        if draw() < habits.blocks:
            self.hidden = today + timedelta(days=self.chance.randint(1, 4))
            yield from (Deed(self._between(day, 8, 14), chat, "block") for chat in self.chats[:1])
        elif draw() < habits.leaves:
            self.goal = "leave"
            yield self._write(self._between(day, 7.7, 9), ASKS_LEAVE)
        elif not self.forgetful:
            yield from self._report(day)

    def _report(self, day: datetime) -> Iterator[Deed]:
        """Those who do not wait to be asked."""
        match self.habits.style:
            case "early" if self.chance.random() < 1 / 2:
                yield self._write(self._between(day, 7.6, 11), self.chance.choice(NORMAL))
            case "early":
                yield Deed(self._between(day, 7.6, 11), self._chat(), InboundKind.OPEN)
            case "words" if self.goal == "normal":
                yield self._write(self._between(day, 9, 16.8), self.chance.choice(NORMAL))
            case "late" if self.chance.random() < 1 / 2:
                yield Deed(self._between(day, 16.5, 19.5), self._chat(), InboundKind.OPEN)

    def _back(self, day: datetime) -> Iterator[Deed]:
        at = self._between(day, 8, 15)
        yield Deed(at, self.chats[0], "unblock")
        yield Deed(at + timedelta(seconds=20), self.chats[0], InboundKind.OPEN)

    def see(self, arrival: Arrival) -> Iterator[Deed]:
        """A message came: go on with what they want, or let it be."""
        buttons = [button for row in arrival.outbound.buttons for button in row]
        values = {_name(button.value) for button in buttons}
        today = arrival.at.date()
        if any(value.startswith(RECEIPT) for value in values):
            yield from self._receipt(arrival, buttons, today)
        elif not self.works:
            yield from (self._tap(arrival, each, 20, 3600) for each in buttons if self._minds(each.value))
        elif self.asked < PATIENCE and buttons:
            self.asked += 1
            yield from self._answer(arrival, buttons, values)

    def _minds(self, value: str) -> bool:
        """Whether a lead or an office taps it: an alert was seen; now and then, that a dated duty is done."""
        return value.startswith(ACKNOWLEDGE) or (value.startswith(MET) and self.chance.random() < DILIGENT)

    def _receipt(self, arrival: Arrival, buttons: Sequence[Button], today: date) -> Iterator[Deed]:
        fresh, self.done = self.done != today, today
        if self.works and fresh and self.goal != "leave" and self.chance.random() < self.habits.corrects:
            self.goal = "correct"
            yield self._tap(arrival, next(each for each in buttons if each.value.startswith(RECEIPT)), 30, 900)

    def _answer(self, arrival: Arrival, buttons: Sequence[Button], values: set[str]) -> Iterator[Deed]:
        named = {_name(button.value): button for button in buttons}
        today = arrival.at.date()
        snooze = next((button for button in buttons if button.value.startswith(SNOOZE)), None)
        if self.goal == "correct" and {"withdraw", "normal"} <= values:
            yield self._tap(arrival, named["normal"], 3, 60)
        elif "normal" in values and self.done != today:
            if snooze is not None and self.snoozed != today and self.chance.random() < self.habits.snoozes:
                self.snoozed = today
                yield self._tap(arrival, snooze, 5, 300)._replace(puts_off=True)
            else:
                yield from self._prompted(arrival, named)
        elif "withdraw" in values or "void" in values:
            yield self._tap(arrival, named["keep"], 3, 60)
        elif self.goal == "leave":
            yield from self._leave(arrival, named)
        elif self.goal == "fever":
            yield from self._fever(arrival, named)

    def _prompted(self, arrival: Arrival, named: dict[str, Button]) -> Iterator[Deed]:
        """The day's report is asked for."""
        if self.goal == "leave" and "leave" in named:
            yield self._tap(arrival, named["leave"], 3, 60)
            return
        if self.forgetful and self.chance.random() < 1 / 2:
            return
        soon = (4, 240) if self.habits.style != "late" else (300, 5400)
        if self.goal == "fever":
            yield self._tap(arrival, named["exceptions"], *soon)
            return
        deed = self._tap(arrival, named["normal"], *soon)
        yield deed
        if self.chance.random() < self.habits.twice:
            yield deed._replace(at=deed.at + timedelta(seconds=self.chance.uniform(0.2, 3)))

    def _leave(self, arrival: Arrival, named: dict[str, Button]) -> Iterator[Deed]:
        days = [value for value in named if value[:2] == "20" and value[4:5] == "-"]
        if "submit" in named:
            self.goal = "normal"
            if self._mind:
                self.away = date.fromisoformat(self._mind[-1])  # the last day that was chosen
                self._mind.clear()
            yield self._tap(arrival, named["submit"], 3, 40)
        elif "nobody" in named:
            colleagues = [value for value in named if value.isdigit()]
            alone = not colleagues or self.chance.random() < self.habits.alone
            yield self._tap(arrival, named["nobody" if alone else self.chance.choice(colleagues)], 3, 60)
        elif days:
            self._mind.append(days[0] if self.chance.random() < 1 / 2 else days[min(1, len(days) - 1)])
            yield self._tap(arrival, named[self._mind[-1]], 3, 40)

    def _fever(self, arrival: Arrival, named: dict[str, Button]) -> Iterator[Deed]:
        for value in ("submit", "another", "fever", "finish"):
            if value in named:
                if value == "submit":
                    self.goal = "normal"
                yield self._tap(arrival, named[value], 3, 40)
                return
        soon = arrival.at + timedelta(seconds=self.chance.uniform(5, 40))
        if "untaken" in named:
            yield self._write(soon, self.chance.choice(("38.5", "38度5", "37.8")), arrival.chat)
        elif "several" in named or "unknown" in named:
            yield self._write(soon, f"{self.chance.randint(1, 30)}-{self.chance.randint(1, 4)}-501", arrival.chat)
        elif not any(value.startswith("/") for value in named):
            yield self._tap(arrival, self.chance.choice(list(named.values())), 3, 40)

    def _tap(self, arrival: Arrival, button: Button, soonest: float, latest: float) -> Deed:
        """Tap that button, after so many seconds; now and then the platform delivers the tap three times."""
        at = arrival.at + timedelta(seconds=self.chance.uniform(soonest, latest))
        return Deed(at, arrival.chat, InboundKind.TAP, button.token, arrival.ref, self._times())

    def _write(self, at: datetime, said: str, chat: Chat | None = None) -> Deed:
        return Deed(at, chat or self._chat(), InboundKind.TEXT, said, times=self._times())

    def _times(self) -> int:
        return 3 if self.chance.random() < 0.02 else 1  # noqa: PLR2004 - one in fifty

    def _chat(self) -> Chat:
        return self.chance.choice(self.chats)

    def _between(self, day: datetime, first: float, last: float) -> datetime:
        """Some moment of the day between two hours."""
        midnight = datetime.combine(day.date(), time(), day.tzinfo)
        return midnight + timedelta(hours=self.chance.uniform(first, last))


def _name(value: str) -> str:
    """What a button is for: the same under a reminder (``/normal 2026-11-24 23,24``) as under the question itself."""
    command = value.removeprefix("/").partition(" ")[0]
    return command if command in PROMPTS else value
