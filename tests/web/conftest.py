"""A town for each test, and one real browser for those that need it."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright
from starlette.applications import Starlette

from bot.store.database import Database
from tests.store.servers import database, migrated_file, postgres
from tests.web.town import Town

__all__ = ["database", "migrated_file", "postgres"]

CHROMIUM = Path("/usr/bin/chromium")
MEND = "this test needs a browser: apt-get install chromium fonts-noto-cjk"
SWITCHES = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture
def town(database: Database) -> Town:
    """The sample roster on this machine."""
    return Town(database)


@pytest.fixture
def real(database: Database) -> Town:
    """A real roster: nobody may choose whom to be."""
    return Town(database, sample=False)


@pytest.fixture
def file(tmp_path: Path, migrated_file: Path) -> Iterator[Database]:
    """A SQLite database with the tables of today, where the backend makes no difference."""
    path = tmp_path / "wuyi.db"
    shutil.copy(migrated_file, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


class Server(uvicorn.Server):
    """A server that says goodbye before it waits for open streams."""

    leave: Callable[[], None]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then stop."""
        self.leave()
        await super().shutdown(sockets)


@contextmanager
def served(make: Callable[[str], Starlette], leave: Callable[[], None]) -> Iterator[str]:
    """What ``make`` gives for an address, over real HTTP on a free port there; ``leave`` ends its streams."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # so that whoever comes before the server is up waits instead of being refused
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(make(address), log_level="error")
        server = Server(config)
        server.leave = leave
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser; an error that names the mend where there is none.

    For one module only: while it is open this thread's event loop runs, and no asynchronous test can.
    """
    if not CHROMIUM.exists():
        pytest.fail(MEND)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        except Error as why:
            pytest.fail(f"{MEND}\n{why}")
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """A narrow telephone."""
    size = {"width": 360, "height": 740}
    context = chromium.new_context(viewport=size, is_mobile=True, has_touch=True, locale="zh-CN")  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(phone: BrowserContext) -> Iterator[Page]:
    """One page, that must not complain: no script error, nothing that the content policy refused."""
    complaints: list[str] = []
    page = phone.new_page()
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []
