"""A planner of a few lines, in place of the real one: two reminders a day, so that the simulation has some to judge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select

from bot.desk import cards, letters
from bot.dialog import begin
from bot.handlers import FLOWS
from bot.model import Address
from bot.store import briefs, conversations, people
from bot.store.conversations import Kept
from bot.store.tables import named
from scheduler.calendar import cutoff
from scheduler.claims import Still, all_owed
from scheduler.jobs import House
from scheduler.tick import Job

if TYPE_CHECKING:
    from bot.desk.voice import Tools
    from bot.store.database import Database

TIMES = (time(15), time(16, 30))
FLOW = FLOWS["daily_report"]
ASSIGNMENT, REMINDER = named("assignment"), named("reminder")


class Reminding:
    """Writes to everybody who owes at 15:00 and at 16:30, once each; ``slips`` are mistakes to be found."""

    def __init__(self, database: Database, tools: Tools, slips: frozenset[str] = frozenset()) -> None:
        """Over one database."""
        self.database = database
        self.tools = tools
        self.slips = slips

    def job(self, now: datetime) -> None:
        """Serve the newest moment that has come, until the cutoff."""
        passed = [each for each in TIMES if each <= now.time()]
        if passed and now < cutoff(now.date(), self.tools.rules, self.tools.zone):
            slots = [f"daily-report/{now.date()}@{now.date()}T{each:%H:%M}" for each in passed]
            self.database.write(lambda connection: list(self._serve(connection, now, slots)))

    def _serve(self, connection: Connection, now: datetime, slots: list[str]) -> Iterator[int]:
        workers = select(ASSIGNMENT.c.person).where(ASSIGNMENT.c.role == "grid_worker").distinct()
        for person in connection.execute(workers.order_by(ASSIGNMENT.c.person)).scalars().all():
            address = people.address_of(connection, person)
            if address is not None and not ("forgets" in self.slips and person % 3 == 0):
                yield from self._remind(connection, now, slots, person, address)

    def _remind(
        self, connection: Connection, now: datetime, slots: list[str], person: int, address: Address
    ) -> Iterator[int]:
        who = briefs.who(connection, self.tools.keyring, address.channel, address.id)
        assert who is not None
        brief = briefs.brief(connection, self.tools.house, who, now, now.date())
        if not any(place.status is None for place in brief.owed) and "nags" not in self.slips:
            return
        turn = begin(FLOW.run, brief)
        name = None if "repeats" in self.slips else f"reminder:{person}:{slots[-1]}"
        kept = Kept(None, FLOW.name, brief, {}, turn.ask.key if turn.ask else None, now)
        known = select(REMINDER.c.slot).where(REMINDER.c.person == person, REMINDER.c.slot.in_(slots))
        served = set(connection.execute(known).scalars())
        if name and slots[-1] in served:
            return
        for other in conversations.live(connection, self.tools.keyring, f"p:{person}"):
            conversations.set_state(connection, other, "done")
        number = conversations.save(connection, self.tools.keyring, f"p:{person}", kept)
        card = cards.card(FLOW, brief, turn.said, turn.ask)
        letter = letters.Letter(
            card, address, person, conversation=number, asked=kept.asked, kind="reminder", dedupe=name
        )
        row = letters.write(connection, self.tools.keyring, self.tools.token, now, letter)
        for slot in set(slots) - served:
            connection.execute(insert(REMINDER), {"person": person, "slot": slot, "outbox": row, "at": now})
        yield row


def jobs(slips: frozenset[str] = frozenset()) -> type[House]:
    """The house with this planner."""

    class Reminded(House):
        """Reminds as well."""

        def jobs(self) -> tuple[Job, ...]:
            """The real ones, but for the planner, and ours."""
            real = (job for job in super().jobs() if job.name != "reminders")
            return (*real, Job("remind", Reminding(self._whole, self._tools, slips).job))

        @property
        def still(self) -> Still:
            """Whoever nags does not look whether it is still owed."""
            return all_owed if "nags" in slips else super().still

    return Reminded
