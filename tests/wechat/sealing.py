"""WeChat's side of the envelope, both ways, written anew from its description: nothing of ours or of wechatpy's."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.wecom import sealing
from tests.wecom.sealing import key, sign, xml

__all__ = ["ACCOUNT", "AES_KEY", "APP", "TOKEN", "body", "checked", "query", "seal", "sign", "unseal", "xml"]

APP = "wx0invented0000000"
ACCOUNT = "gh_invented00000"
TOKEN = "InventedToken0001"
AES_KEY = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"


def seal(text: str | bytes, app: str = APP, aes_key: str = AES_KEY) -> str:
    """A text in an encrypted chunk."""
    return sealing.seal(text, app, aes_key)


def query(chunk: str, moment: float, nonce: str = "1372623149", token: str = TOKEN) -> dict[str, str]:
    """The parameters of a call about a chunk, as WeChat gives them in safe mode."""
    made = sealing.query(chunk, moment, nonce, token)
    plain = sign(made["timestamp"], nonce, "", token)
    return {"signature": plain, **made, "encrypt_type": "aes", "openid": "o-invented"}


def checked(word: str, moment: float, nonce: str = "1372623149", token: str = TOKEN) -> dict[str, str]:
    """The parameters by which WeChat asks whether it is us."""
    stamp = str(int(moment))
    return {"signature": sign(stamp, nonce, "", token), "timestamp": stamp, "nonce": nonce, "echostr": word}


def body(chunk: str) -> str:
    """The call's body."""
    return f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{chunk}]]></Encrypt></xml>"


def unseal(said: str) -> dict[str, str]:
    """What is in a sealed response, tag by tag.

    Raises:
        AssertionError: it is not signed as it should be, or for somebody else.
    """
    outer: dict[str, Any] = {each.tag: each.text or "" for each in ET.fromstring(said)}  # noqa: S314 - it is our own
    chunk = outer["Encrypt"]
    assert outer["MsgSignature"] == sign(outer["TimeStamp"], outer["Nonce"], chunk, TOKEN)
    decryptor = Cipher(algorithms.AES(key(AES_KEY)), modes.CBC(key(AES_KEY)[:16])).decryptor()
    plain = decryptor.update(base64.b64decode(chunk)) + decryptor.finalize()
    plain = plain[16 : -plain[-1]]
    length = int.from_bytes(plain[:4], "big")
    assert plain[4 + length :].decode() == APP
    return {each.tag: each.text or "" for each in ET.fromstring(plain[4 : 4 + length].decode())}  # noqa: S314 - as above
