"""Chinese numbers: ``十二``, ``二十``, ``一百零三``, and digits one by one (``五〇一``)."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"
SIGNS = f"〇{DIGITS}十百"


def value(said: str) -> int:
    """The number that these signs say, below a thousand; without tens and hundreds digit by digit."""
    digits = said.replace("〇", "零")
    if not set(digits) & {"十", "百"}:
        return int("".join(str(DIGITS.index(sign)) for sign in digits))
    hundreds, hundred, rest = digits.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    return (100 * _digit(hundreds, 1) if hundred else 0) + (10 * _digit(tens, 1) if ten else 0) + _digit(ones, 0)


def _digit(said: str, otherwise: int) -> int:
    sign = said.replace("零", "").replace("十", "").replace("百", "")[-1:]
    return DIGITS.index(sign) if sign else otherwise
