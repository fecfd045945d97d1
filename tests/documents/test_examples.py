"""``docs/examples`` holds what the program makes of the samples; ``python -m tests.documents.test_examples`` anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents.reading import content
from tests.documents.samples import EXAMPLES

FOLDER = Path(__file__).parents[2] / "docs" / "examples"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_the_program_makes(name: str) -> None:
    """In content: two files of the same content differ in their bytes."""
    make, value = EXAMPLES[name]
    assert content(name, (FOLDER / name).read_bytes()) == content(name, make(value))


def test_there_is_one_example_of_each() -> None:
    """No file that nobody makes, and a line on each."""
    assert {path.name for path in FOLDER.iterdir() if path.suffix != ".png"} == {*EXAMPLES, "README.md"}
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in EXAMPLES if name not in text] == []


if __name__ == "__main__":
    for name, (make, value) in EXAMPLES.items():
        (FOLDER / name).write_bytes(make(value))
