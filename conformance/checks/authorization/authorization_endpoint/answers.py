"""How answers of the authorization endpoint are judged; shared by the checks of its areas."""

from collections.abc import Callable, Collection, Iterable

from conformance import Judge
from conformance.judge import Severity
from conformance.oauth.authorization import AuthorizationAnswer

Answers = Iterable[tuple[str, AuthorizationAnswer]]


def refused(
    judge: Judge,
    control: AuthorizationAnswer,
    answers: Answers,
    registered: tuple[str, ...] = (),
    *,
    errors: Collection[str] = (),
    severity: Severity = "violation",
) -> None:
    """Judge that requests were refused which differ from a good one in what their name says.

    An error may be sent to one of the `registered` redirect URIs and nowhere else; one that is not among `errors`
    warns. A server error leaves nobody sent away, so it only warns. Ends the check where a login comes before anybody
    looks at the request.
    """
    expected = " or ".join(("an error page", *(f"error {error}" for error in errors)))
    served(judge, control)
    undecided = ""
    for name, answer in answers:
        astray = answer.redirected and answer.destination not in registered
        if answer.undecided or (answer.kind == "consent" and not control.accepted):
            undecided = undecided or f"{name}: a login comes first ({answer.summary})"
        elif answer.kind == "crash":
            judge.advise(False, expected=f"{name}: an error page", observed=answer.summary, evidence=answer)
        else:
            good, wanted = answer.refused and not astray, f"{name}: {expected}"
            judge.that(good, expected=wanted, observed=answer.summary, severity=severity, evidence=answer)
            if good and errors and answer.error:
                judge.advise(answer.error in errors, expected=wanted, observed=answer.summary, evidence=answer)
    if undecided and not judge.violated:
        judge.could_not_run(undecided)


def granted(
    judge: Judge,
    control: Callable[[], AuthorizationAnswer],
    name: str,
    answer: AuthorizationAnswer,
    foil: AuthorizationAnswer,
    *,
    severity: Severity = "violation",
) -> None:
    """Judge that a request was answered as a good one is, which `control` sends where this one was not served.

    Where both lead to a login, `foil` must have been refused before it, or nobody looked at the request yet.
    """
    good = answer.accepted or answer.undecided
    if not good:
        served(judge, control())
    expected = f"{name}: as a good request"
    judge.that(good, expected=expected, observed=answer.summary, severity=severity, evidence=answer)
    if answer.undecided and not foil.refused:
        judge.could_not_run(f"{name}: a login comes first ({answer.summary})")


def served(judge: Judge, control: AuthorizationAnswer) -> None:
    """End the check where even a good request is not served: nothing else then has a known cause."""
    judge.see(control)
    if not control.accepted and not control.undecided:
        judge.could_not_run(f"a good request is not served either ({control.summary})")
