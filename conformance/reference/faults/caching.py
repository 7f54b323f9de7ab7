"""Hints on how long, and for whom, results may be kept, in the revision without sessions."""

from functools import partial

from conformance.reference.faults.fault import Fault, fault

_fault = partial(fault, revision="2026-07-28", profile="modern")
_users = partial(fault, revision="2026-07-28", profile="combined")

FAULTS: tuple[Fault, ...] = (
    _fault(
        "discover-without-hints",
        "caching.discover-has-hints discover.result-matches-schema",
        "Clients ask again and again what is offered.",
    ),
    _fault(
        "tools-without-hints",
        "caching.tools-list-has-hints tools.list-result-matches-schema",
        "Clients ask for the tools again and again.",
    ),
    _fault(
        "prompts-without-hints",
        "caching.prompts-list-has-hints prompts.list-result-matches-schema",
        "Clients ask for the prompts again and again.",
    ),
    _fault(
        "resources-without-hints",
        "caching.resources-list-has-hints resources.list-result-matches-schema",
        "Clients list the resources again and again.",
    ),
    _fault(
        "templates-without-hints",
        "caching.resource-templates-list-has-hints resources.templates-list-result-matches-schema",
        "Clients ask for the templates again and again.",
    ),
    _fault(
        "contents-without-hints",
        "caching.resources-read-has-hints resources.read-result-matches-schema",
        "Clients read resources again and again.",
    ),
    _fault(
        "ttl-negative",
        "caching.ttl-not-negative discover.result-matches-schema prompts.list-result-matches-schema"
        " resources.list-result-matches-schema resources.read-result-matches-schema"
        " resources.templates-list-result-matches-schema tools.list-result-matches-schema",
        "Clients reject the results, or keep nothing.",
    ),
    _fault(
        "ttl-in-words",
        "caching.ttl-is-integer discover.result-matches-schema prompts.list-result-matches-schema"
        " resources.list-result-matches-schema resources.read-result-matches-schema"
        " resources.templates-list-result-matches-schema tools.list-result-matches-schema",
        "Clients cannot compute how long a result stays fresh.",
        "caching.ttl-not-negative",
    ),
    _fault(
        "cache-scope-capitalized",
        "caching.scope-is-public-or-private discover.result-matches-schema prompts.list-result-matches-schema"
        " resources.list-result-matches-schema resources.read-result-matches-schema"
        " resources.templates-list-result-matches-schema tools.list-result-matches-schema",
        "Caches do not know whom they may give a result.",
    ),
    _fault(
        "cache-scope-by-page",
        "caching.same-scope-on-all-pages",
        "Caches give a part of a list to everybody, and the rest to nobody.",
    ),
    _users(
        "public-list-by-user",
        "caching.public-means-not-user-specific",
        "Caches give one user what is meant for another.",
    ),
    _users(
        "hidden-resource-readable",
        "caching.access-control-per-primitive caching.scope-not-the-only-protection",
        "Users read by name what they are not meant to see.",
    ),
)
