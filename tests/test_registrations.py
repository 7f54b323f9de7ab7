"""Registrations are sent once, only where a plain one succeeds, and never again once the server limits them."""

from typing import Any

import pytest

from conformance.once import Once
from conformance.redaction import Redactor
from conformance.registrations import BARE, ELSEWHERE, LOOPBACKS, PLAIN, Registrations
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.http import Reply


class Flow:
    """Answers registrations with the given statuses, the last one for all further ones."""

    redirect_uri = "http://127.0.0.1:9/callback"
    registrar = None

    def __init__(self, *statuses: int, body: bytes = b"{}") -> None:
        self.statuses = list(statuses)
        self.body = body
        self.sent: list[str] = []

    def register(self, purpose: str, **members: Any) -> Reply:
        self.sent.append(purpose)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return Reply(status, (("Retry-After", "3600"),), self.body, f"exchange-{len(self.sent)}")


def registrations(flow: Flow) -> Registrations:
    oauth: Any = flow
    return Registrations(oauth, None, Once(Redactor()))


def test_each_registration_is_sent_once() -> None:
    flow = Flow(201)
    sender = registrations(flow)

    assert sender.send("x", client_name="x") is sender.send("x", client_name="x")
    assert flow.sent == [PLAIN, "registration with x"]


def test_only_what_a_limit_prevents_could_not_run() -> None:
    flow = Flow(201, 400, 429)
    sender = registrations(flow)

    assert sender.send("first").status == 400
    for name in ("second", "third", "second"):
        with pytest.raises(CouldNotRun, match=r"the server limits registrations .HTTP 429.* run again after 3600 s"):
            sender.send(name)
    assert sender.send("first").status == 400
    assert len(flow.sent) == 3


@pytest.mark.parametrize("status", [401, 403])
def test_nothing_is_tried_where_registration_is_closed(status: int) -> None:
    flow = Flow(status)

    with pytest.raises(NotApplicable, match="registration is closed to us"):
        registrations(flow).send("x")
    assert flow.sent == [PLAIN]


@pytest.mark.parametrize("status", [400, 422, 500])
def test_nothing_is_tried_where_a_plain_registration_is_refused(status: int) -> None:
    flow = Flow(status)

    with pytest.raises(CouldNotRun, match="a plain registration is refused"):
        registrations(flow).send("x")
    assert flow.sent == [PLAIN]


def test_defaults_are_tried_on_another_host_where_loopback_is_refused() -> None:
    flow = Flow(201, body=b'{"error": "invalid_redirect_uri"}')
    registrations(flow).bare()

    assert flow.sent[1:] == [f"registration with {BARE}", f"registration with {BARE} on another host"]


def test_spare_clients_are_those_that_were_registered_for_their_answers() -> None:
    flow = Flow(201)
    sender = registrations(flow)
    known = [sender.elsewhere(), sender.loopbacks(), sender.talkative()]
    sent = len(flow.sent)

    assert sender.spare() == known
    assert len(flow.sent) == sent


def test_a_spare_client_is_plain_where_the_server_registers_no_odd_ones() -> None:
    flow = Flow(201, 400, 201)

    assert len(registrations(flow).spare()) == 3
    assert flow.sent[1:3] == [f"registration with {ELSEWHERE}", f"registration with {LOOPBACKS}"]
    assert flow.sent[-1] == "registration with nothing special, for spare client 3"
