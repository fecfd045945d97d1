"""What goes between a channel and the desk."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from string import ascii_uppercase

from bot.model.locales import Locale


class InboundKind(StrEnum):
    """What a person did: wrote, tapped a button, sent a photo, opened the chat."""

    TEXT = "text"
    TAP = "tap"
    PHOTO = "photo"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person or a group is reached: a channel's name and what that channel calls them."""

    channel: str
    id: str
    group: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message as a channel decoded it."""

    address: Address
    """The chat that it came from, and that is answered."""
    dedupe: str
    """The same for every delivery of the same message, different for any other, within the channel."""
    kind: InboundKind
    text: str = ""
    """What was written; of a tap the button's token, of a photo its caption, of ``open`` a link's payload."""
    photo: str | None = None
    """The media name under which the channel stored the picture."""
    sender: str = ""
    """Who sent it, as the channel calls them; in a private chat the same as ``address.id``."""
    edits: str | None = None
    """The platform's id of the message whose button was tapped: the answer may replace it."""
    tap: str | None = None
    """The platform's id of the tap itself, for channels that must be told that it arrived; or by what a message can be
    answered, for channels that only answer."""
    raw: str = ""
    """The message as the platform sent it, kept for quarantine; encrypted at rest."""
    phone: str = ""
    """The sender's phone (E.164) where the platform vouches for it, and nobody has enrolled here yet."""


@dataclass(frozen=True, slots=True)
class Button:
    """A choice as a person sees it. ``value`` is ours (an option, a command); ``token`` is what a platform carries."""

    label: str
    value: str
    token: str = ""


PICTURES = frozenset({"board-picture", "calendar-picture", "overview-picture"})
"""Kinds of papers that are pictures: a platform that has photos shows them as such."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that goes with a message. It is made when it is sent, from what is known then."""

    kind: str
    """``daily-table``, ``assessment``, ``application``, ``monthly``, ``quarterly``, ``ledger``, one of ``PICTURES``."""
    place: str
    period: str = ""
    """A day (``2026-11-24``), a month (``2026-11``), a quarter (``2026Q4``), or nothing: the newest."""
    ending: str = ""
    """``docx`` or ``xlsx``, where a kind has both."""
    name: str = ""
    """The file's name, as a person reads it."""
    also: tuple[str, ...] = ()
    """Further places that the same picture is of."""
    locale: Locale = Locale.ZH
    """The language of a picture; files are in Chinese, as the forms are."""
    bare: bool = False
    """Without counts of reports: a picture for the public, from which nobody works out who has not reported."""

    @property
    def is_picture(self) -> bool:
        """Whether it is shown rather than filed away."""
        return self.kind in PICTURES and self.name.endswith(".png")


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message on its way to a person or a group."""

    id: int
    address: Address
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    """Rows of buttons; empty rows do not occur."""
    edits: str | None = None
    """The platform's id of a message to replace instead of sending a new one."""
    tap: str | None = None
    photo: str | None = None
    paper: Paper | None = None
    limit: int = 0
    """So many characters the answer may have, for a channel that can count while they are typed; 0: no matter."""
    figures: bool = False
    """Whether a figure is an answer by itself (“2”: two persons), so that it cannot be the number of a choice."""
    mentions: tuple[str, ...] = ()
    """Members of the group whose attention is called, by the platform's name or by phone (E.164): never in the text."""

    @property
    def listed(self) -> tuple[str, ...]:
        """The choices as lines, for where nothing can be tapped: ``1. …``, or ``A. …`` where a figure is an answer."""
        labels = [button.label for row in self.buttons for button in row]
        if self.figures and len(labels) <= len(ascii_uppercase):
            return tuple(f"{letter}. {label}" for letter, label in zip(ascii_uppercase, labels, strict=False))
        return tuple(f"{number}. {label}" for number, label in enumerate(labels, 1))


WAITING = frozenset({"pending", "claimed", "sending"})
"""The states of what is still to come."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message on its way to a chat, and how far it got: its state in the outbox, and the platform's id of it."""

    outbound: Outbound
    state: str
    ref: str | None = None

    @property
    def waiting(self) -> bool:
        """Whether it has not gone yet."""
        return self.state in WAITING


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform has it, under this id."""

    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """It certainly did not go; try again after so many seconds (None: as the schedule says)."""

    after: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Nobody knows whether it went: never sent again by itself."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """It will never go."""

    why: str = ""
    gone: bool = True
    """Whether nothing at all goes to this address any more (blocked, deleted), and not this message alone."""


Fate = Sent | Retry | Uncertain | Undeliverable


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages within any so many seconds."""

    messages: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform takes messages; without rates as fast as they come."""

    whole: tuple[Rate, ...] = ()
    """In all, whomever they are for."""
    chat: tuple[Rate, ...] = ()
    """To one person; shorter spans first."""
    group: tuple[Rate, ...] = ()
    """To one group; shorter spans first."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel can carry."""

    text: int = 4096
    """Characters in one message."""
    buttons: bool = True
    buttons_per_row: int = 3
    edits: bool = True
    label: int = 30
    pace: Pace = Pace()
