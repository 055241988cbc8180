"""How much a client may ask: so many requests in two seconds, so many tokens in a day."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil

from leadhouse.simulator.crm.pipedrive.store import Store
from leadhouse.simulator.crm.server import Response

WINDOW_SECONDS = 2
POSTS_A_DAY = "10000"
BLOCKED_AFTER = 3
"""Windows full of refused requests in a row: who goes on like that is shut out for a while, by the firewall."""
BLOCKED_PAGE = (
    b"<!DOCTYPE html><html><head><title>Access denied</title></head><body><h1>Error 1015</h1></body></html>"
)


class Limits:
    """Counts what clients ask.

    Args:
        store: keeps the day's tokens over a restart.
        burst: requests in two seconds.
        daily_tokens: of the whole company.
        timer: seconds of real time, for the burst: clients wait in real time, whatever the stand-in's clock says.
    """

    def __init__(self, store: Store, burst: int, daily_tokens: int, timer: Callable[[], float]) -> None:
        self.burst, self.daily_tokens = burst, daily_tokens
        self._store, self._timer = store, timer
        self._asked: deque[float] = deque()
        self._refused = 0
        self._day = store.fact("day") or ""
        self._used = int(store.fact("tokens") or 0)

    @property
    def used(self) -> int:
        """Tokens used in the day of the last request."""
        return self._used

    def refusal(self, cost: int, now: datetime, *, is_spent: bool = False) -> Response | None:
        """Count a request; the answer to it where it is one too many.

        Args:
            cost: tokens.
            now: of the stand-in's clock: days end at midnight, UTC.
            is_spent: whether a fault has used up the day's tokens.
        """
        if self._is_too_fast():
            return self._slow_down(now)
        self._begin_day(now)
        if is_spent or self._used + cost > self.daily_tokens:
            return self._come_back_tomorrow(now)
        self._used += cost
        self._store.note("tokens", self._used)
        return None

    def headers(self, now: datetime, *, is_spent: bool = False) -> dict[str, str]:
        """What every answer says of the limits.

        Args:
            now: of the stand-in's clock.
            is_spent: whether a fault has used up the day's tokens.
        """
        self._begin_day(now)
        left = 0 if is_spent else self.daily_tokens - self._used
        return {
            "x-ratelimit-limit": str(self.burst),
            "x-ratelimit-remaining": str(max(0, self.burst - len(self._asked))),
            "x-ratelimit-reset": str(self._seconds_until_free()),
            "x-daily-ratelimit-token-limit": str(self.daily_tokens),
            "x-daily-ratelimit-token-remaining": str(left),
            "x-daily-requests-left": POSTS_A_DAY,
        }

    def _is_too_fast(self) -> bool:
        moment = self._timer()
        while self._asked and self._asked[0] <= moment - WINDOW_SECONDS:
            self._asked.popleft()
        if len(self._asked) >= self.burst:
            self._refused += 1
            return True
        self._asked.append(moment)
        self._refused = 0
        return False

    def _seconds_until_free(self) -> int:
        first = self._asked[0] if self._asked else self._timer()
        return max(1, ceil(first + WINDOW_SECONDS - self._timer()))

    def _slow_down(self, now: datetime) -> Response:
        if self._refused > BLOCKED_AFTER * self.burst:
            return Response(403, BLOCKED_PAGE, content_type="text/html; charset=UTF-8")
        answer = {
            "success": False,
            "error": "request over limit",
            "errorCode": 429,
            "error_info": "Please check developers.pipedrive.com",
        }
        return Response.json(
            answer, 429, self.headers(now) | {"retry-after": str(self._seconds_until_free())}
        )

    def _come_back_tomorrow(self, now: datetime) -> Response:
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
        wait = {"retry-after": str(ceil((midnight - now).total_seconds()))}
        left = self.headers(now) | {"x-daily-ratelimit-token-remaining": "0"}
        answer = {"success": False, "error": "daily request budget exceeded", "errorCode": 429}
        return Response.json(answer, 429, left | wait)

    def _begin_day(self, now: datetime) -> None:
        day = now.date().isoformat()
        if day != self._day:
            self._day, self._used = day, 0
            self._store.note("day", day)
            self._store.note("tokens", 0)
