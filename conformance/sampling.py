"""An even sample of long lists, so that the cost of an audit has a limit."""

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")
MOST = 50
"""How many tools are called, resources read, prompts got and arguments completed at most."""


def sample(items: Sequence[Item]) -> list[Item]:
    """The items, or 50 of them at even distances with the first and the last among them."""
    if len(items) <= MOST:
        return list(items)
    return [items[round(number * (len(items) - 1) / (MOST - 1))] for number in range(MOST)]


def sampled(items: Sequence[object], what: str) -> list[str]:
    """The sentence for the report that says how much was left out; none where nothing was."""
    return [f"Of {len(items):,} {what}, {MOST} were tried, evenly spread."] if len(items) > MOST else []
