"""Which stretches of time are read, and by which of Salesforce's two ways."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from extract.api.salesforce.client import Client
from extract.api.salesforce.progress import Progress
from extract.api.salesforce.values import from_records
from extract.api.session import ApiError

OVERLAP = timedelta(minutes=10)
"""How far a window reaches back into the last one, for records that could be seen only later than their time says."""

LARGE = 10_000
"""Records from which on a window is read by Bulk 2.0: five calls of a query."""

BEGINNING = datetime(1999, 1, 1, tzinfo=UTC)
"""Before Salesforce's first record."""

SHORTEST = timedelta(seconds=1)
ATTEMPTS = 5
"""How often a query is begun whose next page is gone each time."""


@dataclass(frozen=True)
class Window:
    """From ``low`` (inclusive; the beginning of time if not given) to ``high`` (exclusive)."""

    low: datetime | None
    high: datetime

    def halves(self) -> tuple["Window", "Window"] | None:
        """Its two halves; ``None`` where it is too short to be cut."""
        low = self.low or BEGINNING
        middle = low + (self.high - low) / 2
        middle = middle.replace(microsecond=middle.microsecond // 1000 * 1000)
        if self.high - low <= SHORTEST:
            return None
        return Window(self.low, middle), Window(middle, self.high)


def next_window(progress: Progress, high: datetime) -> Window | None:
    """What is to be read now; ``None`` if that is nothing, since the clock has not moved on."""
    if progress.read_to is None:
        return Window(None, high)
    if progress.must_reread and progress.reread_from is None:
        return Window(None, max(high, progress.read_to))
    low = min(progress.read_to, progress.reread_from or progress.read_to) - OVERLAP
    return Window(low, high) if low < high else None


def read_by_query(client: Client, soql: str, types: Mapping[str, str]) -> list[pa.Table] | None:
    """All records of a query, or ``None`` if they are so many that Bulk 2.0 should bring them.

    Raises:
        ApiError: the query is refused, or its pages are gone each time before they are read.
    """
    attempts = 0
    while True:
        try:
            total, pages = client.query(soql)
            return None if total > LARGE else list(_tables(pages, types))
        except ApiError as error:
            attempts += 1
            if error.error_class not in ("INVALID_QUERY_LOCATOR", "TRUNCATED") or attempts == ATTEMPTS:
                raise


def _tables(pages: Iterator[list[dict[str, object]]], types: Mapping[str, str]) -> Iterator[pa.Table]:
    for page in pages:
        yield from_records(page, types)
