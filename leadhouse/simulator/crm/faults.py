"""What can go wrong, by name and by seed."""

from collections import Counter
from collections.abc import Iterable
from threading import Lock

from leadhouse.errors import LeadhouseError
from leadhouse.simulator.draws import Draws

SERVER_FAULTS = {
    "slow": "the answer comes late",
    "reset": "the connection is reset in the middle of the body",
    "truncated": "the body ends before its Content-Length",
    "truncated_silently": "the body ends early, and nothing in the head says so",
    "server_error": "502, 503 or 504 from a gateway",
    "rate_limit": "429 with Retry-After",
}
SALESFORCE_FAULTS = {
    "session_expired": "the access token is no longer valid",
    "locator_expired": "a query's next page is gone",
    "query_timeout": "a query runs too long",
    "quota": "the day's API calls are used up, until the faults are switched again",
    "concurrent_limit": "too many calls at once",
    "lock": "a record to be written is locked",
    "hidden_field": "one field of each object may not be seen, chosen by the seed",
}
PIPEDRIVE_FAULTS = {
    "daily_budget": "the day's tokens are used up, until the faults are switched again",
    "repeated_page": "a page comes again and again",
}
FAULTS = SERVER_FAULTS | SALESFORCE_FAULTS | PIPEDRIVE_FAULTS
"""Every fault's name and what it means."""


class Faults:
    """Decides at each occasion whether a fault strikes. Each fault has a stream of draws of its own.

    Args:
        names: the faults that are on, out of ``FAULTS``.
        seed: decides which occasions are struck.
        rate: the share of occasions that are, 0 to 1.
        slow_seconds: how long a slow answer is held back.

    Attributes:
        struck: how often each fault struck since the faults were last switched.
        switched: how often the faults were switched: what one fault did that lasts ends with the next switch.
    """

    def __init__(
        self, names: Iterable[str] = (), seed: int = 0, rate: float = 0.1, *, slow_seconds: float = 0.5
    ) -> None:
        self._lock = Lock()
        self.slow_seconds = slow_seconds
        self.switched = 0
        self.switch(names, seed, rate)

    def switch(self, names: Iterable[str], seed: int = 0, rate: float = 0.1) -> None:
        """Have these faults from now on, instead of those before.

        Raises:
            LeadhouseError: there is no fault of such a name, or the rate is no share.
        """
        wanted = list(dict.fromkeys(names))
        if unknown := [name for name in wanted if name not in FAULTS]:
            raise LeadhouseError(f"there is no fault '{unknown[0]}'; there are {', '.join(FAULTS)}")
        if not 0 <= rate <= 1:
            raise LeadhouseError(f"the faults' rate is {rate}; it must be from 0 to 1")
        with self._lock:
            self.seed, self.rate = seed, rate
            self._draws = {name: Draws(seed, "fault", name) for name in wanted}
            self.struck: Counter[str] = Counter()
            self.switched += 1

    def off(self) -> None:
        """Switch all faults off."""
        self.switch(())

    @property
    def names(self) -> list[str]:
        """The faults that are on."""
        return list(self._draws)

    def is_on(self, name: str) -> bool:
        """Whether the fault is among those switched on."""
        return name in self._draws

    def strikes(self, name: str) -> bool:
        """Whether the fault strikes on this occasion; never where it is off."""
        with self._lock:
            draws = self._draws.get(name)
            if draws is None or not draws.chance(self.rate):
                return False
            self.struck[name] += 1
            return True

    def below(self, name: str, bound: int) -> int:
        """Details of a strike: a whole number from 0 to ``bound - 1``."""
        with self._lock:
            draws = self._draws.get(name)
            return draws.below(bound) if draws else 0
