"""Where a server on this machine listens (specification page basic/transports, security warning)."""

from conformance import Judge, requirement
from conformance.survey import Survey
from conformance.wire.http import is_loopback, split_url
from conformance.wire.interfaces import accepts, own_addresses

_SECONDS = 2.0


@requirement("transport.binds-localhost-when-local")
def test_a_local_server_listens_on_loopback_only(survey: Survey, judge: Judge) -> None:
    listens_on_loopback_only(survey, judge)


@requirement("legacy-sse.binds-localhost-when-local")
def test_a_local_server_of_http_sse_listens_on_loopback_only(survey: Survey, judge: Judge) -> None:
    listens_on_loopback_only(survey, judge)


def listens_on_loopback_only(survey: Survey, judge: Judge) -> None:
    """Whether connections to the other addresses of this machine are refused."""
    if not is_loopback(survey.endpoint):
        judge.not_applicable("the server does not run on this machine, or is addressed by its name")
    addresses, parts = own_addresses(), split_url(survey.endpoint)
    if not addresses:
        judge.could_not_run("this machine has no other address than loopback")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    for address in addresses:
        open_there = accepts(address, port, _SECONDS)
        observed = f"{'a connection' if open_there else 'no connection'} at {address}, port {port}"
        judge.that(not open_there, expected="nobody listens on other interfaces", observed=observed)
