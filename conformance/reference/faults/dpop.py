"""Proof of possession."""

from conformance.reference.faults.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "dpop-algorithms-symmetric",
        "dpop.server-metadata-algorithms",
        "Clients sign with a secret that whoever checks the proof must know too.",
    ),
    fault(
        "dpop-algorithms-empty",
        "dpop.server-metadata-algorithms server-metadata.no-empty-members",
        "Clients find no way in which to sign.",
        "dpop.accepted-by-resource dpop.bad-token-proof-refused dpop.bound-token-as-bearer-refused dpop.challenge"
        " dpop.defective-proof-refused-by-resource dpop.iat-window dpop.refresh-token-bound dpop.replay-limited"
        " dpop.required-proof-enforced dpop.token-bound",
    ),
    fault(
        "dpop-thumbprint-missing",
        "dpop.token-bound",
        "Another server that gets the token cannot see which key it belongs to.",
    ),
    fault(
        "dpop-htu-ignored",
        "dpop.bad-token-proof-refused dpop.defective-proof-refused-by-resource",
        "A server that a client calls can use its proofs elsewhere.",
    ),
    fault(
        "dpop-signature-ignored",
        "dpop.bad-token-proof-refused dpop.defective-proof-refused-by-resource",
        "Whoever has seen the public key can pass for its owner.",
    ),
    fault(
        "dpop-iat-ignored",
        "dpop.bad-token-proof-refused dpop.iat-window",
        "A proof found in an old log still works.",
    ),
    fault(
        "dpop-ath-ignored",
        "dpop.defective-proof-refused-by-resource",
        "A proof made for one token serves another.",
    ),
    fault(
        "dpop-other-key-accepted",
        "dpop.defective-proof-refused-by-resource",
        "A thief of the token brings a key of his own.",
    ),
    fault(
        "dpop-proof-optional",
        "dpop.defective-proof-refused-by-resource",
        "A stolen token works without the key.",
    ),
    fault(
        "dpop-requirement-ignored",
        "dpop.required-proof-enforced",
        "A client that relies on bound tokens gets one that anybody can use.",
    ),
    fault(
        "dpop-refresh-unbound",
        "dpop.refresh-token-bound",
        "A stolen refresh token yields tokens for the key of the thief.",
    ),
    fault(
        "dpop-token-refused",
        "dpop.accepted-by-resource",
        "Clients that bind their tokens as they were told to are locked out.",
        "dpop.bound-token-as-bearer-refused dpop.challenge dpop.defective-proof-refused-by-resource dpop.iat-window"
        " dpop.replay-limited",
    ),
    fault(
        "dpop-token-as-bearer-accepted",
        "dpop.bound-token-as-bearer-refused",
        "A stolen token works without the key if it is only called bearer token.",
    ),
    fault(
        "dpop-proof-replayable",
        "dpop.replay-limited",
        "Whoever sees a request can send it again.",
    ),
    fault(
        "dpop-challenge-missing",
        "dpop.challenge",
        "Clients do not learn that their proof, and not their token, was refused.",
    ),
)
