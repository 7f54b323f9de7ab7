"""A server that ends the session of a client over a message it cannot read, as some gateways do."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance.data import CHECKS
from conformance.reference import ReferenceServer
from conformance.reference.legacy_sse import LegacySse
from tests.auditing import audit

Receive = Callable[[LegacySse, Request], Awaitable[Response]]


def forgetful(receive: Receive) -> Receive:
    forgotten: set[str] = set()

    async def receive_or_forget(server: LegacySse, request: Request) -> Response:
        session = request.query_params.get("session_id", "")
        if session in forgotten:
            return Response("There is no such session", 503)
        response = await receive(server, request)
        if response.status_code == 400:
            forgotten.add(session)
            return Response("Invalid message", 400)
        return response

    return receive_or_forget


def test_what_follows_an_unreadable_message_is_sent_in_another_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LegacySse, "receive", forgetful(LegacySse.receive))
    with ReferenceServer(profile="sse") as server:
        checks = str(CHECKS / "base" / "test_jsonrpc.py")
        run = audit(tmp_path, checks, f"--target-url={server.sse_url}", "--transport=http+sse")

    assert run.verdicts["jsonrpc.invalid-request-code"] == "pass"
    assert run.with_verdict("fail", "error") == []
