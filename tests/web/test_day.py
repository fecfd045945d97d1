"""A whole day with the real bot in a real browser: no canned answers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from starlette.applications import Starlette

from bot.app import Bot
from bot.roster import sample
from bot.scoring.packs import load
from bot.settings import Settings
from bot.store.crypto import Keyring
from bot.store.database import Database
from tests.web.conftest import served
from tests.web.town import NOON


@pytest.fixture
def url(tmp_path: Path, file: Database) -> Iterator[str]:
    """The bot over the sample community, on this machine."""
    bots: list[Bot] = []

    def make(url: str) -> Starlette:
        port = urlsplit(url).port
        assert port is not None
        settings = Settings(data_dir=tmp_path, database_url=file.url, host="127.0.0.1", port=port)
        sample.load(file, Keyring(settings.secret()), load(settings.pack), NOON)
        bots.append(Bot.build(settings, lambda: NOON))
        return Starlette(routes=bots[0].asgi().routes, lifespan=lambda _app: running(bots[0]))

    def leave() -> None:
        for task in asyncio.all_tasks():
            if task.get_name() == "bot":
                task.cancel()

    with served(make, leave) as address:
        yield address
    bots[0].close()


@asynccontextmanager
async def running(bot: Bot) -> AsyncIterator[None]:
    """The bot's own work, as long as it is served."""
    task = asyncio.create_task(bot.run(), name="bot")
    await asyncio.sleep(0)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def received(page: Page, url: str) -> int:
    """How many the board counts as reported."""
    page.goto(f"{url}/board")
    return int(page.locator(".totals dd").nth(1).inner_text())


def test_one_tap_is_on_the_board(page: Page, url: str) -> None:
    """Be the sample's grid worker, tap once: the receipt has the source's figures, and the board counts three more."""
    before = received(page, url)
    page.goto(f"{url}/chat")
    page.locator(".card", has_text="网格员").filter(has_text="君安花园").click()
    log = page.get_by_role("log")
    expect(log).to_contain_text("11月24日 周二 日报")
    page.get_by_role("button", name="全部正常").click()
    expect(log).to_contain_text("已报，3 处正常")
    expect(log).to_contain_text("星悦城一期 连续无疫 37 天")
    expect(log.locator(".row")).to_have_count(1)
    assert received(page, url) == before + 3
    expect(page.locator("tr", has_text="星悦城一期").first).to_contain_text("已报")


def test_the_group_gets_totals_and_no_person(page: Page, url: str) -> None:
    """In the community's group the bot answers with counts and days."""
    page.goto(f"{url}/chat")
    page.locator(".card", has_text="网格员").filter(has_text="君安花园").click()
    page.get_by_role("link", name="群").click()
    page.get_by_label("在群里说点什么").fill("汇总")
    page.keyboard.press("Enter")
    answer = page.get_by_role("log").locator(".row.bot")
    expect(answer).to_contain_text(re.compile(r"应报 \d+ 处"))
    name = page.locator(".cast .card[aria-current] .card-name").text_content() or ""
    assert name.split()[0] not in answer.inner_text()


def test_a_photo_joins_the_report(page: Page, url: str, tmp_path: Path) -> None:
    """A photo is re-encoded, kept, answered, and seen again in the chat."""
    path = tmp_path / "photo.png"
    Image.effect_noise((400, 300), 80).save(path)
    page.goto(f"{url}/chat")
    page.locator(".card", has_text="网格员").first.click()
    page.get_by_role("button", name="全部正常").click()
    expect(page.get_by_role("log")).to_contain_text("已报")
    page.get_by_label("发送照片").set_input_files(path)
    image = page.get_by_role("log").locator(".row.me img")
    expect(image).to_be_visible()
    assert page.evaluate("document.querySelector('.row.me img').naturalWidth") == 400
    expect(page.locator(".row.bot").last).to_contain_text("照片")


def test_another_person_starts_afresh(page: Page, phone: BrowserContext, url: str) -> None:
    """Switching the person opens that person's own prompt."""
    del phone
    page.goto(f"{url}/chat")
    page.locator(".card", has_text="网格员").first.click()
    expect(page.get_by_role("log")).to_contain_text("日报")
    page.get_by_role("link", name="换人").click()
    page.locator(".card", has_text="楼栋长").first.click()
    expect(page.locator("#state")).to_contain_text("楼栋长")
    expect(page.get_by_role("log")).to_contain_text("1栋")
