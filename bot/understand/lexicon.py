"""The words of a daily report: what each sort of word looks like in folded text (its Chinese numbers are figures)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bot.model import Kind
from bot.understand import days


class Sort(StrEnum):
    """What a piece of a sentence is."""

    PLACE = "place"
    WRONG = "wrong"
    DAY = "day"
    WARMTH = "warmth"
    ODD = "odd"
    """A figure with a point or a degree that no body has."""
    DOOR = "door"
    QUESTION = "question"
    IF = "if"
    ORDER = "order"
    MAYBE = "maybe"
    FOLLOW = "follow"
    NORMAL = "normal"
    ABNORMAL = "abnormal"
    KIND = "kind"
    NOT = "not"
    COUNT = "count"
    SYMPTOM = "symptom"
    REST = "rest"
    EXCEPT = "except"
    OUTSIDE = "outside"
    EACH = "each"
    BUT = "but"
    LIST = "list"
    CLAUSE = "clause"
    SENTENCE = "sentence"
    LINE = "line"
    NUMBER = "number"
    RUN = "run"
    """Whatever is none of these."""


KINDS: Mapping[str, str] = {
    Kind.SECONDARY_CONTACT: (
        r"(?:密切接触者?|密接者?)的(?:密切接触|密接)(?:者|人员)?|次密切接触(?:者|人员)?|次密接?(?:者|人员)?"
        r"|secondary contacts?"
    ),
    Kind.CLOSE_CONTACT: r"密切接触(?:者|人员)?|密接(?:者|人员)?|close contacts?|contacts?(?![a-z])",
    Kind.ASYMPTOMATIC: r"无症状(?:感染)?(?:者|病例|人员)?|asymptomatic",
    Kind.CONFIRMED: (
        r"确诊(?:病例|病人|患者|人员)?|(?:核酸|抗原)?(?:检测)?阳性(?:病例|感染者|人员)?|阳了|阳的|confirmed|positives?"
    ),
    Kind.SUSPECTED: r"疑似(?:病例|病人|患者|人员)?|suspected",
    Kind.FEVER: (
        r"(?:发热|发烧|发?高烧|发?低烧|高热|低热)(?!门诊|登记)(?:病人|人员|患者|病例|者)?|烧(?=到|起来)|fevers?(?![a-z])"
    ),
    Kind.KEY_PERSON: (
        r"(?:从|由)?(?:中?高|中)?风险(?:地)?区?(?:返回|回来|返乡|来)(?:的|人员)*|返乡(?:人员)?|返回人员|重点人员"
        r"|从[^\d\s,，。;；]{1,6}?(?:回来|返回|返乡|过来)(?:的|人员)*|[\u4e00-\u9fff]{2}(?:回来|返回)(?:的|人员)*|returnees?"
    ),
}
"""By kind, the words for it. The first that fits counts, so the longer word stands first."""
_ANY = "|".join(KINDS.values())

SYMPTOMS: Mapping[str, str] = {
    "cough": "干?咳嗽?|coughs?|coughing",
    "sore_throat": "(?:嗓子|喉咙|咽喉?)(?:疼|痛|干)|sore throat",
    "fatigue": "乏力|没劲|浑身无力|全身无力|fatigue",
    "breathless": "气喘|呼吸困难|胸闷|气短",
    "diarrhoea": "腹泻|拉肚子|diarrhoea",
    "no_taste": "(?:没有?|无|失去)(?:味觉|嗅觉)|(?:味觉|嗅觉)(?:没有?了?|丧失|减退)",
}
_UNIT = "(?:个|名|位|例|人|口|persons?|people|cases?)"
_WELL = "(?:安好|平安无事|平安|良好|无恙|没事儿?|无事|没啥事|(?:(?<=都)|(?<=全)|(?<=1切))(?:很|挺|蛮)?(?:好|ok))"
_AT_WORK = "上报|上班|下班|上学|营业|出行|进出|通行|开门|开放|使用|值班|供应|运行|工作|生活|吃饭|打针|接种"
_ALL = "(?:都|均|全部|全|皆|1切|1律|统统|通通|也|还)*"
_WRONG_SIGN = "(?!正常)[正证征整争郑症政怔][长尝场厂畅肠唱偿常](?![期大身高得着个跑])"
_SPELT = r"(?<![a-z])(?:(?:quan\s*bu|dou|quan|yi\s*qie)\s*)?(?:z[hj]?eng?\s*ch?ang?|(?:qb|yq|q|d)?zc)(?![a-z])"
SLIPS = (
    rf"{_WRONG_SIGN}|{_SPELT}|(?<![a-z])(?:all\s+)?(?:nomal|norml|normla|noraml|nomral|nromal|normel|normall)(?![a-z])"
)
"""“正常” with a slip of the pen, in pinyin or its initials: never filed as such without a question mark."""
_OK = rf"(?=[正证征整争郑症政怔zqdyna])(?:正\s*常|{SLIPS})"
_NOT_AT_ALL = "不了|不起来|个[鬼屁]|才怪"
_NEVER = r"[不没未非](?:有|是|大|太|怎么|咋|算|很|够|再|完全)*"
WORDS: Mapping[Sort, str] = {
    Sort.WRONG: (
        r"(?<![\da-z栋幢座楼#])-\d+\s*(?:人|例|名|位|个)|\d+\.\d+\s*(?:人|例|名|位|个)|(?:[2-9]\d\d|\d{4,})\s*(?:人|例|名|位|个)"
    ),
    Sort.DAY: days.PATTERN,
    Sort.WARMTH: (
        r"(?<![\d.-])(?:3[4-9]|4[0-3])\s*(?:"
        r"[.。点]\s*\d{1,2}\s*(?:摄氏度|度|°c?)?(?![\d栋])"
        r"|(?:摄氏度|度|°)c?(?:半|\d(?!\d*\s*(?:人|例|个|名|栋)))?)"
    ),
    Sort.ODD: (
        r"(?=\d)(?<![a-z\d.-])\d{1,3}(?:\s*[.。点]\s*\d{1,2})?\s*(?:摄氏度|度(?!假)|°c?)\d?"
        r"|(?=\d)(?<![a-z\d.-])\d{1,3}[.。点]\d{1,2}(?![\d.]|\s*(?:栋|号|单元|期|级|版|米|公里|万|元|倍|%|年|月))"
    ),
    Sort.DOOR: (
        r"(?<![a-z\d.-])(?:[a-z]\d{0,2}|\d{1,3})\s*(?:栋|幢|座|号楼|#楼?|号(?=\s*(?:\d|楼|院)))\s*-?\s*"
        r"(?:\d{1,2}\s*(?:单元|门|-)\s*)?(?:\d{3,4}[a-z]?(?:室|号|房|户)?(?![\d人个例名]))?"
        r"|(?<![a-z\d.-])(?:[a-z]|\d{1,3})-\d{1,2}-\d{3,4}(?:室|号|房)?(?![\d-])"
        r"|(?<![a-z\d.-])(?:[a-z]|\d{1,3})-\d{3,4}(?:室|号|房)?(?![\d-])"
        r"|(?<![a-z\d.-])\d{1,2}单元(?:\d{3,4}(?:室|号|房)?)?|(?<!\d)\d{3,4}(?:室|房)"
    ),
    Sort.QUESTION: (
        r"[?？]|吗|怎么|怎样|如何|咋|为什么|为啥|谁|哪[里儿个些位天栋]?|什么(?!异常|情况|事|问题)|多少|几点|几号|几天|几时|"
        rf"(?:是否有?|有无|有没有)(?!\s*(?:{_ANY})\s*:)|是不是|要不要|能不能|可不可以|(?<!着)呢(?=\s|$|[,，。])|么(?=\s|$|[,，。])|"
        r"还有没有|(?<![a-z])(?:what|how|why|who|when|where|which|is there|are there|should)(?![a-z])"
    ),
    Sort.IF: r"如果|要是|万1|假如|若是?(?!干)|1旦|(?<![a-z])if(?![a-z])",
    Sort.ORDER: (
        r"请(?:大家|各|立即|立刻|及时|全体|务必|注意|网格员)|大家(?:注意|及时|记得|要)|提醒|注意|务必|各位|记得"
        r"|严防|预防"
    ),
    Sort.MAYBE: (
        r"不排除|基本上?|大部分|大多数?|大致|大体|差不多|总体|可能(?:是|有)?|好像(?:是|有)?|听说|据说|网传|估计"
        rf"|怀疑(?:是|有)?|似乎|大概|应该(?:是|有)?|疑似(?=\s*(?:有|是)?(?:{KINDS[Kind.FEVER]}"
        rf"|{KINDS[Kind.CLOSE_CONTACT]}|{KINDS[Kind.SECONDARY_CONTACT]}|阳|确诊|无症状))|(?<![a-z])(?:maybe|perhaps)(?![a-z])"
    ),
    Sort.FOLLOW: (
        r"(?:已经?)?(?:解除|康复|痊愈|治愈|出院|转阴|转走|转运|送走|退烧|退热|退了|好了)(?:隔离|观察)?了?|排除(?:了)?"
        r"|误报|报错|谣言|假的|烧退了?|不烧了|解封"
    ),
    Sort.NORMAL: (
        rf"(?:没得?有?|莫得|冇|并?无|未见|未发现|未出现|没发现|没见|均无|暂无|不存在)(?:任何|什么|啥子?|发现|出现|其他|其它|特殊|明显|大)*"
        rf"(?:异常|情况|问题|事儿?|疫情|变化|状况|新增)(?:情况|发生|现象)*"
        rf"|{_ALL}(?:{_WELL}|(?<![不没未非])(?<!恢复){_OK}(?!{_AT_WORK}|{_NOT_AT_ALL}))"
        r"|0报告|0新增|0疫情|(?:啥|什么)事儿?都?没有?|没问题"
        r"|(?<![a-z])(?:all|everything|everyone|they|is|are|was|were|'s|\s)*(?:normal|fine|all right|well)(?![a-z])"
        r"|nothing to report"
    ),
    Sort.ABNORMAL: (
        rf"有(?:点|些|1些|个)?(?:异常|情况|问题|状况)(?:情况)?|{_NEVER}{_OK}|{_OK}(?={_NOT_AT_ALL})|异常|不对劲"
        r"|(?=b)(?<![a-z])(?:bu\s*(?:tai\s*)?(?:z[hj]?eng?\s*ch?ang?|zc)|bzc)(?![a-z])|abnormal"
    ),
    Sort.KIND: "",
    Sort.NOT: (
        r"(?:没有?|未|并未|尚未|没能)(?:发现|出现|见|检出|查到|有)(?:任何|1个|1例|1人|人)?|没有?(?:任何|1个|1例|1名|1位|1人|人)?"
        r"|(?:并|暂|均|也|皆|都)?无(?:1例|1人|1个|任何)?|不存在|(?:并|也|又)?不是|未必|并非|不能说|不1定|不全|不都|不能|"
        rf"[不非](?=\s*(?:{_ANY}))|否|(?<![\d.a-z])0(?=(?:{_ANY}))|(?<![a-z])(?:no|not|without|none|nobody|never|hardly|cannot"
        r"|far from|(?:is|are|was|were|do|does|did|has|have|ca|wo)n['’]?t)(?![a-z])"
    ),
    Sort.COUNT: (
        rf"1家\d口|(?:夫妻|母子|父子|两口子|老两口)(?:2|两|俩)?(?:个|人)?|(?:\d{{1,3}}|两)\s*{_UNIT}人?(?!月)|俩人?|仨人?"
        r"|(?:好)?几(?:个|名|位|例|人)人?|(?:多|数)(?:个|名|位|例|人)|若干人?|有人|有(?:个|位|名)|some(?:one|body)"
    ),
    Sort.SYMPTOM: "|".join(SYMPTOMS.values()),
    Sort.REST: (
        r"(?:其余|其他|其它|别的|别处|剩下|剩余|另外)(?:的|小区|社区|楼栋|地方|各处|几处|几个|各|人员?|居民|住户|都)*(?!症状)"
        r"|the rest|all others|the others|others"
    ),
    Sort.EXCEPT: r"除了|除开|除去|除(?!夕|草|非)|except(?: for)?|apart from",
    Sort.OUTSIDE: r"以外|之外|外(?=\s*[,，都均全其剩别1无没])",
    Sort.EACH: r"各(?=\s*(?:有|发现)?\s*(?:\d|两))|每处|分别",
    Sort.BUT: r"但是?|不过|然而|只是|就是|只有|仅有?|就(?=\s*有|[^是])|(?<![a-z])but(?![a-z])",
    Sort.LIST: r"[、/&+]",
    Sort.CLAUSE: r"[,，]",
    Sort.SENTENCE: r"[。;；!！…]|(?<![\d])\.(?=\s|$)",
    Sort.LINE: r"\n",
    Sort.NUMBER: r"\d+",
}


def pattern(places: str, kinds: Mapping[str, str]) -> str:
    """One expression for all sorts, of which the first that fits counts; ``places`` and ``kinds`` are its own."""
    known = dict(WORDS)
    known[Sort.PLACE] = places or r"(?!)"
    known[Sort.KIND] = "|".join(f"(?P<k_{kind}>(?:{words})(?:人?数|例数)?)" for kind, words in kinds.items())
    return "|".join(f"(?P<{sort.value}>{known[sort]})" for sort in Sort if sort in known)


FILLERS = (
    "谢谢|多谢|辛苦|收到|好的|我们|我|咱们?|你们?|这|那|您好|你好|大家好|大家|领导们?|书记|主任|队长|站长|老师|报告|汇报|上报|补报|填报|1下|已报|今天|的话|"
    "小区|社区|楼栋|单元|各|所有|每个|负责|管理?|辖区|网格|这边|那边|这里|那里|里面?|内|中|的|了|哈|哦|啊|呀|嗯|吧|呢|嘛|啦|滴|喔|"
    "目前|现在|暂时|截止|截至|到|至|新增|新发|新|出现|发现|确认|有|是|为|共计|合计|总计|共|累计|1户|户|居民|住户|业主|村民|老人|小孩|"
    "孩子|学生|男士|女士|人员|病人|患者|病例|感染者|者|人|情况|排查过|查过|状况|日报|接龙|日期|体温|温度|在|住|家|其中|也|又|还|都|均|全|全部|全员|和|与|"
    "及|以及|或|跟|左右|位置|地址|个|名|位|例|就|早上|上午|中午|下午|晚上|凌晨|昨|今|早|晚|从|对|好|请|例行|每日|日|本|老|也有|左右|"
    "ok|at|in|on|the|is|are|of|and|a|an|person|persons|people|case|cases|with|has|have|there|we|my|our|from|reported?|today"
)
"""Words that say nothing of their own."""
EXAMPLE = "例|示例|格式|模板|样例|样板|范例"
"""A line that begins so shows how to write one."""
TAILS = r"\d+期|[a-z]区|(?:\d+|[a-z])(?:栋|幢|座|号楼)"
"""What tells parts of one estate apart."""
PLACELIKE = (
    r"(?:\d+期|[a-z]区|小区|社区|花园|家园|佳园|苑|园|公馆|公寓|宿舍|新村|村|庄|1品|名苑|华城|府|郡|雅庭|中心|澜岸"
    r"|大厦|广场)$"
)
"""How names of places end (篇四)."""
PRONOUNS = "小区|社区|村|家园|花园|苑|园|中心|我们小区|本小区|这个小区|那个小区"
"""Words for a place that name none."""
