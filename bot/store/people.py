"""What a person decides about themselves: enrolment, language; and the codes and links that let them in."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from bot.model import Address, Locale
from bot.store import audit
from bot.store.acts import Act
from bot.store.authority import ACCOUNT, HEARD
from bot.store.briefs import CONSENT, PERSON
from bot.store.crypto import Keyring
from bot.store.prepared import Prepared
from bot.store.tables import named

INVITATION = named("invitation")
ATTEMPT = named("attempt")
LOGIN = named("login")
SESSION = named("web_session")
GROUP = named("group_chat")
OUTBOX, REMINDER = named("outbox"), named("reminder")
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, 1, I, O: codes are read aloud and copied by hand. 32 signs: five bits each."""
CODE_LENGTH = 8
CODE_LIFE = timedelta(days=7)
LINK_LIFE = timedelta(minutes=10)
TRIES = 5
TRIES_WITHIN = timedelta(hours=1)
_ADDRESSES = Prepared(
    select(ACCOUNT.c.channel, ACCOUNT.c.address)
    .where(ACCOUNT.c.person == bindparam("who"), *HEARD)
    .order_by(ACCOUNT.c.id.desc())
)


def plain_code(said: str) -> str | None:
    """The code in what a person wrote (lower case, spaces, dash), or None if it cannot be one."""
    signs = "".join(sign for sign in said.upper() if sign.isalnum())
    return signs if len(signs) == CODE_LENGTH and all(sign in ALPHABET for sign in signs) else None


def shown_code(code: str) -> str:
    """The code as it is shown: ``7KQM-2XRT``."""
    return f"{code[:4]}-{code[4:]}"


def person_by_phone(connection: Connection, keyring: Keyring, phone: str) -> int | None:
    """The person of this phone (E.164), or None."""
    query = select(PERSON.c.id).where(PERSON.c.phone_hash == keyring.lookup(phone, "phone"))
    return connection.execute(query).scalar()


def phone_of(connection: Connection, keyring: Keyring, channel: str, address: str) -> str:
    """The phone (E.164) of whoever this address is bound to; or nothing."""
    query = select(PERSON.c.phone).join(ACCOUNT, ACCOUNT.c.person == PERSON.c.id)
    here = (ACCOUNT.c.channel == channel, ACCOUNT.c.address == address, ACCOUNT.c.unbound_at.is_(None))
    sealed = connection.execute(query.where(*here)).scalar()
    return keyring.open(sealed) if sealed else ""


def invite(  # noqa: PLR0913, PLR0917 - the columns of an invitation
    connection: Connection, keyring: Keyring, person: int, code: str, now: datetime, channel: str | None
) -> None:
    """Keep a new code (by its hash); earlier unused ones of the person end."""
    connection.execute(
        update(INVITATION)
        .where(INVITATION.c.person == person, INVITATION.c.used_at.is_(None), INVITATION.c.expires_at > now)
        .values(expires_at=now)
    )
    vouch(connection, keyring, person, code, now, channel)


def vouch(  # noqa: PLR0913, PLR0917 - the columns of an invitation
    connection: Connection, keyring: Keyring, person: int, code: str, now: datetime, channel: str | None
) -> None:
    """Keep one more code (by its hash); those that others have in hand stay good."""
    values = {
        "code_hash": keyring.lookup(code, "invite"), "person": person, "channel": channel,
        "made_at": now, "expires_at": now + CODE_LIFE,
    }  # fmt: skip
    connection.execute(insert(INVITATION), values)


def invited(connection: Connection, keyring: Keyring, code: str, now: datetime, channel: str) -> int | None:
    """The person whom a code lets in on this channel now, or None."""
    query = select(INVITATION.c.person).where(*_good(keyring, code, now, channel))
    return connection.execute(query).scalar()


def _good(keyring: Keyring, code: str, now: datetime, channel: str) -> tuple[ColumnElement[bool], ...]:
    """What must hold of an invitation for this code to let somebody in."""
    return (
        INVITATION.c.code_hash == keyring.lookup(code, "invite"),
        INVITATION.c.used_at.is_(None),
        INVITATION.c.expires_at > now,
        INVITATION.c.channel.is_(None) | (INVITATION.c.channel == channel),
    )


def too_many_tries(connection: Connection, address: Address, now: datetime) -> bool:
    """Whether this chat has tried wrong codes too often within the hour."""
    query = select(func.count()).where(
        ATTEMPT.c.channel == address.channel, ATTEMPT.c.address == address.id, ATTEMPT.c.at > now - TRIES_WITHIN
    )
    return connection.execute(query).scalar_one() >= TRIES


def wrong_code(connection: Connection, address: Address, now: datetime) -> None:
    """Remember a wrong code."""
    connection.execute(insert(ATTEMPT), {"channel": address.channel, "address": address.id, "at": now})


def accept(  # noqa: PLR0913, PLR0917 - who, where, by which code, which notice, when
    connection: Connection, keyring: Keyring, act: Act, address: Address, code: str, notice: str
) -> bool:
    """Use the code up, bind the chat to the person and keep the acceptance; False when the code is spent meanwhile."""
    # One statement looks and marks: of two processes that accept one code at once, the database lets one through.
    good = _good(keyring, code, act.now, address.channel)
    used = update(INVITATION).where(*good, INVITATION.c.person == act.person).values(used_at=act.now)
    if connection.execute(used).rowcount != 1:
        return False
    bind(connection, address, act.person, act.now)
    _consent(connection, act, address, "accepted", notice)
    return True


