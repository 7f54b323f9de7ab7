"""The clients a run registered, told by all its processes, and what became of them."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

UNTRIED = "their removal was not tried"
REMOVED = ""


@dataclass(frozen=True)
class Registered:
    """A client we registered. `place` and `token` manage it (RFC 7592); both are empty where nobody can.

    `left` says why it is still there, as in "these were not removed, since ..."; empty once it was removed.
    """

    id: str
    place: str = ""
    token: str = field(default="", repr=False)
    left: str = UNTRIED


class Registry:
    """Remembers registered clients by id; the latest word about each counts.

    Args:
        folder: where the processes of a parallel run tell each other; None in a run of one process.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._told: list[Registered] = []

    def add(self, client: Registered) -> None:
        """A client was registered, or became something else than it was."""
        self._told.append(client)
        if self._folder:
            self._tell([client])

    def removed(self, id: str) -> None:
        """A client was removed."""
        known = self.clients.get(id)
        if known:
            self.add(replace(known, left=REMOVED))

    def share(self, folder: Path) -> None:
        """From now on tell other processes, and listen to them."""
        self._folder = folder
        self._tell(self._told)

    @property
    def clients(self) -> dict[str, Registered]:
        """All clients of the run by id; once removed, always removed."""
        found: dict[str, Registered] = {}
        for client in self._heard() if self._folder else self._told:
            known = found.get(client.id)
            found[client.id] = known if known and known.left == REMOVED else client
        return found

    def _heard(self) -> Iterator[Registered]:
        """What every process told, this one last."""
        assert self._folder  # noqa: S101 - narrows the type
        for file in sorted(self._folder.glob("*.clients"), key=lambda file: (file == self._file, file.name)):
            text = file.read_text("ascii")
            yield from (Registered(**json.loads(line)) for line in text[: text.rfind("\n") + 1].splitlines())

    @property
    def _file(self) -> Path:
        assert self._folder  # noqa: S101 - narrows the type
        return self._folder / f"{os.getpid()}.clients"

    def _tell(self, clients: list[Registered]) -> None:
        with self._file.open("a", encoding="ascii") as stream:
            stream.writelines(json.dumps(asdict(client)) + "\n" for client in clients)
