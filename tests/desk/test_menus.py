"""What a menu offers to each role: what it may do, on one card, and nothing that would be refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import delete, insert

from bot.handlers import COMMANDS
from bot.model import Brief, Role
from bot.model.rights import RIGHTS, allowed
from bot.questions.menus import CARD, DAILY, EVERYBODY, KINDS, REPORTING, first, kinds, within
from bot.store.database import Database
from bot.store.tables import named
from tests.dialog.menu_days import days
from tests.dialog.walks import PLAIN
from tests.talking import Talk
from tests.town import LONG_AGO, NOW

PLACE = {
    Role.BUILDING_LEADER: "23", Role.GRID_WORKER: "23", Role.UNIT_CONTACT: "U1", Role.COMMUNITY_LEAD: "JA",
    Role.TOWNSHIP_REVIEWER: "T", Role.OFFICE: "X", Role.ADMIN: "X",
}  # fmt: skip
"""Where somebody of each role works."""
REFUSED = ("您名下没有", "不归您", "没有办法")


def become(talk: Talk, role: Role, until: str = "") -> str:
    """Li is this from now on, and nothing else; or was it until then."""
    assignment = named("assignment")
    unit = {"code": "U1", "name": "样板学校", "level": "unit", "parent": "JA", "start": NOW.date(), "aliases": ""}
    row = {
        "person": 2,
        "role": role.value,
        "place": PLACE[role],
        "recorded_at": LONG_AGO,
        "until": date.fromisoformat(until) if until else None,
    }

    def job(connection: object) -> None:
        connection.execute(delete(assignment).where(assignment.c.person == 2))  # type: ignore[attr-defined]
        connection.execute(insert(named("place")), unit)  # type: ignore[attr-defined]
        connection.execute(insert(assignment), row)  # type: ignore[attr-defined]

    talk.database.write(job)
    return "li"


def briefs() -> Iterator[Brief]:
    """People of every role, and of several."""
    yield from days(PLAIN).values()


def test_every_menu_fits_a_card() -> None:
    """Six buttons, with the way on or back among them."""
    for brief in briefs():
        assert len(first(brief)) < CARD
        assert len(kinds(brief)) <= CARD
        assert all(len(within(brief, kind)) < CARD for kind in KINDS)


def test_all_that_a_role_may_do_is_in_its_menu() -> None:
    """On the first card, or behind it; what stands on another card of its own is named here."""
    elsewhere = {"days", "why", "problem", "channels", "health", "me"}
    for role in Role:
        brief = Brief(PLAIN.now, PLAIN.day, PLAIN.cutoff, roles=frozenset({role}), may=allowed({role}, {role}))
        offered = {*first(brief), *(each for kind in kinds(brief) for each in within(brief, kind))}
        assert brief.may - offered <= elsewhere


def test_the_menus_name_commands() -> None:
    """All that is offered can be said, and has roles that may."""
    named_ = {each for table in (DAILY, KINDS) for theirs in table.values() for each in theirs} | {*REPORTING}
    assert named_ | {*EVERYBODY} <= set(COMMANDS)
    assert named_ <= {*RIGHTS, *REPORTING, *EVERYBODY}


@pytest.mark.parametrize("role", list(Role))
async def test_nothing_that_is_offered_is_refused(town: Database, role: Role) -> None:
    """Each button of the menu of each role, tapped."""
    talk = Talk(town)
    who = become(talk, role)
    (menu,) = await talk.write(who, "菜单")
    cards = [menu]
    (more,) = await talk.tap(who, "更多…")
    for button in [button for row in more.buttons for button in row]:
        cards += await talk.write(who, button.value)
    offered = {button.value for card in cards for row in card.buttons for button in row}
    assert len(offered) > CARD
    for said in sorted(offered):
        (answer,) = await talk.write(who, said)
        assert not any(words in answer.text for words in REFUSED), (said, answer.text)
        await talk.write(who, "/cancel")
