"""The marker that ties a check to the requirements it decides."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

Check = TypeVar("Check", bound=Callable[..., Any])


def requirement(*ids: str) -> Callable[[Check], Check]:
    """Declare which catalogue ids a check decides.

    All ids of one check share its verdict. An id the catalogue does not know stops collection.
    """
    return pytest.mark.requirement(*ids)


def required_of(function: object) -> tuple[str, ...]:
    """The ids that `requirement` declared for a function, none for other objects."""
    marks: list[pytest.Mark] = getattr(function, "pytestmark", [])
    return tuple(one for mark in marks if mark.name == "requirement" for one in mark.args)
