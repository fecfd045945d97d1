"""Sealing and the keyed hashes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.crypto import NONCE, Keyring, WrongKeyError

RING = Keyring(b"correct horse battery staple")


@given(st.binary(max_size=4096))
def test_what_was_sealed_opens_to_itself(data: bytes) -> None:
    """Any bytes come back, the empty ones too."""
    assert RING.open_bytes(RING.seal(data)) == data


@given(st.text(max_size=1000))
def test_text_opens_to_itself(said: str) -> None:
    """Any text comes back, in any script."""
    assert RING.open(RING.seal(said)) == said


def test_the_same_secret_opens_in_another_process() -> None:
    """Keys follow from the secret alone."""
    assert Keyring(b"correct horse battery staple").open(RING.seal("张三")) == "张三"


def test_the_same_text_is_never_sealed_alike() -> None:
    """Who reads the table cannot see that two rows say the same."""
    assert len({RING.seal("正常") for _ in range(100)}) == 100


def test_another_secret_opens_nothing() -> None:
    """The error names the setting, and neither the key nor the text."""
    with pytest.raises(WrongKeyError, match="WUYI_SECRET_KEY") as why:
        Keyring(b"another").open(RING.seal("张三"))
    assert "张三" not in str(why.value)


@given(st.data())
def test_a_changed_bit_is_noticed(data: st.DataObject) -> None:
    """Whatever bit is turned after the version, it does not open."""
    sealed = bytearray(RING.seal("13800001234"))
    place = data.draw(st.integers(1, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(WrongKeyError):
        RING.open_bytes(bytes(sealed))


@given(st.integers(NONCE + 1, NONCE + 1 + 16 + 10))
def test_a_shortened_one_does_not_open(length: int) -> None:
    """A row that was cut off is as good as a wrong key."""
    with pytest.raises(WrongKeyError):
        RING.open_bytes(RING.seal("13800001234")[:length])


def test_what_is_sealed_does_not_show() -> None:
    """Neither the text nor a piece of it is in the bytes."""
    sealed = RING.seal("13800001234" * 10)
    assert b"1380" not in sealed


def test_a_hash_finds_the_same_value_again() -> None:
    """The same value, purpose and secret give the same hash."""
    again = Keyring(b"correct horse battery staple")
    assert RING.lookup("13800001234", "phone") == again.lookup("13800001234", "phone")


def test_hashes_differ_by_purpose_value_and_secret() -> None:
    """A code's hash says nothing of a phone's, and without the secret nobody can make either."""
    hashes = {
        RING.lookup("123456", "phone"),
        RING.lookup("123456", "code"),
        RING.lookup("123457", "code"),
        Keyring(b"another").lookup("123456", "code"),
    }
    assert len(hashes) == 4
