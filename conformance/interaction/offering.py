"""Sessions in which the client offers nothing, a part, or everything that the server may ask for."""

import itertools
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from conformance.interaction import eliciting, rooting, sampling
from conformance.interaction.asking import ELICIT, ELICITATION_SINCE, ROOTS, SAMPLE, URL_SINCE, Asked, AskedClient
from conformance.interaction.eliciting import FORMS, PAGE, PAGE_REQUIRED, Forms, Pages
from conformance.interaction.rooting import Rooting, Roots
from conformance.interaction.sampling import Sampling
from conformance.offered import Offered
from conformance.probe import Probe
from conformance.verdict import CouldNotRun
from conformance.wire.connection import Connection, Handler
from conformance.wire.http import NoAnswer

_PAGES_ONLY: dict[str, Any] = {"elicitation": {"url": {}}}
_SMALLEST: dict[str, Any] = {"sampling": {}, "elicitation": {}}


@dataclass(frozen=True)
class Nothing:
    """Calls of tools that need the client, which has declared nothing."""

    sampling: Asked | None
    form: Asked | None
    roots: Asked | None


@dataclass(frozen=True)
class Part:
    """Calls of tools that need more than the client has declared.

    It was sampling without tools, and elicitation with an empty object, in one session: `tools` and `page`. In another
    one it was elicitation by page alone: `form`, and `another_page`, which that allows.
    """

    tools: Asked | None = None
    page: Asked | None = None
    form: Asked | None = None
    another_page: Asked | None = None


@dataclass(frozen=True)
class Everything:
    """What came of calls in a session whose client offers all that there is, and in those beside it."""

    sampling: Sampling
    forms: Forms
    pages: Pages
    rooting: Rooting
    part: Part


def offer_nothing(connection: Connection, offered: Offered) -> Nothing:
    """Call tools in a session for which nothing was declared. Raises NoAnswer where none can be heard."""
    client = AskedClient(connection, offered)
    kinds = [client.known(*reversed(tools)) for tools in (sampling.SAMPLERS, FORMS, rooting.LISTERS)]
    if not offered.find_tool(*itertools.chain(*kinds)):
        return Nothing(None, None, None)
    with connection.listening():
        return Nothing(*(client.call(*tools) for tools in kinds))


def capabilities(revision: str) -> dict[str, Any]:
    """All that the client can serve in a revision."""
    offer: dict[str, Any] = {"sampling": {"tools": {}} if revision >= URL_SINCE else {}, "roots": {"listChanged": True}}
    if revision >= ELICITATION_SINCE:
        offer["elicitation"] = {"form": {}, "url": {}} if revision >= URL_SINCE else {}
    return offer


def serving(roots: Roots) -> dict[str, Handler]:
    """Answers to all that the server may ask for."""
    return {SAMPLE: sampling.answer_with_text, ELICIT: eliciting.accept, ROOTS: roots.list}


def offer_everything(probe: Probe, offered: Offered) -> Everything:
    """Call every tool that asks, with all kinds of answers. Raises NoAnswer, CouldNotRun."""
    roots, revision = Roots(), probe.survey.revision
    with probe.session(capabilities(revision), serving(roots)) as connection, connection.listening():
        client = AskedClient(connection, offered)
        sampled = sampling.sample_everything(client)
        forms = eliciting.fill_in_everything(client) if revision >= ELICITATION_SINCE else Forms()
        pages, part = _offer_parts(probe, client) if revision >= URL_SINCE else (Pages(), Part())
        return Everything(sampled, forms, pages, rooting.use_roots(client, roots), part)


def _offer_parts(probe: Probe, client: AskedClient) -> tuple[Pages, Part]:
    """Have pages shown beside a client that takes only those, and ask one for more than it can do."""
    offered, pages, part = client.offered, Pages(), Part()
    if offered.find_tool(*FORMS, PAGE, PAGE_REQUIRED):
        with _beside(probe, client, _PAGES_ONLY) as (other, listens):
            pages = eliciting.visit_everything(client, other.connection if listens else None)
            part = Part(form=other.ask(ELICIT, *FORMS), another_page=other.call(PAGE))
    if offered.find_tool(sampling.SAMPLING_WITH_TOOLS, PAGE):
        with _beside(probe, client, _SMALLEST) as (other, _):
            part = replace(part, tools=other.call(sampling.SAMPLING_WITH_TOOLS), page=other.call(PAGE))
    return pages, part


@contextmanager
def _beside(probe: Probe, client: AskedClient, capabilities: Mapping[str, Any]) -> Generator[tuple[AskedClient, bool]]:
    """A client in another session that serves in the same way, lost where there can be none, and whether it listens."""
    with ExitStack() as open_:
        try:
            connection = open_.enter_context(probe.session(capabilities, client.connection.handlers))
            listens = open_.enter_context(connection.listening()) is None
        except (CouldNotRun, NoAnswer):
            yield AskedClient(client.connection, client.offered, lost=True), False
            return
        yield AskedClient(connection, client.offered), listens
