"""How other programs that are told of facts are written in the settings (``WUYI_WEBHOOKS``)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection
from ipaddress import ip_network

from pydantic import BaseModel, ConfigDict, SecretStr

from bot.model import Role
from bot.model.outward import Network, fault


class Hook(BaseModel):
    """Another program that is told of facts: as which role, of which place, where, and signed with which secret."""

    model_config = ConfigDict(frozen=True)

    role: Role
    place: str
    url: SecretStr
    secret: SecretStr | None = None
    """None: the one that ``wuyi webhook secret`` prints."""


HOOK = re.compile(r"(?P<role>[a-z_]+)@(?P<place>[^=\s]+)=(?P<url>[^#]+)(#(?P<secret>.*))?", re.DOTALL)
BETWEEN = re.compile(r"[\s,]+(?=[a-z_]+@[^=\s]+=)")
"""What stands between two webhooks; an address may hold a comma."""
SECRET_BYTES = range(24, 65)
"""How long the Standard Webhooks have a secret."""
AS_LIST = "write a list of ROLE@CODE=URL"
AS_NETWORKS = "write each network as 10.20.0.0/16, with spaces between"


def networks(said: object) -> object:
    """The networks of one's own in which others may be told.

    Raises:
        ValueError: it does not read so.
    """
    listed = said.replace(",", " ").split() if isinstance(said, str) else said
    if not isinstance(listed, list | tuple):
        raise ValueError(AS_NETWORKS)  # noqa: TRY004 - what pydantic makes a sentence of
    try:
        return tuple(ip_network(each) for each in listed)
    except ValueError as why:
        message = f"{why}; {AS_NETWORKS}"
        raise ValueError(message) from why


def hooks(said: object, allowed: Collection[Network]) -> object:
    """The programs, from one line or from a list of them.

    Raises:
        ValueError: one does not read, or is there twice; its text has the number, for the rest may hold a secret.
    """
    if isinstance(said, tuple):
        return said
    listed = BETWEEN.split(said.strip()) if isinstance(said, str) else said
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise ValueError(AS_LIST)
    found = [_hook(number, each, allowed) for number, each in enumerate(filter(None, listed), 1)]
    for number, each in enumerate(found):
        if any((each.role, each.place, each.url) == (one.role, one.place, one.url) for one in found[:number]):
            message = f"number {number + 1} is there twice"
            raise ValueError(message)
    return tuple(found)


def _hook(number: int, said: str, allowed: Collection[Network]) -> Hook:
    """One program, as it is written.

    Raises:
        ValueError: it does not read so; its text has the number, for the rest may hold a secret.
    """
    read = HOOK.fullmatch(said.strip())
    wrong = "write it as ROLE@CODE=URL or ROLE@CODE=URL#SECRET" if read is None else fault(read["url"], allowed)
    if read is not None and not wrong:
        wrong = _unknown(read["role"]) or _weak(read["secret"])
    if read is None or wrong:
        message = f"number {number}: {wrong}"
        raise ValueError(message)
    secret = None if read["secret"] is None else SecretStr(read["secret"])
    return Hook(role=Role(read["role"]), place=read["place"], url=SecretStr(read["url"]), secret=secret)


def _unknown(role: str) -> str:
    return "" if role in {each.value for each in Role} else f"the role is one of {', '.join(Role)}"


def _weak(secret: str | None) -> str:
    """Why nothing can be signed with it."""
    try:
        key = base64.b64decode((secret or "").removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if secret is None or (secret.startswith("whsec_") and len(key) in SECRET_BYTES):
        return ""
    return "its secret is whsec_ and the base64 of 24 to 64 random bytes"
