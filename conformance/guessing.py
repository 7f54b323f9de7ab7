"""Whether values that must be secret look guessable. A heuristic: that no pattern was found proves nothing."""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from conformance.oauth import jwt

ENOUGH_BITS = 120
"""What a value must be able to hold: 128 bits (RFC 6749 section 10.10), less those a UUID spends on its version."""
ENOUGH_CHANGE = 64
_SEPARATORS = re.compile(r"[-_.:~+/=]")
_ALPHABETS = ((r"[0-9]*", 10), (r"[0-9a-f]*|[0-9A-F]*", 16), (r"[0-9a-z]*|[0-9A-Z]*", 36))


def weakness(values: Sequence[str]) -> str | None:
    """What makes values of one kind guessable, in the order in which they were issued; None where nothing does.

    Signed tokens are left out: their signature is what nobody can guess.
    """
    opaque = [value for value in values if not _signed(value)]
    if len(set(opaque)) < len(opaque):
        return "the same value was issued twice"
    for value in opaque:
        bits = len(_SEPARATORS.sub("", value)) * _bits_per_character(value)
        if bits < ENOUGH_BITS:
            return f"{len(value)} characters can hold {bits:.0f} bits at most"
    for one, other in pairwise(opaque):
        changed = sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))
        if changed * _bits_per_character(one) < ENOUGH_CHANGE:
            return f"two values of {len(one)} characters differ in {changed}"
    return None


def _signed(value: str) -> bool:
    token = jwt.read(value)
    return token is not None and str(token.header.get("alg", "none")).lower() not in ("none", "")


def _bits_per_character(value: str) -> float:
    plain = _SEPARATORS.sub("", value)
    return math.log2(next((size for pattern, size in _ALPHABETS if re.fullmatch(pattern, plain)), 64))
