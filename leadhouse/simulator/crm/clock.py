"""The stand-ins' time."""

import time
from datetime import UTC, datetime, timedelta
from threading import Lock


class Clock:
    """A clock that can be put forward; it never goes back.

    Args:
        start: its first time, aware; the machine's own where none is given.
        frozen: whether time stands still between two advances.
    """

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        self._start = (start or datetime.now(UTC)).astimezone(UTC)
        self._frozen = frozen
        self._began = time.monotonic()
        self._advanced = timedelta()
        self._lock = Lock()

    def now(self) -> datetime:
        """The time: aware, UTC, whole milliseconds."""
        with self._lock:
            elapsed = timedelta() if self._frozen else timedelta(seconds=time.monotonic() - self._began)
            now = self._start + self._advanced + elapsed
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def advance(self, seconds: float) -> datetime:
        """Put the clock forward.

        Args:
            seconds: by how much; not negative.

        Returns:
            The new time.

        Raises:
            ValueError: the seconds are negative.
        """
        if seconds < 0:
            raise ValueError(f"a clock cannot be advanced by {seconds} seconds")
        with self._lock:
            self._advanced += timedelta(seconds=seconds)
        return self.now()
