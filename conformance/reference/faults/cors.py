"""What web pages of other origins may do."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "authorize-with-cors",
        "cors.authorize-without-cors",
        "Scripts of any web page may talk to the page on which users approve.",
    ),
    fault(
        "metadata-without-cors",
        "cors.metadata-readable",
        "Clients that run in a browser cannot find the authorization server.",
    ),
    fault(
        "token-without-cors",
        "cors.token-and-registration-usable",
        "Clients that run in a browser cannot register or get a token.",
    ),
    fault(
        "mcp-without-cors",
        "cors.mcp-endpoint-usable",
        "Clients that run in a browser cannot use the server.",
    ),
    fault(
        "cors-with-credentials",
        "cors.no-credentialed-reflection",
        "Any web page can act with the cookies of its visitors and read the answers.",
    ),
)
