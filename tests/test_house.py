"""The rules of the house that no linter knows: words in both languages, no stray names, rooms that stay small."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot import words
from bot.__main__ import Commands
from bot.model import Locale

ROOT = Path(__file__).parents[1]
SKIPPED = frozenset({".git", ".venv", "data", "dist", "__pycache__"})
KEYS = sorted(words.keys(Locale.ZH) | words.keys(Locale.EN))

LINES = 250
"""About 200, as the style has it, and some grace."""
LONG = {
    "tests/scheduler/test_post.py": "every fate of a message, in one place",
    "bot/model/facts.py": "one fact after another, each a few lines; the list of all that a conversation may come to",
    "bot/model/__init__.py": "the list of the names that all other rooms speak of",
    "bot/dialog/steps.py": "one kind of question after another, each with its own reading",
    "bot/store/tables.py": "one table after another, read from top to bottom; splitting hides what refers to what",
    "bot/store/migrations/versions/0001_the_tables_of_the_first_release.py": "drafted by Alembic, a statement a table",
}
"""The files that may be longer, each with its reason."""
TESTS_LINES = 400
"""Tests are lists of cases; a list may be longer than a piece of code."""
SHARED = frozenset({"port", "bytewise", "calls", "click_menu", "failures", "plain_xml", "sealed", "tokens"})
"""Rooms of ``bot/channels`` that several channels use."""
VAGUE = frozenset({"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"})
HEAVY = frozenset(
    {"sqlalchemy", "sqlmodel", "alembic", "telegram", "pydantic", "starlette", "uvicorn", "httpx", "jinja2"}
)
"""What ``--help`` must not load: each costs a good part of the half second that it may take."""
HELP = """
import sys
from bot.__main__ import main
sys.argv = ["wuyi", "--help"]
try:
    main()
finally:
    print(*sys.modules)
"""


def files(*patterns: str) -> list[Path]:
    """The project's own files of these kinds, those that are kept and those that are about to be."""
    found = {path for pattern in patterns for path in ROOT.rglob(pattern)}
    return sorted(
        path
        for path in found
        if path.is_file()
        and not any(part in SKIPPED or part.endswith("_cache") for part in path.relative_to(ROOT).parts)
    )


def parts(key: str, locale: Locale) -> dict[str, list[str]]:
    """The parts of a template, and what each offers: the values of its choices, in order, or nothing."""
    entry = words.entry(key, locale)
    return {name: list(entry.choices) if name == "choices" else [] for name in entry.parts}


@pytest.mark.parametrize("key", KEYS)
def test_every_template_is_in_both_languages(key: str) -> None:
    """With the same parts, and the same choices in the same order."""
    assert parts(key, Locale.ZH) == parts(key, Locale.EN)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("locale", list(Locale))
def test_every_template_compiles(key: str, locale: Locale) -> None:
    """And each of its choices has a label."""
    entry = words.entry(key, locale)
    assert entry.templates
    assert all(choice.label for choice in entry.choices.values())


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    """What is committed must work anywhere: packages come from where the machine's own set-up says."""
    registries = "pypi" + r"\.org|pythonhosted" + r"\.org|registry\.npm" + r"js|deb\.deb" + r"ian\.org"
    places = "/(?:work|tmp|root|opt)" + "/[a-z]"
    stray = re.compile(f"{registries}|(?<![\\w.])(?:{places})", re.IGNORECASE)
    kinds = (
        "*.py",
        "*.toml",
        "*.txt",
        "*.md",
        "*.j2",
        "*.html",
        "*.js",
        "*.css",
        "*.mako",
        "*.json",
        "Makefile",
        "run",
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in files(*kinds)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if stray.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_dependency_is_locked_with_its_hashes(name: str) -> None:
    """One version each, at least one hash, and no address."""
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE | re.IGNORECASE)
    locked = [entry for entry in entries if entry and not entry.startswith(("#", " "))]
    assert locked
    assert [entry.splitlines()[0] for entry in locked if not re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry)] == []
    assert [entry.splitlines()[0] for entry in locked if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "--index" not in text


def test_what_runs_is_locked_alike_for_those_who_test() -> None:
    """The tests see the versions that ``make run`` installs."""
    pins = [
        set(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]
    assert pins[0] <= pins[1]


def test_files_stay_small_enough_to_read() -> None:
    """A file that outgrows a few pages holds more than one thing, or says why not."""
    longer = {}
    for path in files("*.py"):
        name = path.relative_to(ROOT).as_posix()
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if name not in LONG and lines > (TESTS_LINES if name.startswith("tests/") else LINES):
            longer[name] = lines
    assert longer == {}


def test_no_exception_outlives_its_reason() -> None:
    """A file that is named as long is there, and is long."""
    assert [name for name in LONG if len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= LINES] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    """A module is named after what lives there."""
    named = {path: {*path.relative_to(ROOT).parent.parts, path.stem} for path in files("*.py")}
    assert [str(path) for path, words_in_it in named.items() if words_in_it & VAGUE] == []


def test_every_channel_is_kept_apart() -> None:
    """Import-linter is told of each channel; a module of another name is a part of one (``telegram_wire``), or shared.

    What is shared is no part of a channel, and knows none.
    """
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (apart,) = (set(each["modules"]) for each in contracts if each["name"].startswith("channels "))
    channels = {name.rpartition(".")[2] for name in apart}
    found = {
        path.stem
        for path in (ROOT / "bot/channels").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert {name for name in found - {"__init__"} - SHARED if name.partition("_")[0] not in channels} == set()
    (alone,) = (each for each in contracts if each["name"].startswith("what channels share"))
    assert {name.rpartition(".")[2] for name in alone["source_modules"]} == SHARED
    assert set(alone["forbidden_modules"]) == apart


def test_help_loads_nothing_heavy() -> None:
    """The cause of a quick ``wuyi --help``, which a clock in a test could only guess at."""
    said = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    *page, modules = said.splitlines()
    assert all(any(line.strip().startswith(name) for line in page) for name in Commands.known)
    assert {name for name in modules.split() if name in HEAVY} == set()
