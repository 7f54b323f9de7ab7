"""How often something may happen."""

import time


class RateLimit:
    """Lets a burst pass, and after that so many a second."""

    def __init__(self, burst: int = 100, per_second: float = 20) -> None:
        self._burst = burst
        self._per_second = per_second
        self._left = float(burst)
        self._counted = time.monotonic()

    def passes(self) -> bool:
        """Whether one more may pass now; it is counted."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._counted) * self._per_second)
        self._counted = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
