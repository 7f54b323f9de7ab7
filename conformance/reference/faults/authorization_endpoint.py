"""The authorization endpoint and its pages."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "authorize-by-post-alone",
        "authorization-endpoint.get-supported",
        "No browser that follows a link can begin a login.",
        "*",
    ),
    fault(
        "unknown-client-redirected",
        "authorization-endpoint.unknown-client-not-redirected registration.management-delete",
        "Anybody can make links to this server that lead to any page.",
    ),
    fault(
        "missing-client-crash",
        "authorization-endpoint.missing-client-not-redirected",
        "A link that was cut off shows a crash instead of an explanation.",
    ),
    fault(
        "redirect-host-ignored",
        "authorization-endpoint.unregistered-redirect-refused authorization-endpoint.redirect-authority-exact",
        "Codes are sent to any host that an attacker names.",
    ),
    fault(
        "redirect-port-ignored",
        "authorization-endpoint.redirect-authority-exact",
        "Codes are sent to another service on the client's host.",
    ),
    fault(
        "redirect-path-case-ignored",
        "authorization-endpoint.redirect-path-exact",
        "Codes are sent to another page of the client's host.",
    ),
    fault(
        "redirect-path-normalized",
        "authorization-endpoint.redirect-path-traversal-refused",
        "Codes are sent to another page of the client's host by way of dot segments.",
    ),
    fault(
        "redirect-query-ignored",
        "authorization-endpoint.redirect-query-and-fragment-exact",
        "Codes are sent where an open redirector of the client forwards them.",
    ),
    fault(
        "redirect-uris-of-all-clients",
        "authorization-endpoint.redirect-of-other-client-refused client-metadata-document.unlisted-redirect-refused",
        "Whoever registers a client receives the codes of all others.",
    ),
    fault(
        "loopback-port-exact",
        "authorization-endpoint.loopback-ip-port-free client-metadata-document.loopback-port-ignored",
        "Applications that take a free port for each login cannot log in.",
    ),
    fault(
        "localhost-port-exact",
        "authorization-endpoint.loopback-localhost-port-free client-metadata-document.loopback-port-ignored",
        "Applications that take a free port for each login cannot log in.",
    ),
    fault(
        "loopback-path-free",
        "authorization-endpoint.loopback-path-exact client-metadata-document.unlisted-redirect-refused",
        "Codes are sent to other pages of the user's machine.",
    ),
    fault(
        "single-redirect-uri-required",
        "authorization-endpoint.single-redirect-may-be-omitted",
        "Clients that rely on their registration cannot log in.",
    ),
    fault(
        "first-redirect-uri-picked",
        "authorization-endpoint.several-redirects-need-choice",
        "Codes arrive where the client does not expect them.",
    ),
    fault(
        "response-type-optional",
        "authorization-endpoint.missing-response-type-refused",
        "A client that forgot the parameter gets a kind of answer it did not ask for.",
    ),
    fault(
        "response-type-ignored",
        "authorization-endpoint.unsupported-response-type-refused",
        "A client that asked for something else gets a code it does not know what to do with.",
    ),
    fault(
        "implicit-offered",
        "authorization-endpoint.implicit-refused",
        "Access tokens end up in the history and the logs of browsers.",
    ),
    fault(
        "error-without-state",
        "authorization-endpoint.error-response-carries-state",
        "Clients discard the error, since they cannot tell which login it ends.",
    ),
    fault(
        "error-description-quoted",
        "authorization-endpoint.error-code-registered",
        "Strict clients cannot read the error.",
    ),
    fault(
        "unknown-parameters-refused",
        "authorization-endpoint.unknown-parameters-ignored",
        "Clients that know an extension cannot log in.",
    ),
    fault(
        "repeated-parameters-accepted",
        "authorization-endpoint.repeated-parameters-refused",
        "A filter in front of the server looks at one value, the server at the other.",
    ),
    fault(
        "last-redirect-uri-used",
        "authorization-endpoint.repeated-parameters-refused",
        "Codes are sent to any host that an attacker adds to the link.",
    ),
    fault(
        "empty-scope-refused",
        "authorization-endpoint.empty-parameters-as-omitted",
        "Clients that send all parameters cannot log in without a scope.",
    ),
    fault(
        "state-truncated",
        "authorization-endpoint.state-returned-exactly",
        "Clients that keep more than a number in state end every login with an error.",
    ),
    fault(
        "fragment-added",
        "authorization-endpoint.code-returned-in-query",
        "A fragment goes along with every later redirect of the client.",
    ),
    fault(
        "response-state-repeated",
        "authorization-endpoint.response-parameters-not-repeated",
        "Strict clients refuse the answer.",
    ),
    fault(
        "redirect-query-lost",
        "authorization-endpoint.redirect-query-kept",
        "Clients cannot tell the answers of their authorization servers apart.",
    ),
    fault(
        "code-without-end",
        "authorization-endpoint.code-expires",
        "A code from an old log is still worth a login.",
        profile="brief",
    ),
    fault(
        "denial-as-server-error",
        "authorization-endpoint.denial-reported",
        "Clients try again and again after the user said no.",
    ),
    fault(
        "consent-redirected-with-307",
        "authorization-endpoint.no-307-redirect",
        "The browser sends what the user typed to the client.",
    ),
    fault(
        "frames-allowed",
        "authorization-endpoint.clickjacking-prevented",
        "A page can put the consent page under the user's pointer and have it approved.",
    ),
    fault(
        "content-security-policy-missing",
        "authorization-endpoint.csp-used",
        "Browsers that go by the policy alone let pages be framed.",
    ),
    fault(
        "error-before-sign-in",
        "authorization-endpoint.no-redirect-before-user-authentication",
        "Whoever registers a client makes this server send visitors to any page.",
    ),
    fault(
        "client-id-unescaped",
        "authorization-endpoint.escapes-request-values",
        "A link runs script in the server's pages.",
    ),
    fault(
        "client-name-unescaped",
        "authorization-endpoint.escapes-client-metadata",
        "Whoever registers a client runs script in the server's pages.",
    ),
    fault(
        "proxy-consent-skipped",
        "authorization-endpoint.consent-per-client",
        "Whoever registers a client gets the tokens of users who once signed in with another.",
        "authorization-endpoint.denial-reported authorization-endpoint.error-code-registered"
        " authorization-endpoint.error-response-carries-state authorization-endpoint.escapes-client-metadata",
        profile="proxy",
    ),
    fault(
        "approved-once-for-all",
        "authorization-endpoint.no-silent-repeat-approval",
        "An application that pretends to be a known one gets a code without the user noticing.",
    ),
)
