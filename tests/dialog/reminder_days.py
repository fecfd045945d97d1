"""Briefs of those who ask what is due, and how things stand once they have said something of being reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.model import Brief, DeadlineLine, Misnamed, Near, Settled
from tests.town import NOW

DUE = NOW + timedelta(days=3)
PLAN = DeadlineLine("prepare", "2026", "方案", DUE, Settled.TOLD, (("T", "样板街道"),))
APPLY = DeadlineLine("first-cycle-end", "2026", "申报", DUE, Settled.APPLIED, (("T", "样板街道"), ("JA", "君安社区")))
REVIEW = DeadlineLine("quarterly-review", "2026Q4", "评审", DUE, Settled.REVIEWED, (("JA", "君安社区"),))
MONTH = DeadlineLine("monthly-report", "2027-01", "月报", DUE, Settled.TOLD, (("T", "样板街道"), ("U", "又一街道")))
TOLD = {"place": "样板街道", "label": "方案", "due": DUE, "late": False}
UNTIL = {"until": NOW + timedelta(minutes=30), "cutoff": NOW + timedelta(hours=2)}
LAST = {"cutoff": NOW + timedelta(minutes=5)}


def days(plain: Brief) -> dict[str, Brief]:
    """By what sort of day it is."""
    return {
        "all sorts of deadlines": replace(plain, deadlines=(PLAN, APPLY, REVIEW, MONTH)),
        "deadlines of others": replace(plain, deadlines=tuple(replace(each, places=()) for each in (PLAN, APPLY))),
        "a deadline met": replace(plain, subject="prepare 2026 T"),
        "in half an hour": replace(plain, subject="30"),
    }


WHY = {
    "place": "23", "name": "星悦城一期", "days": 37, "state": "clean", "since": NOW.date() - timedelta(days=36),
    "as_of": NOW.date(), "next": NOW.date() + timedelta(days=1), "reported_days": 30, "unverified_days": 7,
    "policy": "count", "case": None, "gap": None,
}  # fmt: skip


def asked(plain: Brief) -> dict[str, Brief]:
    """Those on which somebody asks why."""
    return {
        "why": replace(plain, reasons=WHY),
        "why, of several": replace(plain, near=(Near("23", "星悦城一期"), Near("22", "君安花园小区")), subject="火星"),
        "why, of a slip": replace(
            plain, subject="星悦城一其", misnamed=Misnamed("星悦城一其", (Near("23", "星悦城一期"),))
        ),
        "why, of a part": replace(plain, near=(Near("22", "君安花园小区"), Near("24", "汉口花园六期")), subject="花园"),
        "why, of nothing": replace(plain, near=(), subject="火星"),
    }
