"""The town's desk and post behind a channel, and what a driver of a channel must be able to do."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, bindparam, event, insert, select, update

from bot import documents
from bot.model import Inbound, Paper
from bot.store.database import Database
from bot.store.tables import named
from scheduler.post import Post
from tests.documents.records import HOUSE
from tests.talking import Talk
from tests.test_transcripts import numbered_tokens
from tests.town import CHANNEL, KEYRING, NOW, PEOPLE, desk

if TYPE_CHECKING:
    from bot.channels.port import Channel

ACCOUNT = named("account")
PICTURE = b"bytes that stand for a picture"
DRAWN = b"\x89PNG"
"""How a picture begins that the bot has drawn."""
MEDIA = "0" * 32
"""The name under which every picture is kept, as in the transcripts."""
APART = 60.0
"""So many seconds of the platforms' own clock lie between two things that people do: nobody is paced here."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the platform shows it to somebody."""

    to: str
    text: str = ""
    choices: tuple[str, ...] = ()
    paper: str = ""
    """The name of a file that came, and that can be opened."""
    numbered: bool = False
    """Whether the choices are a numbered list in the text, for there is nothing to tap on."""


class Driver(Protocol):
    """People with one platform, as its stand-in lets them act, and what it shows them. One serves many conversations.

    A channel that is new here is one such class, and a line in ``conftest.DRIVERS``.
    """

    @property
    def channel(self) -> Channel:
        """The channel itself."""
        ...

    @property
    def reflows(self) -> bool:
        """Whether the platform breaks lines where it likes (a card's title), so that only the words are compared."""
        ...

    @property
    def lists(self) -> bool:
        """Whether choices are a list with numbers or letters: then those of the newest message are all there are."""
        ...

    @property
    def beside(self) -> bool:
        """Whether people have another chat beside it, for it cannot bring them what they did not ask for."""
        ...

    @property
    def pictures(self) -> bool:
        """Whether people can send pictures."""
        ...

    @property
    def captions(self) -> bool:
        """Whether a picture may come with words; else these follow it."""
        ...

    def address(self, who: str) -> str:
        """What the platform calls somebody of the town."""
        ...

    async def begin(self) -> None:
        """A new conversation: nobody has said anything."""
        ...

    async def say(self, who: str, text: str, group: str = "") -> None:
        """Write, perhaps in a group, to the bot; returns once the platform knows that it arrived."""
        ...

    async def tap(self, who: str, label: str) -> None:
        """Choose: a button, an option of a card, or the number of a list, whichever is best here."""
        ...

    async def photo(self, who: str, caption: str) -> None:
        """Send a picture."""
        ...

    async def open(self, who: str, code: str) -> None:
        """Open the chat, by a link or a code if there is one."""
        ...

    async def seen(self) -> list[Shown]:
        """What was shown since the last time, to whomever, in the order in which it came."""
        ...

    async def over(self) -> None:
        """The conversation is over: nothing of the platform's rules was broken, and no tap is left unanswered."""
        ...


class House:
    """The desk and the post over the town's database, which begins anew with every conversation."""

    def __init__(self, folder: Path, town: Path) -> None:
        """``town`` is the prepared database. One engine for all: what it has compiled it need not compile again."""
        self._town = town
        self._folder = folder
        self.database = Database(f"sqlite:///{folder / 'wuyi.db'}")
        event.listen(self.database.engine, "connect", _hasty)
        self.talk = Talk(self.database)
        self.channels: dict[str, Channel] = {}
        self.moment = NOW.timestamp()
        """The platforms' own clock, in seconds. It goes on when the town's stands still."""
        self.quarantined: list[str] = []

    def fresh(self, drivers: Mapping[str, Driver]) -> None:
        """A new town, whose people have their chats on these channels, perhaps beside the town's own."""
        self.database.engine.dispose()
        for path in self._folder.glob("wuyi.db*"):
            path.unlink()
        shutil.copy(self._town, self._folder / "wuyi.db")
        self.talk.now = NOW
        self.turn(0)
        self.talk.ways = ()
        self.quarantined.clear()
        self.channels = {name: driver.channel for name, driver in drivers.items()}
        self.database.write(lambda connection: _move(connection, drivers))
        self.post = Post(
            self.database, KEYRING, self.channels, lambda: self.talk.now, name="house", tools=self.talk.desk._tools
        )

    def turn(self, line: int) -> None:
        """A new process for a line of the transcript, with the tokens that the transcript was written with."""
        self.talk.desk = desk(self.database, lambda: self.talk.now)
        tools = replace(self.talk.desk._tools, ways=lambda _: self.talk.ways)
        self.talk.desk._tools = replace(tools, token=numbered_tokens(line))
        self.moment += APART

    async def take(self, inbound: Inbound) -> None:
        """What every channel hands its messages to."""
        taken = await self.talk.desk.take(inbound)
        if taken.quarantined:
            self.quarantined.append(self.talk._why())

    async def keep(self, data: bytes) -> str:
        """Keep a picture."""
        if data != PICTURE:
            reason = "not_a_picture"
            raise ValueError(reason)
        return MEDIA

    def load(self, name: str) -> bytes:
        """Give a picture back."""
        return PICTURE + name.encode()

    def paper(self, wanted: Paper) -> bytes:
        """Make a document, as the composition root does."""
        with self.database.read() as connection:
            return documents.render(connection, HOUSE, wanted, self.talk.now)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def _hasty(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's connection
    """Nothing here outlives the process: no flush is waited for."""
    connection.execute("PRAGMA synchronous=OFF")


def _move(connection: Connection, drivers: Mapping[str, Driver]) -> None:
    """The people's chats, from the town's own channel to these."""
    (first, driver), *others = drivers.items()
    if driver.beside:
        others = [(first, driver), *others]
    else:
        moved = update(ACCOUNT).where(ACCOUNT.c.channel == CHANNEL, ACCOUNT.c.address == bindparam("called"))
        whom = [{"called": who, "there": driver.address(who)} for who in PEOPLE]
        connection.execute(moved.values(channel=first, address=bindparam("there")), whom)
    bound = set(connection.execute(select(ACCOUNT.c.person)).scalars())
    rows = [
        {"channel": name, "address": other.address(who), "person": number, "bound_at": NOW.replace(month=10)}
        for name, other in others
        for who, (number, *_) in PEOPLE.items()
        if number in bound
    ]
    if rows:
        connection.execute(insert(ACCOUNT), rows)


def names(driver: Driver) -> dict[str, str]:
    """By what the platform calls them: what the tests call them."""
    return {driver.address(who): who for who in PEOPLE}
