"""``wuyi outbox``: lists without words and addresses, sends again, drops; refusals with their exit status."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, Row, select, update

from bot.__main__ import wuyi
from bot.desk import cards, letters
from bot.model import Address
from bot.settings import Settings
from bot.store.audit import verify
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.tables import named
from tests.town import NOW, tokens

OUTBOX, AUDIT, PERSON = named("outbox"), named("audit"), named("person")
DEAD, UNCERTAIN, PENDING, GROUP, SENT = 1, 2, 3, 4, 5


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the sample, and five messages of different fates."""
    monkeypatch.setenv("WUYI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WUYI_NOW", "2026-11-24T14:58+08:00")
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(wuyi, ["init", "--sample"]).exit_code == 0
    keyring, token = Keyring(Settings().secret()), tokens()
    states = {DEAD: ("dead", "Forbidden: blocked"), UNCERTAIN: ("uncertain", "TimedOut"), PENDING: ("pending", "429")}
    states |= {GROUP: ("dead", "given up"), SENT: ("sent", "")}

    def job(connection: Connection) -> None:
        person = connection.execute(select(PERSON.c.id).order_by(PERSON.c.id)).scalars().first()
        for number, (state, why) in states.items():
            address = Address("telegram", "777001", group=number == GROUP)
            letter = letters.Letter(cards.Card("秘密的话"), address, None if number == GROUP else person, kind="alert")
            assert letters.write(connection, keyring, token, NOW, letter) == number
            values = {"state": state, "why": why, "attempts": 7}
            connection.execute(update(OUTBOX).where(OUTBOX.c.id == number).values(values))

    with closing(Database(f"sqlite:///{tmp_path / 'wuyi.db'}")) as database:
        database.write(job)
    return tmp_path


def call(*arguments: str) -> Result:
    """``wuyi outbox`` with these arguments."""
    return CliRunner().invoke(wuyi, ("outbox", *arguments))


def rows(data: Path) -> dict[int, Row[Any]]:
    """The messages as they stand."""
    with closing(Database(f"sqlite:///{data / 'wuyi.db'}")) as database, database.read() as connection:
        return {row.id: row for row in connection.execute(select(OUTBOX))}


def audited(data: Path) -> list[tuple[str, str]]:
    """What the audit log says of messages; its chain is whole."""
    with closing(Database(f"sqlite:///{data / 'wuyi.db'}")) as database, database.read() as connection:
        assert verify(connection) is None
        found = connection.execute(select(AUDIT).where(AUDIT.c.subject.startswith("outbox:")).order_by(AUDIT.c.id))
        return [(row.action, row.subject) for row in found]


def test_the_dead_are_listed(data: Path) -> None:
    """Who, when, how often and why; no word of it, no address, no whole name."""
    assert data.exists()
    done = call()
    assert done.exit_code == 0
    head, one, two = done.stdout.splitlines()
    assert head.split() == ["id", "kind", "channel", "person", "written", "attempts", "why"]
    assert one.split()[:3] == ["1", "alert", "telegram"]
    assert one.endswith("2026-11-24 14:58  7         Forbidden: blocked")
    assert "* " in one
    assert two.split() == ["4", "alert", "telegram", "2026-11-24", "14:58", "7", "given", "up"]
    assert not {"秘密", "777001"} & set(done.stdout.split())
    assert "秘密" not in done.stdout


@pytest.mark.parametrize(
    ("state", "ids"), [("dead", [DEAD, GROUP]), ("uncertain", [UNCERTAIN]), ("pending", [PENDING])]
)
def test_json(data: Path, state: str, ids: list[int]) -> None:
    """JSON only, each state on its own."""
    assert data.exists()
    found = json.loads(call("--state", state, "--json").stdout)
    assert [each["id"] for each in found] == ids
    assert set(found[0]) == {"id", "kind", "channel", "person", "written", "due", "attempts", "why"}
    assert found[0]["written"] == "2026-11-24T14:58:00+08:00"


def test_sent_again(data: Path) -> None:
    """From the first try on, now; also one of unknown fate, for an admin may know it. It stands in the log."""
    done = call("--resend", "1", "2", "1")
    assert (done.exit_code, done.stdout) == (0, "2 to be sent again\n")
    for number in (DEAD, UNCERTAIN):
        row = rows(data)[number]
        assert (row.state, row.attempts, row.why, row.due_at) == ("pending", 0, "", NOW)
    assert audited(data) == [("resent", "outbox:1"), ("resent", "outbox:2")]


def test_all_dead_again(data: Path) -> None:
    """Those and no others; a second time there are none, and that is no mistake."""
    assert call("--resend-dead").stdout == "2 to be sent again\n"
    states = {number: row.state for number, row in rows(data).items()}
    assert states == {DEAD: "pending", UNCERTAIN: "uncertain", PENDING: "pending", GROUP: "pending", SENT: "sent"}
    assert call("--resend-dead").stdout == "0 to be sent again\n"


def test_dropped(data: Path) -> None:
    """It is not sent any more, whether it was dead or waited."""
    assert call("--drop", "1", "3").stdout == "2 dropped\n"
    assert [rows(data)[number].state for number in (DEAD, PENDING)] == ["cancelled", "cancelled"]
    assert audited(data) == [("dropped", "outbox:1"), ("dropped", "outbox:3")]


@pytest.mark.parametrize("arguments", [("--resend", "1", "3"), ("--resend", "1", "99"), ("--drop", "1", "5")])
def test_what_is_in_no_state_for_it(data: Path, arguments: tuple[str, ...]) -> None:
    """All or nothing, and the one that does not fit is named."""
    before = rows(data)
    done = call(*arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: nothing was changed: ")
    assert done.stderr.endswith(f"under {arguments[-1]}\n")
    assert (rows(data), audited(data)) == (before, [])


@pytest.mark.parametrize(
    "arguments",
    [("--resend",), ("--drop",), ("7",), ("--resend", "--drop", "1"), ("--resend-dead", "1"), ("--drop", "x")],
)
def test_wrong_usage(data: Path, arguments: tuple[str, ...]) -> None:
    """Exit status 2."""
    assert data.exists()
    assert call(*arguments).exit_code == 2


def test_nothing_to_show(data: Path) -> None:
    """No line at all, and a word beside it; as JSON an empty list."""
    call("--drop", "2")
    ran = call("--state", "uncertain")
    assert (ran.stdout, ran.stderr) == ("", "no message is uncertain\n")
    assert json.loads(call("--state", "uncertain", "--json").stdout) == []
    assert data.exists()
