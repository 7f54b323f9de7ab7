"""A code that nobody redeemed until it must have expired."""

import time
from dataclasses import dataclass

from conformance import waits
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.token_reply import TokenReply
from conformance.survey import Survey
from conformance.verdict import CouldNotRun, Narrowed


@dataclass(frozen=True)
class Aging:
    """The redemption of a code that was put aside, and its age at that time in seconds."""

    reply: TokenReply
    age: float

    @classmethod
    def perform(cls, oauth: OAuthFlow, survey: Survey) -> "Aging":
        """Wait until the code that the survey put aside is old enough.

        Raises Narrowed where the user's limits left no such code, CouldNotRun where nobody logged in.
        """
        if not survey.login or not survey.plan:
            raise CouldNotRun("nobody logged in")
        aged = survey.login.aged
        if not aged:
            if "aged" in survey.plan.offered:
                survey.plan.claim("aged")
            raise Narrowed(f"a code must have ended after {waits.CODE_AGE:g} s; a greater --patience waits for that")
        if oauth.exclusive and oauth.client and aged.grant.client.id == oauth.client.id:
            raise CouldNotRun("a later approval of the same client has ended the code")
        time.sleep(max(0.0, aged.issued + waits.CODE_AGE - time.time()))
        return cls(oauth.redeem(aged.grant, purpose="token request with an old code"), time.time() - aged.issued)