def bind(connection: Connection, address: Address, person: int, now: datetime) -> None:
    """Bind an address to a person; whoever had it before has it no more, and what waits for them is not sent there.

    What a reminder was about is told in another chat of theirs; of an alert an admin sees a line.
    """
    connection.execute(
        update(ACCOUNT)
        .where(ACCOUNT.c.channel == address.channel, ACCOUNT.c.address == address.id, ACCOUNT.c.unbound_at.is_(None))
        .values(unbound_at=now)
    )
    values = {"channel": address.channel, "address": address.id, "person": person, "bound_at": now}
    connection.execute(insert(ACCOUNT), values)
    here = (OUTBOX.c.channel == address.channel, OUTBOX.c.address == address.id, OUTBOX.c.person != person)
    query = select(OUTBOX.c.id, OUTBOX.c.kind).where(*here, OUTBOX.c.state.in_(("pending", "claimed")))
    kinds = {row.id: row.kind for row in connection.execute(query)}
    if kinds:
        gone = {"state": "cancelled", "why": "the chat is somebody else's now"}
        connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(kinds)).values(gone))
        connection.execute(delete(REMINDER).where(REMINDER.c.outbox.in_(kinds)))
    for number in [number for number, kind in kinds.items() if kind == "alert"]:
        audit.record(connection, now, "app", "alert-lost", f"outbox:{number}")


def forget(connection: Connection, act: Act, address: Address) -> None:
    """Withdraw the acceptance: chats are unbound, browsers signed out, codes end, and what waits is not sent."""
    live = (ACCOUNT.c.person == act.person, ACCOUNT.c.unbound_at.is_(None))
    connection.execute(update(ACCOUNT).where(*live).values(unbound_at=act.now))
    signed_in = (SESSION.c.person == act.person, SESSION.c.ended_at.is_(None))
    connection.execute(update(SESSION).where(*signed_in).values(ended_at=act.now))
    open_codes = (INVITATION.c.person == act.person, INVITATION.c.used_at.is_(None))
    connection.execute(update(INVITATION).where(*open_codes).values(expires_at=act.now))
    links = (LOGIN.c.person == act.person, LOGIN.c.used_at.is_(None))
    connection.execute(update(LOGIN).where(*links).values(expires_at=act.now))
    waiting = (OUTBOX.c.person == act.person, OUTBOX.c.state.in_(("pending", "claimed")))
    connection.execute(update(OUTBOX).where(*waiting).values(state="cancelled"))
    _consent(connection, act, address, "withdrawn", "")


def _consent(connection: Connection, act: Act, address: Address, event: str, notice: str) -> None:
    values = {"person": act.person, "event": event, "notice": notice, "channel": address.channel, "at": act.now}
    connection.execute(insert(CONSENT), values)


def choose_locale(connection: Connection, person: int, locale: Locale) -> None:
    """Speak to the person in this language from now on."""
    connection.execute(update(PERSON).where(PERSON.c.id == person).values(locale=locale.value))


def login_link(connection: Connection, keyring: Keyring, person: int, token: str, now: datetime) -> None:
    """Keep a single-use link into the pages (by its hash)."""
    values = {
        "token_hash": keyring.lookup(token, "login"), "person": person, "made_at": now, "expires_at": now + LINK_LIFE,
    }  # fmt: skip
    connection.execute(insert(LOGIN), values)


def move_group(connection: Connection, channel: str, old: str, new: str) -> None:
    """A group has a new id on its platform: what is known of it, and what waits for it, moves along."""
    for table in (GROUP, OUTBOX):
        here = (table.c.channel == channel) & (table.c.address == old)
        if table is OUTBOX:
            here &= table.c.state.in_(("pending", "claimed"))
        connection.execute(update(table).where(here).values(address=new))


def address_of(connection: Connection, person: int) -> Address | None:
    """Where the person is best reached: the chat bound last; a channel that only answers is nowhere."""
    return next(iter(addresses_of(connection, person)), None)


def addresses_of(connection: Connection, person: int) -> tuple[Address, ...]:
    """Wherever the person is reached, the chat bound last first."""
    rows = _ADDRESSES.all(connection, {"who": person})
    return tuple(Address(row.channel, row.address) for row in rows)


def unreachable(connection: Connection, address: Address, at: datetime | None) -> None:
    """Keep that the platform refuses what is sent there; None: somebody wrote from there again."""
    here = (ACCOUNT.c.channel == address.channel, ACCOUNT.c.address == address.id, ACCOUNT.c.unbound_at.is_(None))
    connection.execute(update(ACCOUNT).where(*here).values(unreachable_at=at))


def correct_name(connection: Connection, keyring: Keyring, person: int, name: str) -> None:
    """Put a person's name right."""
    connection.execute(update(PERSON).where(PERSON.c.id == person).values(name=keyring.seal(name)))
