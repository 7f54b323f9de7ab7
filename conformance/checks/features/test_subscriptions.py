"""How subscriptions begin, and what is told by them (2026-07-28, basic/patterns/subscriptions)."""

from conformance import Judge, requirement
from conformance.interaction.subscribing import (
    EVERYTHING,
    NOTHING,
    PROMPTS,
    REQUEST_SCOPED,
    RESOURCE,
    UPDATED,
    Subscribed,
    Subscribing,
    changed,
    types_of,
    uris_of,
)
from conformance.schema import message_errors
from conformance.shapes import as_object
from conformance.survey import Survey
from conformance.wire.http import SENDER_REFUSED
from conformance.wire.jsonrpc import INVALID_PARAMS, METHOD_NOT_FOUND, kind_of, same_id
from conformance.wire.subscription import LISTS, tag_of

_CHANGING = (*((name, "listChanged") for name in LISTS), ("resources", "subscribe"))


def supported(survey: Survey, feature: str, what: str) -> bool:
    """Whether the server declares that it tells of changes of this kind."""
    return as_object(survey.capabilities.get(feature)).get(what) is True


def begun(subscribing: Subscribing, judge: Judge) -> dict[str, Subscribed]:
    """The subscriptions that were acknowledged, if any was."""
    found = subscribing.begun
    if not found:
        everything = subscribing.everything
        judge.see(everything)
        judge.could_not_run(f"no subscription was acknowledged ({everything.refused or 'the server is silent'})")
    return found


@requirement("subscriptions.listen-implemented")
def test_a_client_can_listen_for_changes(subscribing: Subscribing, survey: Survey, judge: Judge) -> None:
    for name in (EVERYTHING, NOTHING):
        one = subscribing.subscriptions[name]
        if one.status in SENDER_REFUSED:
            judge.could_not_run(f"the subscription to {name} was refused ({one.refused})")
        if not one.status and not one.refused and not one.messages and not subscribing.shared:
            judge.could_not_run("subscriptions/listen was not answered in time")
        ended = one.response is not None and kind_of(one.response.value) == "result"
        good = one.acknowledgment is not None or ended
        observed = "one came" if good else one.refused or "silence"
        if name == NOTHING and not good and one.code not in (METHOD_NOT_FOUND, INVALID_PARAMS):
            continue
        unused = one.code == METHOD_NOT_FOUND and not any(supported(survey, *kind) for kind in _CHANGING)
        severity = "advice" if unused or (name == NOTHING and one.code != METHOD_NOT_FOUND) else "violation"
        expected = f"an acknowledgment of a subscription to {name}"
        judge.that(good, expected=expected, observed=observed, severity=severity, evidence=one)


@requirement("subscriptions.http-answer-is-sse")
def test_the_answer_over_http_is_an_event_stream(subscribing: Subscribing, judge: Judge) -> None:
    for name, one in subscribing.subscriptions.items():
        if one.status != 200 or one.response is not None:
            continue
        expected, observed = f"an event stream about {name}", one.media_type or "no media type"
        judge.advise(one.media_type == "text/event-stream", expected=expected, observed=observed, evidence=one)
    if not judge.observations:
        judge.could_not_run(f"no subscription began ({subscribing.everything.refused or 'the server is silent'})")


@requirement("subscriptions.acknowledged-first")
def test_a_subscription_begins_with_its_acknowledgment(subscribing: Subscribing, judge: Judge) -> None:
    for name, one in subscribing.subscriptions.items():
        if one.notifications:
            first = as_object(one.messages[0].value).get("method", "a response")
            good = one.messages[0] is one.acknowledgment
            expected = f"first of all the acknowledgment of {name}"
            judge.that(good, expected=expected, observed=str(first), evidence=one)
    if not judge.observations:
        begun(subscribing, judge)


@requirement("subscriptions.nothing-before-acknowledgment")
def test_nothing_is_told_before_the_acknowledgment(subscribing: Subscribing, judge: Judge) -> None:
    for name, one in begun(subscribing, judge).items():
        early = one.notifications[: one.notifications.index(one.acknowledgment)] if one.acknowledgment else []
        observed = f"{len(early)} notifications before it"
        expected = f"nothing before the acknowledgment of {name}"
        judge.that(not early, expected=expected, observed=observed, evidence=one)


@requirement("subscriptions.acknowledgment-matches-schema")
def test_an_acknowledgment_fits_its_schema(subscribing: Subscribing, survey: Survey, judge: Judge) -> None:
    for name, one in begun(subscribing, judge).items():
        value = one.acknowledgment.value if one.acknowledgment else None
        errors = message_errors(survey.revision, "SubscriptionsAcknowledgedNotification", value)
        expected = f"a SubscriptionsAcknowledgedNotification for {name}"
        judge.that(not errors, expected=expected, observed=errors or "fits", evidence=one)


@requirement("subscriptions.acknowledgment-is-subset")
def test_only_what_was_asked_for_is_acknowledged(subscribing: Subscribing, judge: Judge) -> None:
    for name, one in begun(subscribing, judge).items():
        more = types_of(one.granted) - types_of(one.wanted)
        more |= set(uris_of(one.granted)) - set(uris_of(one.wanted))
        observed = f"{sorted(more)}, too" if more else "nothing else"
        judge.advise(not more, expected=f"an acknowledgment of {name} alone", observed=observed, evidence=one)


