"""The client configuration endpoint (RFC 7592)."""

from conformance import Judge, requirement
from conformance.oauth.management import FOREIGN, Managing


@requirement("registration.management-needs-token")
def test_a_registration_is_managed_by_its_own_client_alone(managing: Managing, judge: Judge) -> None:
    for (method, who), reply in managing.attempts.items():
        name = f"{method} {who}"
        judge.never(reply.ok, f"{name} succeeded", evidence=reply)
        refused = reply.ok or reply.status == 401 or (who == FOREIGN and reply.status == 403)
        judge.advise(refused, expected=f"{name}: 401", observed=reply.summary, evidence=reply)
    if managing.read.ok and managing.after.ok:
        judge.never(managing.changed, "a stranger changed the registration", evidence=managing.after)


@requirement("registration.management-read")
def test_a_client_can_read_its_registration(managing: Managing, judge: Judge) -> None:
    reply, registered = managing.read, managing.registered.json_object
    judge.that(reply.status == 200, expected="HTTP 200", observed=reply.summary, evidence=reply)
    for member in ("client_id", "redirect_uris") if reply.ok else ():
        value = reply.json_object.get(member, "absent")
        judge.that(
            value == registered.get(member, value) != "absent",
            expected=f"{member} as registered",
            observed=value,
            evidence=reply,
        )


@requirement("registration.management-delete")
def test_deleting_a_registration_ends_the_client(managing: Managing, judge: Judge) -> None:
    deleted, gone, asked = managing.deleted, managing.gone, managing.asked
    if deleted is None:
        judge.could_not_run("a stranger had ended the client before it could be deleted")
    if gone is None or asked is None:
        judge.not_applicable(f"registrations cannot be deleted ({deleted.summary})")
    judge.that(deleted.ok, expected="HTTP 204", observed=deleted.summary, evidence=deleted)
    judge.advise(
        not deleted.ok or deleted.status == 204, expected="HTTP 204", observed=deleted.summary, evidence=deleted
    )
    judge.never(gone.ok, "the registration was read after it was deleted", evidence=gone)
    judge.advise(gone.ok or gone.status == 401, expected="HTTP 401 afterwards", observed=gone.summary, evidence=gone)
    if asked.undecided:
        judge.could_not_run(f"whether the client has ended is not known: {asked.summary} comes first")
    alive = asked.accepted or asked.redirected
    judge.never(alive, f"the deleted client may ask for an authorization: {asked.summary}", evidence=asked)
