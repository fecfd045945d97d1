"""Days as they stand in the middle of a sentence (“上周五”, “11月3号”, “11.23”) → dates."""

from __future__ import annotations

import re
from datetime import date, timedelta

LONG_AGO = 60
"""A day without a year lies at most so many days back, where nothing but a point stands between its figures."""
_RELATIVE = {
    "大前天": -3, "前天": -2, "前日": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "昨夜": -1, "昨儿": -1, "yesterday": -1,
    "今天": 0, "今日": 0, "今早": 0, "今晨": 0, "今晚": 0, "今儿": 0, "today": 0,
    "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "tomorrow": 1, "后天": 2,
}  # fmt: skip
_WEEKDAYS = {"1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "日": 6, "天": 6, "末": 6}
PATTERN = (
    rf"{'|'.join(_RELATIVE)}"
    r"|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?(?!\d)"
    r"|(?<!\d)\d{1,2}月\d{1,2}[日号]?(?!\d)"
    r"|(?<![\d./-])(?:1[0-2]|0?[1-9])[./](?:3[01]|[12]\d|0?[1-9])(?![\d./度°℃]|\s*(?:人|例|名|位|个|期))"
    r"|(?:上个?|本|这)?(?:周|星期|礼拜)[1-6日天末]"
    r"|(?<![\d.])(?:3[01]|[12]\d|0?[1-9])[日号](?![楼院门房\d]|单元|车|店|线)"
)
"""What a day looks like, in folded text."""
_FULL = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})([月./])(\d{1,2})")
_WEEK = re.compile(r"(上?)个?(?:本|这)?(?:周|星期|礼拜)(.)")
_BARE = re.compile(r"(\d{1,2})[日号]")


def day(said: str, today: date) -> date | None:
    """The day that ``said``, which fits ``PATTERN``, means on ``today``; None where there is no such day."""
    if said in _RELATIVE:
        return today + timedelta(days=_RELATIVE[said])
    if match := _FULL.match(said):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _MONTH.match(said):
        years = (_date(today.year - back, int(match[1]), int(match[3])) for back in (0, 1))
        latest = next((each for each in years if each is not None and each <= today), None)
        near = latest is not None and (match[2] == "月" or (today - latest).days <= LONG_AGO)
        return latest if near else None
    if match := _WEEK.match(said):
        monday = today - timedelta(days=today.weekday())
        meant = monday + timedelta(days=_WEEKDAYS[match[2]] - (7 if match[1] else 0))
        return meant if meant <= today else meant - timedelta(days=7)
    bare = _BARE.match(said)
    number = int(bare[1]) if bare else 0
    months = ((today.year, today.month), (today.year - (today.month == 1), (today.month - 2) % 12 + 1))
    found = (_date(year, month, number) for year, month in months)
    return next((each for each in found if each is not None and each <= today), None)


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
