"""Temperatures with a slip."""

from __future__ import annotations

import pytest

from bot.understand.warmth import likely


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("3.85", "38.5"),
        ("385", "38.5"),
        ("28.5", "38.5"),
        ("48度5", "38.5"),
        ("29度", "39"),
        ("45度", ""),
        ("100度", ""),
        ("7", ""),
        ("3850", ""),
        ("", ""),
    ],
)
def test_what_was_probably_meant(said: str, meant: str) -> None:
    """One slip away, or nothing."""
    assert likely(said) == meant
