"""Things done once in a run, in whichever process comes first, and remembered for everybody who asks again."""

import os
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from conformance.redaction import Redactor
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.http import NoAnswer

Made = TypeVar("Made")
_GLANCE = 0.05


@dataclass(frozen=True)
class _Raised:
    """What was raised instead of a result."""

    kind: type[BaseException]
    arguments: tuple[Any, ...]

    @classmethod
    def of(cls, failure: CouldNotRun | NotApplicable | NoAnswer) -> "_Raised":
        if isinstance(failure, NoAnswer):
            return cls(NoAnswer, (str(failure), failure.exchange))
        return cls(type(failure), (failure.reason,))

    def again(self) -> BaseException:
        return self.kind(*self.arguments)


class Once:
    """Remembers results by name, for all processes of a run that share a folder.

    What raises CouldNotRun, NotApplicable or NoAnswer is not tried again: it raises the same for everybody.

    Args:
        redactor: learns the secrets that other processes met while they made a result.
        folder: where the processes of a parallel run leave their results; None in a run of one process.
    """

    def __init__(self, redactor: Redactor, folder: Path | None = None) -> None:
        self._redactor = redactor
        self._folder = folder
        self._kept: dict[str, Any] = {}

    def __call__(self, name: str, make: Callable[[], Made]) -> Made:
        """The result of `make` when it was first asked for under this name."""
        if name not in self._kept:
            self._kept[name] = self._shared(name, make) if self._folder else _outcome(make)
        kept = self._kept[name]
        if isinstance(kept, _Raised):
            raise kept.again()
        return kept

    def _shared(self, name: str, make: Callable[[], object]) -> object:
        assert self._folder  # noqa: S101 - narrows the type
        result, claim = (self._folder / f"{quote(name, safe='')}.{kind}" for kind in ("once", "claim"))
        try:
            with claim.open("x") as file:
                file.write(str(os.getpid()))
        except FileExistsError:
            return self._of_another(name, result, claim)
        outcome = _outcome(make)
        unfinished = result.with_suffix(".part")
        unfinished.write_bytes(pickle.dumps((outcome, self._redactor.known())))
        unfinished.replace(result)
        return outcome

    def _of_another(self, name: str, result: Path, claim: Path) -> object:
        while not result.exists():
            if not _alive(claim):
                return _Raised(CouldNotRun, (f"the worker that began '{name}' did not finish it",))
            time.sleep(_GLANCE)
        outcome, known = pickle.loads(result.read_bytes())  # noqa: S301 - written by a process of this run
        for value, label in known:
            self._redactor.learn(value, label)
        return outcome


def _outcome(make: Callable[[], object]) -> object:
    try:
        return make()
    except (CouldNotRun, NotApplicable, NoAnswer) as failure:
        return _Raised.of(failure)


def _alive(claim: Path) -> bool:
    owner = claim.read_text()
    try:
        os.kill(int(owner), 0)
    except ProcessLookupError:
        return False
    except ValueError:  # the owner has not written its number yet
        return True
    return True
