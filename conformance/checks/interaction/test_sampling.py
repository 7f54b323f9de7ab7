"""Sampling (specification page client/sampling)."""

from conformance import Judge, requirement
from conformance.checks.interaction.common import malformed_answer_unused
from conformance.interaction.asking import SAMPLE, Asked, need, need_answer, need_question
from conformance.interaction.offering import Everything, Nothing
from conformance.interaction.sampling import ROUNDS, SAMPLING, SAMPLING_WITH_TOOLS


@requirement("sampling.only-if-declared")
def test_a_client_without_a_model_is_not_asked_for_a_sample(
    nothing: Nothing, everything: Everything, judge: Judge
) -> None:
    call = need_answer(nothing.sampling, SAMPLING)
    need_question(everything.sampling.good, SAMPLING, SAMPLE)
    judge.never(call.about(SAMPLE), f"{SAMPLE} came although nothing was declared", evidence=call)


@requirement("sampling.tools-only-if-declared")
def test_a_model_without_tools_is_given_none(everything: Everything, judge: Judge) -> None:
    call = need_answer(everything.part.tools, SAMPLING_WITH_TOOLS)
    able = need(everything.sampling.tools, SAMPLING_WITH_TOOLS)
    if not any("tools" in params for params in able.about(SAMPLE)):
        judge.not_applicable(f"{SAMPLING_WITH_TOOLS} gives no model any tools")
    given = [sorted({"tools", "toolChoice"} & params.keys()) for params in call.about(SAMPLE)]
    judge.never(any(given), "tools or toolChoice came although sampling.tools was not declared", evidence=call)


@requirement("sampling.response-content-validated")
def test_a_malformed_sample_is_not_used(everything: Everything, judge: Judge) -> None:
    samples, wrong = everything.sampling, "the sample is a text block without text"
    malformed_answer_unused(judge, samples.good, samples.bad, SAMPLING, SAMPLE, what="sample", wrong=wrong)


@requirement("sampling.tool-loop-bounded")
def test_a_model_cannot_use_tools_for_ever(endless: tuple[Asked | None, int], judge: Judge) -> None:
    call, asked = need_question(endless[0], SAMPLING_WITH_TOOLS, SAMPLE), endless[1]
    if not any("tools" in params for params in call.about(SAMPLE)):
        judge.not_applicable(f"{SAMPLING_WITH_TOOLS} gives the model no tools")
    observed = f"the model was asked {asked} times ({call.summary})"
    judge.that(asked <= ROUNDS, expected=f"an end within {ROUNDS} rounds", observed=observed, evidence=call)
