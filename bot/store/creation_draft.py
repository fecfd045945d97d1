"""A draft of 工作经验及主要做法, made of figures that exist: whoever applies goes on from there (篇二, 申报表)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection

from bot import words
from bot.model import Course, Locale
from bot.model.creation import TEXT_LIMIT
from bot.store import sums, worklog
from bot.store.asking import House

BACK = timedelta(days=90)
"""So far back the work is told of."""


def draft(connection: Connection, house: House, course: Course, today: date) -> str:
    """The text, in Chinese as the form is, within its 600 characters."""
    start = max(house.rules.start, today - BACK)
    reports = sums.tallies(connection, start, today - timedelta(days=1), [course.place])[course.place]
    done = worklog.counts(connection, course.place, start, today)
    shown = {
        "name": course.name, "level": course.level, "streak": course.streak, "since": start, "until": today,
        "reports": reports, "township": course.township, "reached": course.reached,
        "work": {counter.value: number for counter, number in done.items()},
    }  # fmt: skip
    return words.text("application/draft", Locale.ZH, shown)[:TEXT_LIMIT]
