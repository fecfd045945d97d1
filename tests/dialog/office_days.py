"""What those see who answer for many places: much, little, nothing at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.model import Brief, Misnamed, Near, Standing, Todo
from bot.model.house import ChannelState, Facts, Health, Settings
from bot.model.office import (
    Ask,
    Counting,
    Gap,
    Hint,
    Longest,
    Missing,
    Nudge,
    Office,
    Scored,
    Scores,
    Share,
    Some,
    Sum,
    Summary,
)
from bot.model.places import Outside
from bot.model.staff import Invitees, Staff, Way, Worker
from tests.town import NOW

TODAY = NOW.date()
OTHERS = (("XM", "新苗社区"), ("61", "金潭村"))
QUIET = Summary("today", TODAY, TODAY, Sum(3, 3, 3), 3)
FULL = replace(
    QUIET,
    reports=Sum(3, 1, 0),
    broke=Some(9, ("星悦城一期", "君安花园小区")),
    restarted=Some(1, ("汉口花园六期",)),
    reached=(("金潭村", 30),),
    milestones=4,
    broken=Some(1, ("星悦城一期",)),
    found=2,
    cases={"fever": 2, "suspected": 1},
    ahead=(("星悦城二期", TODAY + timedelta(days=9)),),
    threshold=14,
    hints=(
        Hint("thin", 1, 3),
        Hint("lagging", 7, names=("金潭村",)),
        Hint("lagging", 1, names=("金潭村",)),
        Hint("burst", 30, at=NOW),
    ),
)
REASONS = dict.fromkeys(("quiet", "snoozed", "just", "most", "many", "unreached", "nobody"), 1)
GAPS = (("君安社区", (Gap("22", "君安花园小区", ("张*",)), Gap("23", "星悦城一期"))), ("", (Gap("61", "金潭村"),)))
DAYS = (Counting("23", "星悦城一期", 91), Counting("24", "汉口花园六期", 0, broken=True))
LINES = (
    Scored("T", "样板街道", "80", "80", TODAY, qualifies=True),
    Scored("JA", "君安社区", "79.5", "80", TODAY),
    Scored("XM", "新苗社区"),
)
TOWNS = (
    Share("T", "样板街道", 3, 1, 2, ("君安社区",), ("新苗社区",)),
    Share("U", "东街", 1, 1, 0),
    Share("V", "西街", 0, 0, 0),
)
OUTSIDE = (
    Outside("ahead", "明天", TODAY + timedelta(days=1), TODAY + timedelta(days=1)),
    Outside("ahead", "12月", TODAY + timedelta(days=7), TODAY + timedelta(days=37)),
    Outside("before", "2025-03", TODAY - timedelta(days=600), TODAY - timedelta(days=570), TODAY),
    Outside("span", "last_week", TODAY - timedelta(days=8), TODAY - timedelta(days=2)),
    Outside("none", "13月"),
)
MISNAMED = (
    Misnamed("君安社去", (Near("JA", "君安社区"),)),
    Misnamed("君安", (Near("JA", "君安社区"), Near("22", "君安花园小区"))),
    Misnamed("星悦城二期", foreign="星悦城二期", whom=(("community_lead", "新苗社区"),)),
    Misnamed("金潭", foreign="金潭村"),
)
"""Names that are none of theirs as they stand."""
NEW = Worker(5, "陈*", "138****0005", (("grid_worker", "星悦城二期"),), enrolled=False)
AWAY = Worker(1, "张*", "138****0001", tuple(("grid_worker", each) for each in "甲乙丙丁"), away=TODAY, stand_in="李*")
ALONE = Worker(2, "李*", "138****0002", (("grid_worker", "甲"), ("community_lead", "乙")), away=TODAY)
PLAIN = Worker(3, "王*", "138****0003", enrolled=False)
LET_IN: Mapping[str, object] = {
    "worker": NEW,
    "code": "7KQM-2XRT",
    "days": 7,
    "link": "https://wuyi.example/login#code",
    "ways": (Way("telegram", "https://t.me/wuyi_bot?start=7KQM2XRT"), Way("wecom")),
}
NOT_LET_IN = tuple(Standing(NOW, shown={"refused": why}) for why in ("unknown", "elsewhere", "enrolled"))
BROKEN = ChannelState("telegram", 5, 2, 1, NOW, NOW, "blocked", NOW)
FACTS = Facts("default", "无疫情社区", "17:00", "21:30", "07:30", 3, "Asia/Shanghai")
SENT: Mapping[str, object] = {"sent": 2, "held": REASONS}
NOT_SENT = (Standing(NOW, shown={"refused": Office(Ask.NUDGE, whom=(("community_lead", "君安社区"),))}),)


def office(ask: Ask, **told: Any) -> Office:  # noqa: ANN401 - the answer's own fields
    """An answer about a community."""
    return Office(ask, "JA", "君安社区", at=NOW, **told)


def days(rules: Brief) -> dict[str, Brief]:
    """Briefs of what they ask."""
    late = Todo("unmoved", "C1120-01", "星悦城一期", TODAY, NOW.isoformat(), overdue=True)
    found = {
        "a quiet day": office(Ask.SUMMARY, summary=QUIET),
        "much happened": office(Ask.SUMMARY, others=OTHERS, summary=FULL),
        "all are there": office(Ask.MISSING, missing=Missing(Sum(3, 3, 3))),
        "some are missing": office(Ask.MISSING, others=OTHERS, missing=Missing(Sum(9, 1, 0), GAPS, 5, named=True)),
        "some are missing, unnamed": office(Ask.MISSING, missing=Missing(Sum(4, 1, 1), GAPS)),
        "nobody owes": office(Ask.NUDGE, nudge=Nudge()),
        "nobody can be reminded": office(Ask.NUDGE, nudge=Nudge(3, 0, REASONS)),
        "two can be reminded": office(Ask.NUDGE, nudge=Nudge(3, 2, {"just": 1, "nobody": 2})),
        "three can be reminded": office(Ask.NUDGE, nudge=Nudge(3, 3)),
        "the last of them are missing": office(Ask.MISSING, missing=Missing(Sum(9, 1, 0), GAPS, page=2)),
        "no days": office(Ask.STREAKS, streaks=Longest()),
        "days": office(Ask.STREAKS, others=OTHERS, streaks=Longest(2, 1, DAYS)),
        "days of many": replace(office(Ask.STREAKS, streaks=Longest(20, 0, DAYS[:1], DAYS[1:])), name=""),
        "days of all": office(Ask.STREAKS, streaks=Longest(20, 1, DAYS, more=18, page=1)),
        "scores": office(Ask.SCORES, scores=Scores(80, LINES, 3, TOWNS)),
        "no scores": office(Ask.SCORES, others=OTHERS, scores=Scores(80, LINES[2:])),
        "nobody works": office(Ask.PEOPLE, staff=Staff()),
        "people": office(Ask.PEOPLE, others=OTHERS, staff=Staff(9, 7, 2, (NEW, AWAY, ALONE, PLAIN), 5)),
        "all are here": office(Ask.INVITE, invitees=Invitees()),
        "nobody of that name": office(Ask.INVITE, invitees=Invitees(said="王*")),
        "some are not here": office(Ask.INVITE, invitees=Invitees((NEW, PLAIN), 3)),
        "two of one name": office(Ask.INVITE, invitees=Invitees((NEW, AWAY), said="陈*")),
        "one of that phone": office(Ask.INVITE, invitees=Invitees((NEW,), said="****0005")),
        "no channel": office(Ask.CHANNELS, channels=()),
        "channels": office(Ask.CHANNELS, channels=(ChannelState("web"), BROKEN)),
        "all runs": office(Ask.HEALTH, health=Health("SQLite", "Asia/Shanghai", ticking=True, disk="ok", backup=NOW)),
        "an old backup": office(Ask.HEALTH, health=Health("SQLite", "Asia/Shanghai", backup=NOW, stale=True)),
        "nothing runs": office(Ask.HEALTH, health=Health("PostgreSQL", "UTC", waiting=9, oldest=NOW, dead=2)),
        "little disk": office(Ask.HEALTH, health=Health("SQLite", "UTC", disk="low", uncertain=1, quarantined=3)),
        "one's own settings": office(Ask.SETTINGS, settings=Settings("en", fewer=True)),
        "an administrator's": office(Ask.SETTINGS, settings=Settings("zh", channels=("web", "telegram"), house=FACTS)),
    }
    for period in ("yesterday", "week", "last_week", "month", "last_month", "quarter", "last_quarter"):
        told = replace(FULL, period=period, since=TODAY - timedelta(days=period != "yesterday"), hints=FULL.hints[:1])
        found[f"a {period}"] = office(Ask.SUMMARY, summary=told)
    for n, outside in enumerate(OUTSIDE):
        found[f"other days {n}"] = office(Ask.MISSING, outside=outside)
    past = replace(FULL, period="2025-09", since=TODAY - timedelta(days=400), until=TODAY - timedelta(days=370))
    found["a month"] = office(Ask.SUMMARY, summary=past)
    found["a day"] = office(Ask.SUMMARY, summary=replace(past, period="2025-09-20", since=past.until))
    found["a day's missing"] = office(Ask.MISSING, on=TODAY, missing=Missing(Sum(4, 1, 1), GAPS))
    found["a day's days"] = office(Ask.STREAKS, on=TODAY, streaks=Longest(2, 1, DAYS))
    for ask in Ask:
        found[f"{ask} refused"] = Office(ask, whom=(("community_lead", "君安社区"),))
        found[f"{ask} refused, nobody to ask"] = Office(ask)
        found[f"{ask} elsewhere"] = Office(ask, others=OTHERS, unknown="火星")
    found |= {f"named {n}": Office(Ask.SUMMARY, misnamed=each, days="week") for n, each in enumerate(MISNAMED)}
    return {
        name: replace(rules, office=each, todo=(late,) if name == "much happened" else ())
        for name, each in found.items()
    }
