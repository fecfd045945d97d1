"""Where a conversation stands, and a step of it, inside the transaction of one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.desk import cards, left, records, spoken
from bot.desk.voice import Tools, Voice
from bot.dialog import Find, Flow, Goto, Option, Reply, Say, Turn, Unreadable, begin, resume, take
from bot.dialog.steps import place
from bot.handlers import FLOWS
from bot.model import Brief, Inbound
from bot.store import briefs, conversations, duties, places
from bot.store.conversations import Kept
from bot.store.duties import Duties
from bot.understand.places import rank

LEFT = timedelta(days=1)
"""After so long a conversation that nobody went on with becomes a draft."""
DRAFT_LIFE = timedelta(days=7)
DEFAULT = "daily_report"
MOST = 8
"""As many places as could be meant are offered."""
SHOWN = 20
"""So much of what was not understood is shown back."""


class Visit(Voice):
    """One message. Its methods leave facts, answers and letters behind, all in one transaction."""

    def __init__(self, tools: Tools, connection: Connection, inbound: Inbound, now: datetime) -> None:
        """Nothing is known of the conversation yet."""
        super().__init__(tools, connection, inbound, now)
        self._duties: Duties | None = None
        self._drafts: list[Kept] = []
        self._written_down = False

    def recognise(self) -> None:
        """Look up whose chat this is; again after it has changed."""
        super().recognise()
        self._duties = None
        self._briefs: dict[tuple[date, str, str], Brief] = {}

    # --- where the conversation stands -------------------------------------------------------------------------

    def current(self) -> Kept | None:
        """The open conversation; one that was left for a day, or never answered on its day, is put aside."""
        live = conversations.live(self.connection, self.tools.keyring, self.owner)
        self._drafts = [each for each in live if each.state == "draft"]
        kept = next((each for each in live if each.state == "open"), None)
        if kept is None:
            return None
        unanswered_yesterday = not kept.answers and kept.brief.today != self.now.date()
        if kept.flow not in FLOWS or self.now - kept.touched_at > LEFT or unanswered_yesterday:
            self.put_aside(kept)
            return None
        return kept

    def open(
        self, name: str, kept: Kept | None, day: date | None = None, said: Sequence[Say] = (), subject: str = ""
    ) -> None:
        """Open a flow and ask its first question; the conversation in hand is put aside."""
        kept = self.start(name, kept, day or self.now.date(), subject)
        self.show(kept, begin(FLOWS[kept.flow].run, kept.brief), (*said, *self._offer(kept)))

    def start(self, name: str, kept: Kept | None, day: date, subject: str = "") -> Kept:
        """Put aside what is open and begin a conversation, without saying anything yet."""
        if kept is not None:
            self.put_aside(kept)
        return Kept(None, name, self.brief(day, FLOWS[name], subject), {}, None, self.now)

    def put_aside(self, kept: Kept) -> None:
        """Keep a conversation with answers, or that began with a report in words, as a draft; another is over."""
        begun = kept.flow in FLOWS and (kept.flow == spoken.FLOW or bool(standing(kept).way))
        conversations.set_state(self.connection, kept, "draft" if begun else "done")
        if begun and kept.id is not None:
            self._drafts.insert(0, replace(kept, state="draft"))

    def draft(self) -> Kept | None:
        """The newest conversation that was left unfinished within the week."""
        since = self.now - DRAFT_LIFE
        return next((each for each in self._drafts if each.flow in FLOWS and each.touched_at >= since), None)

    def _offer(self, opened: Kept) -> tuple[Say, ...]:
        """Offer the draft again, when a report is opened."""
        draft = self.draft() if opened.flow == DEFAULT else None
        if draft is None:
            return ()
        options = (Option(f"resume {draft.id}", name="resume"), Option(f"drop {draft.id}", name="drop"))
        return (Say("desk/draft", left.told(draft), options),)

    def brief(self, day: date, flow: Flow | None = None, subject: str = "") -> Brief:
        """What a flow is told about ``day``; read once, until a fact is written."""
        if self.who is None:
            return self.plain()
        asked = day, flow.name if flow else "", subject
        known = None if self._written_down else self._briefs.get(asked)
        if known is None:
            needs, mine = flow.needs if flow else frozenset(), self.duties()
            known = briefs.brief(self.connection, self.tools.house, self.who, self.now, day, needs, mine, subject)
            self._briefs[asked] = known
        return known

    def duties(self) -> Duties:
        """What the person owes, read once a turn; nothing that a turn writes before it asks changes it.

        Raises:
            LookupError: nobody has enrolled here.
        """
        if self.who is None:
            message = "duties of nobody"
            raise LookupError(message)
        if self._duties is None:
            self._duties = duties.duties(self.connection, self.who.person)
        return self._duties

    def answer(self, kept: Kept, said: str) -> None:
        """Words in answer to the open question."""
        ask = standing(kept).ask
        if ask is None:
            self.open(DEFAULT, kept)
            return
        raw = cards.meant(FLOWS[kept.flow], ask, said, kept.brief)
        if isinstance(ask, Find) and raw == said:
            self._find(kept, ask, said)
            return
        self.reply(kept, Reply(ask.key, raw), said)

    def _find(self, kept: Kept, ask: Find, said: str) -> None:
        """Look the place up that was typed: one is taken, several are offered, none is said to be none."""
        today = self.now.date()
        known = places.candidates(self.connection, self.act().person, today)
        found = rank(said, known)
        still = [each for each in found if each.closed is None or each.closed > today]
        if len(still) == 1:
            self.reply(kept, Reply(ask.key, place(still[0].code, still[0].name).value), said)
            return
        reason = "several" if still else "closed" if found else "unreadable"
        options = tuple(place(each.code, each.name) for each in still[:MOST]) or ask.options
        shown = found[0].name if reason == "closed" else said[:SHOWN]
        flow = FLOWS[kept.flow]
        wrong = cards.complaint(flow, ask, Unreadable(reason), shown, kept.brief)
        card = cards.card(flow, kept.brief, (), replace(ask, options=options), again=wrong)
        self.write(card, kept.id, ask.key, edit=False)

    def reply(self, kept: Kept, reply: Reply, said: str) -> None:
        """Give a reply to a conversation, and do what comes of it."""
        flow = FLOWS[kept.flow]
        if not kept.answers and self.who is not None:
            # Nothing is answered yet: see what has changed since the question was shown.
            fresh = self.brief(kept.brief.day, flow, kept.brief.subject)
            if open_places(fresh) - open_places(kept.brief):
                # More is owed than the person saw: nobody answers for a place that was not on the message.
                kept = replace(kept, brief=fresh)
                self.show(kept, standing(kept), (Say("desk/changed"),))
                return
            kept = replace(kept, brief=fresh)
        turn = take(flow.run, kept.brief, kept.answers, reply)
        if turn.stale and turn.ask is not None:
            self.stale(kept, kept.id)
        else:
            self.show(kept, turn, said=said)

    def show(self, kept: Kept, turn: Turn, before: Sequence[Say] = (), said: str = "") -> None:
        """Say what a turn says, ask what it asks, record what it came to."""
        flow = FLOWS[kept.flow]
        if isinstance(turn.outcome, Goto):
            conversations.set_state(self.connection, kept, "done")
            subject = turn.outcome.subject or kept.brief.subject
            self.open(turn.outcome.flow, None, kept.brief.day, (*before, *turn.said), subject)
            return
        asked = turn.ask.key if turn.ask else None
        state = "open" if turn.ask else "done"
        kept = replace(kept, answers=turn.answers, asked=asked, touched_at=self.now, state=state)
        kept = replace(kept, id=conversations.save(self.connection, self.tools.keyring, self.owner, kept))
        if turn.outcome is not None:
            self._written_down = True
            records.record(self, flow, kept, turn.outcome, (*before, *turn.said))
            return
        wrong, missed = "", False
        if turn.complaint and turn.ask:
            wrong = cards.complaint(flow, turn.ask, turn.complaint, said[:SHOWN], kept.brief)
            missed = turn.complaint.reason == "unreadable"
            before = (*before, *(self.helpful() if missed else ()))
        card = cards.card(flow, kept.brief, (*before, *turn.said), turn.ask, again=wrong)
        self.write(card, kept.id, asked, edit=not wrong, kind="miss" if missed else "reply")

    def ask_again(self, kept: Kept | None, *before: Say) -> None:
        """Say again what is being asked; with nothing being asked, open the day's report."""
        if kept is None:
            self.open(DEFAULT, None, said=before)
        else:
            self.show(kept, replace(standing(kept), said=()), before)

    def stale(self, kept: Kept | None, conversation: int | None) -> None:
        """A button of another day, or of a question that is no longer asked: say so, and where things are."""
        old = conversation and conversations.by_id(self.connection, self.tools.keyring, self.owner, conversation)
        day = old.brief.day if old and old.brief.day != self.now.date() else None
        if kept is None and old and day is None:
            # A second tap on what is done already: show how the day stands, below, and leave the receipt alone.
            self.inbound = replace(self.inbound, edits=None)
            self.open(DEFAULT, None)
            return
        if kept is None:
            self.say(Say("desk/stale", {"day": day, "asking": False}, (Option("report"), Option("menu"))), edit=False)
            return
        said = (Say("desk/stale", {"day": day, "asking": True}),)
        turn = standing(kept)
        card = cards.card(FLOWS[kept.flow], kept.brief, said, turn.ask)
        self.write(card, kept.id, turn.ask.key if turn.ask else None, edit=False)


def open_places(brief: Brief) -> set[str]:
    """The places that still want a report."""
    return {place.code for place in brief.owed if place.status is None}


def standing(kept: Kept) -> Turn:
    """Where a kept conversation stands, without a reply."""
    return resume(FLOWS[kept.flow].run, kept.brief, kept.answers)
