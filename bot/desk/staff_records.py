"""A one-time code that somebody asked for in the chat → an invitation, a line in the audit log, the code itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.model import Standing
from bot.model.facts import PersonInvited
from bot.store import audit, people, staff
from bot.store.asking import Asking
from bot.store.cases import RefusedError

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept


def _invited(visit: Visit, _: Kept, fact: PersonInvited) -> Standing:
    """Make the code, if this person may let that one in; earlier ones end. It is shown here and nowhere else."""
    assert visit.who is not None  # noqa: S101 - a fact has a person
    today = visit.now.date()
    asking = Asking(visit.connection, visit.tools.house, visit.who, visit.now, today)
    try:
        worker = staff.invited(asking, fact.person)
    except RefusedError as why:
        return Standing(visit.now, shown={"refused": why.reason})
    code = _code(visit.tools.token())
    people.invite(visit.connection, visit.tools.keyring, fact.person, code, visit.now, None)
    audit.record(visit.connection, visit.now, visit.owner, "invited", f"p:{fact.person}")
    shown = {"worker": worker, "code": people.shown_code(code), "days": people.CODE_LIFE.days}
    shown["ways"] = tuple(visit.tools.ways(code))
    # The code stands behind the #: a browser never sends that part, so no log and no preview has it.
    return Standing(visit.now, shown={**shown, "link": f"{visit.tools.base_url}/login#code={code}"})


def _code(token: str) -> str:
    """A code that people can copy, out of an unguessable word: five bits a sign."""
    digest = hashlib.sha256(token.encode()).digest()
    return "".join(people.ALPHABET[each % len(people.ALPHABET)] for each in digest[: people.CODE_LENGTH])


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {PersonInvited: _invited}
"""By fact: what writes it, and says how things stand then."""
