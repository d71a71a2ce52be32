"""How fast anybody may send what changes something: a bucket of tokens each, bounded in number."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from ledger.errors import Refused

BUCKETS_AT_MOST = 10_000


class TooFast(Refused):
    """More was sent than is taken from one account or address."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            f"请求过于频繁，请 {wait_s} 秒后再试 (more than is taken at once, go on in {wait_s} s)"
        )
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Rate:
    """How many at once, and how many a second after that."""

    burst: float
    per_s: float


SIGNED_IN = Rate(burst=500, per_s=50)
ANYBODY = Rate(burst=60, per_s=1)


class Limits:
    """The buckets of one process; `clock()` gives seconds that only go up."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, whose: str, rate: Rate) -> None:
        """Take one from somebody's bucket; refuse when it is empty."""
        now = self._clock()
        with self._lock:
            left, at = self._left.pop(whose, (rate.burst, now))
            left = min(rate.burst, left + (now - at) * rate.per_s)
            self._left[whose] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > BUCKETS_AT_MOST:
                self._left.popitem(last=False)
        if left < 1:
            raise TooFast(math.ceil((1 - left) / rate.per_s))
