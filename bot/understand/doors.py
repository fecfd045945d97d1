"""A door as people write it → the same way everywhere: ``3-2-501``, ``三号楼2单元501室`` → ``3栋2单元501``."""

from __future__ import annotations

import re
import unicodedata

from bot.understand import numerals

_NUMBER = re.compile(rf"[{numerals.SIGNS}]+(?=栋|幢|座|号|楼|单元|门|室|房|$)")
_DOOR = re.compile(
    r"^(?P<building>\d{1,3}|[a-z]\d{0,2})(?P<between>(?:栋|幢|座|号楼|楼|号|#)-?|-|$)"
    r"(?:(?P<unit>\d{1,2})(?:单元|门|-|$)-?)?(?:(?P<room>\d{2,4}[a-z]?)(?:室|号|房)?)?$"
)
HOUSES = 2
"""A number of more digits that stands alone is a door, not a building."""


def door(said: str) -> str:
    """The building, unit and door that are meant, written one way; words that are no such door stay as they are."""
    plain = "".join(unicodedata.normalize("NFKC", said).casefold().split())
    plain = _NUMBER.sub(lambda match: str(numerals.value(match[0])), plain)
    match = _DOOR.match(re.sub(r"[－—–_/.。、,]", "-", plain))
    if match is None or (not match["between"] and (len(match["building"]) > HOUSES or match["building"].isalpha())):
        return said.strip()
    unit = f"{match['unit']}单元" if match["unit"] else ""
    return f"{match['building'].upper()}栋{unit}{(match['room'] or '').upper()}"
