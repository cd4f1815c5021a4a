"""How many questions one session may ask in a minute; past it the page says how long to wait."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import ClassVar


class Pace:
    """A sliding minute for each session; sessions that fell silent are dropped."""

    PER_MINUTE: ClassVar[int] = 20

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def wait(self, session: str) -> float:
        """0 when the question may be asked now, and it is counted; else the seconds until it may."""
        now = self._clock()
        with self._lock:
            self._drop_silent(now)
            times = self._asked[session]
            if len(times) >= self.PER_MINUTE:
                return 60 - (now - times[0])
            times.append(now)
            return 0

    def _drop_silent(self, now: float) -> None:
        for session in list(self._asked):
            times = self._asked[session]
            while times and now - times[0] >= 60:
                times.popleft()
            if not times:
                del self._asked[session]
