"""What servers send unasked about what they offer, held against what they declared."""

from conformance import Judge, requirement
from conformance.arrived import Arrived
from conformance.shapes import as_object
from conformance.survey import Survey

_CHANGED = "notifications/prompts/list_changed"


@requirement("prompts.capability-negotiation-respected")
def test_changes_of_prompts_are_told_only_where_that_was_declared(
    survey: Survey, messages: list[Arrived], judge: Judge
) -> None:
    declared = as_object(survey.capabilities.get("prompts")).get("listChanged") is True
    told = [one for one in messages if as_object(one.message).get("method") == _CHANGED]
    if declared:
        judge.not_applicable("changes of prompts are declared")
    observed = f"{len(told)} came without it" if told else "none came"
    judge.that(
        not told, expected="no list_changed without listChanged", observed=observed, evidence=(told or [None])[0]
    )
