"""A chat that belongs to nobody yet: a code lets a person in, after the notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import words
from bot.dialog import Say
from bot.model import InboundKind, Locale
from bot.store import audit, briefs, conversations, people
from bot.store.acts import Act

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.model import NoticeAccepted
    from bot.store.conversations import Kept

CODE = "code"
"""The answer under which a conversation keeps the code until the notice is accepted; no flow asks for it."""
START = "start"


def stranger(visit: Visit, kept: Kept | None) -> bool:
    """Deal with a message from a chat that nobody has enrolled in; False: it answers the notice that is shown."""
    code = _code(visit)
    if code is None:
        if kept is not None and kept.flow == "enrol" and kept.brief.person is not None:
            return False
        if not _vouched(visit, kept):
            visit.say(Say("enrol/code"))
        return True
    if people.too_many_tries(visit.connection, visit.inbound.address, visit.now):
        visit.say(Say("enrol/wait"))
        return True
    channel = visit.inbound.address.channel
    person = people.invited(visit.connection, visit.tools.keyring, code, visit.now, channel)
    if person is None:
        people.wrong_code(visit.connection, visit.inbound.address, visit.now)
        visit.say(Say("enrol/wrong"))
        return True
    _notice(visit, kept, person, code)
    return True


def _code(visit: Visit) -> str | None:
    """The code in a message: written, or carried by a deep link."""
    if visit.inbound.kind not in {InboundKind.TEXT, InboundKind.OPEN}:
        return None
    said = _bare(visit.inbound.text.removeprefix("/start").strip())
    known = words.entry("commands", Locale.ZH).choices
    if said.startswith("/") or any(words.matches("commands", locale, said, known) for locale in Locale):
        return None  # “language” has eight letters, too
    return people.plain_code(said)


def _bare(said: str) -> str:
    """Without the word before a code: “开始 7KQM-2XRT”, as an invitation has it. A greeting is none."""
    first, _, rest = said.partition(" ")
    begins = {words.label("commands", locale, START).casefold() for locale in Locale}
    return rest.strip() if rest and first.casefold() in begins else said


def _vouched(visit: Visit, kept: Kept | None) -> bool:
    """Show the notice to the person of the roster whose phone the platform says it is; False: it says nobody's."""
    phone, keyring = visit.inbound.phone, visit.tools.keyring
    person = people.person_by_phone(visit.connection, keyring, phone) if phone else None
    if person is None:
        return False
    code = visit.tools.token()
    people.vouch(visit.connection, keyring, person, code, visit.now, visit.inbound.address.channel)
    _notice(visit, kept, person, code)
    return True


def _notice(visit: Visit, kept: Kept | None, person: int, code: str) -> None:
    """Show the notice to the person whom the code names; nothing is bound before it is accepted."""
    if kept is not None:
        conversations.set_state(visit.connection, kept, "done")
    known = briefs.person(visit.connection, visit.tools.keyring, person, visit.now)
    brief = briefs.brief(visit.connection, visit.tools.house, known, visit.now, visit.now.date())
    visit.ask_again(conversations.Kept(None, "enrol", brief, {CODE: code}, None, visit.now))


def bound(visit: Visit, kept: Kept, fact: NoticeAccepted) -> bool:
    """Bind the chat to the person of the conversation; False when the code was used or expired meanwhile."""
    person = kept.brief.person
    if person is None:
        return False
    doing = Act(person, visit.inbox, visit.now)
    code = kept.answers.get(CODE, "")
    if not people.accept(visit.connection, visit.tools.keyring, doing, visit.inbound.address, code, fact.notice):
        return False
    visit.recognise()
    audit.record(visit.connection, visit.now, visit.owner, "enrolled", visit.inbound.address.channel, fact.notice)
    return True
