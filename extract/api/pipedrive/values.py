"""One way to write every value: the text that raw tables hold."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any


def as_text(value: Any) -> str | None:
    """A value of an answer as the text of its cell.

    Args:
        value: as JSON has it.

    Returns:
        ``true`` or ``false``; numbers in digits, without exponent or trailing zeros; objects and lists as compact
        JSON; text as served, without the characters that no database takes; ``None`` for null and empty text.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    if isinstance(value, (dict, list)):
        value = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    # Postgres takes no NUL, and UTF-8 no half of a surrogate pair.
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()


def v1_time(moment: datetime) -> str:
    """A time as API v1 and the changelogs write it: UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def v2_time(moment: datetime) -> str:
    """A time as API v2 writes it: UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def parsed(time: str) -> datetime:
    """A time of either version, aware, UTC: v1 names no zone, and means UTC.

    Raises:
        ValueError: it is none.
    """
    moment = datetime.fromisoformat(time)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
