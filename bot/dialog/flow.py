"""What a handler offers to the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.dialog.engine import Dialog, Goto
from bot.dialog.steps import Say
from bot.model import Brief, Fact, Standing


class Need(StrEnum):
    """What a flow's brief must hold beyond the person's own day; each costs the desk a question to the store."""

    STREAKS = "streaks"
    HISTORY = "history"
    SELF = "self"
    COLLEAGUES = "colleagues"
    NEAR = "near"
    NAMES = "names"
    CASES = "cases"
    CASE = "case"
    ISOLATIONS = "isolations"
    RETURNEES = "returnees"
    CARE = "care"
    TODO = "todo"
    PAST = "past"
    ASSESSABLE = "assessable"
    SHEET = "sheet"
    CHECKS = "checks"
    COURSES = "courses"
    COURSE = "course"
    CIRCULAR = "circular"
    PROBLEMS = "problems"
    PROBLEM = "problem"
    ENTRIES = "entries"
    WORK = "work"
    DESKS = "desks"
    DEADLINES = "deadlines"
    REASONS = "reasons"
    PICTURED = "pictured"
    SUMMARY = "summary"
    MISSING = "missing"
    NUDGE = "nudge"
    LONGEST = "longest"
    SCORES = "scores"
    STAFF = "staff"
    INVITEES = "invitees"
    CHANNELS = "channels"
    HEALTH = "health"
    SETTINGS = "settings"
    RIGHTS = "rights"
    BARRED = "barred"


@dataclass(frozen=True, slots=True)
class Flow:
    """A conversation: its name, its generator, where its words lie, and what is said once its fact is recorded."""

    name: str
    run: Callable[[Brief], Dialog]
    words: str
    """The folder of its templates."""
    receipt: Callable[[Fact, Brief, Standing], Say] | None = None
    needs: frozenset[Need] = frozenset()
    about: str = "day"
    """What its command may name: a ``day``, or a ``subject`` (a case's number, a place) that the brief takes up."""
    then: Callable[[Fact, Brief, Standing], Goto | None] | None = None
    """Where the conversation goes on once the fact is recorded and its receipt is said."""
