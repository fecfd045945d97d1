"""An invented example of each document: ``docs/examples`` holds what the program makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from bot.documents.assessment import assessment_docx, assessment_xlsx
from bot.documents.daily_table import daily_table
from bot.documents.ledger import ledger
from bot.documents.prose import application, monthly, quarterly
from bot.model import DayState, Level
from bot.model.documents import (
    ApplicationForm,
    AssessmentSheet,
    DailyRow,
    DailyTable,
    LedgerRow,
    LedgerTable,
    SheetLine,
    SheetPart,
    period,
)
from bot.model.reports import (
    MonthLine,
    Organisation,
    Prevention,
    Progress,
    Reviewed,
    Supervision,
    Unverified,
    WorkReport,
)
from bot.store.papers.notes import NOTES
from tests.town import ZONE

AT = datetime(2026, 11, 24, 17, 5, tzinfo=ZONE)
TODAY = AT.date()
COMPOUNDS = {
    "君安社区": ("君安花园小区", "星悦城一期", "汉口花园六期"),
    "新苗社区": ("星悦城二期", "星悦城三期", "星悦城四期", "戒毒所宿舍"),
    "跃进社区": ("跃进家园 A 区", "跃进家园 B 区", "跃进家园 C 区", "融创融公馆"),
    "尚荣社区": ("尚都一品", "天合园", "融创二期", "融创一期", "天合熙园"),
    "塔子湖社区": ("锦绣家园幽兰苑", "清芷园", "兴隆苑", "馨竹苑", "雅菊苑", "奥林紫园"),
    "越秀社区": ("越秀一二期小区", "越秀三期小区", "梦湖香郡", "融创澜岸", "尚湖熙园"),
    "海悦社区": ("海德公园小区", "上海公馆小区", "汇悦天地小区"),
    "华汇社区": ("中央华城",),
    "金桥汇社区": ("金桥汇一期", "金桥汇二期"),
    "余华岭社区": (
        "余华岭佳园 A 区",
        "余华岭佳园 B 区",
        "余华岭佳园 C 区",
        "同心雅庭",
        "凯旋名苑",
        "绿地汉口中心",
    ),
    "金潭村": ("金潭村",),
}
"""篇四, in its order; the numbers run from 22 to 61."""
REMARKS = {
    "星悦城一期": (37, DayState.CLEAN, "疑似 S1015-01，10月18日转出或解除，次日起算"),
    "君安花园小区": (12, DayState.CLEAN, "确诊 S1110-01，11月12日转出或解除，次日起算"),
    "戒毒所宿舍": (0, DayState.BROKEN, "密接 M1124-01，尚未转出或解除"),
    "融创融公馆": (66, DayState.UNVERIFIED, "当日未报；其中 3 天未报"),
    "中央华城": (41, DayState.CLEAN, "当日发布 42 天，已更正"),
}


def _rows() -> tuple[DailyRow, ...]:
    flat = [(community, compound) for community, compounds in COMPOUNDS.items() for compound in compounds]
    return tuple(
        DailyRow(community, str(number), compound, *REMARKS.get(compound, (number * 2, DayState.CLEAN, "")))
        for number, (community, compound) in enumerate(flat, 22)
    )


DAILY = DailyTable("样板街道", TODAY, _rows(), 40, 39, 38, NOTES, AT)
ASSESSMENT = AssessmentSheet(
    "创建无疫乡镇、无疫村、无疫社区测评表",
    "君安社区",
    "篇二 附件3，第 1 版",
    (
        SheetPart(
            "",
            (
                SheetLine("1", "组织领导", Decimal(5), Decimal(5)),
                SheetLine("2", "无确诊病例", Decimal(20), Decimal(20), "近 14 天没有"),
                SheetLine("3", "无疑似病例", Decimal(15), Decimal(15), "近 14 天没有"),
                SheetLine("4", "无密切接触者", Decimal(15), Decimal(15), "近 14 天没有"),
                SheetLine("5", "无重点人员漏管", Decimal(10), Decimal(10), "近 14 天无漏管"),
                SheetLine("6", "防控宣传", Decimal(10), Decimal("7.5"), "二期公告栏的宣传单已过期，正在更换"),
                SheetLine("7", "卫生情况", Decimal(10), Decimal(8), "垃圾日清，上周消毒只做 1 次"),
                SheetLine("8", "防控资料", Decimal(5), Decimal(4), "缺 11 月的领导小组会议记录"),
                SheetLine("9", "防控效果", Decimal(5), Decimal(0), "连续无疫 12 天，不足 14 天，最早 11月26日 起得分"),
                SheetLine("10", "值班守班", Decimal(5), Decimal(5)),
            ),
        ),
    ),
    points=True,
    total=Decimal("89.5"),
    out_of=Decimal(100),
    needed=Decimal(80),
    qualifies=True,
    assessors=("王*", "李*"),
    on=TODAY,
)
CHECKLIST = AssessmentSheet(
    "无疫社区创建标准",
    "新苗社区",
    "篇二 标准三，第 1 版",
    (
        SheetPart("组织管理", (SheetLine("1", "组织机构：有组织架构、职责分工和工作制度", None, Decimal(1)),)),
        SheetPart(
            "防控措施",
            (
                SheetLine("2.1", "工作措施：落实各级防控要求，有具体的工作措施", None, Decimal(1)),
                SheetLine("2.2", "全面排查：不漏一人一户", None, Decimal(0), "两户长期空置，没有登记"),
                SheetLine("2.3", "封闭管理：一人一卡、一车一证", None, None),
            ),
        ),
    ),
    points=False,
    total=Decimal(2),
    out_of=Decimal(4),
    needed=Decimal(4),
    qualifies=False,
    assessors=("赵*",),
    on=TODAY,
)
_PARTS = (
    "一是健全组织体系。社区成立防控工作领导小组，设临时党支部，网格员、楼栋长分片包干，每日五时前逐处报告，当日汇总、当日核对。",
    (
        "二是严格落实措施。各小区只留一个出入口，二十四小时值守，测温、验码、登记齐全；外来人员和车辆一律查验；"
        "楼道、电梯每周消毒两次以上，生活垃圾日产日清。对返乡人员逐户登记，居家隔离每日随访，发热人员当日转诊、当日追踪到底。"
    ),
    "三是做好服务保障。摸清独居老人、孕产妇、透析病人等重点人群的底数，由志愿者结对上门，代购药品和生活物资；居民诉求当日回应，件件有着落。",
)
LONG_TEXT = "\n".join((_PARTS[0], _PARTS[1] * 3, _PARTS[2] * 2, "四是坚持常查常改，" + "查漏补缺，" * 60))[:600]
APPLICATION = ApplicationForm(
    township="样板街道",
    place="君安社区",
    level=Level.COMMUNITY,
    leader="王样例",
    post="党总支书记",
    phone="13800000003",
    text="\n".join(_PARTS),
    opinion="经自评，我社区得 89.5 分，达到无疫社区创建标准，同意申报。",
    on=TODAY,
)
FULL_APPLICATION = ApplicationForm(
    "样板街道（含新城开发区管理委员会代管片区）",
    "君安花园路以北片区联合社区居民委员会",
    Level.COMMUNITY,
    "欧阳样例",
    "党总支书记、居委会主任",
    "0451-53881234-802",
    LONG_TEXT,
    "同意 & 盖章 <一式两份>",
    TODAY,
)
_ORGANISATION = Organisation(workers=26, places=42, red=9, black=2)
_PREVENTION = Prevention(
    publicity=214, screened=2036, requests=87, expected=960, received=951, on_time=938,
    cases=(("疑似", 1), ("密接", 3), ("发热", 5)), open_cases=1, compounds=40, clean=39, threshold=14, reached=36,
    own_days=0,
)  # fmt: skip
_SUPERVISION = Supervision(
    experience=12,
    listed=20,
    returned=3,
    looked_at=4,
    found=18,
    closed=15,
    looked_again=11,
    reopened=1,
    unfinished=3,
    overdue=1,
)
_PROGRESS = (
    Progress("君安社区", "社区", "已申报", date(2026, 11, 20), Decimal("89.5")),
    Progress("新苗社区", "社区", "未申报", None, Decimal(76)),
    Progress("跃进社区", "社区", "退回", date(2026, 11, 18), Decimal(82)),
    Progress("尚荣社区", "社区", "已命名", date(2026, 10, 28), Decimal(93)),
    Progress("金潭村", "村", "未申报", None, None),
)
_REVIEWED = (
    Reviewed("尚荣社区", "命名", date(2026, 10, 28), "明查 92 分"),
    Reviewed("海悦社区", "撤销命名", date(2026, 11, 12), "密接 M1112-01，连续无疫中断"),
)
MONTHLY = WorkReport(
    "样板街道",
    period("2026-11"),
    TODAY,
    AT,
    _ORGANISATION,
    _PREVENTION,
    _SUPERVISION,
    _PROGRESS,
    _REVIEWED,
    praised=(("尚荣社区", "连续无疫 64 天，日报全部按时"),),
    criticised=(("跃进社区", "本月 2 天以上未按时日报；挂账问题超期 1 个"),),
    unverified=(Unverified("融创融公馆", 24, 3), Unverified("金桥汇二期", 24, 6)),
)
QUARTERLY = WorkReport(
    "样板街道",
    period("2026Q4"),
    TODAY,
    AT,
    _ORGANISATION,
    replace(_PREVENTION, expected=2200, received=2188, on_time=2160),
    replace(_SUPERVISION, found=32, closed=28),
    _PROGRESS,
    _REVIEWED,
    unverified=(Unverified("金桥汇二期", 55, 9), Unverified("融创融公馆", 55, 3)),
    months=(MonthLine("2026年10月", 1240, 1237, 6, 14, 13), MonthLine("2026年11月", 960, 951, 9, 18, 15)),
)
LEDGER = LedgerTable(
    "君安社区",
    period("2026Q4"),
    (
        LedgerRow(
            "W1103-01", "星悦城一期", "体验式", "北门卡口没有人测温，外来快递车直接开进小区", date(2026, 11, 3), "张*",
            date(2026, 11, 6), date(2026, 11, 5), date(2026, 11, 6), date(2026, 11, 13), "已回头看",
        ),
        LedgerRow(
            "W1112-01", "汉口花园六期", "挂账式", "3 栋楼道堆放杂物，消毒记录缺 11 月 10 日", date(2026, 11, 12), "李*",
            date(2026, 11, 15), None, None, None, "待整改", overdue=True,
        ),
        LedgerRow(
            "W1119-01", "君安花园小区", "回头式", '=HYPERLINK("http://a.invalid","点我") 垃圾没清', date(2026, 11, 19),
            "", date(2026, 11, 26), date(2026, 11, 21), None, None, "待销号", rounds=2,
        ),
    ),
    AT,
)  # fmt: skip
EXAMPLES: Mapping[str, tuple[Callable[..., bytes], object]] = {
    "日报表.xlsx": (daily_table, DAILY),
    "测评表.docx": (assessment_docx, ASSESSMENT),
    "测评表.xlsx": (assessment_xlsx, ASSESSMENT),
    "申报表.docx": (application, APPLICATION),
    "月报.docx": (monthly, MONTHLY),
    "季报.docx": (quarterly, QUARTERLY),
    "问题台账.xlsx": (ledger, LEDGER),
}
"""By file name: what makes it, and of what."""
