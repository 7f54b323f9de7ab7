"""Calls of tools with a token of few scopes, up to the first that is refused for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.oauth.challenge import Challenge, bearer
from conformance.oauth.flow import OAuthFlow
from conformance.oauth.pkce import Pkce
from conformance.oauth.token_reply import TokenReply
from conformance.probe import Probe
from conformance.shapes import as_object
from conformance.survey import walk
from conformance.tool_calls import Call, calls_of
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.connection import Answer, Connection

MOST_TOOLS = 20


@dataclass(frozen=True)
class Refused:
    """An operation that the token with few scopes may not do.

    `call` is the name of a tool and its arguments; empty where nothing could be opened. `held` are the scopes of the
    token. `answer` is the refusal, `again` that of the same call after one that was allowed, and `full` the answer to
    the token of the survey's login.
    """

    call: Call | None
    held: frozenset[str]
    answer: Answer
    again: Answer
    full: Answer

    @property
    def challenge(self) -> Challenge | None:
        """The Bearer challenge of the refusal."""
        return bearer(self.answer.http.header_all("www-authenticate"))


@dataclass(frozen=True)
class NarrowCalls:
    """What a token with few scopes can do: `allowed` are the tools it may call, `untried` those we must not call."""

    allowed: tuple[str, ...]
    untried: tuple[str, ...]
    refused: Refused | None

    @classmethod
    def perform(
        cls, probe: Probe, full: Connection, token: str, held: frozenset[str], callable_tools: Sequence[str]
    ) -> "NarrowCalls":
        """Call read-only tools, and those named in `callable_tools`, in the order they are listed. Raises NoAnswer."""
        tools = probe.survey.tools or [as_object(one) for one in walk(full, "tools/list").items]
        calls = list(calls_of(tools, callable_tools))[:MOST_TOOLS]
        untried = tuple(str(tool.get("name")) for tool in tools if tool.get("name") not in dict(calls))
        allowed: list[Call] = []
        with probe.fresh(token) as narrow:
            opening = narrow.open(probe.survey.revision)
            if opening.http.status in (401, 403) and full.opening:
                again = narrow.open(probe.survey.revision)
                return cls((), untried, Refused(None, held, opening, again, full.opening))
            for call in calls:
                answer = _answer(narrow, call)
                if _worked(answer):
                    allowed.append(call)
                    continue
                control = _answer(full, call)
                if answer.http.status in (401, 403) or _worked(control):
                    if allowed:
                        _answer(narrow, allowed[0])
                    refused = Refused(call, held, answer, _answer(narrow, call), control)
                    return cls(tuple(name for name, _ in allowed), untried, refused)
        return cls(tuple(name for name, _ in allowed), untried, None)


@dataclass(frozen=True)
class StepUp:
    """The refused call once more, with a token that has the challenged scopes too."""

    tokens: TokenReply
    answer: Answer

    @classmethod
    def perform(cls, oauth: OAuthFlow, probe: Probe, refused: Refused, login: TokenReply | None) -> "StepUp":
        """One approval, unless the login of the survey has just these scopes. Raises NoAnswer, CouldNotRun."""
        challenged = (refused.challenge.get("scope") if refused.challenge else None) or ""
        wanted = refused.held | set(challenged.split())
        if wanted == refused.held:
            raise NotApplicable("the challenge names no scope that the token lacks")
        if login and login.granted == wanted:
            return cls(login, refused.full)
        changes = {"scope": " ".join(sorted(wanted))}
        tokens = oauth.redeem(oauth.authorize(Pkce.s256(), None, changes, of="step up"))
        if not tokens.access_token:
            raise CouldNotRun(f"no token with the challenged scopes was issued ({tokens.summary})")
        with probe.fresh(tokens.access_token) as connection:
            opening = connection.open(probe.survey.revision)
            return cls(tokens, _answer(connection, refused.call) if refused.call else opening)


def _answer(connection: Connection, call: Call) -> Answer:
    return connection.request("tools/call", {"name": call[0], "arguments": call[1]})


def _worked(answer: Answer) -> bool:
    return answer.http.ok and answer.result is not None and not answer.result.get("isError")
