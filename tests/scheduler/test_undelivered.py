"""What cannot be delivered: the person's other chat, else somebody above, else a line for the admin; never a loop."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, insert, select

from bot.desk import cards, letters
from bot.desk.voice import Tools
from bot.model import Address, Button, Fate, InboundKind, Outbound, Retry, Undeliverable
from bot.store import codec, people
from bot.store.audit import verify
from bot.store.database import Database
from bot.store.tables import named
from scheduler.outbox import SCHEDULE
from tests.scheduler.offices import OUTBOX, Office, Scripted
from tests.talking import Talk
from tests.town import KEYRING, NOW, RULES, ZONE, tokens

ACCOUNT, AUDIT, REMINDER = named("account"), named("audit"), named("reminder")
ZHANG, WANG, SMITH, ZHAO, SUN = 1, 3, 4, 7, 9
CASE = "S1110-01"
SECRET = "3栋2单元501"


@dataclass
class Gate(Scripted):
    """A channel that reaches everybody but some."""

    blocked: set[str] = field(default_factory=set)
    away: set[str] = field(default_factory=set)
    """Those to whom nothing goes for now."""
    doors: list[str] = field(default_factory=list)
    """At whose it knocked, with what."""

    async def send(self, outbound: Outbound) -> Fate:
        """As its platform would."""
        self.doors.append(f"{outbound.address.id}: {outbound.text.partition(chr(10))[0]}")
        if outbound.address.id in self.blocked:
            return Undeliverable("Forbidden: bot was blocked by the user")
        return Retry(why="503") if outbound.address.id in self.away else await super().send(outbound)


@pytest.fixture
def office(town: Database) -> Office:
    """The town's post, with the channel that everybody uses and another."""
    token = tokens()
    tools = Tools(KEYRING, RULES, ZONE, lambda: f"again-{token()}", "")
    made = Office(town, Gate(), tools=tools)
    made.channels["other"] = Gate("other")
    return made


def gate(office: Office, name: str = "test") -> Gate:
    """A channel as what it is."""
    channel = office.channels[name]
    assert isinstance(channel, Gate)
    return channel


def put(office: Office, who: str, person: int, kind: str = "alert", case: str = CASE, **more: Any) -> int:  # noqa: ANN401 - as a letter takes it
    """A letter to somebody, with what only they may read, and a case's button."""
    buttons = ((Button("看病例", f"/case {case}"), Button("收到", f"/ack {case}")),) if case else ()
    card = cards.Card(f"{kind}\n{SECRET}", buttons)
    letter = letters.Letter(card, Address("test", who), person, kind=kind, **more)
    return office.database.write(lambda c: letters.write(c, KEYRING, office.token, office.now, letter))


def bound(office: Office, person: int, address: str, channel: str = "other") -> None:
    """One more chat of somebody, older than the first so that it is not where they are best reached."""
    office.database.write(
        lambda c: c.execute(
            insert(ACCOUNT), {"id": -person, "channel": channel, "address": address, "person": person, "bound_at": NOW}
        )
    )


def sent_to(office: Office, who: str, channel: str = "test") -> list[Outbound]:
    """What arrived in a chat, oldest first."""
    with office.database.read() as connection:
        rows = connection.execute(
            select(OUTBOX.c.body)
            .where(OUTBOX.c.channel == channel, OUTBOX.c.address == who, OUTBOX.c.state == "sent")
            .order_by(OUTBOX.c.id)
        ).all()
    return [codec.load(Outbound, KEYRING.open_bytes(row.body)) for row in rows]


def account(office: Office, who: str) -> Row[Any]:
    """The account of an address."""
    with office.database.read() as connection:
        return connection.execute(select(ACCOUNT).where(ACCOUNT.c.address == who)).one()


def lost(office: Office) -> list[tuple[str, str, str]]:
    """What the audit log says of alerts that reached nobody; the chain is whole."""
    with office.database.read() as connection:
        assert verify(connection) is None
        rows = connection.execute(select(AUDIT).where(AUDIT.c.action == "alert-lost").order_by(AUDIT.c.id))
        return [(row.actor, row.subject, row.detail) for row in rows]


