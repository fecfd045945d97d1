"""Every page of the board held against axe-core: nothing serious, light and dark; and nothing sticks out on a phone."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from bot.store.database import Database
from tests.board.offices import SUN, WANG, Office
from tests.board.test_browser import come, fits, lively

HERE = Path(__file__).parent / "axe"
MEND = "get them with: apt-get install nodejs npm"
PAGES = (
    "/board", "/board/X", "/board/T", "/board/JA", "/board/23?day=2026-11-19", "/board/do",
    "/board/do/creation?about=JA",
    "/board/my/cases", "/board/my/applications", "/board/my/assessments", "/board/my/assessments?place=JA",
    "/board/my/ledger", "/board/my/deadlines", "/board/my/people", "/board/admin", "/board/admin/import",
    "/board/admin/invite", "/board/admin/outbox",
)  # fmt: skip
BAD = {"serious", "critical"}


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The program, installed into a folder of its own as its lock says; it is missing nowhere but outside CI."""
    npm = shutil.which("npm")
    if npm is None:
        _missing(f"no npm: {MEND}")
    assert npm is not None
    folder = tmp_path_factory.mktemp("axe")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(folder / "cache")]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    if run.returncode:
        _missing(f"npm cannot install axe-core: {run.stderr[-300:]}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def _missing(why: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def findings(page: Page, axe: str) -> list[str]:
    """What axe finds on the page as it is, of what keeps somebody out."""
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run(document)).violations")
    return [
        f"{each['id']} {each['impact']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for each in found
        if each["impact"] in BAD
        for node in each["nodes"]
    ]


def test_what_keeps_somebody_out_is_found(page: Page, axe: str) -> None:
    """A picture without words and grey on grey: the checks below can fail."""
    page.set_content(
        '<html lang="zh"><title>t</title><main><img src="data:,"><p style="color:#bbb">a pale line</p></main>'
    )
    assert {finding.split()[0] for finding in findings(page, axe)} == {"image-alt", "color-contrast"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nobody_is_kept_out(page: Page, site: Office, town: Database, axe: str, lang: str) -> None:
    """Light and dark, in both languages, which share their colours; and no page is wider than a telephone."""
    site.assign(SUN, "admin", "X")
    site.assign(SUN, "township_reviewer", "T")
    lively(town)
    come(page, site, SUN)
    bad: dict[str, list[str]] = {}
    wide: list[str] = []
    for path in PAGES:
        page.goto(f"{site.url}{path}{'&' if '?' in path else '?'}lang={lang}")
        for scheme in ("light", "dark") if lang == "zh" else ("light",):
            page.emulate_media(color_scheme=scheme)
            if found := findings(page, axe):
                bad[f"{path} {scheme}"] = found
        if not fits(page):
            wide.append(path)
    assert bad == {}
    assert wide == []


def test_nobody_is_kept_out_of_a_conversation(page: Page, site: Office, town: Database, axe: str) -> None:
    """A question with its choices, one for words, a case with what is sealed, and the public pages."""
    lively(town)
    come(page, site, WANG)
    bad: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            if found := findings(page, axe):
                bad[f"{name} {scheme}"] = found

    page.goto(f"{site.url}/board/do")
    page.get_by_role("button", name="挂账").click()
    look("choices")
    page.goto(f"{site.url}/board/my/cases")
    page.get_by_role("link", name="F1124-01").click()
    look("case")
    page.get_by_role("button", name="打开电话").click()
    look("reason")
    page.locator(".answers button").first.click()
    look("opened")
    assert "13911112222" in page.content()
    page.goto(f"{site.url}/board")
    page.get_by_role("button", name="退出").click()
    for path in ("/board", "/board/JA", "/board/23", "/login"):
        page.goto(f"{site.url}{path}")
        look(path)
    assert bad == {}
