"""What the tools of the server keep, for all sessions together."""

from conformance.reference.jsonrpc import JsonObject


class Notebook:
    """The notes kept by `remember` and read by `recall`; only the newest hundred stay.

    For faults alone, `filled` is what was filled in last, by whichever user, and `login_page` is where users log in to
    this server.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.filled: JsonObject = {}
        self.login_page = ""

    def add(self, note: str) -> None:
        """Append `note`, dropping the oldest beyond a hundred."""
        self.notes = [*self.notes, note][-100:]