async def test_the_other_chat_gets_the_same_letter(office: Office) -> None:
    """Once, with buttons of its own; the blocked chat is left out from then on, and the moment counts as served."""
    bound(office, ZHANG, "zhang2")
    gate(office).blocked = {"zhang"}
    number = put(office, "zhang", ZHANG, "reminder", dedupe="slot", asked="state")
    moment = {"person": ZHANG, "slot": "daily-report", "outbox": number, "at": NOW}
    office.database.write(lambda c: c.execute(insert(REMINDER), moment))
    await office.after(0)
    assert office.state(number) == "dead"
    (letter,) = sent_to(office, "zhang2", "other")
    with office.database.read() as connection:
        row = connection.execute(select(OUTBOX).where(OUTBOX.c.channel == "other")).one()
        assert connection.execute(select(REMINDER.c.outbox)).scalars().all() == [row.id]
        assert people.address_of(connection, ZHANG) == Address("other", "zhang2")
    assert (row.kind, row.person, row.asked, row.dedupe) == ("reminder", ZHANG, "state", f"again:{number}")
    assert letter.text == f"reminder\n{SECRET}"
    assert letter.buttons[0][0].token.startswith(f"{row.token}.")
    assert account(office, "zhang").unreachable_at == NOW
    assert await office.after(100_000) == []


async def test_the_schedule_ran_out(office: Office) -> None:
    """The letter goes the other way too; but the chat is not refused, and stays the first."""
    bound(office, ZHANG, "zhang2")
    gate(office).away = {"zhang"}
    put(office, "zhang", ZHANG)
    for wait in (0, *SCHEDULE):
        assert sent_to(office, "zhang2", "other") == []
        await office.after(wait)
    assert len(sent_to(office, "zhang2", "other")) == 1
    assert account(office, "zhang").unreachable_at is None
    assert lost(office) == []


async def test_an_alert_goes_up_to_whoever_can_be_told(office: Office) -> None:
    """Each hears once, of the case's number and a masked name; never of a person."""
    gate(office).blocked = {"zhang", "wang"}
    put(office, "zhang", ZHANG)
    await office.after(0)
    told = "⚠️ 张* 收不到消息，这条病例通知没有送到：S1110-01。请您处理"
    assert gate(office).doors == ["zhang: alert", f"wang: {told}", f"zhao: {told}"]
    (letter,) = sent_to(office, "zhao")
    assert [(button.label, button.value) for row in letter.buttons for button in row] == [("看病例", f"/case {CASE}")]
    assert SECRET not in letter.text
    assert lost(office) == []


