"""“第二个”, “选3”, “the last one”: which of the choices that were shown."""

from __future__ import annotations

import re

from bot.understand.plain import plain

LAST = -1
"""The last one, however many there are."""
_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "last": LAST}
_CHINESE = re.compile(
    r"(?:我|就)?(?:选|要|点|是)?(?:第(\d{1,3})|(?<=选)(\d{1,3})|(最后)1?)(?:个|项|条|种|处|行|号)?(?:吧|的|那个)?"
)
_ENGLISH = re.compile(
    rf"(?:the |option |number |no\. ?)?(?:(\d{{1,3}})(?:st|nd|rd|th)|({'|'.join(_WORDS)}))(?: one| option)?"
    r"|(?:option|number|no\.) ?(\d{1,3})"
)


def ordinal(said: str) -> int | None:
    """The number of the choice that is meant, from 1, or ``LAST``; None where the words are no such number."""
    text = plain(said).text.strip(" .。!！,，")
    chinese = _CHINESE.fullmatch(text)
    if chinese:
        return LAST if chinese[3] else int(chinese[1] or chinese[2])
    english = _ENGLISH.fullmatch(text)
    if english is None:
        return None
    return _WORDS[english[2]] if english[2] else int(english[1] or english[3])
