"""WeCom's side of the callback's envelope, written anew from its description: nothing of ours or of wechatpy's."""

from __future__ import annotations

import base64
import hashlib
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

CORP = "wwinvented0000000"
TOKEN = "InventedToken0000"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
BLOCK = 32


def key(aes_key: str = AES_KEY) -> bytes:
    """The key itself."""
    return base64.b64decode(aes_key + "=")


def seal(text: str | bytes, corp: str = CORP, aes_key: str = AES_KEY) -> str:
    """A text in an encrypted chunk."""
    data = text.encode() if isinstance(text, str) else text
    plain = os.urandom(16) + len(data).to_bytes(4, "big") + data + corp.encode()
    padding = BLOCK - len(plain) % BLOCK
    return cbc(plain + bytes([padding]) * padding, aes_key)


def cbc(plain: bytes, aes_key: str = AES_KEY) -> str:
    """Whole blocks, encrypted as they are."""
    encryptor = Cipher(algorithms.AES(key(aes_key)), modes.CBC(key(aes_key)[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def unseal(chunk: str, corp: str = CORP, aes_key: str = AES_KEY) -> str:
    """What is in an encrypted chunk that is meant for this enterprise."""
    decryptor = Cipher(algorithms.AES(key(aes_key)), modes.CBC(key(aes_key)[:16])).decryptor()
    plain = decryptor.update(base64.b64decode(chunk)) + decryptor.finalize()
    plain = plain[: -plain[-1]]
    end = 20 + int.from_bytes(plain[16:20], "big")
    assert plain[end:].decode() == corp
    return plain[20:end].decode()


def sign(timestamp: str, nonce: str, chunk: str, token: str = TOKEN) -> str:
    """What a chunk is signed with."""
    return hashlib.sha1("".join(sorted((token, timestamp, nonce, chunk))).encode()).hexdigest()  # noqa: S324 - WeCom's


def query(chunk: str, moment: float, nonce: str = "1372623149", token: str = TOKEN) -> dict[str, str]:
    """The parameters of a call about a chunk."""
    stamp = str(int(moment))
    return {"msg_signature": sign(stamp, nonce, chunk, token), "timestamp": stamp, "nonce": nonce}


def body(chunk: str, corp: str = CORP) -> str:
    """The call's body."""
    return (
        f"<xml><ToUserName><![CDATA[{corp}]]></ToUserName><AgentID><![CDATA[1000002]]></AgentID>"
        f"<Encrypt><![CDATA[{chunk}]]></Encrypt></xml>"
    )


def xml(**tags: str) -> str:
    """A message: its tags in order; a value that begins with ``<`` is taken as it stands."""
    said = "".join(
        f"<{name}>{value if value.startswith('<') else f'<![CDATA[{value}]]>'}</{name}>" for name, value in tags.items()
    )
    return f"<xml>{said}</xml>"