async def test_an_alert_that_reaches_nobody(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """It ends, and the admin sees it: in the log and in the audit log, without anybody's name."""
    gate(office).blocked = {"zhang", "wang", "zhao", "sun"}
    put(office, "zhang", ZHANG)
    await office.after(0)
    assert [said.partition(":")[0] for said in gate(office).doors] == ["zhang", "wang", "zhao", "sun"]
    with office.database.read() as connection:
        last = max(connection.execute(select(OUTBOX.c.id)).scalars())
    assert lost(office) == [("app", f"outbox:{last}", "")]
    assert "an alert reached nobody" in caplog.text
    assert "张" not in caplog.text
    assert await office.after(100_000) == []


async def test_all_are_away_and_nothing_goes_round_for_ever(office: Office) -> None:
    """Nobody is blocked, nothing arrives, everybody has two chats: each gets it once in each, and it ends."""
    for person, who in ((ZHANG, "zhang"), (WANG, "wang"), (ZHAO, "zhao"), (SUN, "sun")):
        bound(office, person, f"{who}2")
        gate(office).away |= {who}
        gate(office, "other").away |= {f"{who}2"}
    put(office, "zhang", ZHANG)
    for _ in range(200):
        await office.after(3600)
    tried = [*gate(office).doors, *gate(office, "other").doors]
    assert len(tried) == 8 * (len(SCHEDULE) + 1)
    assert len(lost(office)) == 1


async def test_two_alerts_of_one_case_are_both_told(office: Office) -> None:
    """The second is news as well, and the lead hears it too; not the township."""
    gate(office).blocked = {"zhang"}
    put(office, "zhang", ZHANG)
    await office.after(0)
    put(office, "zhang", ZHANG)
    await office.after(0)
    assert (len(sent_to(office, "wang")), sent_to(office, "zhao")) == (2, [])


async def test_an_alert_about_no_case(office: Office) -> None:
    """Such as that one was a mistake: whoever leads at the person's place is to call them."""
    gate(office).blocked = {"smith"}
    put(office, "smith", SMITH, case="")
    await office.after(0)
    (letter,) = sent_to(office, "brown")
    assert letter.text == "⚠️ Smith* cannot be reached; a case alert did not arrive. Please call them"
    assert letter.buttons == ()


async def test_a_reminder_tells_the_lead_once_a_day(office: Office) -> None:
    """In words that say what to do; a second one that day says nothing, one on the next day does."""
    gate(office).blocked = {"zhang"}
    for wait in (0, 3600, 86_400):
        put(office, "zhang", ZHANG, "reminder", case="")
        await office.after(wait)
    told = [letter.text for letter in sent_to(office, "wang")]
    assert told == ["张* 收不到提醒（机器人被屏蔽，或消息送不到）。请您当面或电话提醒，并请本人给机器人发一句话"] * 2
    assert sent_to(office, "zhao") == []


@pytest.mark.parametrize("kind", ["notice", "digest"])
async def test_less_is_told_to_nobody(office: Office, kind: str) -> None:
    """A notice is not worth a call; but where there is another chat it goes there."""
    gate(office).blocked = {"zhang"}
    put(office, "zhang", ZHANG, kind)
    await office.after(0)
    assert len(gate(office).doors) == 1
    bound(office, ZHANG, "zhang2")
    put(office, "zhang", ZHANG, kind)
    await office.after(0)
    assert len(sent_to(office, "zhang2", "other")) == 1


async def test_an_answer_and_a_group_are_let_be(office: Office) -> None:
    """Whoever asked sees for themselves; a group is nobody's chat."""
    gate(office).blocked = {"zhang", "g"}
    put(office, "zhang", ZHANG, "reply")
    office.put("digest", "g", group=True, kind="digest")
    await office.after(0)
    assert len(gate(office).doors) == 2
    assert account(office, "zhang").unreachable_at is None


async def test_a_refusal_of_the_message_alone(office: Office) -> None:
    """The chat stays; the lead is told that the message did not arrive."""
    office.channel.fates[f"alert\n{SECRET}"] = [Undeliverable("MESSAGE_TOO_LONG", gone=False)]
    put(office, "zhang", ZHANG)
    await office.after(0)
    assert account(office, "zhang").unreachable_at is None
    assert len(sent_to(office, "wang")) == 1


async def test_nobody_can_be_told_for_a_mistake_of_ours(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Then too the letter is dead, its address is left out, and the admin is told."""
    gate(office).blocked = {"zhang"}
    number = put(office, "zhang", ZHANG)
    office.post._tools = Tools(KEYRING, RULES, ZONE, lambda: "tok00001", "")  # a token that is taken
    await office.after(0)
    assert (office.state(number), lost(office)) == ("dead", [("app", f"outbox:{number}", "")])
    assert account(office, "zhang").unreachable_at is not None
    assert "IntegrityError" in caplog.text


async def test_an_alert_that_cannot_be_read(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody can say what it said: the admin is told."""
    number = put(office, "zhang", ZHANG)
    office.spoil(number, b"")
    await office.after(0)
    assert lost(office) == [("app", f"outbox:{number}", "")]
    assert "an alert reached nobody" in caplog.text


async def test_a_word_from_the_chat_ends_it(office: Office) -> None:
    """It is reached again from the turn on in which its person writes; a word in a group says nothing of it."""
    talk = Talk(office.database)
    office.database.write(lambda c: people.unreachable(c, Address("test", "zhang"), NOW - timedelta(days=1)))
    with office.database.read() as connection:
        assert people.address_of(connection, ZHANG) is None
    await talk.desk.take(
        replace(talk.inbound("zhang", InboundKind.TEXT, "你好"), address=Address("test", "g", group=True))
    )
    assert account(office, "zhang").unreachable_at is not None
    await talk.open("zhang")
    assert account(office, "zhang").unreachable_at is None
