"""What becomes of leads: told from the first day to the last, and cut where a delivery ends.

A life is a matter of the seed and the lead alone. Each month's files show the part of it that had happened by then, so
that later files continue the earlier ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadhouse.simulator import laws
from leadhouse.simulator.activities import Activity, activity
from leadhouse.simulator.draws import Draws
from leadhouse.simulator.leads import Lead, outreach_stage

INDUSTRIES = {
    "Education": 60,
    "": 15,
    "Healthcare": 6,
    "Not For Profit": 6,
    "Recreation": 4,
    "Consulting": 3,
    "Technology": 2,
    "Finance": 2,
    "Other": 2,
}
EMPLOYEES = (8, 25, 60, 400)
REVENUES = (None, None, None, 90_000, 140_000, 250_000, 480_000, 1_200_000, 2_500_000, 100_000_000)
VISITS, DOWNLOADS, OPENS = 60, 12, 35
EARLY_ACTIVITIES = {0: 24, 1: 24, 2: 20, 3: 14, 4: 9, 5: 6, 6: 3}
LATER_ACTIVITY_SHARE = 0.6
"""Of the moves after the early days: somebody called before."""
EARLY = timedelta(days=laws.EARLY_DAYS)
DEFAULT_MOOD = 0.45


@dataclass(frozen=True, slots=True)
class Traits:
    """What the CRM knows of a lead from its first day on; None where nobody asked or counted.

    Downloads, opens and revenue say nothing about its conversion.
    """

    industry: str
    employees: int | None
    annual_revenue: int | None
    visits: int | None
    downloads: int | None
    opens: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """A change of status; a conversion is one to ``laws.CONVERTED``.

    Args:
        at: when.
        old: the status before.
        new: the status from then on.
        outreach_stage: the outreach tool's word for it.
    """

    at: datetime
    old: str
    new: str
    outreach_stage: str


@dataclass(frozen=True, slots=True)
class Life:
    """All that ever happens to a lead.

    Args:
        traits: what is known of it.
        moves: its changes of status, in order.
        activities: calls, mails and meetings, in the order in which they were entered.
        chance: how likely it was converted whenever it left ``Qualified``.
        ever: how likely it was ever converted, seen from its first status.
    """

    traits: Traits
    moves: tuple[Move, ...]
    activities: tuple[Activity, ...]
    chance: float
    ever: float

    @property
    def converted_at(self) -> datetime | None:
        """When it is converted, if ever."""
        return self.moves[-1].at if self.moves and self.moves[-1].new == laws.CONVERTED else None


def live(seed: int, lead: Lead) -> Life:
    """Tell a lead's life."""
    draws = Draws(seed, "life", lead.id)
    traits = _traits(draws)
    early = list(_early_activities(draws, lead)) if lead.had_activity else []
    meetings = sum(one.channel == "Meeting" for one in early)
    chance = laws.conversion_chance(
        traits.industry, lead.source, traits.employees, traits.visits, len(early) - meetings, meetings
    )
    moves = tuple(_moves(draws, lead, chance))
    later = list(_later_activities(draws, lead, moves)) if lead.had_activity else []
    activities = tuple(sorted(early + later, key=lambda one: one.entered))
    return Life(traits, moves, activities, chance, laws.ever_converted(lead.status, chance))


def _traits(draws: Draws) -> Traits:
    revenue = draws.pick(REVENUES)
    is_watched = draws.chance(0.8)
    return Traits(
        industry=draws.weighted(INDUSTRIES),
        employees=1 + draws.below(draws.pick(EMPLOYEES)) if draws.chance(0.8) else None,
        annual_revenue=revenue + draws.below(10_000) if revenue else None,
        visits=draws.below(VISITS) if is_watched else None,
        downloads=draws.below(DOWNLOADS) if is_watched else None,
        opens=draws.below(OPENS) if is_watched else None,
    )


def _early_activities(draws: Draws, lead: Lead) -> Iterator[Activity]:
    for _ in range(draws.weighted(EARLY_ACTIVITIES)):
        done = lead.created + timedelta(seconds=draws.between(7200, laws.EARLY_DAYS * 86400))
        yield activity(draws, lead.created, done, DEFAULT_MOOD)


def _moves(draws: Draws, lead: Lead, chance: float) -> Iterator[Move]:
    at, status = lead.created, lead.status
    while status in laws.LEAD_MOVES:
        mean = laws.DWELL_DAYS[status]
        at += EARLY + draws.wait(mean - laws.EARLY_DAYS) if status == laws.QUALIFIED else draws.wait(mean)
        if status == laws.QUALIFIED and draws.chance(chance):
            following = laws.CONVERTED
        else:
            following = draws.weighted(laws.LEAD_MOVES[status])
        yield Move(at, status, following, outreach_stage(draws, following))
        status = following


def _later_activities(draws: Draws, lead: Lead, moves: tuple[Move, ...]) -> Iterator[Activity]:
    """Some of the calls that led to a move, after the early days."""
    since = lead.created + EARLY
    for move in moves:
        seconds = int((move.at - since).total_seconds())
        if seconds > 0:
            if draws.chance(LATER_ACTIVITY_SHARE):
                done = since + timedelta(seconds=1 + draws.below(seconds))
                yield activity(draws, since, done, DEFAULT_MOOD)
            since = move.at
