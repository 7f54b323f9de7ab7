"""A user who says no."""

from dataclasses import dataclass

from conformance.oauth.consent import AutomaticConsent
from conformance.oauth.flow import Grant, OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.registration import Client
from conformance.verdict import CouldNotRun, Narrowed

_TRICKY = " +%&=\"'<>~/;?#\\%2B%20&error=x"
_PRINTABLE = f"odd{_TRICKY * 12}end"
ODD_STATES = (f"ü😀{_PRINTABLE}", _PRINTABLE)
"""States of some 400 characters with all that is easily encoded once too often or not often enough: the second only
with characters that RFC 6749 allows in a state.
"""
_PLAIN_STATE = "plain-state-0123456789"


@dataclass(frozen=True)
class Denial:
    """What the client of a denied request gets to know.

    `fresh` is a request from a browser that had to sign in first, with the oddest state that came to an end;
    `hindrance` is what became of odder ones. `again` is the same from that browser once more, signed in.
    """

    fresh: Grant
    again: Grant | None
    hindrance: str = ""

    @classmethod
    def perform(cls, oauth: OAuthFlow, client: Client) -> "Denial":
        """Have two requests denied; one where a person is asked.

        Raises NotApplicable where nothing on the pages denies, Narrowed, NoAnswer, CouldNotRun.
        """
        user = oauth.consent
        automatic = isinstance(user, AutomaticConsent)
        driver = user.in_another_browser() if isinstance(user, AutomaticConsent) else user

        def deny(state: str) -> Grant:
            return oauth.decide(Pkce.s256(), client, {"state": state}, of="denial", deny=True, driver=driver)

        hindrance = ""
        for state in (*ODD_STATES, _PLAIN_STATE):
            try:
                fresh = deny(state)
                return cls(fresh, deny(state) if automatic else None, hindrance)
            except Narrowed:
                raise
            except CouldNotRun as failure:
                hindrance = hindrance or failure.reason
                if not automatic:
                    break
        raise CouldNotRun(hindrance)

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The decided requests, in the order in which they were sent."""
        return (self.fresh, self.again) if self.again else (self.fresh,)
