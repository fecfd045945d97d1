"""The callback's envelope (AES mode): who signed it, and what is in it. wechatpy's crypto, with its faults wrapped.

The application's and the group bot's; the latter's is sealed for nobody by name (an empty receive id).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from wechatpy.enterprise.crypto import PrpCrypto
from wechatpy.exceptions import WeChatException

KEY = re.compile(r"[A-Za-z0-9]{43}")
BLOCK = 32
CHUNK = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[\s*([A-Za-z0-9+/=]+)\s*\]\]>|([A-Za-z0-9+/=]+))\s*</Encrypt>", re.ASCII)


class UnfitError(ValueError):
    """A setting of the callback is missing or of another shape."""


class UnreadableError(Exception):
    """It is signed, and yet cannot be opened: encrypted with another key, for another enterprise, or damaged."""


def encrypted(body: bytes) -> str | None:
    """The one ``Encrypt`` of a callback's body, by its letters: no XML of a stranger is parsed. None: not one."""
    found = CHUNK.findall(body)
    if len(found) != 1 or body.count(b"<Encrypt") != 1:
        return None
    cdata, plain = found[0]
    return str((cdata or plain).decode("ascii"))


class Envelope:
    """Checks and opens callbacks of one application. ``repr`` and errors never show the token or the key."""

    def __init__(
        self, token: str, aes_key: str, corp_id: str, *, settings: str = "WUYI_WECOM", addressed: bool = True
    ) -> None:
        """Keep the keys. ``settings`` is how their names begin; what is not ``addressed`` is sealed for nobody by name.

        Raises:
            UnfitError: the token is empty (then anybody could sign), the key is none, or the enterprise is not named.
        """
        page = "the application's" if addressed else "the bot's"
        if not token.strip():
            message = f"{settings}_TOKEN is empty: anybody could speak for WeCom; copy it from {page} page"
            raise UnfitError(message)
        if not KEY.fullmatch(aes_key) or len(base64.b64decode(f"{aes_key}=")) != BLOCK:
            message = f"{settings}_AES_KEY is not {page} EncodingAESKey (43 letters and digits)"
            raise UnfitError(message)
        if addressed and not corp_id.strip():
            message = "WUYI_WECOM_CORP_ID is empty: copy it from 我的企业 → 企业ID"
            raise UnfitError(message)
        self._token = token
        self._key = base64.b64decode(f"{aes_key}=")
        self._corp_id = corp_id

    def signature(self, timestamp: str, nonce: str, chunk: str) -> str:
        """What WeCom signs an encrypted chunk with."""
        parts = sorted(part.encode() for part in (self._token, timestamp, nonce, chunk))
        return hashlib.sha1(b"".join(parts)).hexdigest()  # noqa: S324 - WeCom's own algorithm

    def signed(self, said: str, timestamp: str, nonce: str, chunk: str) -> bool:
        """Whether the signature is right, compared in constant time (wechatpy compares with ``!=``)."""
        right = self.signature(timestamp, nonce, chunk)
        return hmac.compare_digest(said.encode(errors="replace"), right.encode())

    def open(self, chunk: str) -> str:
        """What is in an encrypted chunk; its signature has been checked before.

        Raises:
            UnreadableError: nothing that is meant for this enterprise.
        """
        try:
            return str(PrpCrypto(self._key).decrypt(chunk, self._corp_id))
        except (WeChatException, binascii.Error, struct.error, IndexError, ValueError) as why:
            raise UnreadableError(type(why).__name__) from None

    def open_file(self, data: bytes) -> bytes:
        """What is in a file that the group bot was given the address of: encrypted alike, without a frame.

        Raises:
            UnreadableError: it is not encrypted with this key, or is cut off.
        """
        try:
            decryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).decryptor()
            plain = decryptor.update(data) + decryptor.finalize()
        except ValueError as why:
            raise UnreadableError(type(why).__name__) from None
        padding = plain[-1] if plain else 0
        if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
            message = "padding"
            raise UnreadableError(message)
        return plain[:-padding]

    def seal(self, text: str) -> str:
        """Text as an encrypted chunk, as WeCom makes it."""
        return str(PrpCrypto(self._key).encrypt(text, self._corp_id).decode("ascii"))

    def __repr__(self) -> str:
        """No secrets."""
        return "Envelope()"
