"""How much a client may ask for."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from leadhouse.simulator.crm.faults import Faults

_DAY = timedelta(hours=24)
_GRAIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Limits:
    """The org's limits.

    Args:
        daily_calls: API calls within any 24 hours.
        daily_bulk_queries: Bulk API 2.0 query jobs within any 24 hours.
        open_queries: a user's query locators; one more closes the oldest.
        locator_minutes: how long a locator lives that nobody asks for.
        session_minutes: how long a session lives that nobody uses.
        job_days: how long finished bulk jobs and their results are kept.
        deleted_days: how far back getDeleted and getUpdated reach.
        url_characters: of a request's path and query.
        bulk_polls: how often a job is asked for before it is complete.
        bulk_page_rows: records of one part of a query job's results, where the client names no number.
    """

    daily_calls: int = 100_000
    daily_bulk_queries: int = 10_000
    open_queries: int = 10
    locator_minutes: int = 15
    session_minutes: int = 120
    job_days: int = 7
    deleted_days: int = 30
    url_characters: int = 16_384
    bulk_polls: int = 2
    bulk_page_rows: int = 50_000


class Usage:
    """Counts API calls within the last 24 hours.

    Args:
        limits: the org's.
        faults: ``quota`` uses the day's calls up at one blow.
    """

    def __init__(self, limits: Limits, faults: Faults) -> None:
        self._limits = limits
        self._faults = faults
        self._used_up_by_fault: int | None = None
        self._minutes: deque[tuple[datetime, int]] = deque()
        self._lock = Lock()

    def count(self, now: datetime) -> bool:
        """Count one call; whether it was still within the limit."""
        with self._lock:
            if self._faults.strikes("quota"):
                self._used_up_by_fault = self._faults.switched
            if self._used(now) >= self._limits.daily_calls:
                return False
            if self._minutes and now - self._minutes[-1][0] < _GRAIN:
                minute, calls = self._minutes.pop()
            else:
                minute, calls = now, 0
            self._minutes.append((minute, calls + 1))
            return True

    def used(self, now: datetime) -> int:
        """Calls within the last 24 hours."""
        with self._lock:
            return self._used(now)

    def _used(self, now: datetime) -> int:
        if self._used_up_by_fault == self._faults.switched:
            return self._limits.daily_calls
        while self._minutes and now - self._minutes[0][0] >= _DAY:
            self._minutes.popleft()
        return sum(calls for _, calls in self._minutes)

    def header(self, now: datetime) -> dict[str, str]:
        """``Sforce-Limit-Info``."""
        return {"Sforce-Limit-Info": f"api-usage={self.used(now)}/{self._limits.daily_calls}"}

    def resource(self, now: datetime, bulk_queries: int) -> dict[str, Any]:
        """What ``/limits`` answers; limits that nothing here counts are not named."""
        limits = self._limits
        return {
            "DailyApiRequests": _limit(limits.daily_calls, self.used(now)),
            "DailyBulkV2QueryJobs": _limit(limits.daily_bulk_queries, bulk_queries),
        }


def _limit(most: int, used: int) -> dict[str, int]:
    return {"Max": most, "Remaining": max(0, most - used)}
