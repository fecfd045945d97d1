"""The bot's envelope against ``@wecom/crypto``, which WeCom's own people wrote: for nobody by name, both ways."""

from __future__ import annotations

import base64

import pytest

from bot.channels.sealed import Envelope, UnreadableError
from tests.wecom import sealing
from tests.wecom.test_oracle import TEXTS, Oracle, oracle

__all__ = ["oracle"]


@pytest.fixture
def envelope() -> Envelope:
    """Ours, as the bot has it."""
    return Envelope(sealing.TOKEN, sealing.AES_KEY, "", settings="WUYI_AIBOT", addressed=False)


def test_what_it_seals_we_open(oracle: Oracle, envelope: Envelope) -> None:
    """Every text, to the last sign, Chinese and emoji."""
    chunks = [said["chunk"] for said in oracle([{"do": "seal", "text": text, "id": ""} for text in TEXTS])]
    assert [envelope.open(chunk) for chunk in chunks] == list(TEXTS)


def test_what_we_seal_it_opens(oracle: Oracle, envelope: Envelope) -> None:
    """And it sees that it is for nobody by name."""
    said = oracle([{"do": "open", "chunk": envelope.seal(text)} for text in TEXTS])
    assert said == [{"text": text, "id": ""} for text in TEXTS]


def test_both_sign_alike(oracle: Oracle, envelope: Envelope) -> None:
    """Whatever is signed."""
    calls = [("1795503480", f"nonce{number}", envelope.seal(text)) for number, text in enumerate(TEXTS)]
    questions = [{"do": "sign", "timestamp": stamp, "nonce": nonce, "chunk": chunk} for stamp, nonce, chunk in calls]
    assert [said["signature"] for said in oracle(questions)] == [envelope.signature(*each) for each in calls]


def test_what_is_for_an_enterprise_we_do_not_open(oracle: Oracle, envelope: Envelope) -> None:
    """Though it is sealed with the same key."""
    (said,) = oracle([{"do": "seal", "text": "虚构", "id": sealing.CORP}])
    with pytest.raises(UnreadableError):
        envelope.open(said["chunk"])


def test_a_file_is_opened_whole_or_not_at_all(envelope: Envelope) -> None:
    """Every length of padding; what is cut, empty, or of another key is refused."""
    for length in (1, 31, 32, 33, 5000):
        data = bytes(range(256)) * (length // 256 + 1)
        padding = 32 - length % 32
        assert envelope.open_file(_cbc(data[:length] + bytes([padding]) * padding)) == data[:length]
    good = _cbc(b"x" * 20 + bytes([12]) * 12)
    for wrong in (b"", good[:-1], good[:16], _cbc(b"x" * 20 + bytes([12]) * 12, "0" * 43), _cbc(b"x" * 32)):
        with pytest.raises(UnreadableError):
            envelope.open_file(wrong)


def _cbc(plain: bytes, aes_key: str = sealing.AES_KEY) -> bytes:
    return base64.b64decode(sealing.cbc(plain, aes_key))
