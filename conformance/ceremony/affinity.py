"""What one connection was given, used on another (revision 2026-07-28, basic/versioning)."""

from dataclasses import dataclass

from conformance.exercise import Exercise, admitted
from conformance.probe import Probe
from conformance.survey import Survey
from conformance.verdict import CouldNotRun, NotApplicable
from conformance.wire.connection import Answer
from conformance.wire.http import NoAnswer


@dataclass(frozen=True)
class Affinity:
    """A request that was served on one connection, and the answer to it `elsewhere`."""

    what: str
    elsewhere: Answer

    @classmethod
    def perform(cls, probe: Probe, exercise: Exercise) -> "Affinity":
        """Use a cursor, or else the URI of a resource, on a connection that did not give it.

        Raises NotApplicable, CouldNotRun, NoAnswer.
        """
        method = next((method for method, one in probe.survey.listings.items() if len(one.pages) > 1), None)
        return cls._turning(probe, method) if method else cls._reading(probe, exercise)

    @classmethod
    def _turning(cls, probe: Probe, method: str) -> "Affinity":
        """Turn to the second page elsewhere; where that fails, see that it works where the cursor was given."""
        with probe.fresh() as here:
            cursor = (admitted(here.request(method)).result or {}).get("nextCursor")
            if not isinstance(cursor, str):
                raise CouldNotRun(f"{method} gave no second page this time")
            with probe.fresh() as there:
                elsewhere = admitted(there.request(method, {"cursor": cursor}))
            if elsewhere.result is None and here.request(method, {"cursor": cursor}).result is None:
                raise CouldNotRun(f"the cursor of {method} works nowhere ({elsewhere.summary})")
        return cls(f"the second page of {method}", elsewhere)

    @classmethod
    def _reading(cls, probe: Probe, exercise: Exercise) -> "Affinity":
        """Read what was listed on a connection of the survey."""
        for resource in exercise.resources[:5]:
            try:
                if exercise.read(resource).result is None:
                    continue
            except (CouldNotRun, NoAnswer):
                continue
            with probe.fresh() as there:
                elsewhere = admitted(there.request("resources/read", {"uri": resource.get("uri")}))
            return cls("a listed resource", elsewhere)
        raise NotApplicable(_nothing(probe.survey))


def _nothing(survey: Survey) -> str:
    listed = "resources/list" in survey.listings
    return "no list has two pages, and no " + ("listed resource could be read" if listed else "resources are listed")
