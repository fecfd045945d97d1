"""People of every role before the menu: those who report, those who lead, and those who do both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.model import Brief, Owed, Role, Todo
from bot.model.office import Ask, Gap, Missing, Office, Sum
from bot.model.rights import Barred, allowed

OWED = (Owed("23", "星悦城一期"),)


def of(brief: Brief, *roles: Role) -> Brief:
    """Somebody with these roles."""
    return replace(brief, roles=frozenset(roles), may=allowed(roles, roles))


TOLD = (
    Barred("document", "", ("community_lead", "office"), whom=(("community_lead", "君安社区"),)),
    Barred("document", "", ("office",)),
    Barred("why", ""),
    Barred("creation", "火星", ("office",), own=True, whom=(("office", "示例县"),)),
    Barred("ledger", "W1", ("office",), own=True),
    Barred("isolation", "", ("community_lead",), own=True),
)
"""What may be refused, and who may be there to be asked."""


def refusals(plain: Brief) -> Mapping[str, Brief]:
    """Each of them; and a conversation that knows of none."""
    return {"nothing": plain} | {f"{told.command} {n}": replace(plain, barred=told) for n, told in enumerate(TOLD)}


def greeted(plain: Brief) -> Mapping[str, Brief]:
    """A lead whose places have reported, have not, or are many; somebody with nothing; with things to do."""
    gaps = tuple(Gap(str(n), f"{n}区") for n in range(1, 8))
    lead = of(plain, Role.COMMUNITY_LEAD)
    waiting = (
        Todo("check", "JA", "君安社区", plain.day, "", overdue=True),
        Todo("check", "XM", "新苗社区", plain.day, ""),
    )
    told = {
        "all in": Missing(Sum(3, 3, 3)),
        "two missing": Missing(Sum(3, 1, 1), (("君安社区", gaps[:2]),)),
        "many missing": Missing(Sum(99, 1, 1), (("君安社区", gaps),), 91),
        "nobody owes": Missing(),
    }
    office = Office(Ask.MISSING, "JA", "君安社区")
    found = {name: replace(lead, office=replace(office, missing=each)) for name, each in told.items()}
    found |= {f"{name}, and more": replace(brief, todo=waiting) for name, brief in found.items()}
    nobody = Office(Ask.MISSING, whom=(("community_lead", "君安社区"),))
    return found | {"nothing": plain, "nothing but work": replace(plain, todo=waiting, office=nobody)}


def days(plain: Brief) -> Mapping[str, Brief]:
    """By role, with each kind of the menu."""
    found = {role.value: of(plain, role) for role in Role}
    found |= {f"{role.value}, reports": replace(of(plain, role), owed=OWED) for role in Role}
    found["a lead who works in the field"] = replace(of(plain, Role.COMMUNITY_LEAD, Role.GRID_WORKER), owed=OWED)
    found["a lead's stand-in"] = replace(plain, may=allowed((), {Role.COMMUNITY_LEAD}), owed=OWED)
    kinds = ("below", "ill", "figures", "award", "ledger", "own", "nonsense")
    named = {f"{name}: {kind}": replace(brief, subject=kind) for name, brief in found.items() for kind in kinds}
    return found | named
