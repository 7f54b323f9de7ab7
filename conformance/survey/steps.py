"""What the steps of the survey share."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from conformance.settings import Settings
from conformance.survey.record import Failure, Survey
from conformance.wire.connection import HANDSHAKE_REVISIONS
from conformance.wire.http import HttpClient, Reply


class Stop(Exception):
    """Ends the survey with a failure of the current step."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.sentence)
        self.failure = failure


Say = Callable[[str], None]


def demands_token(reply: Reply) -> bool:
    """Whether a request without token was refused for that; a 403 alone may have any reason."""
    return reply.status == 401 or (reply.status == 403 and bool(reply.header("www-authenticate")))


@dataclass
class Steps:
    """Steps of the survey.

    Args:
        settings: what the user asked for.
        http: sends and records.
        say: prints a line about the step that starts; called again with its result.
        tell: prints a line to the person who approves.
        survey: is filled.
    """

    settings: Settings
    http: HttpClient
    say: Say
    tell: Say
    survey: Survey

    @contextmanager
    def step(self, name: str, say: str) -> Generator[list[str]]:
        """One step, named and timed; what is appended to the list given is said and kept as its result."""
        self.say(f"  {say} ...")
        started, detail = time.monotonic(), list[str]()
        try:
            yield detail
        except Stop as stop:
            self.survey.steps.append((name, "failed", stop.failure.sentence))
            self.say(f"    failed after {time.monotonic() - started:.2f} s")
            raise
        self.survey.steps.append((name, "ok", "; ".join(detail)))
        self.say(f"    {'; '.join(detail) or 'done'} ({time.monotonic() - started:.2f} s)")

    @property
    def wanted(self) -> str:
        """The revision to ask for."""
        return self.settings.revision or HANDSHAKE_REVISIONS[-1]
