"""The values from which ``figures/explain`` says why a streak is what it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, select

from bot import words
from bot.model import CaseFact, Event, Kind, Locale, PackRules, Reason, Streak
from bot.scoring.joining import in_force
from bot.store.logs import logs_of
from bot.store.tables import Place

place_ = Place.__table__  # type: ignore[attr-defined]


def explained(
    connection: Connection, rules: PackRules, streak: Streak, locale: Locale, known_at: datetime | None = None
) -> dict[str, object]:
    """All that the template ``figures/explain`` needs for ``streak``, which was computed with the same ``known_at``."""
    values: dict[str, object] = {
        "days": streak.days,
        "state": streak.state.value,
        "since": streak.since,
        "as_of": streak.as_of,
        "next": streak.as_of + timedelta(days=1),
        "reported_days": streak.reported_days,
        "unverified_days": streak.unverified_days,
        "policy": rules.unverified,
        "case": None,
        "gap": None,
    }
    reason = streak.reason
    if reason is not None:
        _, found = logs_of(connection, [reason.case], known_at)
        log = next(log for log in found if log[0].case == reason.case)
        values["case"] = _case(connection, rules, streak, reason, in_force(log), locale)
    elif streak.since is not None and streak.since > _start(connection, rules, streak.place):
        values["gap"] = streak.since - timedelta(days=1)
    return values


def _start(connection: Connection, rules: PackRules, place: str) -> date:
    return connection.scalar(select(place_.c.start).where(place_.c.code == place)) or rules.start


def _case(  # noqa: PLR0913, PLR0917 - a sentence about one case, in one language, from these
    connection: Connection, rules: PackRules, streak: Streak, reason: Reason, log: list[CaseFact], locale: Locale
) -> dict[str, Any]:
    where = log[0].place
    happened = [fact for fact in log if fact.on <= streak.as_of]
    events: list[dict[str, Any]] = []
    kind: str | None = None
    for fact in happened:
        naming = fact.event in {Event.FOUND, Event.DIAGNOSED}
        kind = fact.kind if naming and fact.kind else kind
        if naming or fact.on == reason.ended_on:
            other = None if kind in {None, reason.kind} else kind_name(rules, kind or "", locale)
            event = {"on": fact.on, "what": _what(fact.event, kind, rules), "kind": other}
            if event not in events:  # two reports of one person say the same
                events.append(event)
    return {
        "code": reason.case,
        "place": None if where == streak.place else connection.scalar(_name_of(where)),
        "kind": kind_name(rules, reason.kind, locale),
        "rule": words.label("figures/rules", locale, reason.rule),
        "events": events,
        "ended_on": reason.ended_on,
    }


def _what(event: Event, kind: str | None, rules: PackRules) -> str:
    """What to call an event: leaving is called by what the person was at that moment."""
    if event != Event.LEFT:
        return event.value
    if kind in {Kind.CLOSE_CONTACT, Kind.SECONDARY_CONTACT}:
        return "isolated"
    return "admitted" if kind in rules.breaking else "left"


def _name_of(place: str) -> Select[tuple[str]]:
    return select(place_.c.name).where(place_.c.code == place)


def kind_name(rules: PackRules, kind: str, locale: Locale) -> str:
    """What a kind is called: the pack's own word, else the bot's."""
    mine: Mapping[str, str] = rules.labels.get(kind, {})
    return mine.get(locale.value) or words.label("kinds", locale, kind)
