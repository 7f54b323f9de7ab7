"""An MCP session that others than its owner try to use."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.probe import Probe
from conformance.survey import ClosedRequest
from conformance.verdict import CouldNotRun
from conformance.wire import jsonrpc
from conformance.wire.http import Reply

BAD_TOKEN = "Bearer pytest-mcp-conformance-never-issued"  # noqa: S105 - not a secret


@dataclass(frozen=True)
class Hijacking:
    """Requests with the id of one session. `before` and `after` are its owner's, `strangers` those of others, by
    what they sent; they came in between, on the same connection. `opening` is the answer that gave the id.
    """

    opening: Reply
    before: Reply
    strangers: Mapping[str, Reply]
    after: Reply

    @classmethod
    def perform(cls, probe: Probe, second_token: str | None) -> "Hijacking | None":
        """Open a session and end it again; None where the server uses no session id.

        `second_token` is a token of another user, where there is one. Raises CouldNotRun where the session cannot be
        opened.
        """
        with probe.fresh() as connection:
            opening = connection.open(probe.survey.revision)
            session = opening.http.header("mcp-session-id")
            if opening.result is None:
                raise CouldNotRun(f"no session could be opened ({opening.summary})")
            if not session:
                return None
            owner = f"Bearer {connection.token}"
            intruder = _Intruder(probe, session, connection.revision)
            before = intruder.post("its owner", owner)
            strangers = {
                "a message without token": intruder.post("no token"),
                "a message with a bad token": intruder.post("a bad token", BAD_TOKEN),
            }
            if not probe.survey.closed:
                strangers["an event stream without token"] = intruder.listen("no token")
                strangers["an event stream with a bad token"] = intruder.listen("a bad token", BAD_TOKEN)
            if second_token:
                for attempt in ("first", "second"):
                    strangers[f"{attempt} message of another user"] = intruder.post(
                        "another user's token", f"Bearer {second_token}"
                    )
            return cls(opening.http, before, strangers, intruder.post("its owner", owner))


@dataclass(frozen=True)
class _Intruder:
    probe: Probe
    session: str = field(repr=False)
    revision: str

    def post(self, whose: str, authorization: str | None = None) -> Reply:
        survey = self.probe.survey
        plain = ClosedRequest("tools/list" if "tools" in survey.capabilities else "ping")
        message = survey.closed or plain
        body = jsonrpc.encode(jsonrpc.request(message.method, message.params or None, "hijack"))
        return self.probe.send("POST", f"{message.name} in a session, {whose}", authorization, self._fields(), body)

    def listen(self, whose: str, authorization: str | None = None) -> Reply:
        fields = self._fields() | {"Accept": "text/event-stream"}
        return self.probe.send("GET", f"event stream of a session, {whose}", authorization, fields)

    def _fields(self) -> dict[str, str]:
        return {"Mcp-Session-Id": self.session, "MCP-Protocol-Version": self.revision}
