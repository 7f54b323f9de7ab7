"""Notifications of changes on every connection of the run (2026-07-28, basic/patterns/subscriptions)."""

from conformance import Judge, requirement
from conformance.arrived import is_stream, requests_in
from conformance.conversations import Conversation
from conformance.interaction.subscribing import CHANGES
from conformance.shapes import as_object
from conformance.wire.subscription import LISTEN


@requirement("subscriptions.changes-only-via-listen")
def test_changes_are_told_to_subscribers_only(conversations: list[Conversation], judge: Judge) -> None:
    number = 0
    for conversation in conversations:
        listens = any(sent.get("method") == LISTEN for sent in conversation.sent)
        for one in conversation.arrived:
            method = as_object(one.message).get("method")
            if method not in CHANGES:
                continue
            number += 1
            source = [request["method"] for request in requests_in(one.source)] if is_stream(one.source) else [LISTEN]
            good = listens and LISTEN in source
            if not good:
                observed = f"{method} in answer to {one.source.purpose}"
                judge.that(False, expected="changes on streams that listen", observed=observed, evidence=one)
    if not number:
        judge.not_applicable("the server told of no change")
    judge.that(True, expected="changes on streams that listen", observed=f"{number} notifications")
