"""What the tools of the server keep, for all sessions together."""

from conformance.reference.jsonrpc import JsonObject, RequestId
from conformance.reference.sessions import Outlet

ELSEWHERE = "https://reference.example/connect"
"""The page of another server on which users connect an account."""
_KEPT = 100


class Notebook:
    """The notes kept by `remember` and read by `recall`; only the newest hundred stay.

    `steps` counts the steps of slow work by the progress token of the call, `handles` are those that were given out,
    with the user and, for faults alone, the connection of each. `account_page` is where users connect an account. For
    faults alone, `filled` is what was filled in last, by whichever user, `login_page` is where users log in to this
    server, `listened` are the ids of subscriptions that are over, `outlets` are those of the requests without session
    that are being answered, and `by_id` those of the newest calls of tools by their request ids.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.filled: JsonObject = {}
        self.steps: dict[str, int] = {}
        self.listened: list[RequestId] = []
        self.account_page = ELSEWHERE
        self.login_page = ""
        self.handles: dict[str, tuple[str, str]] = {}
        self.outlets: list[Outlet] = []
        self.by_id: dict[RequestId, Outlet] = {}

    def add(self, note: str) -> None:
        """Append `note`, dropping the oldest beyond a hundred."""
        self.notes = [*self.notes, note][-_KEPT:]

    def step(self, token: object) -> None:
        """Count a step of the work for the call with a progress token, dropping the oldest beyond a hundred."""
        if isinstance(token, str | int):
            self.steps[str(token)] = self.steps.get(str(token), 0) + 1
        for oldest in list(self.steps)[:-_KEPT]:
            del self.steps[oldest]
