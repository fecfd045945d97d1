"""The callback's crypto against ``wechat-crypto``, which others wrote: both directions, any language."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from bot.channels.sealed import Envelope, UnreadableError
from bot.channels.wechat_callback import Answer
from bot.model import Sent
from tests.telegram.serving import until
from tests.wechat import sealing
from tests.wechat.conftest import Make, called, message
from tests.wechat.standin import Standin
from tests.wecom.test_oracle import MEND, TEXTS, Oracle, _missing

HERE = Path(__file__).parent / "oracle"


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    """The package, installed into a folder of its own as its lock says; it is missing nowhere but outside CI."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        _missing(f"no node and npm: {MEND}")
    folder = tmp_path_factory.mktemp("oracle")
    for name in ("package.json", "package-lock.json", "talk.js"):
        shutil.copy(HERE / name, folder)
    command = [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(folder / "cache")]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    if run.returncode:
        _missing(f"npm cannot install wechat-crypto: {run.stderr[-300:]}")

    def ask(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        keys = {"key": sealing.AES_KEY, "token": sealing.TOKEN, "id": sealing.APP}
        lines = "".join(json.dumps({**keys, **each}) + "\n" for each in questions)
        talk = [str(node), "talk.js"]
        said = subprocess.run(talk, cwd=folder, input=lines, capture_output=True, text=True, timeout=60, check=True)
        return [json.loads(line) for line in said.stdout.splitlines()]

    return ask


@pytest.fixture
def envelope() -> Envelope:
    """Ours."""
    return Envelope(sealing.TOKEN, sealing.AES_KEY, sealing.APP)


def test_what_it_seals_we_open(oracle: Oracle, envelope: Envelope) -> None:
    """Every text, to the last sign."""
    chunks = [said["chunk"] for said in oracle([{"do": "seal", "text": text} for text in TEXTS])]
    assert [envelope.open(chunk) for chunk in chunks] == list(TEXTS)


def test_what_we_seal_it_opens(oracle: Oracle, envelope: Envelope) -> None:
    """And it sees for whom it is."""
    said = oracle([{"do": "open", "chunk": envelope.seal(text)} for text in TEXTS])
    assert said == [{"text": text, "id": sealing.APP} for text in TEXTS]


def test_both_sign_alike(oracle: Oracle, envelope: Envelope) -> None:
    """Whatever is signed; and of what it signed nothing else passes."""
    chunks = [envelope.seal(text) for text in TEXTS]
    calls = [("1795503480", f"nonce{number}", chunk) for number, chunk in enumerate(chunks)]
    questions = [{"do": "sign", "timestamp": stamp, "nonce": nonce, "chunk": chunk} for stamp, nonce, chunk in calls]
    for said, (stamp, nonce, chunk) in zip(oracle(questions), calls, strict=True):
        assert said["signature"] == envelope.signature(stamp, nonce, chunk)
        assert envelope.signed(said["signature"], stamp, nonce, chunk)
        assert not envelope.signed(said["signature"], stamp, nonce + "0", chunk)


def test_what_is_for_another_account_we_do_not_open(oracle: Oracle, envelope: Envelope) -> None:
    """Though it is sealed with the same key."""
    (said,) = oracle([{"do": "seal", "text": "虚构", "id": "wx0another00000000"}])
    with pytest.raises(UnreadableError):
        envelope.open(said["chunk"])


async def test_it_reads_a_whole_conversation(oracle: Oracle, wechat: Standin, make: Make) -> None:
    """A call that it sealed, and the response that we sealed: from the words to the words."""
    shell = make()
    text = "虚构社区 3栋 🏠👨‍👩‍👧 发热 ]]> <b>"
    said = wechat.follower("li").message("text", Content=text.replace("]]>", ""))
    (sealed,) = oracle([{"do": "seal", "text": said}])
    shell.answers[text.replace("]]>", "")] = Answer((1,))
    async with called(wechat, shell) as url, asyncio.timeout(20):
        call = wechat._client.post(
            url, params=sealing.query(sealed["chunk"], wechat.clock()), data=sealing.body(sealed["chunk"]).encode()
        )
        response = asyncio.ensure_future(call)
        await until(lambda: shell.taken)
        assert await shell.channel.send(message(text=text)) == Sent("passive")
        outer = {each.tag: each.text for each in ET.fromstring(await (await response).text())}  # noqa: S314 - it is our own
    (signed, opened) = oracle([
        {"do": "sign", "timestamp": outer["TimeStamp"], "nonce": outer["Nonce"], "chunk": outer["Encrypt"]},
        {"do": "open", "chunk": outer["Encrypt"]},
    ])  # fmt: skip
    assert signed["signature"] == outer["MsgSignature"]
    inner = {each.tag: each.text for each in ET.fromstring(opened["text"])}  # noqa: S314 - as above
    assert inner == {
        "ToUserName": "li", "FromUserName": sealing.ACCOUNT, "CreateTime": str(int(wechat.clock())),
        "MsgType": "text", "Content": text,
    }  # fmt: skip
