"""What the authorization endpoint makes of good, foreign and malformed resource indicators (RFC 8707 section 2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.oauth.authorization import AuthorizationAnswer
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.redemption import UNRELATED_RESOURCE
from conformance.oauth.registration import Client
from conformance.wire.http import split_url


@dataclass(frozen=True)
class ResourceAnswers:
    """Answers to requests that nobody approves: `good` names our resource, `upper_case` the same in capitals, `unknown`
    one of another host; `malformed` are no absolute URI or have a fragment, by what they are.
    """

    good: AuthorizationAnswer
    upper_case: AuthorizationAnswer
    unknown: AuthorizationAnswer
    malformed: Mapping[str, AuthorizationAnswer]

    @classmethod
    def perform(cls, oauth: OAuthFlow, client: Client) -> "ResourceAnswers":
        """Send the requests of a client without a grant. Raises NoAnswer, CouldNotRun."""
        parts = split_url(oauth.resource)
        origin = f"{parts.scheme}://{parts.netloc}"

        def answer(name: str, resource: str) -> AuthorizationAnswer:
            return oauth.ask(client, {"resource": resource}, purpose=f"authorization request, {name}")

        malformed = {
            "a host without scheme": f"{parts.netloc}{parts.path}",
            "a path": parts.path or "/",
            "a fragment": f"{oauth.resource}#fragment",
        }
        return cls(
            answer("own resource", oauth.resource),
            answer("resource in capitals", origin.upper() + oauth.resource[len(origin) :]),
            answer("unknown resource", UNRELATED_RESOURCE),
            {name: answer(f"resource is {name}", value) for name, value in malformed.items()},
        )

    @property
    def heeded(self) -> bool:
        """Whether the server turned a resource down, so that it looks at the parameter."""
        return any(one.refused for one in (self.unknown, *self.malformed.values())) and not self.good.refused
