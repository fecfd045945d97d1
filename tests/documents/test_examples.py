"""``docs/examples`` holds what the program makes of the samples; ``python -m tests.documents.test_examples`` anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents.pictured import PICTURED
from tests.documents.reading import content
from tests.documents.samples import EXAMPLES
from tests.documents.seen import image

FOLDER = Path(__file__).parents[2] / "docs" / "examples"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_the_program_makes(name: str) -> None:
    """In content: two files of the same content differ in their bytes."""
    make, value = EXAMPLES[name]
    assert content(name, (FOLDER / name).read_bytes()) == content(name, make(value))


@pytest.mark.parametrize("name", PICTURED)
def test_a_picture_is_what_the_program_draws(name: str) -> None:
    """Point by point; and small enough to be looked at by the way."""
    make, value = PICTURED[name]
    kept = (FOLDER / name).read_bytes()
    assert image(kept).tobytes() == image(make(value)).tobytes()
    assert len(kept) < 150_000


def test_there_is_one_example_of_each() -> None:
    """No file that nobody makes, and a line on each."""
    assert {path.name for path in FOLDER.iterdir() if path.suffix != ".png"} == {*EXAMPLES, "README.md"}
    assert {path.name for path in FOLDER.iterdir()} >= set(PICTURED)
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in (*EXAMPLES, *PICTURED) if name not in text] == []


if __name__ == "__main__":
    for name, (make, value) in {**EXAMPLES, **PICTURED}.items():
        (FOLDER / name).write_bytes(make(value))
