"""Client ID metadata documents."""

from conformance.reference.faults.fault import Fault, fault

_AREA = "client-metadata-document."
_WITHOUT_LOGIN = """
valid-document-accepted unlisted-redirect-refused loopback-port-ignored client-id-mismatch-refused
invalid-document-refused non-https-client-id-refused irregular-client-id-refused shared-secret-refused
unfetchable-aborts errors-not-cached cache-headers-respected size-limited no-private-address-fetch
"""
_WITH_LOGIN = "full-flow private-key-jwt-enforced"


def _ids(names: str) -> str:
    return " ".join(_AREA + name for name in names.split())


FAULTS: tuple[Fault, ...] = (
    fault(
        "client-documents-not-offered",
        _ids("supported"),
        "Clients that nobody registered need an open registration endpoint.",
        _ids(f"advertised url-client-id-without-support {_WITHOUT_LOGIN} {_WITH_LOGIN}"),
    ),
    fault(
        "url-client-id-crash",
        _ids("supported url-client-id-without-support"),
        "Any link with a web address as client ends in a server error.",
        _ids(f"advertised {_WITHOUT_LOGIN} {_WITH_LOGIN}"),
    ),
    fault(
        "client-documents-not-advertised",
        _ids("supported advertised"),
        "Clients do not know that they need no registration.",
        _ids(f"url-client-id-without-support {_WITHOUT_LOGIN} {_WITH_LOGIN}"),
    ),
    fault(
        "client-documents-flag-as-text",
        _ids("advertised"),
        "Strict clients do not see the support, or refuse the metadata.",
        _ids("full-flow private-key-jwt-enforced"),
    ),
    fault(
        "client-document-refused",
        _ids("valid-document-accepted"),
        "Clients that rely on the promise of the metadata cannot log in.",
        _ids(f"{_WITHOUT_LOGIN.replace('valid-document-accepted', '')} {_WITH_LOGIN}"),
    ),
    fault(
        "client-document-unknown-at-token",
        _ids("full-flow"),
        "Users approve, and the client gets no token all the same.",
    ),
    fault(
        "client-document-id-unchecked",
        _ids("client-id-mismatch-refused"),
        "A copy of somebody else's document makes a stranger look like that client.",
    ),
    fault(
        "client-document-redirects-unchecked",
        _ids("unlisted-redirect-refused"),
        "Codes meant for a client are sent to whoever asks.",
    ),
    fault(
        "client-document-port-exact",
        _ids("loopback-port-ignored"),
        "Desktop clients, which take a free port, cannot log in.",
    ),
    fault(
        "client-document-id-optional",
        _ids("invalid-document-refused"),
        "Any JSON file of a host becomes a client of that host.",
    ),
    fault(
        "client-document-over-http",
        _ids("non-https-client-id-refused"),
        "Whoever sits on the way to a client's host decides where its codes go.",
    ),
    fault(
        "client-document-irregular-url",
        _ids("irregular-client-id-refused"),
        "One client has many names, some of which mislead users and filters.",
    ),
    fault(
        "client-document-with-secret",
        _ids("shared-secret-refused"),
        "Clients prove themselves with a secret that everybody can read.",
    ),
    fault(
        "client-document-status-ignored",
        _ids("unfetchable-aborts"),
        "Error pages of a host become clients.",
        silences=_ids("errors-not-cached"),
    ),
    fault(
        "client-document-errors-kept",
        _ids("errors-not-cached"),
        "One hiccup of a client's host locks all its users out.",
    ),
    fault(
        "client-document-kept-too-long",
        _ids("cache-headers-respected"),
        "A stolen key or redirect URI stays good after the client removed it.",
    ),
    fault(
        "client-document-of-any-size",
        _ids("size-limited"),
        "A few links to a huge document exhaust the server.",
    ),
    fault(
        "client-document-redirect-followed",
        _ids("no-private-address-fetch"),
        "A stranger makes the server call addresses inside its own network.",
    ),
    fault(
        "client-document-key-unchecked",
        _ids("private-key-jwt-enforced"),
        "Anybody redeems codes in the name of a client that uses a key.",
    ),
    fault(
        "client-document-any-key",
        _ids("private-key-jwt-enforced"),
        "Whoever signs with a key of their own passes for a client that published another.",
    ),
)
