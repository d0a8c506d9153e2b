"""A visitor of the page without a browser: each request goes straight into the application."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from tariffs.compare.studio.app import Studio
from tariffs.compare.studio.guard import Guard

PORT = 8765


@dataclass(frozen=True)
class Visitor:
    """`get` and `post` give what a browser on this machine would be answered."""

    studio: Studio

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self._ask("GET", address, headers=headers)

    def post(self, address: str, data: Mapping[str, str]) -> httpx.Response:
        return self._ask("POST", address, data=data)

    def _ask(
        self, method: str, address: str, headers: Mapping[str, str] | None = None, data: Mapping[str, str] | None = None
    ) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=Guard(self.studio.app(), PORT))
            async with httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}") as client:
                return await client.request(method, address, headers=headers, data=data)

        return asyncio.run(asked())
