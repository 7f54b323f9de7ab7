"""Clients of others log in at the reference server and use it: those of PyPI mcp and fastmcp, and the inspector."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastmcp import Client as FastClient
from fastmcp.client.auth import OAuth
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)

from conformance.reference import ReferenceServer
from tests.calibration.test_official import MODULES, NODE

INSPECTOR = MODULES / ".bin" / "mcp-inspector"


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer() as running:
        yield running


@pytest.fixture(scope="module")
def unprotected() -> Iterator[ReferenceServer]:
    with ReferenceServer(protected=False) as running:
        yield running


class User:
    """Follows the redirect of the authorization endpoint, as a browser would."""

    def __init__(self) -> None:
        self._answer: dict[str, list[str]] = {}

    async def approve(self, url: str) -> None:
        async with httpx2.AsyncClient() as browser:
            reply = await browser.get(url)
        self._answer = parse_qs(urlsplit(reply.headers["location"]).query)

    async def answer(self) -> AuthorizationCodeResult:
        return AuthorizationCodeResult(**{name: self._answer[name][0] for name in ("code", "state", "iss")})


class Memory:
    """Keeps what a client of PyPI mcp wants kept."""

    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None
        self.client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


class WithoutBrowser(OAuth):
    """The login of fastmcp with our user instead of a browser."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._user = User()

    async def redirect_handler(self, authorization_url: str) -> None:
        await self._user.approve(authorization_url)

    async def callback_handler(self) -> Any:
        return await self._user.answer()


def test_the_client_of_mcp_logs_in_and_calls_a_tool(server: ReferenceServer) -> None:
    user, memory = User(), Memory()
    about = OAuthClientMetadata.model_validate({"redirect_uris": ["http://127.0.0.1:9/callback"], "client_name": "mcp"})
    login = OAuthClientProvider(server.url, about, memory, user.approve, user.answer)

    async def use() -> Any:
        async with (
            httpx2.AsyncClient(auth=login) as http,
            Client(streamable_http_client(server.url, http_client=http), mode="legacy") as client,
        ):
            return await client.call_tool("add", {"a": 1, "b": 2})

    assert asyncio.run(asyncio.wait_for(use(), 30)).structured_content == {"sum": 3}
    assert memory.tokens


@pytest.mark.filterwarnings("ignore:Using in-memory token storage")
def test_the_client_of_fastmcp_logs_in_and_calls_a_tool(server: ReferenceServer) -> None:
    async def use() -> Any:
        async with FastClient(server.url, auth=WithoutBrowser(server.url)) as client:
            return await client.call_tool("add", {"a": 1, "b": 2})

    assert asyncio.run(asyncio.wait_for(use(), 30)).structured_content == {"sum": 3}


@pytest.mark.parametrize("transport", ["http", "sse", "stdio"])
def test_the_inspector_calls_a_tool(unprotected: ReferenceServer, transport: str) -> None:
    if not INSPECTOR.exists() and not os.environ.get("CI"):
        pytest.skip("needs the inspector: make node_modules")
    target = {
        "http": [unprotected.url, "--transport", "http"],
        "sse": [unprotected.sse_url, "--transport", "sse"],
        "stdio": [sys.executable, "-m", "conformance.reference", "--stdio"],
    }
    call = ["--method", "tools/call", "--tool-name", "add", "--tool-arg", "a=1", "b=2"]
    path = f"{NODE.parent}:{os.environ['PATH']}"
    run = subprocess.run(
        [INSPECTOR, "--cli", *target[transport], *call],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"PATH": path},
    )

    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["structuredContent"] == {"sum": 3}
