"""Pipedrive's two ways to write a second: API v2's ``2026-11-20T13:00:00Z`` and v1's ``2026-11-20 13:00:00``."""

from datetime import UTC, datetime


def v2(second: int) -> str:
    """Seconds since 1970 as API v2 writes them."""
    return f"{datetime.fromtimestamp(second, UTC).isoformat()[:19]}Z"


def v1(time: str) -> str:
    """A time of API v2 as API v1 writes it."""
    return f"{time[:10]} {time[11:19]}"


def seconds(time: str) -> int:
    """Seconds since 1970 of a time of API v2."""
    return int(datetime.fromisoformat(time).timestamp())
