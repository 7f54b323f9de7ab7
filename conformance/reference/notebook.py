"""What the tools of the server keep, for all sessions together."""

from conformance.reference.jsonrpc import JsonObject, RequestId

ELSEWHERE = "https://reference.example/connect"
"""The page of another server on which users connect an account."""
_KEPT = 100


class Notebook:
    """The notes kept by `remember` and read by `recall`; only the newest hundred stay.

    `steps` counts the steps of slow work by the progress token of the call.
    `account_page` is where users connect an account. For faults alone, `filled` is what was filled in last, by
    whichever user, `login_page` is where users log in to this server, and `listened` are the ids of subscriptions
    that are over.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.filled: JsonObject = {}
        self.steps: dict[str, int] = {}
        self.listened: list[RequestId] = []
        self.account_page = ELSEWHERE
        self.login_page = ""

    def add(self, note: str) -> None:
        """Append `note`, dropping the oldest beyond a hundred."""
        self.notes = [*self.notes, note][-_KEPT:]

    def step(self, token: object) -> None:
        """Count a step of the work for the call with a progress token, dropping the oldest beyond a hundred."""
        if isinstance(token, str | int):
            self.steps[str(token)] = self.steps.get(str(token), 0) + 1
        for oldest in list(self.steps)[:-_KEPT]:
            del self.steps[oldest]
