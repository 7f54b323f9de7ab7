"""The cheapest request there is, under ids of every kind, while everything else that comes is heard."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass

from conformance.audit import Audit
from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.wire import jsonrpc
from conformance.wire.connection import Answer, Connection
from conformance.wire.http import NoAnswer, Unreachable

USUAL = 980_001
"""An id like those of most clients."""
_IDS = (USUAL, 0, "980002", "x" * 200)
_LINGER = 0.2
"""Seconds to listen on after each response for another one."""


@dataclass(frozen=True)
class Numbering:
    """What came for each id, and the ids of all responses that arrived meanwhile."""

    outcomes: Mapping[jsonrpc.Id, Answer | NoAnswer]
    responses: tuple[object, ...]

    @classmethod
    def of(cls, audit: Audit) -> "Numbering":
        """The requests, sent once in a run. Raises CouldNotRun, NoAnswer where the server is gone."""
        return audit.once("ids of every kind", lambda: cls._perform(audit.mcp(), audit.need_survey()))

    @classmethod
    def _perform(cls, mcp: Connection, survey: Survey) -> "Numbering":
        mark, mcp.linger = mcp.heard.mark, _LINGER
        try:
            with nullcontext() if survey.stateless else mcp.listening():
                outcomes = {id: _ask(mcp, id) for id in _IDS}
        finally:
            mcp.linger = 0.0
        heard = [as_object(one.value) for one in mcp.heard.since(mark)]
        return cls(outcomes, tuple(one.get("id") for one in heard if "method" not in one))

    def answer(self, id: jsonrpc.Id = USUAL) -> Answer:
        """The answer under an id. Raises NoAnswer."""
        outcome = self.outcomes[id]
        if isinstance(outcome, NoAnswer):
            raise outcome
        return outcome

    @property
    def answered(self) -> dict[jsonrpc.Id, Answer]:
        """The answers with a response, by the id of the request."""
        return {id: one for id, one in self.outcomes.items() if isinstance(one, Answer) and one.response is not None}

    def times(self, id: jsonrpc.Id) -> int:
        """How many responses bore an id."""
        return sum(jsonrpc.same_id(one, id) for one in self.responses)


def _ask(mcp: Connection, id: jsonrpc.Id) -> Answer | NoAnswer:
    try:
        return mcp.request(mcp.quick, id=id)
    except Unreachable:
        raise
    except NoAnswer as failure:
        return failure
