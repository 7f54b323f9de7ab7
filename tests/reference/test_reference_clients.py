"""A real client: that of the PyPI package `mcp`, over each transport."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp import Client, StdioServerParameters, types
from mcp.client.sse import sse_client

from conformance.reference import ReferenceServer


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer(profile="open") as running:
        yield running


@pytest.fixture(params=["streamable-http", "http+sse", "stdio"])
def target(request: pytest.FixtureRequest, server: ReferenceServer) -> Any:
    if request.param == "stdio":
        return StdioServerParameters(command=sys.executable, args=["-m", "conformance.reference", "--stdio"])
    return sse_client(server.sse_url) if request.param == "http+sse" else server.url


async def sample(context: Any, params: Any) -> types.CreateMessageResult:
    return types.CreateMessageResult(role="assistant", model="m", content=types.TextContent(type="text", text="blue"))


async def fill_in(context: Any, params: Any) -> types.ElicitResult:
    assert "username" in params.requested_schema["properties"]
    return types.ElicitResult(action="accept", content={"username": "ada", "email": "ada@example.com"})


async def list_roots(context: Any) -> types.ListRootsResult:
    return types.ListRootsResult(roots=[types.Root(uri="file:///home/ada")])  # type: ignore[reportArgumentType]


class Heard:
    def __init__(self) -> None:
        self.logs: list[Any] = []
        self.progress: list[float] = []
        self.other: list[str] = []

    async def log(self, params: types.LoggingMessageNotificationParams) -> None:
        self.logs.append(params.data)

    async def told(self, progress: float, total: float | None, message: str | None) -> None:
        self.progress.append(progress)

    async def message(self, message: Any) -> None:
        self.other.append(type(message).__name__)


@asynccontextmanager
async def connected(target: Any, heard: Heard) -> AsyncGenerator[Client]:
    client = Client(
        target,
        mode="legacy",
        sampling_callback=sample,
        elicitation_callback=fill_in,
        list_roots_callback=list_roots,
        logging_callback=heard.log,
        message_handler=heard.message,
    )
    async with client:
        yield client


def text(result: Any) -> str:
    return result.content[0].text


def test_a_client_that_answers_is_asked_and_kept_informed(target: Any) -> None:
    heard = Heard()

    async def use() -> None:
        async with connected(target, heard) as client:
            assert text(await client.call_tool("test_sampling", {"prompt": "which?"})) == "LLM response: blue"
            assert "ada@example.com" in text(await client.call_tool("test_elicitation", {"message": "who?"}))
            assert text(await client.call_tool("test_list_roots", {})) == "/home/ada"
            await client.call_tool("test_tool_with_progress", {}, progress_callback=heard.told)
            await client.call_tool("test_tool_with_logging", {})
            assert (await client.call_tool("test_error_handling", {})).is_error
            await client.call_tool("test_trigger_tool_change", {})
            assert "completed" in text(await client.call_tool("test_reconnection", {}))

    asyncio.run(asyncio.wait_for(use(), 20))
    assert heard.progress == [0, 50, 100]
    assert "Tool processing data" in heard.logs
