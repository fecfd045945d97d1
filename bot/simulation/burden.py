"""What it costs people: how long they wait for the bot, and how much of their week it takes.

The model: a tap takes 3 s, a typed sign 1.5 s, and to read a message, new or replaced, 5 s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.simulation.log import Log
from bot.simulation.slots import Slot
from bot.simulation.verdict import Verdict

TAP, SIGN, READING = 3.0, 1.5, 5.0
WEEK = 7


def latencies(log: Log, verdict: Verdict, slots: Mapping[int, Sequence[Slot]]) -> None:
    """From what was sent to its answer, and from the moment that was to be served to the reminder, as it arrived."""
    acts = {(each.channel, each.dedupe): each.at for each in log.acts}
    asked = {each.inbox: acts.get((each.channel, each.dedupe)) for each in log.kept}
    answered: set[int] = set()
    replies: list[float] = []
    reminders: list[float] = []
    for attempt in log.attempts:
        letter = log.letters.get(attempt.outbox)
        if letter is None or attempt.arrived is None:
            continue
        if letter.kind == "reminder" and not attempt.edits:
            moments = [slot.moment for slot in slots.get(attempt.outbox, ()) if slot.moment is not None]
            reminders.append((attempt.arrived - max(moments, default=letter.created_at)).total_seconds())
        since = None if letter.inbox is None else asked.get(letter.inbox)
        if letter.kind == "reply" and letter.inbox is not None and since is not None and letter.inbox not in answered:
            answered.add(letter.inbox)
            replies.append((attempt.arrived - since).total_seconds())
    verdict.reply_p50, verdict.reply_p99 = quantile(replies, 0.5), quantile(replies, 0.99)
    verdict.reminder_p50, verdict.reminder_p99 = quantile(reminders, 0.5), quantile(reminders, 0.99)


def quantile(values: Sequence[float], share: float) -> float:
    """The value that so large a share of them does not exceed; 0 of none."""
    return round(sorted(values)[min(int(share * len(values)), len(values) - 1)], 3) if values else 0.0


def burden(log: Log, verdict: Verdict) -> None:
    """Taps, typed messages and minutes of a worker's week."""
    workers = {each.person for each in log.people.values() if each.places}
    chats = {chat for person in workers for chat in log.people[person].addresses}
    mine = [each for each in log.acts if each.person in workers]
    taps = sum(each.kind != "text" for each in mine)
    typed = sum(each.kind == "text" for each in mine)
    read = sum(each.arrived is not None and (each.channel, each.address) in chats for each in log.attempts)
    seconds = TAP * taps + SIGN * sum(each.signs for each in mine) + READING * read
    weeks = len(workers) * log.days / WEEK
    if weeks:
        verdict.taps_a_week = round(taps / weeks, 2)
        verdict.typed_a_week = round(typed / weeks, 2)
        verdict.minutes_a_week = round(seconds / 60 / weeks, 2)
    if verdict.owed:
        verdict.reminders_a_day = round(verdict.reminders / verdict.owed, 3)
