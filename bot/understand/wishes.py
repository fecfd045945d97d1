"""What is only said around a wish, politely or in haste: “请看一下汇总”, “帮我看看谁没报”, “can you show me …”."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = r"[\s,，.。:：;；!！?？~～、()（）“”\"'…]"
_BEFORE = (
    "请问|请|麻烦(?:你|您)?|劳烦|帮忙|(?:帮|给|替|跟)(?:我|我们|忙)|你|您|我们?|想要?|要|需要|能不能|能否|能|可不可以|可以|可否|"
    "怎么样?|怎样|如何|看一?看|看一?下|查一?查|查一?下|发一?下|说一?下|说说|打开|显示|调出|列出|告诉|拉一?下|来(?:一?个|一?份)?|"
    "看|查|发|再|那|现在|下|这里|这边|"
    r"i'd\b|(?:please|pls|kindly|can|could|would|will|you|show|give|tell|let|me|us|see|get|open|send|check|i|want|need|like|to|"
    r"the|a|an|hi|hello)\b|what is\b|what's\b"
)
_BEHIND = (
    "一下下?|下|吧|呀|啊|呢|哈|哦|嘛|了|啦|呗|的|谢谢(?:你|您)?|多谢|发(?:给)?我|给我|看看|看一?下|发一?下|发来|好吗|可以吗|行吗|"
    "行不行|好不好|可以不|"
    r"\bplease|\bpls|\bthanks|\bthank you|\bnow"
)
_LEAD = re.compile(rf"(?:{_BEFORE}){_SIGNS}*", re.IGNORECASE)
_TAIL = re.compile(rf"(?:(?:{_BEHIND})|{_SIGNS})+$", re.IGNORECASE)
CUTS = 6
"""Nobody says more before a wish."""


def wishes(said: str) -> tuple[str, ...]:
    """What may be meant: the words as they stand first, then with less and less around them (“我要请假”, “请假”)."""
    text = unicodedata.normalize("NFKC", said).strip()
    found = {said.strip(): None, text: None}
    begin = 0
    for _ in range(CUTS):
        tail = _TAIL.search(text, begin)
        found |= {text[begin:]: None, text[begin : tail.start() if tail else len(text)]: None}
        lead = _LEAD.match(text, begin)
        if lead is None:
            break
        begin = lead.end()
    return tuple(each for each in found if each)
