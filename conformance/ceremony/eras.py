"""Two eras of the protocol at one endpoint or in one process: with a handshake, and without.

https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from conformance.ceremony.mirroring import attempt, stateless_http
from conformance.probe import Probe
from conformance.survey import closing, connect
from conformance.verdict import CouldNotRun
from conformance.wire.connection import HANDSHAKE_REVISIONS, Answer, Connection
from conformance.wire.http import Reply

MADE_UP_SESSION = "conformance-no-such-session"


@contextmanager
def older_client(probe: Probe) -> Generator[Connection]:
    """A connection of a client that knows the handshake only, before it; closed at the end. Raises NoAnswer."""
    survey = replace(probe.survey, revision=HANDSHAKE_REVISIONS[-1], opening=None)
    with closing(connect(survey, probe.http)) as connection:
        yield connection


def granted(answer: Answer) -> str:
    """The version in the answer to `initialize`; empty where there is none."""
    version = (answer.result or {}).get("protocolVersion")
    return version if isinstance(version, str) else ""


def initialized(probe: Probe, asked: str) -> Answer:
    """The answer to `initialize` asking for a version: that of the survey, or of a connection of its own.

    Raises NoAnswer.
    """
    known = probe.survey.handshakes.get(asked)
    if known is not None:
        return known
    with older_client(probe) as connection:
        return connection.initialize(asked)


@dataclass(frozen=True)
class Eras:
    """How a server of both eras is opened: by a request that stands alone, and by `initialize`.

    `opening` is the answer to the handshake, `request` that to a request after it.
    """

    alone: Answer
    opening: Answer
    request: Answer

    @classmethod
    def perform(cls, probe: Probe) -> "Eras":
        """Open a connection with `initialize`; the survey has opened one in the other way.

        Raises CouldNotRun, NoAnswer.
        """
        alone = probe.survey.opening
        if alone is None:
            raise CouldNotRun("server/discover was not answered")
        with older_client(probe) as connection:
            opening = connection.open(HANDSHAKE_REVISIONS[-1])
            request = connection.request("ping")
        return cls(alone, opening, request)


@dataclass(frozen=True)
class OldWays:
    """Answers to what clients of older revisions do: a GET, a DELETE, and requests with fields that are gone."""

    get: Reply
    delete: Reply
    session: Answer
    event: Answer

    @classmethod
    def perform(cls, connection: Connection) -> "OldWays":
        """Send each of them once. Raises NotApplicable, NoAnswer."""
        inside, first = stateless_http(connection), "server/discover"
        return cls(
            inside.craft("GET", "event stream of older revisions"),
            inside.craft("DELETE", "end of a session of older revisions"),
            attempt({}, inside, "with a session id", first, {}, {"Mcp-Session-Id": MADE_UP_SESSION}),
            attempt({}, inside, "with Last-Event-ID", first, {}, {"Last-Event-ID": "1"}),
        )
