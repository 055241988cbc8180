"""Calendar months, each named by its first day."""

from datetime import date, datetime, timedelta

from leadhouse.simulator.draws import Draws


def add_months(day: date, count: int) -> date:
    """First day of the month that lies ``count`` months after the day's own (before it, where negative)."""
    place = day.year * 12 + day.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)


def last_day(month: date) -> date:
    """The month's last day."""
    return add_months(month, 1) - timedelta(days=1)


def period(month: date) -> str:
    """The month as deliveries name it: ``YYYY-MM``."""
    return f"{month:%Y-%m}"


def epoch_seconds(day: date) -> int:
    """Seconds from 1970 to the day's midnight."""
    return (day - date(1970, 1, 1)).days * 86400


def any_day(draws: Draws, first: date, last: date) -> date:
    """A day from ``first`` to ``last``, both included."""
    return first + timedelta(days=draws.below((last - first).days + 1))


def any_time(draws: Draws, first: date, last: date) -> datetime:
    """A second from the start of ``first`` to the end of ``last``."""
    start = datetime(first.year, first.month, first.day)
    return start + timedelta(seconds=draws.below(((last - first).days + 1) * 86400))


def short_date(day: date) -> str:
    """The day as Nevada and Texas write it: ``7/1/22``."""
    return f"{day.month}/{day.day}/{day:%y}"
