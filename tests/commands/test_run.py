"""``wuyi run`` as an operator starts it: in a process of its own, over real HTTP, stopped by a signal."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import pytest

ROOT = Path(__file__).parent.parent.parent
PERSON = re.compile(r'name="person" value="(\d+)".*?class="card-name">(\w+) ', re.DOTALL)


def start(folder: Path, **settings: str) -> subprocess.Popen[str]:
    """The program, started in a folder with nothing in it but what the settings say."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "WUYI_PORT": "0", "LANG": "C.UTF-8", **settings}
    command = [sys.executable, "-m", "bot", "run"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=pipe, stderr=pipe, text=True, encoding="utf-8")


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program and the address that it tells, killed at the end if it still runs."""
    process = start(folder, **settings)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"(http://127\.0\.0\.1:\d+)/chat", line)
        assert found, line + (process.stderr.read() if process.stderr else "")
        yield process, found[1]
    finally:
        process.kill()
        process.communicate()


def refusal(folder: Path, **settings: str) -> str:
    """What the program says when it does not start: one sentence, exit status 1."""
    process = start(folder, **settings)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1, said
    lines = [line for line in said.splitlines() if line.startswith("Error:")]
    assert len(lines) == 1, said
    assert "Traceback" not in said
    return lines[0]


def test_a_stranger_reports_with_one_tap(tmp_path: Path) -> None:
    """On an empty folder: choose a sample person, tap once, see the receipt; the board counts it; Ctrl-C ends it."""
    with running(tmp_path) as (process, base), httpx.Client(base_url=base, headers={"origin": base}) as browser:
        people = browser.get("/chat").text
        (person,) = (value for value, name in PERSON.findall(people) if name == "张三")
        assert browser.post("/chat/person", data={"person": person}).status_code == 303
        assert browser.post("/chat/open", json={}).is_success
        prompt = _last(browser)
        assert "您负责 3 处" in prompt["text"]
        before = _reported(browser)
        tap = {"id": str(uuid4()), "token": prompt["buttons"][0][0]["token"]}
        for _ in range(2):  # the network stutters: the same tap twice counts once
            assert browser.post("/chat/messages", json=tap).is_success
        assert "3 处正常" in _last(browser)["text"]
        assert _reported(browser) == before + 3
        assert browser.get("/readyz").json()["database"] == "ok"
        assert 'wuyi_turns_total{channel="web",result="taken"} 2.0' in browser.get("/metrics").text
        with browser.stream("GET", "/chat/events") as events:  # a page that is open must not keep the program up
            assert events.status_code == 200
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=30) == 0
            assert process.stderr is not None
            assert "Traceback" not in process.stderr.read()


def _last(browser: httpx.Client) -> dict[str, Any]:
    """The newest message of the bot, once the post has sent everything."""
    for _ in range(200):
        messages = browser.get("/chat/messages").json()["messages"]
        if messages and messages[-1].get("buttons"):
            return dict(messages[-1])
    raise AssertionError(messages)


def _reported(browser: httpx.Client) -> int:
    found = re.search(r"<dt>已报</dt><dd>(\d+)</dd>", browser.get("/board?lang=zh").text)
    assert found
    return int(found[1])


def test_a_port_that_is_used(tmp_path: Path) -> None:
    """One sentence that names the port and the setting."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        said = refusal(tmp_path, WUYI_PORT=port)
    assert port in said
    assert "WUYI_PORT" in said


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """One sentence that names the folder and the setting."""
    (tmp_path / "file").write_text("in the way")
    assert "WUYI_DATA_DIR" in refusal(tmp_path, WUYI_DATA_DIR=str(tmp_path / "file"))


def test_a_setting_that_does_not_read(tmp_path: Path) -> None:
    """One sentence that names the setting."""
    assert "WUYI_PORT" in refusal(tmp_path, WUYI_PORT="web")


def test_a_newer_database(tmp_path: Path) -> None:
    """One sentence: upgrade the program."""
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "wuyi.db") as file:
        file.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        file.execute("INSERT INTO alembic_version VALUES ('9999')")
    file.close()
    assert "newer" in refusal(tmp_path)


class Refusing(BaseHTTPRequestHandler):
    """A Bot API that knows no token."""

    def do_POST(self) -> None:
        """Say so."""
        body = b'{"ok":false,"error_code":401,"description":"Unauthorized"}'
        self.send_response(401)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def test_a_wrong_token(tmp_path: Path) -> None:
    """One sentence that says where a right one comes from, and never the token itself."""
    token = "123456:planted-token-that-nobody-may-see"
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        where = f"http://127.0.0.1:{server.server_address[1]}"
        said = refusal(tmp_path, WUYI_TELEGRAM_TOKEN=token, WUYI_TELEGRAM_API_URL=where)
        server.shutdown()
    assert "@BotFather" in said
    assert "planted" not in said


def test_a_webhook_without_a_secret(tmp_path: Path) -> None:
    """Refused at the start, with the setting's name."""
    said = refusal(tmp_path, WUYI_TELEGRAM_TOKEN="1:x", WUYI_TELEGRAM_MODE="webhook")
    assert "WUYI_TELEGRAM_SECRET" in said


@pytest.mark.parametrize("name", ["run", "chat", "init", "import", "invite", "streaks", "explain", "doctor", "migrate"])
def test_every_command_explains_itself(name: str) -> None:
    """``--help`` of each command works without a database."""
    command = [sys.executable, "-m", "bot", name, "--help"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.startswith(f"Usage: wuyi {name}")
