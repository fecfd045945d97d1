"""Sealing of what a person said or is (AES-256-GCM), and the keyed hashes by which it is found again."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
NONCE = 12
BEFORE = b"\nbefore:"
"""In a secret: what follows is the secret that was in use before. It opens, and neither seals nor hashes."""


class WrongKeyError(Exception):
    """The secret key is not the one that sealed this."""


class Keyring:
    """Keys derived from one secret: one seals, one hashes. While a key is being changed, the one before opens, too."""

    def __init__(self, secret: bytes) -> None:
        """Derive the keys; ``secret`` is any length, with at least 128 bits of chance in it."""
        secret, _, before = secret.partition(BEFORE)
        self._seal = AESGCM(_derive(secret, b"wuyi seal 1"))
        self._hash = _derive(secret, b"wuyi hash 1")
        self._before = AESGCM(_derive(before, b"wuyi seal 1")) if before else None

    @property
    def moving(self) -> bool:
        """Whether the key is being changed: what the one before sealed still opens."""
        return self._before is not None

    def own(self, sealed: bytes) -> bool:
        """Whether the key itself sealed this, and not the one before."""
        try:
            self._seal.decrypt(sealed[1 : NONCE + 1], sealed[NONCE + 1 :], None)
        except InvalidTag:
            return False
        return True

    def seal(self, text: str | bytes) -> bytes:
        """Encrypt; the same text never gives the same bytes twice."""
        nonce = secrets.token_bytes(NONCE)
        data = text.encode() if isinstance(text, str) else text
        return VERSION + nonce + self._seal.encrypt(nonce, data, None)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Decrypt what ``seal`` made.

        Raises:
            WrongKeyError: sealed under another secret, or damaged.
        """
        nonce, data = sealed[1 : NONCE + 1], sealed[NONCE + 1 :]
        try:
            try:
                return self._seal.decrypt(nonce, data, None)
            except InvalidTag:
                if self._before is None:
                    raise
                return self._before.decrypt(nonce, data, None)
        except InvalidTag as why:
            message = "the secret key does not open this: WUYI_SECRET_KEY, or data/secret.key, is not the one in use"
            raise WrongKeyError(message) from why

    def open(self, sealed: bytes) -> str:
        """Decrypt to text."""
        return self.open_bytes(sealed).decode()

    def lookup(self, value: str, purpose: str) -> bytes:
        """The keyed hash under which a phone, a code or a token is found; differs by ``purpose``."""
        return hmac.digest(self._hash, f"{purpose}\0{value}".encode(), hashlib.sha256)


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)
