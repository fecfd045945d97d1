"""The keys of a rule pack: what each may hold, how to say so, and on which line of a file it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from bot.model import Every, Level, Role, Settled

DETAILS = ("door", "temperature", "contact", "area")
"""What can be asked about a person at once."""
HOT = (35.0, 42.0)
"""°C between which a temperature can be the one from which fever is counted."""


class Key(NamedTuple):
    """What a key may hold, and how to say so."""

    test: Callable[[object], bool]
    wanted: str


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _among(known: tuple[str, ...]) -> Callable[[object], bool]:
    return lambda value: _texts(value) and set(value) <= set(known)  # type: ignore[call-overload]


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_text, value)) and len(set(value)) == len(value)


def _day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _count(value: object) -> bool:
    return _whole(value) and value != 0


def _counts(value: object) -> bool:
    return isinstance(value, list) and all(map(_whole, value)) and len(set(value)) == len(value)


def _rising(value: object) -> bool:
    return isinstance(value, list) and all(map(_count, value)) and value == sorted(set(value))


def _degrees(value: object) -> bool:
    return isinstance(value, float) and HOT[0] <= value <= HOT[1]


def _letter(value: object) -> bool:
    return isinstance(value, str) and len(value) == 1 and value.isascii() and value.isupper()


def _clock(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.strptime(value, "%H:%M").strftime("%H:%M") == value  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        return False


TEXT = Key(_text, "a text")
COUNT = Key(_count, "a whole number above 0")
FLAG = Key(lambda value: isinstance(value, bool), "true or false")
CLOCK = Key(_clock, "a time such as 17:00, in quotes")
PACK: Mapping[str, Key] = {
    "title": TEXT,
    "version": TEXT,
    "source": TEXT,
    "basis": TEXT,
    "start": Key(_day, "a day such as 2026-01-01"),
    "levels": Key(_among(tuple(Level)), f"a list of {', '.join(Level)}"),
    "unverified": Key(lambda value: value in ("count", "hold", "break"), "count, hold or break"),
    "ruled_out": Key(lambda value: value in ("restart", "restore"), "restart or restore"),
    "threshold_days": COUNT,
    "milestones": Key(_rising, "a rising list of days"),
    "revoke_on_break": FLAG,
    "cutoff": CLOCK,
    "form_kinds": Key(_texts, "a list of kinds, each once"),
    "fever_from": Key(_degrees, "degrees such as 37.3"),
    "isolation_days": COUNT,
    "returnee_days": COUNT,
    "note_limit": COUNT,
    "photo_limit": COUNT,
    "assess_threshold": COUNT,
    "retention_days": COUNT,
    "message_days": COUNT,
    "rectify_days": COUNT,
    "look_again_days": COUNT,
    "first_cycle": Key(_day, "a day such as 2026-12-01"),
    "seat_towns": Key(_texts, "a list of codes of townships"),
    "quiet_from": CLOCK,
    "quiet_until": CLOCK,
    "reminders_a_day": COUNT,
    "overdue_days": COUNT,
    "digest_minutes": COUNT,
    "mention_missing": FLAG,
}
"""Keys at the top of the file."""
TIMERS: Mapping[str, Key] = {"undiagnosed_hours": COUNT, "unmoved_hours": COUNT}
KIND: Mapping[str, Key] = {
    "breaking": FLAG,
    "rule": TEXT,
    "zh": TEXT,
    "en": TEXT,
    "letter": Key(_letter, "one capital letter"),
    "ask": Key(_among(DETAILS), f"a list of {', '.join(DETAILS)}"),
    "alert": Key(_among(tuple(Role)), f"a list of {', '.join(Role)}"),
    "quiet": COUNT,
}
"""Keys of ``[kinds.NAME]``."""
FIELD: Mapping[str, Key] = {
    "id": TEXT,
    "minimum": Key(_whole, "a whole number, 0 or more"),
    "maximum": COUNT,
    "zh": TEXT,
    "en": TEXT,
}
"""Keys of ``[[fields]]``, all of them needed."""

DUTY: Mapping[str, Key] = {
    "id": TEXT,
    "every": Key(lambda value: value in ("day", "week"), "day or week"),
    "times": COUNT,
    "levels": Key(_among(tuple(Level)), f"a list of {', '.join(Level)}"),
    "zh": TEXT,
    "en": TEXT,
}
"""Keys of ``[[duties]]``."""
DUTY_NEEDS = ("id", "every", "zh", "en")
DEADLINE: Mapping[str, Key] = {
    "id": TEXT,
    "every": Key(lambda value: value in list(Every), f"one of {', '.join(Every)}"),
    "settled": Key(lambda value: value in list(Settled), f"one of {', '.join(Settled)}"),
    "day": Key(lambda value: _count(value) and value <= 31, "a day of the month"),  # type: ignore[operator] # noqa: PLR2004 - no month has more
    "time": CLOCK,
    "audience": Key(_among(tuple(Role)), f"a list of {', '.join(Role)}"),
    "days_before": Key(_counts, "a list of days"),
    "minutes_before": Key(_counts, "a list of minutes"),
    "at": CLOCK,
    "working_day": FLAG,
    "zh": TEXT,
    "en": TEXT,
}
"""Keys of ``[[deadlines]]``."""
DEADLINE_NEEDS = ("id", "every", "settled", "zh", "en")
STANDARDS: Mapping[str, Key] = {level.value: Key(_texts, "a list of standards, each once") for level in Level}
"""Keys of ``[standards]``."""

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*([\w.\-"']+)\s*=""")


def line_of(text: str, key: str) -> int | None:
    """The line on which ``key`` (``kinds.fever.alert``, ``fields.2.maximum``) stands in a TOML file.

    Where it does not, that of the table that it is missing from; None where not even that is there.

    TOML's reader tells no positions. This looks at headers and keys at the beginning of lines, as people write them.
    """
    lines: dict[str, int] = {}
    above = ""
    arrays: dict[str, int] = {}
    for number, row in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(row):
            above = header[2].replace('"', "").replace("'", "")
            if header[1] == "[[":
                arrays[above] = arrays.get(above, 0) + 1
                above = f"{above}.{arrays[above]}"
            lines.setdefault(above, number)
        elif found := _KEY.match(row):
            name = found[1].replace('"', "").replace("'", "")
            lines.setdefault(f"{above}.{name}" if above else name, number)
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key)
