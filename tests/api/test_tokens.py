"""Who may come in: the token, its place, its role, its term and its pace; and how a refusal reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.board.api.application import application as made
from bot.board.api.gate import Gate
from bot.model import Role
from bot.store import api_tokens, audit, rotation, webhooks
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.tables import named
from tests.api.asking import ALL, caller, token
from tests.documents.records import HOUSE
from tests.town import KEYRING, NOW, TODAY


@pytest.mark.parametrize("said", [None, "wuyi_wrong", "wrong", "wuyi_" + "x" * 9000, "wuyi_\u00e9"])
async def test_without_a_good_token_nobody_comes_in(app: Starlette, said: str | None) -> None:
    """One sentence in the caller's language, and what to send."""
    for locale, sentence in (("zh", "需要有效的令牌"), ("en", "A valid token is needed")):
        async with caller(app, None) as http:
            headers = [(b"accept-language", locale.encode())]
            if said is not None:
                headers.append((b"authorization", f"Bearer {said}".encode()))
            answer = await http.get("/api/v1/places", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-language"] == locale
        assert answer.json()["error"].startswith(sentence)


async def test_a_token_in_the_address_opens_nothing(app: Starlette, town: Database) -> None:
    """Addresses end in logs."""
    word = token(town)
    async with caller(app, None) as http:
        assert (await http.get(f"/api/v1/places?token={word}")).status_code == 401


async def test_a_token_ends_by_its_term_or_by_hand(app: Starlette, town: Database) -> None:
    """From the next request on; what happened is in the audit log, and the word itself nowhere."""
    word, old = token(town), token(town, days=0)
    async with caller(app, word) as http, caller(app, old) as late:
        assert (await late.get("/api/v1/places")).status_code == 401
        assert (await http.get("/api/v1/places")).status_code == 200
        with town.read() as connection:
            (newest, *_) = [each for each in api_tokens.listed(connection) if each.used_on]
            kept = connection.execute(select(named("api_token"))).all()
        assert (newest.role, newest.place, newest.used_on) == (Role.OFFICE, "X", TODAY)
        assert word not in str(kept)
        assert town.write(lambda connection: api_tokens.revoke(connection, newest.id, NOW))
        assert not town.write(lambda connection: api_tokens.revoke(connection, newest.id, NOW))
        assert (await http.get("/api/v1/places")).status_code == 401
    with town.read() as connection:
        lines = connection.execute(select(named("audit").c.action, named("audit").c.subject)).all()
        assert audit.verify(connection) is None
    assert ("api token revoked", f"api:{newest.id}") in lines


def test_a_new_secret_key_ends_every_token(town: Database) -> None:
    """Nobody could find them any more: so they are shown as ended, and webhooks are signed with another secret."""
    token(town)
    hook = town.write(
        lambda connection: webhooks.add(connection, NOW, url="https://x.example/", role=Role.OFFICE, place="X")
    )
    moving = Keyring(b"another secret of the tests, long enough\nbefore:a secret of the tests, long enough to be one")
    town.write(lambda connection: rotation.reseal(connection, moving, NOW, "cli"))
    with town.read() as connection:
        assert [each.revoked_at for each in api_tokens.listed(connection)] == [NOW]
        (kept,) = webhooks.live(connection)
    assert kept.secret(KEYRING) == hook.secret(KEYRING) != kept.secret(moving)


@pytest.mark.parametrize("resource", ALL)
async def test_a_token_reads_its_place_and_what_lies_below(app: Starlette, town: Database, resource: str) -> None:
    """A place elsewhere is refused by name; one that does not exist is said not to exist."""
    outside, nowhere = (
        (f"/api/v1/{resource}?place=61", f"/api/v1/{resource}?place=nowhere")
        if "/" not in resource
        else ("/api/v1/places/61/history", "/api/v1/places/nowhere/history")
    )
    async with caller(app, token(town, Role.COMMUNITY_LEAD, "JA"), **{"accept-language": "en"}) as http:
        assert (await http.get(f"/api/v1/{resource}")).status_code == 200
        refused, missing = await http.get(outside), await http.get(nowhere)
    assert refused.status_code == 403
    assert refused.json()["error"].startswith("61 lies outside")
    assert missing.status_code == 404
    assert "no place with the code nowhere" in missing.json()["error"]


async def test_a_subtree_is_all_that_is_shown(app: Starlette, town: Database) -> None:
    """Of a community its compounds; of one of them, named, nothing else."""
    async with caller(app, token(town, Role.COMMUNITY_LEAD, "JA")) as http:
        all_of_it = (await http.get("/api/v1/places")).json()["items"]
        one = (await http.get("/api/v1/places?place=22")).json()["items"]
    assert [each["place"] for each in all_of_it] == ["22", "23", "24", "JA"]
    assert [each["place"] for each in one] == ["22"]


async def test_who_comes_too_often_is_told_when_to_come_again(town: Database) -> None:
    """Each token has a pace of its own; after the pause that was named it goes on."""
    moments = [NOW]
    gate = Gate(town, KEYRING, lambda: moments[-1], per_minute=2)
    app = Starlette(routes=[Mount("/api", made(town, HOUSE, lambda: NOW, gate))])
    async with caller(app, token(town)) as http, caller(app, token(town)) as other:
        answers = [await http.get("/api/v1/places") for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 429]
        assert (await other.get("/api/v1/places")).status_code == 200
        wait = int(answers[-1].headers["retry-after"])
        assert 0 < wait <= 61
        assert f"{wait} 秒后再试" in answers[-1].json()["error"]
        moments.append(NOW + timedelta(seconds=wait + 1))
        assert (await http.get("/api/v1/places")).status_code == 200
