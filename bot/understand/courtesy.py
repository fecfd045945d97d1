"""Thanks, greetings at parting and a mere “好的”: words that want no more than a kind one back."""

from __future__ import annotations

import re
import unicodedata

_THANKS = (
    "(?:太|真是?|非常|十分|很)*(?:感?谢谢?|多谢|谢[了啦]|辛苦)(?:[了啦您你哈呀啊们]|大家|各位|领导|老师|书记|主任|助手|小助手)*"
    "|麻烦[您你]?了|thanks?(?:you)?(?:alot|somuch|verymuch)?|manythanks|thx|cheers|🙏|🌹"
)
_YES = (
    "好(?:的|滴|哒|嘞|咧|啊|呀|吧|了)?|行|可以|收到|知道了|晓得了|明白了?|了解|嗯|哦|噢|没问题了|再见|拜拜|晚安"
    "|ok(?:ay|ie)?|gotit|isee|alright|sure|noted|seen|roger|goodbye|bye(?:bye)?|👍|👌|😊|😄"
)
_ALL = re.compile(f"(?:(?P<thanks>{_THANKS})|{_YES})+")
_SEEN = re.compile("收到|seen|noted|roger")


def courtesy(said: str) -> str | None:
    """What kind of courtesy words are: ``thanks``, ``seen`` (“收到”), ``yes``; None where they are more than that."""
    folded = unicodedata.normalize("NFKC", said).casefold()
    text = "".join(sign for sign in folded if sign.isalnum() or unicodedata.category(sign) == "So")
    found = _ALL.fullmatch(text)
    if found is None or "?" in folded:
        return None
    return "thanks" if found["thanks"] else "seen" if _SEEN.search(text) else "yes"
