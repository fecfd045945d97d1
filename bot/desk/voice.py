"""Who a message is from, and what is said back: letters in the outbox, in the transaction of the turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.desk import cards, letters
from bot.dialog import Option, Say
from bot.model import Address, Brief, Inbound, Locale, PackRules, Paper
from bot.model.staff import Way
from bot.store import briefs, people
from bot.store.acts import Act
from bot.store.asking import House
from bot.store.crypto import Keyring

MISSES = 2
"""After so many misses in a row the next one offers a person."""


def _nowhere(code: str) -> Sequence[Way]:
    del code
    return ()


@dataclass(frozen=True, slots=True)
class Tools:
    """What a visit needs of the house."""

    keyring: Keyring
    rules: PackRules
    zone: ZoneInfo
    token: Callable[[], str]
    base_url: str
    packs: tuple[PackRules, ...] = ()
    """The packs by which places are judged beside ``rules``."""
    robots: tuple[str, ...] = ()
    """The codes of the places that have a group robot: configured, where other groups are bound in a chat."""
    ways: Callable[[str], Sequence[Way]] = _nowhere
    """Where a one-time code can be used beside the web; it asks nobody."""

    @property
    def house(self) -> House:
        """The part of it that briefs and facts are made of."""
        return House(self.keyring, self.rules, self.zone, self.packs)


def tell(  # noqa: PLR0913 - the transaction, the moment, whom, what, why and once
    tools: Tools,
    connection: Connection,
    now: datetime,
    person: int,
    said: Sequence[Say],
    *,
    kind: str = "notice",
    inbox: int | None = None,
    dedupe: str | None = None,
) -> int | None:
    """Write to somebody where they are best reached, in their own language; ``now`` is in the programme's zone.

    Returns the letter's number, 0 where ``dedupe`` had been said before, None where they have no chat.
    """
    address = people.address_of(connection, person)
    if address is None:
        return None
    other = briefs.who(connection, tools.keyring, address.channel, address.id)
    brief = Brief(now, now.date(), now, other.locale if other else Locale.ZH)
    card = cards.card(None, brief, said)
    letter = letters.Letter(card, Address(address.channel, address.id), person, inbox, kind=kind, dedupe=dedupe)
    return letters.write(connection, tools.keyring, tools.token, now, letter)


class Voice:
    """One message inside its transaction: its sender, and the answers to it."""

    def __init__(self, tools: Tools, connection: Connection, inbound: Inbound, now: datetime) -> None:
        """Look who it is."""
        self.tools = tools
        self.connection = connection
        self.inbound = inbound
        self.inbox: int | None = None  # its row, once it is received
        self.now = now.astimezone(tools.zone)
        self.written: list[int] = []
        self.recognise()
        if self.who is not None and self.who.unreachable and not inbound.address.group:
            people.unreachable(connection, inbound.address, None)

    def recognise(self) -> None:
        """Look up whose chat this is; again after it has changed."""
        sender = self.inbound.sender or self.inbound.address.id
        self.who = briefs.who(self.connection, self.tools.keyring, self.inbound.address.channel, sender)

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

    def act(self, *, late: bool = False) -> Act:
        """Who does it, through which message, when.

        Raises:
            LookupError: nobody has enrolled here.
        """
        if self.who is None:
            message = "a fact without a person"
            raise LookupError(message)
        return Act(self.who.person, self.inbox, self.now, late)

    def plain(self) -> Brief:
        """A brief for words that need none."""
        return Brief(self.now, self.now.date(), self.now, self.locale)

    def say(self, *said: Say, edit: bool = True) -> None:
        """Say something that asks nothing."""
        self.write(cards.card(None, self.plain(), said), edit=edit)

    def write(  # noqa: PLR0913 - what goes with the words is optional
        self,
        card: cards.Card,
        conversation: int | None = None,
        asked: str | None = None,
        *,
        edit: bool = True,
        photo: str | None = None,
        paper: Paper | None = None,
        kind: str = "reply",
    ) -> None:
        """Answer in the chat that the message came from; after a tap the message tapped on is replaced.

        A message with a ``photo`` (a media name) or a ``paper`` is always a new one. ``kind``: ``reply``, or ``miss``
        where the person was not understood.
        """
        self._post(
            letters.Letter(
                card,
                self.inbound.address,
                person=self.who.person if self.who else None,
                inbox=self.inbox,
                conversation=conversation,
                asked=asked,
                edits=self.inbound.edits if edit and photo is None and paper is None else None,
                tap=self.inbound.tap,
                photo=photo,
                paper=paper,
                kind=kind,
            )
        )

    def helpful(self) -> tuple[Say, ...]:
        """The offer of a person, to be made with the third answer in a row that says that nothing was understood."""
        if self.who is None or not letters.missed(self.connection, self.inbound.address, MISSES):
            return ()
        return (Say("desk/person", actions=(Option("relay"),)),)

    def reaches(self, person: int) -> bool:
        """Whether somebody has a chat in which they can be told something."""
        return people.address_of(self.connection, person) is not None

    def notify(self, person: int, *said: Say, kind: str = "notice") -> bool:
        """Tell somebody else, where they are best reached, in their own language; False where that is nowhere."""
        number = tell(self.tools, self.connection, self.now, person, said, kind=kind, inbox=self.inbox)
        if number:
            self.written.append(number)
        return number is not None

    def _post(self, letter: letters.Letter) -> None:
        number = letters.write(self.connection, self.tools.keyring, self.tools.token, self.now, letter)
        if number:
            self.written.append(number)
