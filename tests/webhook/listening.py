"""Another program that is told of facts: a real server on this machine, which keeps what it gets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Listener:
    """What came, and what is to be answered next; 200 where nothing is said."""

    url: str = ""
    came: list[tuple[dict[str, str], str]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something has come."""

    async def hear(self, request: web.Request) -> web.StreamResponse:
        """Keep it, and answer."""
        self.came.append(({name.lower(): value for name, value in request.headers.items()}, await request.text()))
        self.heard.set()
        return self.answers.pop(0) if self.answers else web.Response()


@asynccontextmanager
async def listening(context: ssl.SSLContext | None = None) -> AsyncIterator[Listener]:
    """The program, on a port that was free; with ``context`` over TLS."""
    listener = Listener()
    app = web.Application()
    app.router.add_post("/{way:.*}", listener.hear)
    app.router.add_get("/{way:.*}", listener.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    listener.url = f"http{'s' if context else ''}://127.0.0.1:{runner.addresses[0][1]}/facts"
    try:
        yield listener
    finally:
        await runner.cleanup()


def signed(secret: str, headers: dict[str, str], body: str) -> bool:
    """Whether this was signed with the secret, computed as the specification writes it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    made = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(headers["webhook-signature"], f"v1,{made}")


async def outside(host: str, port: int) -> Sequence[str]:
    """Every name is somewhere in the open internet; no name server is asked."""
    del host, port
    return ["93.184.215.14"]


def certificate(name: str, folder: Path) -> Path:
    """A certificate of this name, signed by itself, with its key: what a server shows and a client is told to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(called, called, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "shown.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path
