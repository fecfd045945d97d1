"""One message inside its transaction: who it is from, where the conversation stands, and what is said back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.desk import cards, letters, records
from bot.dialog import Flow, Goto, Option, Reply, Say, Turn, begin, resume, take
from bot.handlers import FLOWS
from bot.model import Address, Brief, Colleague, Inbound, Locale, PackRules
from bot.store import briefs, conversations, duties, people
from bot.store.conversations import Kept
from bot.store.crypto import Keyring
from bot.store.duties import Duties

LEFT = timedelta(days=1)
"""After so long a conversation that nobody went on with becomes a draft."""
DRAFT_LIFE = timedelta(days=7)
DEFAULT = "daily_report"
SHOWN = 20
"""So much of what was not understood is shown back."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a visit needs of the house."""

    keyring: Keyring
    rules: PackRules
    zone: ZoneInfo
    token: Callable[[], str]
    base_url: str

    @property
    def house(self) -> briefs.House:
        """The part of it that briefs are made of."""
        return briefs.House(self.keyring, self.rules, self.zone)


class Visit:
    """One message. Its methods leave facts, answers and letters behind, all in one transaction."""

    def __init__(self, tools: Tools, connection: Connection, inbound: Inbound, now: datetime) -> None:
        """Look who it is."""
        self.tools = tools
        self.connection = connection
        self.inbound = inbound
        self.inbox: int | None = None  # its row, once it is received
        self.now = now.astimezone(tools.zone)
        self.written: list[int] = []
        self._duties: Duties | None = None
        self._drafts: list[Kept] = []
        self.recognise()

    def recognise(self) -> None:
        """Look up whose chat this is; again after it has changed."""
        sender = self.inbound.sender or self.inbound.address.id
        self.who = briefs.who(self.connection, self.tools.keyring, self.inbound.address.channel, sender)
        self._duties = None

    @property
    def owner(self) -> str:
        """Whose conversation this is: the person's, or the chat's while nobody has enrolled there."""
        if self.who is not None:
            return f"p:{self.who.person}"
        return f"{self.inbound.address.channel}:{self.inbound.address.id}"

    @property
    def locale(self) -> Locale:
        """The language to speak."""
        return self.who.locale if self.who else Locale.ZH

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

    def open(self, name: str, kept: Kept | None, day: date | None = None, said: Sequence[Say] = ()) -> None:
        """Open a flow and ask its first question; the conversation in hand is put aside."""
        kept = self.start(name, kept, day or self.now.date())
        self.show(kept, begin(FLOWS[kept.flow].run, kept.brief), (*said, *self._offer(kept)))

    def start(self, name: str, kept: Kept | None, day: date) -> Kept:
        """Put aside what is open and begin a conversation, without saying anything yet."""
        if kept is not None:
            self.put_aside(kept)
        return Kept(None, name, self.brief(day, FLOWS[name]), {}, None, self.now)

    def put_aside(self, kept: Kept) -> None:
        """Keep a conversation with answers as a draft; one without is over."""
        begun = kept.flow in FLOWS and standing(kept).way
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
        return (Say("desk/draft", {"day": draft.brief.day}, options),)

    def brief(self, day: date, flow: Flow | None = None) -> Brief:
        """What a flow is told about ``day``."""
        if self.who is None:
            return self.plain()
        needs = flow.needs if flow else frozenset()
        return briefs.brief(self.connection, self.tools.house, self.who, self.now, day, needs, self.duties())

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

    def colleagues(self) -> tuple[Colleague, ...]:
        """Who may stand in for the person."""
        if self.who is None:
            return ()
        codes = self.duties().on(self.now.date())
        return briefs.colleagues(self.connection, self.tools.keyring, self.who.person, codes)

    def plain(self) -> Brief:
        """A brief for words that need none."""
        return Brief(self.now, self.now.date(), self.now, self.locale)

    # --- a step of it ------------------------------------------------------------------------------------------

    def answer(self, kept: Kept, said: str) -> None:
        """Words in answer to the open question."""
        ask = standing(kept).ask
        if ask is None:
            self.open(DEFAULT, kept)
            return
        self.reply(kept, Reply(ask.key, cards.meant(FLOWS[kept.flow], ask, said, kept.brief)), said)

    def reply(self, kept: Kept, reply: Reply, said: str) -> None:
        """Give a reply to a conversation, and do what comes of it."""
        flow = FLOWS[kept.flow]
        if not kept.answers and self.who is not None:
            # Nothing is answered yet: see what has changed since the question was shown.
            kept = replace(kept, brief=self.brief(kept.brief.day, flow))
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
            self.open(turn.outcome.flow, None, kept.brief.day, (*before, *turn.said))
            return
        asked = turn.ask.key if turn.ask else None
        state = "open" if turn.ask else "done"
        kept = replace(kept, answers=turn.answers, asked=asked, touched_at=self.now, state=state)
        kept = replace(kept, id=conversations.save(self.connection, self.tools.keyring, self.owner, kept))
        if turn.outcome is not None:
            records.record(self, flow, kept, turn.outcome, (*before, *turn.said))
            return
        wrong = ""
        if turn.complaint and turn.ask:
            wrong = cards.complaint(flow, turn.ask, turn.complaint, said[:SHOWN], kept.brief)
        card = cards.card(flow, kept.brief, (*before, *turn.said), turn.ask, again=wrong)
        self.write(card, kept.id, asked, edit=not wrong)

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

    # --- what is said ------------------------------------------------------------------------------------------

    def say(self, *said: Say, edit: bool = True) -> None:
        """Say something that asks nothing."""
        self.write(cards.card(None, self.plain(), said), edit=edit)

    def write(
        self, card: cards.Card, conversation: int | None = None, asked: str | None = None, *, edit: bool = True
    ) -> None:
        """Answer in the chat that the message came from; after a tap the message tapped on is replaced."""
        self._post(
            letters.Letter(
                card,
                self.inbound.address,
                person=self.who.person if self.who else None,
                inbox=self.inbox,
                conversation=conversation,
                asked=asked,
                edits=self.inbound.edits if edit else None,
                tap=self.inbound.tap,
            )
        )

    def notify(self, person: int, *said: Say) -> None:
        """Tell somebody else, where they are best reached, in their own language; nothing if nowhere."""
        address = people.address_of(self.connection, person)
        if address is None:
            return
        other = briefs.who(self.connection, self.tools.keyring, address.channel, address.id)
        locale = other.locale if other else Locale.ZH
        card = cards.card(None, replace(self.plain(), locale=locale), said)
        self._post(letters.Letter(card, Address(address.channel, address.id), person, self.inbox, kind="notice"))

    def _post(self, letter: letters.Letter) -> None:
        number = letters.write(self.connection, self.tools.keyring, self.tools.token, self.now, letter)
        self.written.append(number)


def standing(kept: Kept) -> Turn:
    """Where a kept conversation stands, without a reply."""
    return resume(FLOWS[kept.flow].run, kept.brief, kept.answers)
