"""Requests that a web page of somebody else could make a browser send (DNS rebinding)."""

from dataclasses import dataclass

from conformance.ceremony.sessions import ordinary, served, session
from conformance.probe import Probe
from conformance.verdict import CouldNotRun
from conformance.wire.http import Reply
from conformance.wire.streamable_http import first_request

FOREIGN = "http://evil.example"
LOOKS_LOCAL = "http://localhost.evil.example"
OPENING = "the first request"


@dataclass(frozen=True)
class ForeignOrigin:
    """Answers to requests with a foreign Origin: messages by the origin, and the other ways to connect by their name.

    The same session served the same message without Origin before.
    """

    messages: dict[str, Reply]
    connections: dict[str, Reply]

    @classmethod
    def perform(cls, probe: Probe) -> "ForeignOrigin":
        """Send requests with a foreign Origin, in a session of their own. Raises CouldNotRun, NoAnswer."""
        with session(probe) as inside:
            message = ordinary(probe.survey, "origin")
            control = inside.craft("POST", f"{message['method']} without Origin", message)
            if not served(control):
                raise CouldNotRun(f"the request is refused without Origin, too ({control.summary})")
            messages = {
                origin: inside.craft("POST", f"{message['method']} from {origin}", message, fields={"Origin": origin})
                for origin in (FOREIGN, LOOKS_LOCAL)
            }
            connections = {OPENING: cls._open(probe)}
            if probe.survey.stateless:
                return cls(messages, connections)
            for method, what in (("GET", "the event stream"), ("DELETE", "the end of the session")):
                purpose = f"{what} from {FOREIGN}"
                connections[what] = inside.craft(method, purpose, fields={"Origin": FOREIGN})
            if connections["the end of the session"].ok:
                inside.session_id = None
            return cls(messages, connections)

    @staticmethod
    def _open(probe: Probe) -> Reply:
        fields, body = first_request(probe.survey.revision)
        token = probe.survey.token
        authorization = f"Bearer {token}" if token else None
        reply = probe.send("POST", f"first request from {FOREIGN}", authorization, {**fields, "Origin": FOREIGN}, body)
        probe.end_session(reply, authorization)
        return reply
