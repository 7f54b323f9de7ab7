"""What the tools of the server keep, for all sessions together."""


class Notebook:
    """The notes kept by `remember` and read by `recall`; only the newest hundred stay."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def add(self, note: str) -> None:
        """Append `note`, dropping the oldest beyond a hundred."""
        self.notes = [*self.notes, note][-100:]
