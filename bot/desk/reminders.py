"""The words of a reminder: everything that somebody owes, with the buttons that settle it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from bot import words
from bot.desk import cards
from bot.desk.cards import Card
from bot.dialog import Option, Say
from bot.handlers.reminders import MINUTES
from bot.model import Brief, Button, Debt, Locale, Outbound, Reminder, Settled, Todo

KEY = "reminders/reminder"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Labels tell no time."""
DAILY = "daily-report"
NORMAL = "/normal "
"""How the button begins that settles the day's report."""
CASES = frozenset({"undiagnosed", "unmoved", "unseen"})
MOST = 6
"""So many things fit a message that people read; the list of what is owed has all."""
SETTLES = "settles"
"""In the place of a question's key: the message asks for one thing only, and what settles it takes its place."""


@dataclass(frozen=True, slots=True)
class Words:
    """A reminder as it is said: its card, and whether one tap settles all of it."""

    card: Card
    single: bool


def worded(reminder: Reminder, locale: Locale, now: datetime, settled: dict[str, Settled]) -> Words:
    """A reminder in somebody's language; ``settled`` says of each deadline what settles it.

    The card holds no token yet and nothing of the person, so that two who owe the same may share one.
    """
    daily = next((debt for debt in reminder.items if debt.kind == DAILY), None)
    dated = [debt for debt in reminder.items if debt.todo is None and debt is not daily]
    waiting = [debt.todo for debt in reminder.items if debt.todo is not None]
    room = max(MOST - len(dated), 1)
    brief = Brief(now, now.date(), now if daily is None else daily.due, locale)
    values: dict[str, object] = {
        "daily": daily,
        "dated": dated[:MOST],
        "todos": [(each, datetime.fromisoformat(each.due)) for each in waiting[:room]],
        "more": max(len(dated) - MOST, 0) + max(len(waiting) - room, 0),
        "folded": reminder.folded,
    }
    actions = tuple(dict.fromkeys(_actions(daily, dated, waiting[:room], settled)))
    text = words.text(KEY, locale, {"brief": brief, **values})
    labels = iter(_laid(locale, tuple((each.name, each.label, each.value.partition(" ")[0]) for each in actions)))
    rows = tuple(
        tuple(Button(label, f"/{option.value}") for label, option in row) for row in _filled(labels, iter(actions))
    )
    return Words(Card(text, rows), single=len(reminder.items) == 1)


@lru_cache(maxsize=1024)
def _laid(locale: Locale, actions: tuple[tuple[str | None, str | None, str], ...]) -> tuple[tuple[str, ...], ...]:
    """The labels of these buttons in rows: laid out once for all who get the same ones."""
    brief, say = Brief(EPOCH, EPOCH.date(), EPOCH, locale), Say(KEY)
    buttons = [
        cards.action_button(say, Option(f"{command} {n}", label, name), brief)
        for n, (name, label, command) in enumerate(actions)
    ]
    return tuple(tuple(button.label for button in row) for row in cards.rows(buttons))


def _filled(rows: Iterator[tuple[str, ...]], actions: Iterator[Option]) -> Iterator[list[tuple[str, Option]]]:
    """The labels with what they stand for, in their order."""
    for row in rows:
        yield [(label, next(actions)) for label in row]


def asks_for_report(outbound: Outbound) -> bool:
    """Whether a reminder asks for the day's report, among other things or alone."""
    return any(button.value.startswith(NORMAL) for row in outbound.buttons for button in row)


def _actions(
    daily: Debt | None, dated: Sequence[Debt], waiting: Sequence[Todo], settled: dict[str, Settled]
) -> Iterator[Option]:
    if daily is not None:
        seen = f"{daily.period} {','.join(code for code, _ in daily.places)}"
        for name in ("normal", "exceptions", "leave"):
            yield Option(f"{name} {seen}" if name != "leave" else name, name=name)
    for debt in dated:
        if not debt.up:
            yield from _settling(debt, settled[debt.kind])
    for todo in waiting:
        if todo.kind == "isolation_ends":
            yield Option(f"isolation {todo.subject}", name="isolation")
        elif todo.subject:
            yield Option(f"{'case' if todo.kind in CASES else 'ledger'} {todo.subject}", label=todo.subject)
    yield from (Option(f"snooze {minutes}", name=f"later{minutes}") for minutes in MINUTES)
    if daily is None and len(dated) + len(waiting) > 1:
        yield Option("todo")


def _settling(debt: Debt, settled: Settled) -> Iterator[Option]:
    match settled:
        case Settled.TOLD:
            for code, name in debt.places[:MOST]:
                label = None if len(debt.places) == 1 else f"✅ {name}"
                yield Option(f"met {debt.kind} {debt.period} {code}", label, "met")
        case Settled.APPLIED:
            yield Option("apply")
        case _:
            yield Option("creation")
