"""Resources: reading, watching and describing them."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, profile="open")

FAULTS: tuple[Fault, ...] = (
    _fault(
        "read-result-without-uri",
        "resources.read-result-matches-schema",
        "Clients refuse what they read.",
    ),
    _fault("listed-resource-missing", "resources.listed-resources-readable", "Users pick a resource and get an error."),
    _fault(
        "resource-uri-with-space",
        "resources.list-result-matches-schema resources.read-result-matches-schema resources.uri-valid",
        "Clients that parse URIs refuse the resource.",
    ),
    _fault(
        "resource-scheme-with-underscore",
        "resources.custom-schemes-follow-rfc3986 resources.list-result-matches-schema"
        " resources.read-result-matches-schema resources.uri-valid",
        "Clients that parse URIs take it for a relative one.",
    ),
    _fault(
        "uri-template-unbalanced",
        "resources.templates-list-result-matches-schema resources.uri-template-valid",
        "Clients cannot fill in the template.",
    ),
    _fault(
        "missing-resource-is-empty",
        "resources.not-found-is-error resources.uris-validated",
        "Models take a wrong URI for an empty resource.",
        "resources.not-found-code",
    ),
    _fault(
        "missing-resource-wrong-code",
        "resources.not-found-code",
        "Clients cannot tell a resource that is gone from a mistake of their own.",
    ),
    _fault("resource-uris-unchecked", "resources.uris-validated", "What is no URI reaches the files behind."),
    _fault("subscribe-not-empty", "resources.subscribe-answered", "Strict clients take the subscription as failed."),
    _fault("unsubscribe-not-empty", "resources.unsubscribe-answered", "Strict clients go on waiting for updates."),
    _fault(
        "updates-never-sent",
        "resources.updates-notified",
        "Users work with outdated content.",
        "resources.updates-only-when-subscribed resources.updates-stop-after-unsubscribe"
        " resources.updated-notification-matches-schema",
    ),
    _fault(
        "updates-for-everybody",
        "resources.updates-only-when-subscribed",
        "Clients are told about resources they never asked for.",
    ),
    _fault(
        "unsubscribe-ignored",
        "resources.updates-stop-after-unsubscribe",
        "Clients cannot stop a stream of updates.",
    ),
    _fault(
        "update-without-uri",
        "resources.updated-notification-matches-schema",
        "Clients cannot tell what to read again.",
    ),
    _fault(
        "blob-not-base64",
        "resources.binary-base64 resources.read-result-matches-schema",
        "Clients cannot decode the file.",
    ),
    _fault("binary-as-text", "resources.text-only-for-textual-content", "Clients garble the file."),
    _fault("resource-size-wrong", "resources.size-matches-content", "Clients misjudge how much context it takes."),
    _fault(
        "annotation-priority-too-high",
        "resources.annotations-match-schema resources.list-result-matches-schema",
        "Strict clients refuse the whole list.",
    ),
    _fault("last-modified-not-iso8601", "resources.last-modified-iso8601", "Clients cannot sort by age."),
    fault(
        "resource-not-found-retired-code",
        "jsonrpc.retired-code-32002-not-used resources.not-found-code",
        "Clients take a resource that is gone for a fault of the server.",
        revision="2026-07-28",
        profile="modern",
    ),
    fault(
        "missing-resource-is-nothing",
        "resources.not-found-is-error resources.not-found-not-empty-contents resources.uris-validated",
        "A model goes on as if it had read a resource that is gone.",
        "resources.not-found-code",
        revision="2026-07-28",
        profile="modern",
    ),
    fault(
        "file-resource-unconfined",
        "resources.path-traversal-blocked",
        "Everybody can read the secrets of the machine.",
        revision="2026-07-28",
        profile="modern",
    ),
)
