"""The states' registers: which sites are licensed in a month, and what became of those of the month before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from leadhouse.simulator import nevada, oklahoma, texas
from leadhouse.simulator.draws import Draws, Scatter
from leadhouse.simulator.sites import Change, Number, Numbers, Site

SHARES = {"nevada": 11, "oklahoma": 4, "texas": 5}
"""How the sites divide between the states."""
HEADERS = {site.STATE: site.HEADER for site in (nevada.NevadaSite, oklahoma.OklahomaSite, texas.TexasSite)}
NEW_SITES: dict[str, Callable[[Draws, Numbers, date], Sequence[Site]]] = {
    "nevada": nevada.new_sites,
    "oklahoma": oklahoma.new_sites,
    "texas": texas.new_sites,
}
SMALLEST_NUMBERS = {"nevada": 1, "oklahoma": 10_000, "texas": 500_000}
NUMBERS_IN_USE = {"nevada": 9_000, "oklahoma": 60_000, "texas": 1_300_000}
"""How far a small state's numbers spread; a state with many sites needs more."""

VANISHED_PER_MILLE, NEW_PER_MILLE, CORRECTED_PER_MILLE = 10, 15, 10
"""Of a state's sites each month (corrections: of each kind), but at least one."""
RENEWED_IN_TIME = 0.95


@dataclass(frozen=True)
class Event:
    """One line of truth about a site in a month.

    Args:
        state: as in ``SHARES``.
        licence: the site's licence, without what changes at a renewal.
        event: ``new``, ``vanished``, ``renewed``, ``corrected_address``, ``changed_phone``, ``changed_status`` or
            ``changed_stars``.
        old_value: what the licence file said before.
        new_value: what it says now.
    """

    state: str
    licence: str
    event: str
    old_value: str = ""
    new_value: str = ""


class Register:
    """One state's register, month by month.

    Args:
        state: as in ``SHARES``.
        size: sites in the first month.
        seed: the simulation's seed.
        first_month: first day of the first month.
    """

    def __init__(self, state: str, size: int, seed: int, first_month: date) -> None:
        self.state = state
        self.header = HEADERS[state]
        self._seed = seed
        self._numbers = self._unused_numbers(size)
        self.sites = self._founded(Draws(seed, state, "first"), size, first_month)

    def advance(self, month: date) -> list[Event]:
        """Move on to the next month and say what changed. No site has two events in one month."""
        draws = Draws(self._seed, self.state, month)
        vanished = draws.sample(self.sites, _portion(self.sites, VANISHED_PER_MILLE))
        gone = {site.number for site in vanished}
        listed = [site for site in self.sites if site.number not in gone]
        changes = self._renewals(draws, listed, month)
        renewed = {change.site.number for change in changes}
        changes += self._corrections(draws, [site for site in listed if site.number not in renewed], month)
        founded = [
            site.licensed_in(draws, month)
            for site in self._founded(draws, _portion(self.sites, NEW_PER_MILLE), month)
        ]

        after = {change.site.number: change.site for change in changes}
        self.sites = [after.get(site.number, site) for site in listed] + founded
        return [
            *(Event(self.state, site.licence, "vanished") for site in vanished),
            *(
                Event(self.state, change.site.licence, change.event, change.old_value, change.new_value)
                for change in changes
            ),
            *(Event(self.state, site.licence, "new") for site in founded),
        ]

    def rows(self) -> list[tuple[str, ...]]:
        """The rows of the state's file, in its order."""
        return [site.row() for site in sorted(self.sites, key=lambda site: site.sort_key)]

    def _unused_numbers(self, size: int) -> Numbers:
        spread = max(NUMBERS_IN_USE[self.state], 8 * size)
        scatter = Scatter(self._seed, spread, self.state)
        return (
            Number(place, SMALLEST_NUMBERS[self.state] + scatter.number(place)) for place in range(spread)
        )

    def _founded(self, draws: Draws, count: int, month: date) -> list[Site]:
        sites: list[Site] = []
        while len(sites) < count:
            sites += NEW_SITES[self.state](draws, self._numbers, month)
        return sites[:count]

    def _renewals(self, draws: Draws, sites: list[Site], month: date) -> list[Change]:
        due = [change for site in sites if (change := site.renewed(month))]
        return [change for change in due if draws.chance(RENEWED_IN_TIME)]

    def _corrections(self, draws: Draws, sites: list[Site], month: date) -> list[Change]:
        count = _portion(sites, CORRECTED_PER_MILLE)
        respelt = draws.sample([site for site in sites if site.misspelt], count)
        others = draws.sample([site for site in sites if not site.misspelt], 2 * count)
        return [
            *(site.respelt() for site in respelt),
            *(site.with_new_phone(draws) for site in others[:count]),
            *(site.restated(draws, month) for site in others[count:]),
        ]


def sizes(total: int) -> dict[str, int]:
    """How many of ``total`` sites lie in each state; every site lies in one."""
    rest = total
    shares = dict(SHARES)
    sizes = {}
    for state, share in SHARES.items():
        sizes[state] = rest * share // sum(shares.values())
        rest -= sizes[state]
        del shares[state]
    return sizes


def _portion(sites: Sequence[Site], per_mille: int) -> int:
    return max(1, len(sites) * per_mille // 1000) if sites else 0
