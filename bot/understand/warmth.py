"""A figure that is no temperature of a body → the one that was probably meant (“3.85”, “385”, “28.5” → 38.5)."""

from __future__ import annotations

LOW, HIGH = 36.0, 42.0
"""Nobody writes of a temperature outside these by a slip of one finger."""
DIGITS = (2, 3)


def likely(said: str) -> str:
    """The figure that one slip away is a temperature; nothing where none is."""
    digits = "".join(sign for sign in said if sign.isdecimal())
    if len(digits) not in DIGITS or digits[0] not in "234":
        return ""
    meant = float(f"3{digits[1]}.{digits[2:] or 0}")
    return f"{meant:g}" if LOW <= meant <= HIGH else ""
