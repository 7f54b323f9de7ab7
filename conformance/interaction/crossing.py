"""Two clients that are asked at the same time, one of which answers for the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.interaction.asking import ELICIT, is_question
from conformance.interaction.eliciting import FORM, filled
from conformance.interaction.rounds import Round, again, call, need_asking
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.verdict import CouldNotRun
from conformance.wire import jsonrpc
from conformance.wire.connection import SERVED, Answer, Connection, Pending, Refusal, Silence
from conformance.wire.heard import Message

OURS, THEIRS, FOREIGN = "conformance-first", "conformance-second", "conformance-foreign"
"""What is filled in as the name of the user: by each client for itself, and by the second for the first."""
_CALL = {"name": FORM, "arguments": {"message": "Please tell the conformance audit about you"}}
_ASKED_SECONDS = 5.0
_WINDOW = 0.5


@dataclass(frozen=True)
class Crossing:
    """Calls of a tool that shows a form.

    `early` is an answer to ours that came when the second client had answered its question, and before we did. Without
    sessions it is what the second client got when it tried our call again, with our state, if that was the end. Then
    each client answered for itself, `ours` and `theirs` are the answers to the calls; `other_user` says whether the
    second client was one of another user.
    """

    early: Answer | None
    ours: Answer | None
    theirs: Answer | None
    other_user: bool

    @property
    def exchange(self) -> str:
        """The exchange of our call."""
        return next((one.exchange for one in (self.early, self.ours) if one), "")


def cross(probe: Probe, second_token: str | None) -> Crossing:
    """Have two clients asked, the second one with this token if there is one. Raises NoAnswer, CouldNotRun."""
    with probe.session(_OFFER, _HOLD) as ours, probe.fresh(second_token or None) as theirs:
        theirs.handlers |= _HOLD
        opening = theirs.open(probe.survey.revision, _OFFER)
        if opening.result is None:
            raise CouldNotRun(f"another session could not be opened ({opening.summary})")
        with ours.listening(), theirs.listening():
            return _cross(ours, theirs, other_user=bool(second_token))


def cross_alone(probe: Probe, second_token: str | None, tool: str) -> Crossing:
    """Have two clients without session asked, the second of which tries the call of the first again.

    Raises NoAnswer, CouldNotRun.
    """
    with probe.session(_OFFER) as ours, probe.fresh(second_token or None) as theirs:
        theirs.open(probe.survey.revision, _OFFER)
        our_call, their_call = call(ours, tool), call(theirs, tool)
        need_asking(our_call)
        need_asking(their_call)
        stolen = _answered(theirs, our_call, FOREIGN) if second_token else None
        ours_ended, theirs_ended = _answered(ours, our_call, OURS), _answered(theirs, their_call, THEIRS)
        early = stolen.answer if stolen and stolen.completed else None
        return Crossing(early, ours_ended.answer, theirs_ended.answer, bool(second_token))


def _answered(connection: Connection, first: Round, name: str) -> Round:
    """The next try, the user having this name."""
    known = {"username": name, "name": name}
    schemas = {key: as_object(one.get("params")).get("requestedSchema") for key, one in first.questions.items()}
    try:
        responses = {key: {"action": "accept", "content": filled(one, known)} for key, one in schemas.items()}
    except Refusal as reason:
        raise CouldNotRun(str(reason)) from None
    return again(connection, first, responses, first.state or None)


def _cross(ours: Connection, theirs: Connection, *, other_user: bool) -> Crossing:
    our_call, our_question = _ask(ours)
    _answer(theirs, our_question, FOREIGN)
    early = our_call.answer(_WINDOW)
    their_call, their_question = _ask(theirs)
    _answer(theirs, their_question, THEIRS)
    if not early:
        _answer(ours, our_question, OURS)
    wait = ours.http.timeout
    return Crossing(early, our_call.answer(wait), their_call.answer(wait), other_user)


def _ask(connection: Connection) -> tuple[Pending, Message]:
    pending = connection.start("tools/call", _CALL)
    question = pending.heard(lambda one: is_question(one, ELICIT), _ASKED_SECONDS)
    if not question:
        raise CouldNotRun(f"{FORM} asks nothing")
    return pending, question


def _answer(connection: Connection, question: Message, name: str) -> None:
    """Fill in the form of a question, the user having this name, and send it over a connection. Raises NoAnswer."""
    asked = as_object(question.value)
    try:
        content = filled(as_object(asked.get("params")).get("requestedSchema"), {"username": name})
    except Refusal as reason:
        raise CouldNotRun(str(reason)) from None
    response = {"jsonrpc": "2.0", "id": asked.get("id"), "result": {"action": "accept", "content": content}}
    connection.post(jsonrpc.encode(response), purpose=f"{SERVED} {ELICIT}")


def _leave_open(_: dict[str, Any]) -> Mapping[str, Any]:
    raise Silence


_OFFER: dict[str, Any] = {"elicitation": {}}
_HOLD = {ELICIT: _leave_open}
