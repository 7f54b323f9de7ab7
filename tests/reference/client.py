"""A small client: it registers, logs in and calls, and shows every answer as it came."""

import base64
import hashlib
import json
import re
from html import unescape
from typing import Any

import httpx

from conformance.reference import ReferenceServer

Json = dict[str, Any]
REDIRECT_URI = "http://127.0.0.1:9/callback"
VERIFIER = "v" * 43


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Client(httpx.Client):
    """Requests to one reference server; `client_id` and `token` are filled by `log_in`."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(base_url=server.origin, timeout=5)
        self.server = server
        self.client_id = ""
        self.tokens: Json = {}
        self.revision = "2025-11-25"

    def register(self, **members: Any) -> httpx.Response:
        metadata: Json = {
            "redirect_uris": [REDIRECT_URI],
            "client_name": "test client",
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
        }
        return self.post("/register", json=metadata | members)

    def new_client(self, **members: Any) -> str:
        self.client_id = self.register(**members).json()["client_id"]
        return self.client_id

    def authorize(self, **parameters: str | None) -> httpx.Response:
        """Send an authorization request; a parameter set to None is left out."""
        wanted: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT_URI,
            "state": "the state",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        sent = {name: value for name, value in (wanted | parameters).items() if value is not None}
        return self.get("/authorize", params=sent)

    def code(self, **parameters: str | None) -> str:
        return answer_of(self.authorize(**parameters))["code"]

    def redeem(self, code: str, headers: Any = None, **parameters: str | None) -> httpx.Response:
        fields = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
        return self.ask_token(headers, **fields | parameters)

    def refresh(self, token: str, headers: Any = None, **parameters: str | None) -> httpx.Response:
        return self.ask_token(headers, **{"grant_type": "refresh_token", "refresh_token": token} | parameters)

    def ask_token(self, headers: Any = None, **parameters: str | None) -> httpx.Response:
        form = {"client_id": self.client_id} | parameters
        sent = {name: value for name, value in form.items() if value is not None}
        return self.post("/token", data=sent, headers=headers)

    def log_in(self, **parameters: str) -> Json:
        self.new_client()
        self.tokens = self.redeem(self.code(**parameters), redirect_uri=REDIRECT_URI).raise_for_status().json()
        self.use(self.tokens["access_token"])
        return self.tokens

    def use(self, token: str) -> None:
        self.headers["Authorization"] = f"Bearer {token}"

    def post_message(self, message: object, **headers: str) -> httpx.Response:
        """POST one JSON value to the Streamable HTTP endpoint."""
        standard = {"Accept": "application/json, text/event-stream"}
        return self.post("/mcp", json=message, headers=standard | headers)

    def initialize(self, revision: str = "2025-11-25", **capabilities: Any) -> Json:
        """Shake hands; later requests belong to the new session."""
        for name in ("Mcp-Session-Id", "MCP-Protocol-Version"):
            self.headers.pop(name, None)
        response = self.post_message(initialize_message(revision, capabilities))
        self.headers["Mcp-Session-Id"] = response.headers["Mcp-Session-Id"]
        self.headers["MCP-Protocol-Version"] = response.json()["result"]["protocolVersion"]
        self.notify("initialized")
        return response.json()["result"]

    def notify(self, name: str, **params: Any) -> None:
        message = {"jsonrpc": "2.0", "method": f"notifications/{name}", "params": params}
        self.post_message(message).raise_for_status()

    def call(self, method: str, id: int | str = 1, **params: Any) -> Json:
        """Send a request and return the response, be it JSON or an event stream."""
        response = self.post_message({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
        if response.headers["Content-Type"].startswith("text/event-stream"):
            return messages_of(response.text)[-1]
        return response.json()


def initialize_message(revision: str = "2025-11-25", capabilities: Json | None = None) -> Json:
    client_info = {"name": "test", "version": "1"}
    params = {"protocolVersion": revision, "capabilities": capabilities or {}, "clientInfo": client_info}
    return {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}


def answer_of(response: httpx.Response) -> dict[str, str]:
    """The parameters an authorization endpoint appended to the redirect URI."""
    assert response.is_redirect, response.text
    return dict(httpx.URL(response.headers["Location"]).params)


def messages_of(stream: str) -> list[Json]:
    """The messages of an event stream, without events that carry none."""
    return [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: ")]


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {unescape(name): unescape(value) for name, value in found}
