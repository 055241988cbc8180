"""How much may be asked of Pipedrive: calls within two seconds, and tokens within a day."""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from extract.api.session import QuotaReached

RESERVE = 0.1
"""Share of a burst's calls that is left to others who use the same token."""


LONGEST_BURST_SECONDS = 60
"""A burst's limit is over in seconds, whatever a header says."""


class Allowance:
    """What the headers of the answers say of both limits, and what follows from it.

    Headers may be missing, those of the day after long idleness too; what is not known does not stop anything.

    Args:
        share: of the day's budget at which to stop, 0 to 1.
        host: the company's host.
    """

    def __init__(self, share: float, host: str) -> None:
        self._share, self._host = share, host
        self.day_limit: float | None = None
        self.day_remaining: float | None = None
        self.burst_limit: float | None = None
        self._burst_remaining: float | None = None
        self._burst_ends = 0.0

    @contextmanager
    def lowered(self) -> Iterator[None]:
        """For work that can wait: stop at half the share, and leave the rest to what cannot."""
        share, self._share = self._share, self._share / 2
        try:
            yield
        finally:
            self._share = share

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left of the day's budget."""
        return self.day_remaining is not None and self.day_remaining <= 0

    def note(self, headers: Mapping[str, str]) -> None:
        """Read the headers of an answer."""
        limit, remaining = (
            _number(headers, f"x-daily-ratelimit-token-{name}") for name in ("limit", "remaining")
        )
        if remaining is not None:
            self.day_limit, self.day_remaining = limit or self.day_limit, remaining
        self.burst_limit = _number(headers, "x-ratelimit-limit") or self.burst_limit
        self._burst_remaining = _number(headers, "x-ratelimit-remaining")
        reset = _number(headers, "x-ratelimit-reset") or 0
        self._burst_ends = time.monotonic() + min(reset, LONGEST_BURST_SECONDS)

    def wait(self) -> None:
        """Sleep until another call is allowed.

        Raises:
            QuotaReached: our share of the day's budget is used.
        """
        if self.day_limit and self.day_remaining is not None:
            used = 1 - self.day_remaining / self.day_limit
            if used >= self._share:
                raise QuotaReached(
                    f"Pipedrive at {self._host}: {used:.0%} of the company's {self.day_limit:,.0f} tokens of today"
                    f" are used, and PIPEDRIVE_BUDGET_SHARE stops at {self._share:.0%}; {_GO_ON}"
                )
        if self._burst_remaining is not None and self._burst_remaining <= RESERVE * (self.burst_limit or 0):
            time.sleep(max(0.0, self._burst_ends - time.monotonic()))
            self._burst_remaining = None

    def used_up(self) -> str:
        """What to tell where calls are refused."""
        return f"Pipedrive at {self._host}: the company's tokens of today are used up; {_GO_ON}"

    @staticmethod
    def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
        """How long the headers of a refusal say that it lasts; ``None`` where they do not."""
        wait = _number(headers, "retry-after")
        return _number(headers, "x-ratelimit-reset") if wait is None else wait


_GO_ON = (
    "what was landed stays, and the next run goes on there; the budget is renewed at midnight of Pipedrive's servers,"
    " whose time zone is that of the company's data centre"
)


def _number(headers: Mapping[str, str], name: str) -> float | None:
    """A number of a header; ``None`` where there is none that makes sense."""
    with suppress(KeyError, ValueError):
        number = float(headers[name])
        return number if math.isfinite(number) and number >= 0 else None
    return None