@requirement("subscriptions.acknowledgment-omits-unsupported")
def test_what_is_not_supported_is_left_out(subscribing: Subscribing, survey: Survey, judge: Judge) -> None:
    missing = {flag for name, flag in LISTS.items() if not supported(survey, name, "listChanged")}
    one, updates = subscribing.everything, supported(survey, "resources", "subscribe")
    if not missing and (updates or not uris_of(one.wanted)):
        judge.not_applicable("the server supports changes of every kind")
    if one.code == METHOD_NOT_FOUND or one.status in SENDER_REFUSED:
        judge.could_not_run(f"nobody can listen ({one.refused})")
    granted = sorted(types_of(one.granted) & missing) + ([] if updates else uris_of(one.granted))
    observed = one.refused or (f"{granted} acknowledged" if granted else "left out")
    good = one.acknowledgment is not None and not granted
    judge.that(good, expected="what is not supported left out", observed=observed, evidence=one)


@requirement("subscriptions.only-requested-types")
def test_no_other_changes_are_told(subscribing: Subscribing, judge: Judge) -> None:
    found = begun(subscribing, judge)
    if not any(one.told(changed(list)) for one in found.values() for list in LISTS):
        judge.not_applicable("no list changed, or no change was told")
    for name, one in found.items():
        unwanted = [changed(list) for list, flag in LISTS.items() if not one.wanted.get(flag)]
        told = sorted({method for method in unwanted if one.told(method)})
        judge.that(not told, expected=f"no more than {name}", observed=told or "nothing else", evidence=one)


@requirement("subscriptions.updates-only-for-requested-uris")
def test_no_changes_of_other_resources_are_told(subscribing: Subscribing, judge: Judge) -> None:
    found = begun(subscribing, judge)
    if RESOURCE not in found or not subscribing.everything.told(UPDATED):
        judge.not_applicable("no resource changed, or no change was told")
    for name, one in found.items():
        uris = [str(as_object(as_object(told.value).get("params")).get("uri")) for told in one.told(UPDATED)]
        strange = sorted({uri for uri in uris if not uri.startswith(tuple(uris_of(one.wanted)))})
        observed = strange[:3] or "nothing else"
        judge.that(not strange, expected=f"no more than {name}", observed=observed, evidence=one)


@requirement("subscriptions.messages-tagged")
def test_every_notification_names_its_subscription(subscribing: Subscribing, judge: Judge) -> None:
    for name, one in begun(subscribing, judge).items():
        own = tag_of(one.acknowledgment.value) if one.acknowledgment else None
        wrong = [each for each in one.notifications if not _is_tagged(tag_of(each.value), own, one)]
        methods = sorted({str(as_object(each.value).get("method")) for each in wrong})
        observed = methods or f"{len(one.notifications)} notifications do"
        judge.that(not wrong, expected=f"the subscription to {name} named", observed=observed, evidence=one)
    for one in subscribing.untagged[:3]:
        judge.that(False, expected="a subscription named", observed=f"none in {one.value.get('method')}", evidence=one)


def _is_tagged(tag: object, own: object, one: Subscribed) -> bool:
    """Whether a tag is that of a subscription or, where this is another one than it should be, the same as before."""
    return tag is not None and (same_id(tag, one.id) or same_id(tag, own))


@requirement("subscriptions.id-equals-request-id")
def test_a_subscription_has_the_id_of_its_request(subscribing: Subscribing, judge: Judge) -> None:
    for name, one in begun(subscribing, judge).items():
        tag = tag_of(one.acknowledgment.value) if one.acknowledgment else None
        if tag is not None:
            expected = f"the subscription id {one.id!r} for {name}"
            judge.that(same_id(tag, one.id), expected=expected, observed=repr(tag), evidence=one)
    if not judge.observations:
        judge.could_not_run("no acknowledgment names its subscription")


@requirement("subscriptions.several-at-once")
def test_two_subscriptions_last_side_by_side(subscribing: Subscribing, judge: Judge) -> None:
    begun(subscribing, judge)
    for name in (EVERYTHING, PROMPTS):
        one = subscribing.subscriptions[name]
        if one.ended and one.acknowledgment and one.response:
            judge.could_not_run(f"the server ended the subscription to {name}")
        observed = "it ended" if one.ended else "it goes on" if one.acknowledgment else one.refused or "silence"
        good = one.acknowledgment is not None and not one.ended
        judge.that(good, expected=f"a subscription to {name} beside others", observed=observed, evidence=one)


@requirement("subscriptions.no-request-scoped-notifications")
def test_nothing_about_a_request_is_told_to_subscribers(subscribing: Subscribing, judge: Judge) -> None:
    found, worked = begun(subscribing, judge), subscribing.worked
    told = [one for one in worked.messages if as_object(one).get("method") in REQUEST_SCOPED] if worked else []
    wrong = {name: method for name, one in found.items() for method in REQUEST_SCOPED if one.told(method)}
    if not told and not wrong:
        judge.not_applicable("no request told of its progress, or logged, while somebody listened")
    for name, method in wrong.items():
        judge.that(False, expected=f"only {name}", observed=method, evidence=found[name])
    judge.that(True, expected="what concerns a request on its own stream", observed=f"{len(told)} notifications")
