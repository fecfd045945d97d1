"""The judge: from the log alone, and by rules of its own, what was right and what was not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from bot.simulation import burden, dated, slots
from bot.simulation.duty import Duty
from bot.simulation.ladder import Working
from bot.simulation.log import Attempt, Letter, Log, Span, Told
from bot.simulation.slots import Slot
from bot.simulation.verdict import Verdict

LADDER = (timedelta(hours=2), timedelta(minutes=30))
"""So long before the cutoff those who owe are reminded."""
GRACE, TURN = timedelta(minutes=15), timedelta(minutes=2)
"""So long the bot must have run: where somebody reports by themselves meanwhile; and where the cutoff comes."""
QUIET_FROM, QUIET_TO = time(21, 30), time(7, 30)
MOST = 3
TOGETHER = timedelta(minutes=1)
"""Two messages that say the same within it are one that came twice."""
REMINDER, UNASKED = "reminder", frozenset({"reminder", "digest"})
OPEN = frozenset({Told.UNCERTAIN, Told.KILLED})
DAY = timedelta(days=1)


def judge(log: Log, working: Working) -> Verdict:
    """Every figure and every defect; ``working`` tells which days are working days."""
    return _Judge(log).judge(working)


class _Judge:
    def __init__(self, log: Log) -> None:
        self.log = log
        self.duty = Duty(log)
        self.verdict = Verdict(len(self.workers()), log.days, log.kills, len(log.acts))
        self.slots: dict[int, list[Slot]] = defaultdict(list)
        for line in log.served:
            self.slots[line.outbox].append(slots.read(line.slot, log.zone))
        self.letters: dict[int, list[Letter]] = defaultdict(list)
        for letter in log.letters.values():
            if letter.kind == REMINDER and letter.person is not None:
                self.letters[letter.person].append(letter)
        self.peace: dict[int, list[Span]] = defaultdict(list)
        """By person, from when to when they asked to be left alone."""
        for each in log.snoozes:
            self.peace[each.person].append(Span(each.at, each.until))
        owners = {chat: person.person for person in log.people.values() for chat in person.addresses}
        self.reminders: dict[int, list[Attempt]] = defaultdict(list)
        """By person, in the order in which they left."""
        for attempt in log.attempts:
            written = log.letters.get(attempt.outbox)
            if written is not None and written.kind == REMINDER and not attempt.edits:
                person = written.person or owners[attempt.channel, attempt.address]
                self.reminders[person].append(attempt)
                if attempt.outbox not in self.slots and (slot := self._meant(attempt.at)) is not None:
                    self.slots[attempt.outbox].append(slot)

    def _meant(self, at: datetime) -> Slot | None:
        """What a reminder that the book says nothing of must have been: the day's, of the moment that had come last."""
        day = at.date()
        cutoff = self._at(day, self.log.cutoff)
        passed = [cutoff - before for before in LADDER if cutoff - before <= at < cutoff]
        return Slot(slots.DAILY, day.isoformat(), passed[-1]) if passed else None

    def workers(self) -> list[int]:
        return [each.person for each in self.log.people.values() if each.places]

    def judge(self, working: Working) -> Verdict:
        for number in range(self.log.days):
            day = self.log.first + number * DAY
            for person in self.workers():
                self._day(person, day)
        for person, attempts in self.reminders.items():
            self._doubled(person, attempts)
            self._misplaced(person, [each for each in attempts if each.arrived is not None])
        self._quiet()
        self._acknowledged()
        burden.latencies(self.log, self.verdict, self.slots)
        burden.burden(self.log, self.verdict)
        dated.check(self.log, self.verdict, self.reminders, self.slots, working)
        return self.verdict

    def _at(self, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, self.log.zone)

    # --- what was owed, and whether they were reminded of it -----------------------------------------------------

    def _day(self, person: int, day: date) -> None:
        cutoff, end = self._at(day, self.log.cutoff), self._at(day, time(23, 59, 59))
        if not self.duty.places(person, day, end):
            return
        self.verdict.owed += 1
        last = self._at(self.log.first + (self.log.days + 1) * DAY, time())
        self.verdict.reported += not self.duty.owes(person, day, last)
        self.verdict.on_time += not self.duty.owes(person, day, cutoff)
        moments = [cutoff - before for before in LADDER]
        for moment, following in zip(moments, [*moments[1:], cutoff], strict=True):
            # Only a bot that was not there may make up for one moment by the next.
            self._moment(person, day, moment, following if self._up(moment, following) >= GRACE else cutoff)

    def _moment(self, person: int, day: date, moment: datetime, limit: datetime) -> None:
        """Somebody who owes at a moment of the ladder is reminded before the limit, unless they do not want to be."""
        if not self.duty.owes(person, day, moment) or self._wants_peace(person, moment):
            return
        until = self.duty.settled(person, day, moment, limit)
        if not self._reachable(person, moment, until) or self._up(moment, until) < (TURN if until == limit else GRACE):
            return
        tried = [each for each in self.reminders[person] if moment <= each.at <= until and each.at < limit]
        if any(each.arrived is not None for each in tried):
            return
        written = {each.state for each in self.letters[person] if moment <= each.created_at <= until}
        if any(each.told in {*OPEN, Told.REFUSED} for each in tried):
            self.verdict.unknown += 1
        elif "uncertain" in written:
            self.verdict.unknown += 1
            self.verdict.untried += 1
        else:
            self.verdict.find("lost", f"{person} {moment:%Y-%m-%d %H:%M}")

    def _wants_peace(self, person: int, moment: datetime) -> bool:
        """They snoozed beyond the moment, or asked for fewer reminders."""
        if any(span.since <= moment < span.until for span in self.peace[person]):
            return True
        wishes = [each.fewer for each in self.log.wishes if each.person == person and each.at <= moment]
        return bool(wishes) and wishes[-1]

    def _reachable(self, person: int, since: datetime, until: datetime) -> bool:
        """Whether one of their chats was open all the time."""
        return any(
            not any(span.since <= until and since <= span.until for span in self.log.blocked.get(chat, ()))
            for chat in self.log.people[person].addresses
        )

    def _up(self, since: datetime, until: datetime) -> timedelta:
        """How long the bot ran in between."""
        parts = (min(span.until, until) - max(span.since, since) for span in self.log.up)
        return sum((part for part in parts if part > timedelta()), timedelta())

    # --- what was sent -------------------------------------------------------------------------------------------

    def _doubled(self, person: int, attempts: Sequence[Attempt]) -> None:
        """The same moment served twice, one message handed over again though it may have gone, the same said twice."""
        served: dict[Slot, set[int]] = defaultdict(set)
        gone: set[int] = set()
        before: Attempt | None = None
        for each in attempts:
            if each.outbox in gone:
                self.verdict.find("doubled", f"{person} {each.at:%Y-%m-%d %H:%M} handed over again")
            if each.told in OPEN or each.told is Told.SENT:
                gone.add(each.outbox)
            if each.arrived is None:
                continue
            for slot in self.slots.get(each.outbox, ()):
                if served[slot] - {each.outbox}:
                    self.verdict.find("doubled", f"{person} {slot.deadline}/{slot.period} {slot.moment}")
                served[slot].add(each.outbox)
            if before is not None and _same(before, each):
                self.verdict.find("doubled", f"{person} {each.at:%Y-%m-%d %H:%M} the same words")
            before = each

    def _misplaced(self, person: int, arrived: Sequence[Attempt]) -> None:
        """Too many a day, and to somebody who had reported everything that the message is about."""
        self.verdict.reminders += len(arrived)
        days: Counter[date] = Counter()
        total: Counter[date] = Counter()
        for each in arrived:
            about = self.slots.get(each.outbox, [])
            total[each.at.date()] += 1
            if not about or any(slot.deadline not in slots.ASKED for slot in about):
                days[each.at.date()] += 1
            if self._had_reported(person, each, about):
                self.verdict.find("after_reported", f"{person} {each.at:%Y-%m-%d %H:%M}")
        for day, count in days.items():
            if count > MOST:
                self.verdict.find("over_three", f"{person} {day}: {count}")
        if person in self.workers():
            self.verdict.reminders_most = max(self.verdict.reminders_most, *total.values(), 0)

    def _had_reported(self, person: int, attempt: Attempt, about: Iterable[Slot]) -> bool:
        days = {slot.day for slot in about} if about else {attempt.at.date()}
        if any(slot.deadline not in {slots.DAILY, *slots.ASKED} for slot in about):
            return False  # it is about something else, too
        if person not in self.workers():
            return False
        just_before = attempt.at - timedelta(microseconds=1)
        return not any(self.duty.owes(person, day or attempt.at.date(), just_before) for day in days)

    def _quiet(self) -> None:
        for attempt in self.log.attempts:
            letter = self.log.letters.get(attempt.outbox)
            if letter is None or letter.kind not in UNASKED or attempt.arrived is None or attempt.edits:
                continue
            if not QUIET_TO <= attempt.at.time() < QUIET_FROM:
                self.verdict.find("quiet", f"{letter.person} {attempt.at:%Y-%m-%d %H:%M}")

    def _acknowledged(self) -> None:
        """What was acknowledged is in the database, and was answered."""
        answered = {letter.inbox for letter in self.log.letters.values()}
        stored = {(each.channel, each.dedupe): each for each in self.log.kept}
        for key in sorted(self.log.acknowledged):
            kept = stored.get(key)
            if kept is None or kept.inbox not in answered:
                self.verdict.find("acknowledged_lost", "/".join(key))
            elif kept.state != "done":
                self.verdict.find("quarantined", "/".join(key))


def _same(before: Attempt, after: Attempt) -> bool:
    """Whether two messages say the same so soon after one another that they are one that came twice."""
    soon = after.at - before.at < TOGETHER
    return soon and after.outbox != before.outbox and after.text == before.text != ""
