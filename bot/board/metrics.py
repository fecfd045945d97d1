"""The counters, for Prometheus to fetch; who counts does so through ``prometheus_client``'s own registry."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def routes() -> list[Route]:
    """``/metrics``."""

    async def show(_request: Request) -> Response:
        return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"})

    return [Route("/metrics", show)]
