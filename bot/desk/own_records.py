"""What a person decides about their own data, and the items of others that they open → the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot import words
from bot.dialog import Say
from bot.model import Field, ItemOpened, NameCorrected, Role, Standing
from bot.store import audit, cases, openings, people
from bot.store.authority import responsible
from bot.store.cases import RefusedError

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept

LEADS = (Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER)


def _opened(visit: Visit, _: Kept, fact: ItemOpened) -> Standing:
    """Open the item if the table lets this person; a lead hears of one who opens very many."""
    act = visit.act()
    try:
        value = openings.open_item(visit.connection, visit.tools.keyring, act, fact)
    except RefusedError as why:
        if why.reason == "many" and openings.refused(visit.connection, act, fact.case):
            _tell_leads(visit, cases.place_of(visit.connection, fact.case), "opened/many_news", most=openings.MOST)
        return Standing(visit.now, shown={"refused": why.reason, **why.values})
    if fact.field is Field.PHOTO:
        return Standing(visit.now, shown={"value": "", "photo": value})
    return Standing(visit.now, shown={"value": value})


def _named(visit: Visit, _: Kept, fact: NameCorrected) -> Standing:
    """Put the name right, and let the lead know, who may know the person."""
    before = words.masked_name(visit.who.name) if visit.who else ""
    people.correct_name(visit.connection, visit.tools.keyring, visit.act().person, fact.name)
    audit.record(visit.connection, visit.now, visit.owner, "name corrected", visit.owner)
    place = next(iter(visit.duties().on(visit.now.date())), None)
    _tell_leads(visit, place, "me/name_news", before=before, after=words.masked_name(fact.name))
    visit.recognise()
    return Standing(visit.now)


def _tell_leads(visit: Visit, place: str | None, key: str, **values: object) -> None:
    """Those nearest above the place who can be reached; the first role that has anybody."""
    me = visit.act().person
    name = words.masked_name(visit.who.name) if visit.who else ""
    for role in LEADS if place else ():
        for each in responsible(visit.connection, place or "", (role,), visit.now.date()):
            if each.person != me and visit.notify(each.person, Say(key, {"name": name, **values})):
                return


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {ItemOpened: _opened, NameCorrected: _named}
"""By fact: what writes it, and says how things stand then."""
