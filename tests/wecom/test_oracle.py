"""The callback's crypto against ``@wecom/crypto``, which WeCom's own people wrote: both directions, any language."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.channels.sealed import Envelope, UnreadableError
from tests.wecom import sealing

HERE = Path(__file__).parent / "oracle"
TEXTS = (
    "",
    "a",
    "虚构社区 3栋2单元501 🏠👨‍👩‍👧 发热",
    sealing.xml(ToUserName=sealing.CORP, MsgType="text", Content="两行\n两行 & <b>"),
    *("虚" * length for length in range(20, 32)),  # every length of padding
    "🏠" * 5000,
)
MEND = "get them with: apt-get install nodejs npm"
Oracle = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    """The package, installed into a folder of its own as its lock says; it is missing nowhere but outside CI."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        _missing(f"no node and npm: {MEND}")
    assert node is not None
    assert npm is not None
    folder = tmp_path_factory.mktemp("oracle")
    for name in ("package.json", "package-lock.json", "talk.js"):
        shutil.copy(HERE / name, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(folder / "cache")]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    if run.returncode:
        _missing(f"npm cannot install @wecom/crypto: {run.stderr[-300:]}")

    def ask(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        keys = {"key": sealing.AES_KEY, "token": sealing.TOKEN, "id": sealing.CORP}
        lines = "".join(json.dumps({**keys, **each}) + "\n" for each in questions)
        talk = [str(node), "talk.js"]
        said = subprocess.run(talk, cwd=folder, input=lines, capture_output=True, text=True, timeout=60, check=True)
        return [json.loads(line) for line in said.stdout.splitlines()]

    return ask


def _missing(why: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture
def envelope() -> Envelope:
    """Ours."""
    return Envelope(sealing.TOKEN, sealing.AES_KEY, sealing.CORP)


def test_what_it_seals_we_open(oracle: Oracle, envelope: Envelope) -> None:
    """Every text, to the last sign."""
    chunks = [said["chunk"] for said in oracle([{"do": "seal", "text": text} for text in TEXTS])]
    assert [envelope.open(chunk) for chunk in chunks] == list(TEXTS)


def test_what_we_seal_it_opens(oracle: Oracle, envelope: Envelope) -> None:
    """And it sees for whom it is."""
    said = oracle([{"do": "open", "chunk": envelope.seal(text)} for text in TEXTS])
    assert said == [{"text": text, "id": sealing.CORP} for text in TEXTS]


def test_both_sign_alike(oracle: Oracle, envelope: Envelope) -> None:
    """Whatever is signed; and of what it signed nothing else passes."""
    chunks = [envelope.seal(text) for text in TEXTS]
    calls = [("1795503480", f"nonce{number}", chunk) for number, chunk in enumerate(chunks)]
    questions = [{"do": "sign", "timestamp": stamp, "nonce": nonce, "chunk": chunk} for stamp, nonce, chunk in calls]
    for said, (stamp, nonce, chunk) in zip(oracle(questions), calls, strict=True):
        assert said["signature"] == envelope.signature(stamp, nonce, chunk) == sealing.sign(stamp, nonce, chunk)
        assert envelope.signed(said["signature"], stamp, nonce, chunk)
        assert not envelope.signed(said["signature"], stamp, nonce + "0", chunk)


def test_what_is_for_another_enterprise_we_do_not_open(oracle: Oracle, envelope: Envelope) -> None:
    """Though it is sealed with the same key."""
    (said,) = oracle([{"do": "seal", "text": "虚构", "id": "wwanother"}])
    with pytest.raises(UnreadableError):
        envelope.open(said["chunk"])
