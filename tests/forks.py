"""Processes forked from one that has imported all that audits need, so that they begin at once.

The forks are made by a helper process without threads (tests/warm.py is what it imports), so callers may have
threads of their own, as the workers of a parallel test run do.
"""

import faulthandler
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.warm"])


class DidNotEnd(Exception):
    """The process had to be killed."""


def forked(
    function: Callable[..., object],
    *arguments: object,
    folder: Path,
    environment: Mapping[str, str],
    output: Path,
    seconds: float,
) -> int:
    """Run a function of a module in a process of its own, which works in a folder.

    Args:
        function: its exit code is what it exits with.
        arguments: what it is called with; can be pickled.
        folder: where it works.
        environment: all its environment variables.
        output: the file that gets both its output streams.
        seconds: how long it may take.

    Raises:
        DidNotEnd: it took longer; the output then ends with where its threads were.
    """
    settled = (folder, dict(environment), output, 0.9 * seconds, function, arguments)
    process = _FORKS.Process(target=_settle, args=settled, daemon=True)
    process.start()
    process.join(seconds)
    hung = process.is_alive()
    process.kill()
    process.join()
    if hung:
        raise DidNotEnd
    return process.exitcode or 0


def _settle(
    folder: Path,
    environment: Mapping[str, str],
    output: Path,
    late: float,
    function: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    with output.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115 - open as long as the process
    faulthandler.dump_traceback_later(late)
    function(*arguments)
