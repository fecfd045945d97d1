"""Days on which somebody reports in plain words: what was said, and whose places they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.model import Brief, Called, Finding, FormField, KnownCase, Near, Owed, Status
from tests.town import NOW

ONE, TWO, THREE = Owed("23", "星悦城一期"), Owed("22", "君安花园小区"), Owed("24", "汉口花园六期")
CALLED = (
    Called("23", "星悦城一期", ("星悦一期",)),
    Called("22", "君安花园小区", ("君安花园",)),
    Called("24", "汉口花园六期"),
    Called("25", "星悦城二期", ("星悦城二期",), mine=False),
)
KNOWN = KnownCase("F1124-01", "23", "星悦城一期", "fever", NOW.date(), NOW, "3栋", own=True)
SAID = (
    "星月城一起3栋发热1人38度5，其他都正常",
    "星悦城一期3栋发热1人36.8，君安花园密接2人，李大爷家",
    "星悦城一期3栋密接2人咳嗽",
    "星悦城一期可能有发热，君安花园基本正常，汉口花园六期3栋不发热",
    "发热1人，密接3人",
    "星悦城发热1人",
    "星悦城二期发热1人",
    "星悦城二期发热1人，君安花园正常",
    "海德公园小区发热1人",
    "君安花园有异常",
    "今天都好，报平安，一切正常",
    "11月3号都正常",
    "那个谁又咳了",
    "星悦城一期发热1人28.5",
    "星悦城一期发热1人100度，密接1人",
    "星悦城一期3栋 45度",
    "星悦城一期密接1人，君安花园45度",
    "",
)  # fmt: skip


def days(rules: Brief) -> Mapping[str, Brief]:
    """Briefs by the name of the day."""
    owing = replace(rules, owed=(ONE, TWO, THREE), called=CALLED)
    found = {f"said {said}": replace(owing, subject=said) for said in SAID}
    fever = (Finding("fever", 2),)
    mine = (
        replace(ONE, status=Status.ABNORMAL, mine=True, findings=fever),
        replace(TWO, status=Status.NORMAL, mine=True),
    )
    lead = replace(rules, called=CALLED, near=(Near("23", "星悦城一期"),))
    first = SAID[0]
    return found | {
        "known": replace(owing, subject=first, cases=(KNOWN,)),
        "done": replace(owing, owed=mine, subject="今天都好，报平安，一切正常"),
        "done, and more": replace(owing, owed=mine, subject="星悦城一期3栋发热1人，君安花园密接1人"),
        "done, and well": replace(owing, owed=mine, subject="星悦城一期正常"),
        "one place": replace(owing, owed=(ONE,), called=CALLED[:1], subject="发热1人38.5"),
        "another day": replace(owing, day=NOW.date() - timedelta(days=1), subject="昨天君安花园密接1人"),
        "a lead": replace(lead, subject="星悦城一期发热1人"),
        "a lead, known": replace(lead, subject="星悦城一期3栋发热1人", cases=(KNOWN,)),
        "a lead, nowhere": replace(lead, subject="密接2人"),
        "a lead, many": replace(lead, subject="星悦城一期密接1人，发热1人"),
        "a lead, well": replace(lead, subject="都正常"),
        "a lead, one well": replace(lead, subject="君安花园正常"),
        "a lead and worker": replace(owing, owed=(ONE,), subject="君安花园密接1人"),
        "a lead and worker, many": replace(owing, owed=(ONE,), subject="君安花园密接1人，星悦城一期正常"),
        "nobody": replace(rules, subject="发热1人"),
        "nobody, nothing": replace(rules, subject="嗯"),
        "a pack of one's own": replace(
            owing,
            subject="君安花园登革热1人，星悦城一期发热1人，汉口花园六期有异常",
            kinds=("dengue",),
            labels={"dengue": "登革热"},
            ask={"dengue": ("door",)},
            fields=(FormField("larvae", 0, 50, {"zh": "积水", "en": "water"}),),
        ),
    }
