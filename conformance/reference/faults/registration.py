"""Dynamic client registration."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "registration-closed",
        "registration.open",
        "Clients nobody registered by hand cannot log in.",
        "*",
    ),
    fault(
        "registration-200",
        "registration.created-201",
        "Strict clients take the registration as failed.",
    ),
    fault(
        "registration-as-text",
        "registration.response-json-object",
        "Strict clients cannot read their client id.",
    ),
    fault(
        "registration-echo-missing",
        "registration.echoes-registered-metadata",
        "Clients cannot see what was registered and use what was not.",
    ),
    fault(
        "registration-accepts-fragment",
        "registration.rejects-redirect-with-fragment",
        "Answers end up behind a fragment, where the client does not look.",
    ),
    fault(
        "registration-accepts-http",
        "registration.rejects-http-non-loopback",
        "Codes travel unencrypted to any host.",
    ),
    fault(
        "registration-accepts-script",
        "registration.rejects-script-redirect",
        "A stranger's client runs script in the user's browser.",
    ),
    fault(
        "registration-accepts-relative",
        "registration.rejects-relative-redirect",
        "Codes are sent to pages of the authorization server itself.",
    ),
    fault(
        "registration-accepts-no-redirect",
        "registration.redirect-uris-required",
        "Clients exist whose redirects nothing limits.",
    ),
    fault(
        "registration-error-as-html",
        "registration.error-document",
        "Developers see no reason for the refusal.",
    ),
)
