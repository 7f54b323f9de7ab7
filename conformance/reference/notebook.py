"""What the tools of the server keep, for all sessions together."""

from conformance.reference.jsonrpc import JsonObject
from conformance.reference.sessions import Outlet

ELSEWHERE = "https://reference.example/connect"
"""The page of another server on which users connect an account."""


class Notebook:
    """The notes kept by `remember` and read by `recall`; only the newest hundred stay.

    `handles` are those that were given out, with the user and, for faults alone, the connection of each.
    `account_page` is where users connect an account. For faults alone, `filled` is what was filled in last, by
    whichever user, `login_page` is where users log in to this server, and `outlets` are those of the requests without
    session that are being answered.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.filled: JsonObject = {}
        self.account_page = ELSEWHERE
        self.login_page = ""
        self.handles: dict[str, tuple[str, str]] = {}
        self.outlets: list[Outlet] = []

    def add(self, note: str) -> None:
        """Append `note`, dropping the oldest beyond a hundred."""
        self.notes = [*self.notes, note][-100:]
