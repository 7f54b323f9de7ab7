"""Dynamic client registration (RFC 7591): whether it is open, and what it answers."""

from conformance import Judge, requirement
from conformance.registrations import CHOSEN, CLOSED, METHOD, Registrations
from conformance.shapes import as_list


@requirement("registration.open")
def test_anyone_may_register(registrations: Registrations, judge: Judge) -> None:
    reply = registrations.plain
    if not reply.ok and reply.status not in CLOSED:
        judge.could_not_run(f"a plain registration is refused for another reason ({reply.summary})")
    judge.that(reply.ok, expected="a client without an initial access token", observed=reply.summary, evidence=reply)


@requirement("registration.initial-token-challenge")
def test_closed_registration_answers_like_a_protected_resource(registrations: Registrations, judge: Judge) -> None:
    reply = registrations.plain
    if reply.status not in CLOSED:
        judge.not_applicable(f"no initial access token is asked for ({reply.summary})")
    schemes = [value.partition(" ")[0].lower() for value in reply.header_all("www-authenticate")]
    judge.that(reply.status == 401, expected="HTTP 401", observed=reply.summary, evidence=reply)
    judge.that("bearer" in schemes, expected="a Bearer challenge", observed=", ".join(schemes) or "none")


@requirement("registration.created-201")
def test_a_registration_is_answered_with_201(registrations: Registrations, judge: Judge) -> None:
    reply = registrations.good
    judge.advise(reply.status == 201, expected="HTTP 201", observed=reply.summary, evidence=reply)


@requirement("registration.response-json-object")
def test_the_answer_is_a_json_object_with_a_client_id(registrations: Registrations, judge: Judge) -> None:
    reply = registrations.good
    kind, name = reply.media_type or "none", reply.json_object.get("client_id")
    judge.that(kind == "application/json", expected="media type application/json", observed=kind, evidence=reply)
    judge.that(isinstance(name, str) and name != "", expected="client_id: a string", observed=type(name).__name__)


@requirement("registration.echoes-registered-metadata")
def test_the_answer_repeats_what_was_registered(registrations: Registrations, judge: Judge) -> None:
    reply = registrations.good
    for name in ("redirect_uris", "grant_types", "response_types", METHOD):
        value = reply.json_object.get(name)
        judge.that(bool(value), expected=f"{name} in the answer", observed=value or "absent", evidence=reply)


@requirement("registration.reports-applied-defaults")
def test_defaults_that_the_server_filled_in_are_reported(registrations: Registrations, judge: Judge) -> None:
    reply = registrations.bare()
    if reply.status >= 500 or reply.json_object.get("error") == "invalid_redirect_uri":
        judge.could_not_run(f"no client could be registered without further metadata ({reply.summary})")
    judge.that(reply.ok, expected="a client with default metadata", observed=reply.summary, evidence=reply)
    for name in ("grant_types", "response_types", METHOD) if reply.ok else ():
        value = reply.json_object.get(name)
        values = [value] if name == METHOD else as_list(value)
        named = bool(values) and all(isinstance(one, str) and one for one in values)
        judge.that(named, expected=f"{name} as registered", observed=f"{name}: {value!r}", evidence=reply)


@requirement("registration.client-id-assigned-by-server")
def test_a_client_cannot_choose_its_own_id_and_secret(registrations: Registrations, judge: Judge) -> None:
    reply = registrations.presumptuous()
    if reply.status >= 500:
        judge.could_not_run(f"the server breaks down ({reply.summary})")
    for name, chosen in CHOSEN.items():
        judge.never(reply.json_object.get(name) == chosen, f"the {name} of the request was taken", evidence=reply)


@requirement("registration.client-id-unique")
def test_two_different_clients_get_different_ids(registrations: Registrations, judge: Judge) -> None:
    first = registrations.good
    others = [reply for reply in (registrations.elsewhere(), registrations.loopbacks()) if reply.ok]
    if not others:
        judge.could_not_run("the server registers no client with other redirect URIs than ours")
    for reply in others:
        shared = reply.json_object.get("client_id") == first.json_object.get("client_id")
        judge.never(shared, "another client with other redirect URIs got the same client_id", evidence=reply)


@requirement("registration.application-type-accepted")
def test_a_native_application_may_say_so(registrations: Registrations, judge: Judge) -> None:
    reply = registrations.plain if registrations.plain.status == 400 else registrations.good
    if not reply.ok and not registrations.untyped().ok:
        judge.could_not_run(f"a registration without application_type is refused, too ({reply.summary})")
    judge.that(reply.ok, expected="application_type native accepted", observed=reply.summary, evidence=reply)
