"""Fixtures for checks of what the server asks its client."""

import pytest

from conformance.audit import Audit
from conformance.exercise import Exercise
from conformance.interaction import sampling
from conformance.interaction.asking import ELICIT, Asked, AskedClient, need_question
from conformance.interaction.crossing import Crossing, cross, cross_alone
from conformance.interaction.eliciting import FORM, PAGE, is_page
from conformance.interaction.offering import (
    Everything,
    Nothing,
    capabilities,
    offer_everything,
    offer_nothing,
    serving,
)
from conformance.interaction.retrying import Tries, try_again
from conformance.interaction.rooting import Roots
from conformance.interaction.rounds import ASKING
from conformance.interaction.withholding import Unexpected, Withheld, answer_unasked, withhold
from conformance.oauth.browser import Browser
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.verdict import NotApplicable
from conformance.wire.http import Reply, origin_of
from conformance.wire.stateless import Stateless


@pytest.fixture
def everything(audit: Audit, probe: Probe, offered: Offered) -> Everything:
    """Calls of tools that ask, by a client that offers all that there is."""
    return audit.once("everything offered", lambda: offer_everything(probe, offered))


@pytest.fixture
def nothing(audit: Audit, offered: Offered) -> Nothing:
    """Calls of tools that ask, by a client that offers nothing."""
    return audit.once("nothing offered", lambda: offer_nothing(audit.mcp(), offered))


@pytest.fixture
def crossing(audit: Audit, probe: Probe, offered: Offered) -> Crossing:
    """Two clients that are asked at the same time, of two users if there is a token of another one."""
    token = audit.settings.second_token
    if offered.survey.stateless:
        tool = offered.tool(*ASKING)
        return audit.once("crossed answers", lambda: cross_alone(probe, token, tool))
    offered.tool(FORM)
    return audit.once("crossed answers", lambda: cross(probe, token))


@pytest.fixture
def tries(audit: Audit, probe: Probe, offered: Offered) -> Tries:
    """A request that asks, tried again with much that is wrong. Raises NotApplicable, CouldNotRun."""
    return audit.once("tries with input", lambda: try_again(probe, offered))


@pytest.fixture
def withheld(audit: Audit, probe: Probe, offered: Offered) -> Withheld:
    """Calls of tools that ask, by a client that does not declare what they need. Raises NotApplicable."""
    return audit.once("capabilities kept back", lambda: withhold(probe, offered))


@pytest.fixture
def unexpected(audit: Audit, exercise: Exercise) -> Unexpected:
    """A request with answers that nobody asked for. Raises NotApplicable."""
    return audit.once("unexpected answers", lambda: answer_unasked(audit.mcp(), exercise))


@pytest.fixture
def strange_visit(audit: Audit, everything: Everything) -> Reply:
    """The answer of a page to a browser that nobody signed in. Raises NotApplicable, CouldNotRun, NoAnswer.

    It is opened where the audited server or its authorization server serves it, and nowhere else.
    """
    survey, shown = audit.need_survey(), need_question(everything.pages.visited, PAGE, ELICIT)
    authorization = survey.discovery and survey.discovery.endpoint("authorization_endpoint")
    ours = {origin_of(one) for one in (survey.endpoint, authorization) if one}
    urls = [str(params.get("url")) for params in shown.about(ELICIT) if is_page(params)]
    if not urls or origin_of(urls[0]) not in ours:
        raise NotApplicable("the page is that of another server, which is not audited")
    purpose = "page of an elicitation, nobody signed in"
    return audit.once("page for a stranger", lambda: Browser(audit.http).get(urls[0], purpose))


@pytest.fixture
def endless(audit: Audit, probe: Probe, offered: Offered) -> tuple[Asked | None, int]:
    """A call whose model uses tools for ever, and how often it was asked. Raises NotApplicable."""
    offered.tool(sampling.SAMPLING_WITH_TOOLS)

    def perform() -> tuple[Asked | None, int]:
        revision = probe.survey.revision
        with probe.session(capabilities(revision), serving(Roots())) as connection, connection.listening():
            if isinstance(connection, Stateless):
                connection.most_rounds = sampling.ROUNDS + 2
            return sampling.loop(AskedClient(connection, offered))

    return audit.once("endless use of tools", perform)
