"""Elicitation."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, profile="open")

FAULTS: tuple[Fault, ...] = (
    _fault(
        "elicitation-asked-undeclared",
        "elicitation.only-if-declared lifecycle.undeclared-client-capabilities-not-used",
        "Clients that have no user get requests they cannot answer.",
    ),
    _fault(
        "page-for-any-client",
        "elicitation.only-declared-modes",
        "Clients that only show forms refuse the page, or show an empty form.",
    ),
    _fault(
        "form-for-any-client",
        "elicitation.only-declared-modes",
        "Clients that only open pages refuse the form.",
    ),
    _fault(
        "form-unchecked",
        "elicitation.response-validated",
        "What the server works with next has another shape than it expects.",
    ),
    _fault(
        "decline-taken-for-accept",
        "elicitation.decline-handled",
        "What the user said no to happens.",
    ),
    _fault(
        "cancel-taken-for-accept",
        "elicitation.cancel-handled",
        "What the user closed without an answer happens.",
    ),
    _fault(
        "form-without-schema",
        "elicitation.form-has-schema elicitation.request-matches-schema",
        "Clients have no form to show.",
        "elicitation.enum-style-fits-revision elicitation.response-validated elicitation.url-without-user-data",
    ),
    _fault(
        "form-without-message",
        "elicitation.message-present",
        "Users do not know why they are asked.",
    ),
    _fault(
        "form-with-nested-object",
        "elicitation.request-matches-schema elicitation.schema-flat-primitives",
        "Clients cannot show the form.",
    ),
    _fault(
        "form-format-unknown",
        "elicitation.request-matches-schema elicitation.string-formats-supported",
        "Clients do not know how to check what the user types.",
    ),
    _fault(
        "form-choice-without-titles",
        "elicitation.enum-style-fits-revision elicitation.request-matches-schema",
        "Users are shown a choice of nothing.",
    ),
    _fault(
        "form-asks-password",
        "elicitation.no-sensitive-data-by-form elicitation.sensitive-data-by-url",
        "The password of the user goes through the client, its logs and perhaps its model.",
    ),
    _fault(
        "form-with-address",
        "elicitation.no-clickable-urls-in-forms",
        "Users open an address that nobody has checked.",
    ),
    _fault(
        "page-without-id",
        "elicitation.complete-has-id elicitation.request-matches-schema elicitation.url-mode-fields",
        "Clients cannot tell which visit is over.",
        "elicitation.id-unique",
    ),
    _fault(
        "page-ids-repeated",
        "elicitation.id-unique",
        "Clients take one visit for another.",
    ),
    _fault(
        "page-address-relative",
        "elicitation.request-matches-schema elicitation.url-valid",
        "Clients do not know what to open.",
        "elicitation.url-https elicitation.url-not-pre-authenticated",
    ),
    _fault(
        "page-not-encrypted",
        "elicitation.url-https",
        "Others on the network read what the user types on the page.",
        "elicitation.url-not-pre-authenticated",
    ),
    _fault(
        "page-address-names-user",
        "elicitation.url-without-user-data",
        "Who the user is stands in the history of the browser and the logs of every server on the way.",
    ),
    _fault(
        "page-open-to-strangers",
        "elicitation.url-not-pre-authenticated",
        "Whoever finds the address in a log gets at what belongs to the user.",
    ),
    _fault(
        "completion-of-unknown-page",
        "elicitation.complete-has-id",
        "Clients wait for the end of a visit that is over.",
    ),
    _fault(
        "completion-told-to-all",
        "elicitation.complete-only-to-initiator",
        "Every client learns what the users of others are doing.",
    ),
    _fault(
        "required-page-other-code",
        "elicitation.url-required-error-used",
        "Clients do not know that a visit to a page would help.",
        "elicitation.url-https elicitation.url-required-error-has-ids"
        " elicitation.url-required-error-lists-elicitations elicitation.url-required-error-only-url-mode",
    ),
    _fault(
        "required-page-not-named",
        "elicitation.url-required-error-lists-elicitations elicitation.url-required-error-not-misused",
        "Clients know that a page must be visited, but not which.",
        "elicitation.url-https elicitation.url-required-error-has-ids elicitation.url-required-error-only-url-mode",
    ),
    _fault(
        "required-page-is-form",
        "elicitation.url-required-error-only-url-mode",
        "Clients get a form that they cannot send back.",
        "elicitation.url-https",
    ),
    _fault(
        "required-page-without-id",
        "elicitation.url-mode-fields elicitation.url-required-error-has-ids",
        "Clients cannot tell when the call can be made again.",
    ),
    fault(
        "page-is-own-login",
        "elicitation.not-for-own-authorization",
        "Users log in twice, and the client has no token afterwards.",
        "elicitation.url-https",
    ),
    fault(
        "answers-of-any-session",
        "elicitation.bound-to-client-and-user elicitation.state-associated-with-user",
        "Users answer what others were asked.",
    ),
    fault(
        "answers-of-users-mixed-up",
        "elicitation.state-associated-with-user",
        "The data of one user get into the account of another.",
    ),
)
