"""Connections to the surveyed target, and lists walked to their end."""

from collections.abc import Generator
from contextlib import contextmanager

from conformance.survey.record import Listing, Survey
from conformance.wire.connection import Answer, Connection
from conformance.wire.http import HttpClient, NoAnswer
from conformance.wire.legacy_sse import LegacySse
from conformance.wire.stateless import StatelessHttp, StatelessStdio
from conformance.wire.stdio import Stdio
from conformance.wire.streamable_http import StreamableHttp

_PAGES = 200


def close_quietly(connection: Connection) -> None:
    """Close a connection whatever its state."""
    try:
        connection.close()
    except NoAnswer:
        return


@contextmanager
def closing(connection: Connection) -> Generator[Connection]:
    """Close a connection in the end, whatever its state."""
    try:
        yield connection
    finally:
        close_quietly(connection)


def streamable(survey: Survey) -> type[StreamableHttp]:
    """The client of Streamable HTTP that speaks the audited revision."""
    return StatelessHttp if survey.stateless else StreamableHttp


def connect(survey: Survey, http: HttpClient, token: str | None = None) -> Connection:
    """A new connection to the target over its transport, before any handshake. Raises NoAnswer.

    In the stateless revision it knows what the server offers, and how its tools are called, once the survey does.
    """
    if survey.transport == "stdio":
        connection = (StatelessStdio if survey.stateless else Stdio)(http, survey.endpoint, survey.variables)
    else:
        kind = LegacySse if survey.transport == "http+sse" else streamable(survey)
        connection = kind(http, survey.endpoint, token or survey.token)
    if survey.stateless:
        connection.opening = survey.opening
    if isinstance(connection, StatelessHttp):
        connection.know(survey.tools)
    return connection


def walk(connection: Connection, method: str) -> Listing:
    """Follow the cursors of a list method to its end. Raises NoAnswer."""
    pages: list[Answer] = []
    seen: set[str] = set()
    cursor: str | None = None
    while len(pages) < _PAGES:
        pages.append(connection.request(method, {"cursor": cursor} if cursor is not None else None))
        following = (pages[-1].result or {}).get("nextCursor")
        if not isinstance(following, str):
            return Listing(method, tuple(pages))
        if following in seen:
            return Listing(method, tuple(pages), ended=False)
        seen.add(following)
        cursor = following
    return Listing(method, tuple(pages), ended=False)
