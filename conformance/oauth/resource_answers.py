"""What the authorization endpoint makes of good, foreign and malformed resource indicators (RFC 8707 section 2.1)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.oauth.authorization import AuthorizationAnswer, Changes
from conformance.oauth.redemption import UNRELATED_RESOURCE
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
    def perform(
        cls, resource: str, good: AuthorizationAnswer, ask: Callable[[str, Changes], AuthorizationAnswer]
    ) -> "ResourceAnswers":
        """Send all but `good`, each with a name and what differs from it. Raises NoAnswer, CouldNotRun."""
        parts = split_url(resource)
        origin = f"{parts.scheme}://{parts.netloc}"

        def answer(name: str, resource: str) -> AuthorizationAnswer:
            return ask(name, {"resource": resource})

        malformed = {
            "a host without scheme": f"{parts.netloc}{parts.path}",
            "a path": parts.path or "/",
            "a fragment": f"{resource}#fragment",
        }
        return cls(
            good,
            answer("resource in capitals", origin.upper() + resource[len(origin) :]),
            answer("unknown resource", UNRELATED_RESOURCE),
            {name: answer(f"resource is {name}", value) for name, value in malformed.items()},
        )

    @property
    def heeded(self) -> bool:
        """Whether the server turned a resource down, so that it looks at the parameter."""
        return any(one.refused for one in (self.unknown, *self.malformed.values())) and not self.good.refused
