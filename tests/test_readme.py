"""The README's examples, run as a reader would type them, in both languages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANY = "...\n"


def examples(text: str) -> list[tuple[str, str]]:
    """Each command with what it is said to print."""
    steps: list[tuple[str, str]] = []
    for block in BLOCK.findall(text):
        for line in block.splitlines(keepends=True):
            if line.startswith("$ "):
                steps.append((line[2:].strip(), ""))
            else:
                command, printed = steps.pop()
                steps.append((command, printed + line))
    return steps


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_examples(name: str, tmp_path: Path) -> None:
    """Every command succeeds, and prints what the README says that it prints."""
    wuyi = tmp_path / "wuyi"
    wuyi.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n')
    wuyi.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "PYTHONPATH": str(ROOT), "WUYI_NOW": "2026-11-24T14:58+08:00", "LANG": "C.UTF-8"}
    steps = examples((ROOT / name).read_text(encoding="utf-8"))
    assert len(steps) > 4
    for command, printed in steps:
        run = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)  # noqa: S602, PLW1510 - the README's own words
        assert run.returncode == 0, f"{command}: {run.stderr}"
        if printed != ANY:
            assert run.stdout == printed, command


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_picture_is_there_and_small(name: str) -> None:
    """Each that is shown exists, says in words what it shows, and is quick to load; none lies about unshown."""
    shown = dict(re.findall(r'<img src="([^"]+)"[^>]* alt="([^"]+)"', (ROOT / name).read_text(encoding="utf-8")))
    assert {ROOT / path for path in shown} == set((ROOT / "docs" / "examples").glob("*.png"))
    assert all((ROOT / path).stat().st_size < 200_000 for path in shown)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_make_target_exists(name: str) -> None:
    """What the README tells a reader to make can be made."""
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for wanted in re.findall(r"make (\w+)", re.sub(r"（.*?）", "", (ROOT / name).read_text(encoding="utf-8"))):
        assert wanted in targets, wanted


def test_the_table_names_every_library() -> None:
    """Each library that the program needs has its line of why."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    for dependency in project["dependencies"]:
        name = re.split(r"[\[>=;]", dependency)[0]
        assert name in text, name
