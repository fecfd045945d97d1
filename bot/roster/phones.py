"""A phone number in the one form in which it is sealed, hashed and compared."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

REGION = "CN"
_AS_NUMBER = re.compile(r"(\d+)\.0+")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|x)\s*(\d{1,6})$", re.IGNORECASE)
_FOREIGN_TO_PHONES = re.compile(r"[^\d\s+\-().]")


def normalise(text: str) -> str | None:
    """Return the number as E.164 (``+8613800000001``), or None if it is none.

    Spaces, dashes, brackets, full-width digits, ``+86``, ``0086`` and the ``.0`` that a spreadsheet puts behind a
    number are all read. Landlines need their area code; an extension stays (``+862782345678;ext=12``).
    """
    plain = unicodedata.normalize("NFKC", text)
    # A number copied from a phone's address book comes wrapped in invisible marks of direction.
    plain = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf").strip()
    if whole := _AS_NUMBER.fullmatch(plain):
        plain = whole[1]
    if mobile := _MOBILE.fullmatch(re.sub(r"[\s\-()]", "", plain)):
        # Eleven digits that begin with 13 to 19 are a mobile number whatever the library's list of prefixes says:
        # new ones are handed out faster than any list is updated.
        return f"+86{mobile[1]}"
    extension = _EXTENSION.search(plain)
    plain = _EXTENSION.sub("", plain)
    if _FOREIGN_TO_PHONES.search(plain):
        return None  # the library would pick a number out of prose, or take a second number for an extension
    try:
        number = phonenumbers.parse(plain, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{e164};ext={extension[1]}" if extension else e164


def shown(normalised: str) -> str:
    """The number as people here write it: without ``+86``, a landline with its zero (``027-82345678``)."""
    number = phonenumbers.parse(normalised.partition(";")[0], REGION)
    if number.country_code != phonenumbers.country_code_for_region(REGION):
        return normalised
    digits = str(number.national_number)
    if _MOBILE.fullmatch(digits):
        return digits
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL).replace(" ", "-")
